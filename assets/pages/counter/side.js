// Beside the work: who is called next and how much of each promise is used, who did not come, the officer's own day.
import { html } from "../vendor/foleni-vendor.js";
import { duration, minutesOf } from "../shared/clock.js";
import { State } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { promiseState } from "./acts.js";
import { catalogue, linkState, moment } from "./store.js";

const LANGUAGES = { en: "English", sw: "Kiswahili" };

/** The side column; a strip shows it under the work. */
export const Side = ({ view }) => html`<aside class=${linkState.value.name === "connected" ? "side" : "side old"}>
  <${Queue} view=${view} />
  ${view.missed.length > 0 && html`<${Missed} numbers=${view.missed} />`}
  <${MyDay} day=${view.my_day} />
</aside>`;

function Queue({ view }) {
  return html`<section class="queue">
    <h2><span>${t("counter-next-here")}</span><span>${t("counter-waiting-count", { count: view.waiting })}</span></h2>
    ${view.queue.length === 0 && html`<p class="empty">${t("counter-empty")}</p>`}
    <ol>${view.queue.map((of) => html`<${Queued} key=${of.number} of=${of} />`)}</ol>
  </section>`;
}

function Queued({ of }) {
  const waited = Math.max(0, moment.value - of.clock_start);
  const service = catalogue.value.services.find(({ id }) => id === of.service);
  return html`<li title=${pick(service?.name)}>
    <b class="num">${of.number}</b>
    <span class="what">${t(`class-${of.class}`)} <small>· ${LANGUAGES[of.language]}</small></span>
    <${State} state=${promiseState(waited, of.promise)} word=${t("counter-promise-used", { waited: minutesOf(waited), promise: minutesOf(of.promise) })} />
  </li>`;
}

const Missed = ({ numbers }) => html`<section class="missed">
  <h2><span>${t("counter-missed")}</span><span>${numbers.length}</span></h2>
  <p>${numbers.slice(0, 8).map((number) => html`<b class="num">${number}</b> `)}${numbers.length > 8 && `+${numbers.length - 8}`}</p>
</section>`;

function MyDay({ day }) {
  const share = day.called > 0 ? `${Math.round((100 * day.within) / day.called)} %` : "–";
  return html`<section class="day">
    <h2><span>${t("counter-my-day")}</span><span>${t("counter-my-day-own")}</span></h2>
    <p><b class="num">${day.finished}</b><small>${t("counter-served")}</small></p>
    <p><b class="num">${day.typical === null ? "–" : duration(day.typical)}</b><small>${t("counter-typical")}</small></p>
    <p><b class="num">${share}</b><small>${t("counter-in-promise")}</small></p>
  </section>`;
}
