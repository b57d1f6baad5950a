// The day: one sentence first, then who was passed over and why, the waits, and what officers decided.
import { html } from "../vendor/foleni-vendor.js";
import { minutesOf, timeOfDay } from "../shared/clock.js";
import { Plate } from "../shared/parts.js";
import { icon, shape, stateColour } from "../shared/states.js";
import { t } from "../shared/text.js";
import { factorOf, headline, reasons } from "./figures.js";
import { report, serviceName } from "./store.js";
import { className, printOnly, reasonOf, written } from "./visit.js";

/** The report of the day that was asked for. */
export function Report() {
  const day = report.value;
  if (!day) return null;
  const { key, count, state } = headline(day);
  return html`<section class="panel day" aria-label=${t("fair-day", { date: written(day.date) })}>
    <div class="day-head"><h2>${t("fair-day", { date: written(day.date) })}${!day.closed && html` <span>${t("fair-so-far", { time: timeOfDay(day.until) })}</span>`}</h2>
      <button class="btn small no-print" onClick=${() => printOnly("day")}>${icon("printer")}${t("common-print")}</button></div>
    <p class=${`headline ${stateColour(state)}`} role="status">${shape(state)}<span>${t(key, { count })}</span></p>
    <${Unexplained} passes=${day.unexplained} />
    <dl class="figures">
      <${Figure} label="board-issued" value=${day.issued.toLocaleString("en")} />
      <${Figure} label="fair-calls" value=${day.calls.toLocaleString("en")} />
      <${Figure} label="fair-passed-tickets" value=${day.passes.tickets.toLocaleString("en")} />
      ${day.price.factor_permille > 0 && html`<${Figure} label="fair-priority-share" value=${`${Math.round(day.price.share_permille / 10)} %`} />
        <${Figure} label="fair-others-wait" value=${`× ${factorOf(day.price.factor_permille)}`} />`}
    </dl>
    <div class="parts"><${Reasons} day=${day} /><${Decisions} day=${day} /></div>
    <${Waits} queues=${day.queues} />
  </section>`;
}

const Figure = ({ label, value }) => html`<div><dt>${t(label)}</dt><dd class="num">${value}</dd></div>`;

function Unexplained({ passes }) {
  if (passes.length === 0) return null;
  return html`<ul class="found">${passes.map((pass) => html`<li><time class="num">${timeOfDay(pass.at)}</time> <b class="num">${pass.called}</b> ${icon("arrow-narrow-right")}<${Plate} counter=${pass.counter} />
    <span>${t("fair-while-waited", { number: pass.passed, service: serviceName(pass.service), class: className(pass.class) })}</span></li>`)}</ul>`;
}

function Reasons({ day }) {
  const told = reasons(day);
  const { longest } = day;
  return html`<div><h3>${t("fair-passes")}</h3>
    ${told.length === 0 && html`<p class="lead">${t("common-none")}</p>`}
    <table class="plain"><tbody>${told.map(({ key, times }) => html`<tr class=${key === "fair-pass-unexplained" ? "late" : ""}><td class="figure num">${times.toLocaleString("en")} ×</td><td>${t(key)}</td></tr>`)}</tbody></table>
    ${longest && html`<p class="longest">${t("fair-longest")}: <b class="num">${longest.number}</b>, ${serviceName(longest.service)} (${className(longest.class)}): <b class="nowrap">${minutesOf(longest.milliseconds)} ${t("common-minutes-short")}</b>, <span class="nowrap">${t("fair-longest-calls", { count: longest.times })}</span></p>`}</div>`;
}

// Two tables side by side where there is room: a centre has seventy services.
function Waits({ queues }) {
  const half = Math.ceil(queues.length / 2);
  const parts = queues.length > 12 ? [queues.slice(0, half), queues.slice(half)] : [queues];
  return html`<div class="waits"><h3>${t("fair-waits")}</h3><div>${parts.map((part) => html`<${WaitTable} queues=${part} />`)}</div></div>`;
}

function WaitTable({ queues }) {
  const minutes = (milliseconds) => html`<td class="figure">${minutesOf(milliseconds)}</td>`;
  return html`<table>
    <thead><tr><th>${t("common-service")}</th><th class="figure">${t("fair-called")}</th><th class="figure">${t("board-in-promise")}</th><th class="figure">${t("fair-half")}</th><th class="figure">${t("fair-most")}</th><th class="figure">${t("fair-longest-wait")}</th><th class="figure">${t("fair-promised")}</th></tr></thead>
    <tbody>${queues.map((queue) => html`<tr><th scope="row">${serviceName(queue.service)}${queue.class !== "standard" && html` <em>${className(queue.class)}</em>`}</th>
      <td class="figure">${queue.called}</td><td class="figure">${Math.round((100 * queue.within) / queue.called)} %</td>${minutes(queue.p50)}${minutes(queue.p90)}${minutes(queue.longest)}${minutes(queue.promise)}</tr>`)}</tbody></table>`;
}

const ACT = { call: "fair-act-call", start: "fair-act-start", finish: "fair-act-finish", no_show: "fair-act-no-show", hold: "fair-act-hold", transfer: "fair-act-transfer" };

function Decisions({ day }) {
  const { priority, unserved } = day;
  const calls = day.out_of_order.map((one) => [`${one.officer}: ${reasonOf(one.reason)}`, one.calls]);
  const undone = day.undone.map((one) => [t(ACT[one.act] ?? "counter-undo"), one.times]);
  const decided = [["fair-asked", priority.asked], ["fair-confirmed", priority.confirmed], ["fair-given", priority.given], ["fair-withdrawn", priority.withdrawn]];
  const ended = [["outcome-closed-with-day", unserved.closed_with_day], ["board-no-show", unserved.missed], ["fair-given-up", unserved.given_up], ["fair-mistake", unserved.mistake], ["fair-replaced", unserved.replaced ?? 0]];
  const worded = (pairs) => pairs.map(([key, count]) => [t(key), count]);
  return html`<div class="decisions">
    <${List} title="fair-out-of-turn" pairs=${calls} /><${List} title="fair-undone" pairs=${undone} />
    <${List} title="class-priority" pairs=${worded(decided)} /><${List} title="fair-unserved" pairs=${worded(ended)} />
  </div>`;
}

const List = ({ title, pairs }) => html`<div><h3>${t(title)}</h3>${pairs.length === 0 ? html`<p class="lead">${t("common-none")}</p>` : html`<table class="plain"><tbody>
  ${pairs.map(([words, count]) => html`<tr><td class="figure num">${count}</td><td>${words}</td></tr>`)}</tbody></table>`}</div>`;
