// One service before the ticket: what it costs, how long it takes, what to have, and the question of priority.
import { html } from "../vendor/foleni-vendor.js";
import { today } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, pick, otherLanguage, t, Two } from "../shared/text.js";
import { Access } from "./access.js";
import { stateWords } from "./choose.js";
import { Act, feeText, Listen, reasonOf, Screen, StateWord, Top, Wait } from "./frame.js";
import { papersOf } from "./entry.js";
import { addService, appointment, back, bookedAt, careOf, catalogue, dropService, following, issue, once, open, papersHere, priority, service, step, then, THEN_MAX } from "./flow.js";
import { Refusal } from "./refused.js";
import { isOffered, Times } from "./slip.js";

export function Confirm({ states }) {
  const entry = service.value;
  const state = states.get(entry.id);
  const reason = reasonOf(entry, state);
  return html`<${Screen} name="confirm" top=${html`<${Top} at=${3} />`} bottom=${html`<${Bottom} reason=${reason} />`}>
    <div class="pane facts-pane" tabindex="0">
      <h1 class="title withicon">${icon(entry.icon)}<${Two} text=${entry.name} /></h1>
      <${Facts} entry=${entry} state=${state} reason=${reason} />
      <${Papers} entry=${entry} following=${following.value} />
    </div>
    <div class="pane priority-pane">
      <${Refusal} />
      <${Following} reason=${reason} />
      ${!reason && html`<${HaveThem} entry=${entry} />`}
      ${reason ? html`<${NotNow} reason=${reason} />` : appointment.value ? html`<${Times} />` : html`<${Priority} />`}
      ${then.value.length === 0 && mayGoOn(reason) && html`<${Add} />`}
    </div>
  <//>`;
}

function Facts({ entry, state, reason }) {
  const fee = feeOn(entry, today.value);
  return html`<dl class="facts">
    <div><dt>${both("kiosk-fee")}</dt><dd class="feefact"><${Fee} fee=${fee} /></dd></div>
    <div><dt>${both("kiosk-waiting")}</dt><dd><span class="num">${state?.waiting ?? "–"}</span></dd></div>
    <div class="long"><dt>${both("kiosk-wait")}</dt><dd>${reason ? html`<${StateWord} state=${reason.state} colour=${reason.colour} words=${stateWords[reason.state]} />` : html`<${Wait} wait=${state?.wait} />`}</dd></div>
  </dl>
  ${fee.note && html`<p class="note"><${Two} text=${fee.note} line /></p>`}
  ${state?.left_today > 0 && html`<p class="note">${bothLine("kiosk-places-left", { count: state.left_today })}</p>`}`;
}

function Fee({ fee: { kes, note } }) {
  if (kes === 0) return html`<span class="free-of">${both("kiosk-free")}</span>`;
  if (kes === null) return html`${both("kiosk-fee-ask")}`;
  return html`<span class="num">KSh ${kes.toLocaleString("en-GB")}</span>${!note && html`<small>${both("kiosk-fee-at-counter")}</small>`}`;
}

const Add = () => html`<${Act} class="add" picture="plus" words="kiosk-add-service" act=${addService} />`;

// A ticket may pass through more services, but for one that is booked for a time.
const mayGoOn = (reason) => !reason && !appointment.value && then.value.length < THEN_MAX;

// The services that follow on the same ticket, in their order.
const Following = ({ reason }) => following.value.length > 0 && html`<section class="then">
  <h2><span>${bothLine("kiosk-then")}</span>${mayGoOn(reason) && html`<${Add} />`}</h2>
  <ol>${following.value.map((entry) => html`<li key=${entry.id} data-then=${entry.id}>${icon(entry.icon)}
    <span class="what"><${Two} text=${entry.name} /><${Two} class="fee" line text=${feeText(entry)} /></span>
    <button type="button" class="btn drop" onClick=${once(() => dropService(entry.id))}>${icon("x")}${both("common-remove")}<span class="aside">${pick(entry.name)}</span></button></li>`)}</ol>
</section>`;

