// What an act asks first: how long a break or an errand, where to send a ticket, which one to call out of turn.
import { html, useEffect, useRef, useState } from "../vendor/foleni-vendor.js";
import { centreNow, nowSignal, timeOfDay } from "../shared/clock.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { who } from "../staff/who.js";
import { BREAKS, PAUSES, REASONS, STANDINGS, dashed, keyOf, numberOf } from "./acts.js";
import { Also, Cancel, ClassOf, HowItEnds, Marks } from "./ask-visit.js";
import { act, catalogue } from "./store.js";
import { poolsFor, servicesLike, spans, targetOf } from "./visit.js";

/** The question of an act, by the act's name. */
export function Question({ name, view, leave }) {
  switch (name) {
    case "break":
      return html`<${Break} leave=${leave} />`;
    case "hold":
      return html`<${Until} title=${`${t("counter-hold")}: ${view.ticket?.number ?? ""}`} lead=${t("counter-hold-until")} open=${t("counter-hold-back")} openFirst
        leave=${leave} take=${(time) => act("hold", { until: time })} />`;
    case "transfer":
      return html`<${Transfer} ticket=${view.ticket} leave=${leave} />`;
    case "marks":
      return html`<${Marks} ticket=${view.ticket} leave=${leave} />`;
    case "also":
      return html`<${Also} ticket=${view.ticket} leave=${leave} />`;
    case "class":
      return html`<${ClassOf} ticket=${view.ticket} leave=${leave} />`;
    case "finish":
    case "finish-next":
      return html`<${HowItEnds} name=${name} ticket=${view.ticket} leave=${leave} />`;
    default:
      return html`<${CallTicket} leave=${leave} />`;
  }
}

