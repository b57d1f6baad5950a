// The centre in a few figures, the same six places every day.
import { html } from "../vendor/foleni-vendor.js";
import { minutesOf } from "../shared/clock.js";
import { State } from "../shared/states.js";
import { t } from "../shared/text.js";
import { withinPercent } from "./figures.js";
import { catalogue, groupName, moment } from "./store.js";

const AIM_PERCENT = 90;

/** The row of figures under the head. */
export function Totals({ view: { totals, day } }) {
  const within = withinPercent(totals);
  return html`<section class="totals" aria-label=${t("common-today")}>
    <${Figure} label="board-waiting-now" value=${totals.waiting}>${day.outside > 0 && html`<em data-outside=${day.outside}>${t("board-outside", { count: day.outside })}</em>`}</${Figure}>
    <${Figure} label="board-in-promise-today" value=${within === null ? "–" : `${within} %`}>
      ${within !== null && html`<${State} state=${within >= AIM_PERCENT ? "on_time" : "near"} word=${t("board-aim", { count: AIM_PERCENT })} />`}</${Figure}>
    <${Longest} longest=${totals.longest} />
    <${Figure} label="board-percentiles" value=${totals.p50 === null ? "–" : html`${minutesOf(totals.p50)} / ${minutesOf(totals.p90 ?? totals.p50)}`}><em>${t("common-minutes-short")}</em></${Figure}>
    <${Figure} label="board-counters-open" value=${totals.counters_open}><em>${t("board-counters-of", { count: totals.counters })}</em></${Figure}>
    <${Figure} label="board-issued" value=${day.issued.toLocaleString("en")} more="issued"><em>${t("board-served")} ${totals.finished.toLocaleString("en")}<br />${t("board-no-show")} ${totals.missed}</em></${Figure}>
    ${totals.price?.factor_permille > 0 && html`<p class="price">${t("board-priority-today", { percent: Math.round(totals.price.share_permille / 10), factor: (totals.price.factor_permille / 1000).toFixed(2) })}</p>`}
  </section>`;
}

const Figure = ({ label, value, more = "", children }) => html`<div class=${more}><small>${t(label)}</small><p><span class="num">${value}</span> ${children}</p></div>`;

function Longest({ longest }) {
  if (!longest) return html`<${Figure} label="board-longest" value="–" />`;
  const service = catalogue.value.services.find(({ id }) => id === longest.service);
  const waited = moment.value - longest.clock_start;
  const late = service && waited >= service.promise_minutes * 60_000;
  return html`<${Figure} label="board-longest" value=${minutesOf(waited)}><em>${t("common-minutes-short")}</em>
    <${State} state=${late ? "late" : "on_time"} word=${html`${longest.number}, ${service ? groupName(service.group) : ""}`} /></${Figure}>`;
}
