// One service before the ticket: what it costs, how long it takes, what to have, and the question of priority.
import { html } from "../vendor/foleni-vendor.js";
import { today } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, has, pick, otherLanguage, t, textOf, Two } from "../shared/text.js";
import { stateWords } from "./choose.js";
import { Act, Listen, reasonOf, Screen, StateWord, Top, Wait } from "./frame.js";
import { appointment, back, issue, priority, refusal, service, step } from "./flow.js";

export function Confirm({ states }) {
  const entry = service.value;
  const state = states.get(entry.id);
  const reason = reasonOf(entry, state);
  return html`<${Screen} name="confirm" top=${html`<${Top} at=${3} />`} bottom=${html`<${Bottom} reason=${reason} />`}>
    <div class="pane facts-pane">
      <h1 class="title withicon">${icon(entry.icon)}<${Two} text=${entry.name} /></h1>
      <${Facts} entry=${entry} state=${state} reason=${reason} />
      <${Papers} entry=${entry} />
    </div>
    <div class="pane priority-pane">
      ${refusal.value && html`<${Refusal} />`}
      ${reason ? html`<${NotNow} reason=${reason} />` : html`<${Priority} />`}
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

/** The documents to have, and when it will be ready. */
export function Papers({ entry }) {
  const none = entry.documents.length === 0;
  return html`<section class="papers">
    <h2>${bothLine(none ? "kiosk-documents-none" : "kiosk-documents-need")}</h2>
    <ul>${entry.documents.map((paper) => html`<li>${shape("served")}<${Two} text=${paper} /></li>`)}</ul>
    ${entry.turnaround && html`<p class="ready">${icon("clock")}<span class="two"><span class="first">${t("kiosk-turnaround")}: ${pick(entry.turnaround)}</span>
      <span class="other">${t("kiosk-turnaround", undefined, otherLanguage())}: ${pick(entry.turnaround, otherLanguage())}</span></span></p>`}
  </section>`;
}

const WHO = [["old", "older"], ["expectant", "expectant"], ["baby-carriage", "infant"], ["wheelchair", "disability"], ["mood-sick", "unwell"]];

function Priority() {
  return html`<section class="priority">
    ${appointment.value && html`<p class="booking">${icon("calendar-event")}${both("kiosk-appointment-check")}</p>`}
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

const Refusal = () => html`<section class="refused" role="alert" data-refusal=${refusal.value.code}>
  ${shape("near")}<${Two} text=${refusal.value.title ?? textOf(has(`refusal-${refusal.value.code}`) ? `refusal-${refusal.value.code}` : "refusal-unknown")} />
</section>`;

function Bottom({ reason }) {
  const busy = step.value === "issuing";
  return html`<nav class="bottom">
    <${Act} picture="arrow-left" words="common-back" act=${back} class="back" disabled=${busy} />
    <${Listen} />
    ${!reason && html`<${Act} picture="ticket" words="kiosk-get-ticket" act=${issue} class="primary give" disabled=${busy} />`}
  </nav>`;
}
