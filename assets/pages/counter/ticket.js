// The ticket at the counter, told so that the officer greets in the right language and knows what to look at.
import { html } from "../vendor/foleni-vendor.js";
import { duration, minutesOf, nowSignal, timeOfDay, today } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { State, icon, shape } from "../shared/states.js";
import { otherLanguage, pick, t } from "../shared/text.js";
import { keepFocus } from "../staff/parts.js";
import { standing } from "./acts.js";
import { act, catalogue, fresh } from "./store.js";

const serviceOf = (id) => catalogue.value.services.find((service) => service.id === id);
const LANGUAGES = { en: "English", sw: "Kiswahili" };

/** The upper block: a ticket, or why there is none. */
export function Current({ view }) {
  switch (standing(view)) {
    case "called":
    case "serving":
      return html`<${AtCounter} ticket=${view.ticket} />`;
    case "paused":
      return html`<${OnBreak} counter=${view.counter} />`;
    default:
      return html`<${Free} view=${view} />`;
  }
}

function AtCounter({ ticket }) {
  const service = serviceOf(ticket.service);
  const [name, other] = [pick(service?.name), pick(service?.name, otherLanguage())];
  const called = ticket.stage === "called";
  const since = t(called ? "counter-called-since" : "counter-serving-since", { time: timeOfDay(ticket.since) });
  return html`<section class="current" data-ticket=${ticket.number}>
    <div class="shade"><div class="ticket">
      <p class=${called ? "st call" : "st ok"}>${shape(called ? "called" : "serving")}<span>${since}</span><span class="strip-only timer num">${sinceThen(ticket.since)}</span></p>
      <div class="big num" key=${ticket.ticket}>${ticket.number}</div>
      <div class="strip-only name"><b>${name}</b><span>${feeOf(service)}</span></div>
    </div></div>
    <div class="about">
      <h1>${name}</h1>
      <p class="sec">${other !== name && html`<span lang=${otherLanguage()}>${other}</span> · `}<span class="nowrap">${feeOf(service)}</span></p>
      <${Tags} ticket=${ticket} />
      <${Times} ticket=${ticket} called=${called} />
    </div>
  </section>`;
}

function Tags({ ticket }) {
  return html`<p class="tags">
    <${Speaks} language=${ticket.language} />
    ${ticket.class === "priority" && !ticket.classed ? html`<${Said} />` : html`<${ClassTag} of=${ticket.class} />`}
    ${ticket.recalls > 0 && html`<span>${icon("volume")}${t("counter-calls", { count: ticket.recalls + 1 })}</span>`}
    <span class="strip-only"><${Waited} ticket=${ticket} /></span>
  </p>`;
}

// What was said at the kiosk is for the officer to see: one press, and no reason.
const Said = () => [["priority-confirm", "check", "counter-priority-confirm"], ["priority-remove", "x", "counter-priority-remove"]].map(([name, drawing, words]) => html`<button
  class="btn small" key=${name} aria-disabled=${!fresh.value} onMouseDown=${keepFocus} onClick=${() => act(name)}>${icon(drawing)}${t(words)}</button>`);

const Speaks = ({ language: of }) => html`<span class="lang">${icon("message")}<span class="wide-only">${t("counter-speaks", { language: LANGUAGES[of] })}</span><span class="strip-only">${LANGUAGES[of]}</span></span>`;

const CLASS_ICONS = { standard: "user", priority: "star", appointment: "calendar-event" };
const ClassTag = ({ of }) => html`<span>${icon(CLASS_ICONS[of] ?? "user")}${t(`class-${of}`)}</span>`;

const Waited = ({ ticket }) => html`<${State} state=${ticket.waited <= ticket.promise ? "on_time" : "late"}
  word=${t("counter-promise-used", { waited: minutesOf(ticket.waited), promise: minutesOf(ticket.promise) })} />`;