// Why first and until when, or at once until when: one key for a short rest, two for anything else.
function Break({ leave }) {
  const [pause, choosePause] = useState(PAUSES[0]);
  const times = useRef(null);
  const choose = (minutes) => { leave(); void act("break", { reason: pause.name, back_at: until(minutes) }); };
  const onKey = (event) => {
    const key = keyOf(event);
    const why = PAUSES.find((one) => one.key === key);
    const one = BREAKS.find((of) => of.key === key);
    if (why) choosePause(why);
    else if (one) choose(one.minutes);
    if (why || one) event.preventDefault();
  };
  // Enter takes the time that is likely for the reason.
  useEffect(() => { times.current.querySelector("[data-first]").focus(); }, [pause]);
  return html`<${Dialog} title=${t("counter-break")} onLeave=${leave} onKey=${onKey}>
    <p class="lead">${t("counter-break-reason")}</p>
    <div class="pauses" role="radiogroup" aria-label=${t("counter-break-reason")}>${PAUSES.map((one) => html`<button type="button" class="btn" role="radio" aria-checked=${one === pause} onClick=${() => choosePause(one)}>
      ${icon(one.icon)}<span class="grow">${t(`pause-${dashed(one.name)}`)}</span><span class="key">${one.key}</span></button>`)}</div>
    <p class="lead">${t("counter-break-until")}</p>
    <div ref=${times}><${Times} first=${pause.minutes} open=${t("counter-break-open")} choose=${choose} /></div>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

// A moment to come, in one press or one key.
function Until({ title, lead, open, openFirst = false, leave, take }) {
  const choose = (minutes) => { leave(); void take(until(minutes)); };
  const onKey = (event) => {
    const one = BREAKS.find(({ key }) => key === keyOf(event));
    if (one) { event.preventDefault(); choose(one.minutes); }
  };
  return html`<${Dialog} title=${title} onLeave=${leave} onKey=${onKey}>
    <p class="lead">${lead}</p>
    <${Times} first=${openFirst ? null : 15} openFirst=${openFirst} open=${open} choose=${choose} />
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

function Times({ first, openFirst = false, open, choose }) {
  nowSignal.value; // the times go on while the question is open
  const choices = openFirst ? [BREAKS.at(-1), ...BREAKS.slice(0, -1)] : BREAKS;
  return html`<div class="breaks">${choices.map(({ minutes, key }) => html`<button class="btn tall" data-first=${minutes === first || undefined} onClick=${() => choose(minutes)}>
    <span class="grow">${minutes === null ? open : html`<b class="num">${timeOfDay(until(minutes))}</b> <small>${t("common-minutes-range", { range: minutes })}</small>`}</span><span class="key">${key}</span></button>`)}</div>`;
}

// The whole minute, for it is shown as a time of day.
const until = (minutes) => (minutes === null ? null : Math.ceil(centreNow() / 60_000) * 60_000 + minutes * 60_000);

const SERVICES_SHOWN = 6;

function Transfer({ ticket, leave }) {
  const [typed, type] = useState("");
  const [chosen, choose] = useState(ticket?.service ?? null);
  const [wanted, want] = useState("");
  const [standing, setStanding] = useState("kept");
  if (!ticket) { leave(); return null; }
  const found = servicesLike(typed, catalogue.value);
  const shown = typed === "" ? catalogue.value.services.filter(({ id }) => id === chosen) : found.slice(0, SERVICES_SHOWN);
  const service = shown.some(({ id }) => id === chosen) ? chosen : shown[0]?.id ?? null;
  const counters = catalogue.value.counters.filter((entry) => entry.services.includes(service));
  const pools = poolsFor(service, catalogue.value);
  const possible = wanted === "me" || pools.some(({ id }) => wanted === `pool:${id}`) || counters.some((entry) => wanted === `counter:${entry.counter}`);
  const to = targetOf(possible ? wanted : "", who.value.name);
  const send = (event) => { event.preventDefault(); if (service) { leave(); void act("transfer", { service, to, standing }); } };
  return html`<${Dialog} title=${t("counter-transfer-to", { number: ticket.number })} onLeave=${leave}>
    <form class="ask-form" onSubmit=${send}>
      <label><span>${t("counter-transfer-service")}</span><input data-first type="search" autocomplete="off" value=${typed} placeholder=${t("counter-transfer-find")} onInput=${(event) => type(event.target.value)} /></label>
      <div class="found" role="radiogroup" aria-label=${t("counter-transfer-service")}>${shown.map(({ id, name, agency }) => html`<button type="button" class="btn" role="radio" aria-checked=${id === service} key=${id} onClick=${() => choose(id)}><span class="grow">${pick(name)}</span><small>${agency}</small></button>`)}
        ${shown.length === 0 && html`<p>${t("kiosk-search-none")}</p>`}</div>
      <label><span>${t("counter-ask-who")}</span><select value=${possible ? wanted : ""} onChange=${(event) => want(event.target.value)}>
        <option value="">${t("counter-transfer-any")}</option><option value="me">${t("counter-transfer-me")}</option>
        ${pools.length > 0 && html`<optgroup label=${t("counter-transfer-pools")}>${pools.map((pool) => html`<option value=${`pool:${pool.id}`}>${pick(pool.name)} · ${spans(pool.counters)}</option>`)}</optgroup>`}
        <optgroup label=${t("counter-transfer-counters")}>${counters.map((entry) => html`<option value=${`counter:${entry.counter}`}>${entry.counter} · ${pick(entry.label)}</option>`)}</optgroup></select></label>
      <div class="marks" role="radiogroup" aria-label=${t("counter-transfer-standing")}>${STANDINGS.map((one) => html`<button type="button" class="btn" role="radio" aria-checked=${one === standing} onClick=${() => setStanding(one)}>${t(`counter-transfer-${one}`)}</button>`)}</div>
      <button class="btn primary tall" aria-disabled=${service === null}>${icon("transfer")}<span class="grow">${t("counter-transfer")}</span><span class="key">Enter</span></button>
    </form>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

const CANCELS = ["given_up", "mistake"];

function CallTicket({ leave }) {
  const [typed, type] = useState("");
  const [reason, setReason] = useState(REASONS[0]);
  const [ends, setEnds] = useState(false);
  const number = numberOf(typed);
  const off = number === null;
  const call = (event) => { event.preventDefault(); if (number) { leave(); void act("call-ticket", { number, reason }); } };
  const back = () => { if (number) { leave(); void act("is-back", { number }); } };
  const cancel = (why) => { leave(); void act("cancel", { number, reason: why }); };
  return html`<${Dialog} title=${t("counter-call-ticket")} onLeave=${leave}>
    <form class="ask-form" onSubmit=${call}>
      <label><span>${t("counter-call-number")}</span><input data-first class="num number" autocomplete="off" autocapitalize="characters" maxlength="7" value=${typed} placeholder="K042" onInput=${(event) => { type(event.target.value); setEnds(false); }} /></label>
      <p class="lead">${t("counter-call-ticket-reason")}</p>
      <div class="marks" role="radiogroup" aria-label=${t("counter-call-ticket-reason")}>${REASONS.map((one) => html`<button type="button" class="btn" role="radio" aria-checked=${one === reason} onClick=${() => setReason(one)}>${t(`reason-${dashed(one)}`)}</button>`)}</div>
      <button class="btn primary tall" aria-disabled=${off}>${icon("volume")}<span class="grow">${t("counter-call-now", { number: number ?? "–" })}</span><span class="key">Enter</span></button>
      <div class="marks"><button type="button" class="btn" aria-disabled=${off} onClick=${back}>${icon("arrow-back-up")}<span class="grow">${t("counter-return")}</span></button>
        <button type="button" class="btn" aria-disabled=${off} aria-expanded=${ends} onClick=${() => setEnds(!off)}>${icon("x")}<span class="grow">${t("counter-cancel")}</span></button></div>
      ${ends && html`<p class="lead">${t("counter-cancel-ask")}</p>
        <div class="marks">${CANCELS.map((why) => html`<button type="button" class="btn" onClick=${() => cancel(why)}>${t(`counter-cancel-${dashed(why)}`)}</button>`)}</div>`}
    </form>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}
