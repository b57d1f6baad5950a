// What an act asks first: how long a break or an errand, where to send a ticket, which one to call out of turn.
import { html, useState } from "../vendor/foleni-vendor.js";
import { centreNow, nowSignal, timeOfDay } from "../shared/clock.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { BREAKS, REASONS, STANDINGS, keyOf, numberOf } from "./acts.js";
import { act, catalogue } from "./store.js";

/** The question of an act, by the act's name. */
export function Question({ name, view, leave }) {
  switch (name) {
    case "break":
      return html`<${Until} title=${t("counter-break")} lead=${t("counter-break-until")} open=${t("counter-break-open")} leave=${leave} take=${(time) => act("break", { back_at: time })} />`;
    case "hold":
      return html`<${Until} title=${`${t("counter-hold")}: ${view.ticket?.number ?? ""}`} lead=${t("counter-hold-until")} open=${t("counter-hold-back")} openFirst
        leave=${leave} take=${(time) => act("hold", { until: time })} />`;
    case "transfer":
      return html`<${Transfer} ticket=${view.ticket} leave=${leave} />`;
    default:
      return html`<${CallTicket} leave=${leave} />`;
  }
}

const Cancel = ({ leave }) => html`<button class="btn tall" onClick=${leave}>${t("common-cancel")}<span class="key">Esc</span></button>`;

// A moment to come, in one press or one key.
function Until({ title, lead, open, openFirst = false, leave, take }) {
  const choose = (minutes) => { leave(); void take(until(minutes)); };
  const onKey = (event) => {
    const one = BREAKS.find(({ key }) => key === keyOf(event));
    if (one) { event.preventDefault(); choose(one.minutes); }
  };
  nowSignal.value; // the times go on while the question is open
  const isFirst = (minutes) => (openFirst ? minutes === null : minutes === 15) || undefined;
  const choices = openFirst ? [BREAKS.at(-1), ...BREAKS.slice(0, -1)] : BREAKS;
  return html`<${Dialog} title=${title} onLeave=${leave} onKey=${onKey}>
    <p class="lead">${lead}</p>
    <div class="breaks">${choices.map(({ minutes, key }) => html`<button class="btn tall" data-first=${isFirst(minutes)} onClick=${() => choose(minutes)}>
      <span class="grow">${minutes === null ? open : html`<b class="num">${timeOfDay(until(minutes))}</b> <small>${t("common-minutes-range", { range: minutes })}</small>`}</span><span class="key">${key}</span></button>`)}</div>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

// The whole minute, for it is shown as a time of day.
const until = (minutes) => (minutes === null ? null : Math.ceil(centreNow() / 60_000) * 60_000 + minutes * 60_000);

const SERVICES_SHOWN = 6;

// Small letters without accents: what is typed in a hurry finds what is written properly.
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** The services that hold every word typed, in their name, agency or code. */
export function servicesLike(typed, { services, agencies }) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const textOf = (service) => {
    const agency = agencies.find(({ code }) => code === service.agency);
    return plain([service.name.en, service.name.sw, service.agency, agency?.short.en ?? "", agency?.short.sw ?? ""].join(" "));
  };
  return services.filter((service) => { const text = textOf(service); return words.every((word) => text.includes(word)); });
}

function Transfer({ ticket, leave }) {
  const [typed, type] = useState("");
  const [chosen, choose] = useState(ticket?.service ?? null);
  const [counter, setCounter] = useState("");
  const [standing, setStanding] = useState("kept");
  if (!ticket) { leave(); return null; }
  const found = servicesLike(typed, catalogue.value);
  const shown = typed === "" ? catalogue.value.services.filter(({ id }) => id === chosen) : found.slice(0, SERVICES_SHOWN);
  const service = shown.some(({ id }) => id === chosen) ? chosen : shown[0]?.id ?? null;
  const counters = catalogue.value.counters.filter((entry) => entry.services.includes(service));
  const to = counters.some((entry) => String(entry.counter) === counter) ? { counter: Number(counter) } : "anyone";
  const send = (event) => { event.preventDefault(); if (service) { leave(); void act("transfer", { service, to, standing }); } };
  return html`<${Dialog} title=${t("counter-transfer-to", { number: ticket.number })} onLeave=${leave}>
    <form class="ask-form" onSubmit=${send}>
      <label><span>${t("counter-transfer-service")}</span><input data-first type="search" autocomplete="off" value=${typed} placeholder=${t("counter-transfer-find")} onInput=${(event) => type(event.target.value)} /></label>
      <div class="found" role="radiogroup" aria-label=${t("counter-transfer-service")}>${shown.map(({ id, name, agency }) => html`<button type="button" class="btn" role="radio" aria-checked=${id === service} key=${id} onClick=${() => choose(id)}><span class="grow">${pick(name)}</span><small>${agency}</small></button>`)}
        ${shown.length === 0 && html`<p>${t("kiosk-search-none")}</p>`}</div>
      <label><span>${t("counter-transfer-counter")}</span><select value=${counter} onChange=${(event) => setCounter(event.target.value)}>
        <option value="">${t("counter-transfer-any")}</option>${counters.map((entry) => html`<option value=${entry.counter}>${entry.counter} · ${pick(entry.label)}</option>`)}</select></label>
      <div class="marks" role="radiogroup" aria-label=${t("counter-transfer-standing")}>${STANDINGS.map((one) => html`<button type="button" class="btn" role="radio" aria-checked=${one === standing} onClick=${() => setStanding(one)}>${t(`counter-transfer-${one}`)}</button>`)}</div>
      <button class="btn primary tall" aria-disabled=${service === null}>${icon("transfer")}<span class="grow">${t("counter-transfer")}</span><span class="key">Enter</span></button>
    </form>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

function CallTicket({ leave }) {
  const [typed, type] = useState("");
  const [reason, setReason] = useState(REASONS[0]);
  const number = numberOf(typed);
  const call = (event) => { event.preventDefault(); if (number) { leave(); void act("call-ticket", { number, reason }); } };
  const back = () => { if (number) { leave(); void act("is-back", { number }); } };
  return html`<${Dialog} title=${t("counter-call-ticket")} onLeave=${leave}>
    <form class="ask-form" onSubmit=${call}>
      <label><span>${t("counter-call-number")}</span><input data-first class="num number" autocomplete="off" autocapitalize="characters" maxlength="7" value=${typed} placeholder="K042" onInput=${(event) => type(event.target.value)} /></label>
      <p class="lead">${t("counter-call-ticket-reason")}</p>
      <div class="marks" role="radiogroup" aria-label=${t("counter-call-ticket-reason")}>${REASONS.map((one) => html`<button type="button" class="btn" role="radio" aria-checked=${one === reason} onClick=${() => setReason(one)}>${t(`reason-${one.replace("_", "-")}`)}</button>`)}</div>
      <button class="btn primary tall" aria-disabled=${number === null}>${icon("volume")}<span class="grow">${t("counter-call-now", { number: number ?? "–" })}</span><span class="key">Enter</span></button>
      <button type="button" class="btn tall" aria-disabled=${number === null} onClick=${back}>${icon("arrow-back-up")}<span class="grow">${t("counter-return")}</span></button>
    </form>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}