function Times({ ticket, called }) {
  const within = ticket.waited <= ticket.promise;
  return html`<dl class="times">
    <div><dt>${t("counter-waited", { count: minutesOf(ticket.promise) })}</dt>
      <dd><span class="num">${minutesOf(ticket.waited)} <small>${t("common-minutes-short")}</small></span>
        <${State} state=${within ? "on_time" : "late"} word=${t(within ? "counter-within-promise" : "counter-past-promise")} /></dd></div>
    <div><dt>${t(called ? "counter-since-call" : "counter-at-counter")}</dt><dd><span class="num timer">${sinceThen(ticket.since)}</span></dd></div>
    <div><dt>${t("counter-usual")}</dt><dd><span class="num">${minutesOf(ticket.usual)} <small>${t("common-minutes-short")}</small></span></dd></div>
  </dl>`;
}

const sinceThen = (since) => duration(nowSignal.value - since).padStart(5, "0");

function feeOf(service) {
  const { kes } = feeOn(service ?? {}, today.value);
  if (kes === null) return t("kiosk-fee-ask");
  return kes === 0 ? t("counter-fee-free") : t("counter-fee", { amount: kes.toLocaleString("en") });
}

/** What to look at: the service's documents, when it came, why it is this one. */
export function Papers({ view }) {
  if (view.suspended?.length && !view.ticket) return html`<${Suspended} view=${view} />`;
  const ticket = view.ticket ?? (standing(view) === "free" ? view.queue[0] : null);
  if (!ticket) return null;
  const service = serviceOf(ticket.service);
  return html`<section class=${`papers ${view.ticket ? "" : "ahead"}`} tabindex="0">
    <h2><span>${t("counter-documents")}</span>${view.ticket && html`<span>${t("counter-arrived", { time: timeOfDay(ticket.issued_at) })}</span>`}</h2>
    ${service?.documents.length ? html`<ul>${service.documents.map((text) => html`<li>${icon("file-check")}<span>${pick(text)}</span></li>`)}</ul>`
      : html`<p>${t("kiosk-documents-none")}</p>`}
    ${view.ticket && html`<${Why} ticket=${ticket} />`}
  </section>`;
}

function Why({ ticket }) {
  if (ticket.out_of_order) return html`<p class="why"><b>${t("counter-why")}</b> ${t("counter-why-out-of-turn", { reason: t(`reason-${ticket.out_of_order.replace("_", "-")}`) })}</p>`;
  const share = ticket.promise > 0 ? Math.round((100 * ticket.waited) / ticket.promise) : 100;
  return html`<p class="why"><b>${t("counter-why")}</b> ${t("counter-why-promise", { share })}</p>`;
}

function Suspended({ view }) {
  return html`<section class="papers">${view.suspended.map(({ agency, service, since }) => html`<p class="st late">${shape("paused")}<span>
    ${t("counter-suspended", { service: pick(service ? serviceOf(service)?.name : catalogue.value.agencies.find(({ code }) => code === agency)?.short) || agency, time: timeOfDay(since) })}</span></p>`)}</section>`;
}

function Free({ view }) {
  const next = view.queue[0];
  return html`<section class="current none">
    <div class="blank"><p class="st">${shape("free")}<span>${t("counter-free")}</span></p>
      ${next && html`<p class="sec">${t("counter-next-is")}</p>`}<div class="big num">${next ? next.number : "–"}</div></div>
    <div class="about">
      ${next ? html`<h1>${pick(serviceOf(next.service)?.name)}</h1>
          <p class="tags"><${Speaks} language=${next.language} /><${ClassTag} of=${next.class} /></p>`
        : html`<h1>${t("counter-empty")}</h1><p class="sec">${t("counter-empty-hint")}</p>`}
    </div>
  </section>`;
}

function OnBreak({ counter }) {
  return html`<section class="current none">
    <div class="blank"><p class="st warn">${shape("break")}<span>${t("counter-paused")}</span></p>
      ${counter.back_at && html`<p class="sec">${t("counter-break-until")}</p>`}<div class="big num">${counter.back_at ? timeOfDay(counter.back_at) : "–"}</div></div>
    <div class="about"><h1>${t("counter-paused")}</h1>
      ${counter.since && html`<p class="sec">${t("common-since", { time: timeOfDay(counter.since) })}</p>`}
      ${counter.back_at && counter.back_at < nowSignal.value && html`<p class="tags"><${State} state="near" word=${t("counter-break-past")} /></p>`}</div>
  </section>`;
}
