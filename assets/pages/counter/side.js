// Beside the work: who is called next and how much of each promise is used, who did not come, the officer's own day.
import { html } from "../vendor/foleni-vendor.js";
import { duration, minutesOf, timeOfDay } from "../shared/clock.js";
import { State, icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { keepFocus } from "../staff/parts.js";
import { OTHERS, promiseState, whyNot } from "./acts.js";
import { act, catalogue, fresh, linkState, moment } from "./store.js";

const LANGUAGES = { en: "English", sw: "Kiswahili" };

/** The side column; a strip shows it under the work. */
export const Side = ({ view, ask }) => html`<aside class=${linkState.value.name === "connected" ? "side" : "side old"}>
  ${view.resumed?.length > 0 && html`<section class="resumed">${view.resumed.map((one) => html`<${Resumed} key=${one.notice} one=${one} />`)}</section>`}
  <${Queue} view=${view} ask=${ask} />
  <${Away} view=${view} tickets=${view.held} title="counter-on-hold" name="resume-held" words="counter-resume" told=${heldTold} />
  <${Away} view=${view} tickets=${view.missed} title="counter-missed" name="is-back" words="counter-is-back" told=${missedTold} />
  <${MyDay} day=${view.my_day} />
</aside>`;

function Resumed({ one }) {
  const service = catalogue.value.services.find(({ id }) => id === one.service);
  const agency = catalogue.value.agencies.find(({ code }) => code === one.agency);
  const words = t("counter-resumed", { service: pick(service?.name ?? agency?.short) || one.agency, time: timeOfDay(one.since), waiting: one.waiting });
  return html`<p data-resumed=${one.agency}><${State} state="on_time" word=${words} /></p>`;
}

const CALL_TICKET = OTHERS.find(({ name }) => name === "call-ticket");

function Queue({ view, ask }) {
  const reason = !fresh.value || whyNot("call-ticket", view) !== null;
  return html`<section class="queue">
    <h2><span>${t("counter-next-here")}</span><span>${t("counter-waiting-count", { count: view.waiting })}</span></h2>
    ${view.queue.length === 0 && html`<p class="empty">${t("counter-empty")}</p>`}
    <ol>${view.queue.map((of) => html`<${Queued} key=${of.number} of=${of} />`)}</ol>
    <button class="btn" data-act="call-ticket" aria-disabled=${reason} onMouseDown=${keepFocus} onClick=${() => ask("call-ticket")}>
      ${icon(CALL_TICKET.icon)}<span class="grow">${t(CALL_TICKET.words)}</span><span class="key">${CALL_TICKET.key}</span></button>
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

const AWAY_SHOWN = 5;
const heldTold = (of) => (of.until ? t("counter-on-hold-until", { time: timeOfDay(of.until) }) : t("counter-on-hold-since", { time: timeOfDay(of.since) }));
const missedTold = (of) => t("counter-missed-until", { time: timeOfDay(of.until) });

// Those who are not here: on an errand, or called and not come. One press when they are back.
function Away({ view, tickets, title, name, words, told }) {
  if (tickets.length === 0) return null;
  const off = !fresh.value || whyNot(name, view) !== null;
  return html`<section class="away">
    <h2><span>${t(title)}</span><span>${tickets.length}</span></h2>
    <ul>${tickets.slice(0, AWAY_SHOWN).map((of) => html`<li key=${of.number}>
      <b class="num">${of.number}</b><span class="what">${told(of)}</span>
      <button class="btn" aria-disabled=${off} onMouseDown=${keepFocus} onClick=${() => act(name, { number: of.number })}>${t(words)}</button></li>`)}</ul>
  </section>`;
}

function MyDay({ day }) {
  const share = day.called > 0 ? `${Math.round((100 * day.within) / day.called)} %` : "–";
  return html`<section class="day">
    <h2><span>${t("counter-my-day")}</span><span>${t("counter-my-day-own")}</span></h2>
    <p><b class="num">${day.finished}</b><small>${t("counter-served")}</small></p>
    <p><b class="num">${day.typical === null ? "–" : duration(day.typical)}</b><small>${t("counter-typical")}</small></p>
    <p><b class="num">${share}</b><small>${t("counter-in-promise")}</small></p>
  </section>`;
}