/** The documents to have, of those that follow as well, and when it will be ready. */
export function Papers({ entry, following = [] }) {
  const papers = papersOf([entry, ...following]);
  const none = papers.length === 0;
  return html`<section class=${`papers ${papers.length > 3 ? "many" : ""}`}>
    <h2>${bothLine(none ? "kiosk-documents-none" : "kiosk-documents-need")}</h2>
    <ul>${papers.map((paper) => html`<li>${shape("served")}<${Two} text=${paper} /></li>`)}</ul>
    ${entry.turnaround && following.length === 0 && html`<p class="ready">${icon("clock")}<span class="two"><span class="first">${t("kiosk-turnaround")}: ${pick(entry.turnaround)}</span>
      <span class="other">${t("kiosk-turnaround", undefined, otherLanguage())}: ${pick(entry.turnaround, otherLanguage())}</span></span></p>`}
  </section>`;
}

// Whether the visitor has them all. It changes nothing but what is said: whoever has not may still have a ticket, or ask first.
function HaveThem({ entry }) {
  if (papersOf([entry, ...following.value]).length === 0) return null;
  const care = careOf(catalogue.value);
  const choice = (value, words) => html`<button type="button" role="radio" aria-checked=${papersHere.value === value} data-papers=${value}
    class=${`btn choice ${papersHere.value === value ? "on" : ""}`} onClick=${() => { papersHere.value = value; }}>${shape(papersHere.value === value ? "served" : "free")}${both(words)}</button>`;
  return html`<section class="have">
    <h2>${both("kiosk-documents-have")}</h2>
    <div class="yesno" role="radiogroup" aria-label=${t("kiosk-documents-have")}>${choice("yes", "kiosk-documents-yes")}${choice("not_all", "kiosk-documents-not-all")}</div>
    ${papersHere.value === "not_all" && html`<div class="lacking" role="status">${shape("near")}<div class="grow">${both("kiosk-documents-missing-advice")}
      <div class="row careway">${care && care.id !== entry.id && html`<${Act} class="ask-care" picture="lifebuoy" words="kiosk-documents-care" act=${() => open(care.id)} />`}
      ${care && html`<${CareCounters} care=${care} />`}</div></div></div>`}
  </section>`;
}

// Where Customer Care sits, for whoever would rather walk there.
function CareCounters({ care }) {
  const counters = (catalogue.value.counters ?? []).filter(({ services }) => services.includes(care.id)).map(({ counter }) => counter);
  return counters.length > 0 && html`<p class="at">${bothLine("kiosk-documents-care-at", { counters: counters.join(", ") })}</p>`;
}

const WHO = [["old", "older"], ["expectant", "expectant"], ["baby-carriage", "infant"], ["wheelchair", "disability"], ["mood-sick", "unwell"]];

function Priority() {
  return html`<section class="priority">
    <h2>${both("kiosk-priority")}</h2>
    <ul class="reasons">${WHO.map(([picture, who]) => html`<li>${icon(picture)}${both(`kiosk-priority-${who}`)}</li>`)}</ul>
    <div class="yesno" role="radiogroup" aria-label=${t("kiosk-priority")}>
      <${Choice} on=${priority.value} words="kiosk-priority-yes" name="yes" act=${() => { priority.value = true; }} />
      <${Choice} on=${!priority.value} words="kiosk-priority-no" name="no" act=${() => { priority.value = false; }} />
    </div>
    <p class="small">${bothLine("kiosk-priority-check")}${bothLine("kiosk-priority-private")}</p>
  </section>`;
}

const Choice = ({ on, words, name, act }) => html`<button type="button" role="radio" aria-checked=${on} data-priority=${name} class=${`btn choice ${on ? "on" : ""}`} onClick=${act}>
  ${shape(on ? "served" : "free")}${both(words)}</button>`;

const NotNow = ({ reason }) => html`<section class=${`notnow off ${reason.colour}`}>
  ${shape(reason.state)}<div>${both(stateWords[reason.state])}<${Two} class="why" text=${reason.why} /></div>
</section>`;

function Bottom({ reason }) {
  const busy = step.value === "issuing";
  const ready = !busy && (!appointment.value || isOffered(bookedAt.value));
  return html`<nav class="bottom">
    <${Act} picture="arrow-left" words="common-back" act=${back} class="back" disabled=${busy} />
    <${Listen} /><${Access} />
    ${!reason && html`<${Act} picture="ticket" words="kiosk-get-ticket" act=${issue} class="primary give" disabled=${!ready} />`}
  </nav>`;
}
