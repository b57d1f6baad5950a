// The ticket at the counter, told so that the officer greets in the right language and knows what to look at.
import { html } from "../vendor/foleni-vendor.js";
import { duration, minutesOf, nowSignal, timeOfDay, today } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { State, icon, shape } from "../shared/states.js";
import { otherLanguage, pick, t } from "../shared/text.js";
import { keepFocus } from "../staff/parts.js";
import { CLASS_ACTS, OTHERS, dashed, standing, whyNot } from "./acts.js";
import { act, catalogue, fresh } from "./store.js";
import { classActs, isSaid } from "./visit.js";

const serviceOf = (id) => catalogue.value.services.find((service) => service.id === id);
const LANGUAGES = { en: "English", sw: "Kiswahili" };

/** The upper block: a ticket, or why there is none. */
export function Current({ view, ask }) {
  switch (standing(view)) {
    case "called":
    case "serving":
      return html`<${AtCounter} view=${view} ticket=${view.ticket} ask=${ask} />`;
    case "paused":
      return html`<${OnBreak} counter=${view.counter} />`;
    default:
      return html`<${Free} view=${view} />`;
  }
}

function AtCounter({ view, ticket, ask }) {
  const service = serviceOf(ticket.service);
  const [name, other] = [pick(service?.name), pick(service?.name, otherLanguage())];
  const called = ticket.stage === "called";
  const since = t(called ? "counter-called-since" : "counter-serving-since", { time: timeOfDay(ticket.since) });
  return html`<section class="current" data-ticket=${ticket.number}>
    <div><div class="shade"><div class="ticket">
      <p class=${called ? "st call" : "st ok"}>${shape(called ? "called" : "serving")}<span>${since}</span><span class="strip-only timer num">${sinceThen(ticket.since)}</span></p>
      <div class="big num" key=${ticket.ticket}>${ticket.number}</div>
      <div class="strip-only name"><b>${name}</b><span>${feeOf(service)}</span></div>
    </div></div>
    <${AlsoDone} delivered=${ticket.delivered ?? []} /></div>
    <div class="about">
      <h1>${name}</h1>
      <p class="sec">${other !== name && html`<span lang=${otherLanguage()}>${other}</span> · `}<span class="nowrap">${feeOf(service)}</span></p>
      ${ticket.then?.length > 0 && html`<p class="then">${icon("arrow-narrow-right")}<span>${t("counter-then")}: <b>${ticket.then.map(nameOf).join(" → ")}</b></span></p>`}
      <${Tags} view=${view} ticket=${ticket} ask=${ask} />
      <${Times} ticket=${ticket} called=${called} />
    </div>
  </section>`;
}

// What was done besides, and how often.
const AlsoDone = ({ delivered }) => delivered.length > 0 && html`<p class="also">${icon("clipboard-check")}<span>${t("counter-also")}: ${delivered.map(({ service, count }, place) => html`${place > 0 && " · "}<b>${nameOf(service)} <span class="num">× ${count}</span></b>`)}</span></p>`;

const nameOf = (service) => pick(serviceOf(service)?.name) || service;

function Tags({ view, ticket, ask }) {
  return html`<p class="tags">
    <${Speaks} language=${ticket.language} />
    <${ClassTag} of=${ticket.class} booked=${ticket.booked_at} classed=${ticket.classed} />
    ${ticket.recalls > 0 && html`<span>${icon("volume")}${t("counter-calls", { count: ticket.recalls + 1 })}</span>`}
    ${ticket.marks?.map((mark) => html`<span class="mark-on" key=${mark}>${icon("check")}${pick(catalogue.value.marks.find(({ id }) => id === mark)?.name) || mark}</span>`)}
    <span class="strip-only"><${Waited} ticket=${ticket} /></span>
    ${isSaid(ticket) && html`<${Said} ticket=${ticket} />`}
    ${VISIT_ACTS.filter(({ name }) => name !== "marks" || catalogue.value.marks?.length > 0).map(({ name, key, icon: drawing, words }) => html`<button class="btn small quiet" key=${name} data-act=${name}
      aria-disabled=${!fresh.value || whyNot(name, view) !== null} onMouseDown=${keepFocus} onClick=${() => ask(name)}>${icon(drawing)}${t(words)}<span class="key">${key}</span></button>`)}
  </p>`;
}

const VISIT_ACTS = OTHERS.filter(({ name }) => name === "marks" || name === "also");

// What was said at the kiosk is for the officer to see: one press, and no reason.
const Said = ({ ticket }) => classActs(ticket).map((name) => html`<button
  class="btn small" key=${name} aria-disabled=${!fresh.value} onMouseDown=${keepFocus} onClick=${() => act(name)}>${icon(CLASS_ACTS[name].icon)}${t(CLASS_ACTS[name].words)}</button>`);

const Speaks = ({ language: of }) => html`<span class="lang">${icon("message")}<span class="wide-only">${t("counter-speaks", { language: LANGUAGES[of] })}</span><span class="strip-only">${LANGUAGES[of]}</span></span>`;

const CLASS_ICONS = { standard: "user", priority: "star", appointment: "calendar-event" };
const ClassTag = ({ of, booked = null, classed = false }) => html`<span>${icon(CLASS_ICONS[of] ?? "user")}${of === "appointment" && booked != null
  ? t(classed ? "counter-appointment-confirmed" : "counter-appointment-said", { time: timeOfDay(booked) }) : t(`class-${of}`)}</span>`;

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
  const state = t(`paused-${dashed(counter.reason ?? "break")}`);
  return html`<section class="current none">
    <div class="blank"><p class="st warn">${shape("break")}<span>${state}</span></p>
      ${counter.back_at && html`<p class="sec">${t("counter-break-until")}</p>`}<div class="big num">${counter.back_at ? timeOfDay(counter.back_at) : "–"}</div></div>
    <div class="about"><h1>${counter.back_at ? t("paused-back", { state, time: timeOfDay(counter.back_at) }) : state}</h1>
      ${counter.since && html`<p class="sec">${t("common-since", { time: timeOfDay(counter.since) })}</p>`}
      ${counter.back_at && counter.back_at < nowSignal.value && html`<p class="tags"><${State} state="near" word=${t("counter-break-past")} /></p>`}</div>
  </section>`;
}
