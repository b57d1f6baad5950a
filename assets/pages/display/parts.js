// What the hall sees: rows of calls, the waiting by group, recently called, missed, suspended, resumed, and the line at the foot.
import { html } from "../vendor/foleni-vendor.js";
import { centreNow, dateOf, minutesOf, nowSignal, rangeOf, timeOfDay, weekday } from "../shared/clock.js";
import { Clock, Mark } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, otherLanguage, pick, t, textOf, Two } from "../shared/text.js";

const GROUPS_MAX = 9;
const ARROWS = { left: "arrow-big-left", right: "arrow-big-right", ahead: "arrow-narrow-up", upstairs: "stairs-up" };

/** Mark, centre, hall, date, time. */
export const Head = ({ centre, zone }) => html`<header class="head">
  <${Mark} /><h1 class="centre">${centre}</h1>
  <span class="where">${zone && html`<${Two} text=${zone.name} line /><span class="dot"> · </span>`}<span class="nowrap">${weekday(nowSignal.value)} ${dateOf(nowSignal.value)}</span></span>
  <${Clock} />
</header>`;

/** Rows of calls; `fresh` are the numbers of calls that blink, `stale` rows are kept but not to be walked to. */
export function Calls({ rows, catalogue, here, fresh, stale }) {
  return html`<section class="calls" data-stale=${stale}>
    <div class="heads"><${Upper} words="display-ticket" /><${Upper} words="display-counter" /></div>
    ${rows.map((call, place) => html`<${CallRow} key=${call.call} call=${call} catalogue=${catalogue} here=${here} first=${place === 0 && !stale} blinks=${fresh.has(call.call)} />`)}
    ${rows.length === 0 && html`<div class="none">${both("display-empty")}</div>`}
  </section>`;
}

const Upper = ({ words }) => html`<div><b>${t(words).toUpperCase()}</b> · ${t(words, undefined, otherLanguage())}</div>`;

function CallRow({ call, catalogue, here, first, blinks }) {
  const counter = catalogue.counters.find((entry) => entry.counter === call.counter);
  return html`<div class=${`call ${first ? "newest" : ""} ${blinks ? "news" : ""}`} data-call=${call.call} data-number=${call.number} data-counter=${call.counter} data-stage=${call.stage}>
    <span class="number num">${call.number}</span>
    <span class="arrow">${icon("arrow-narrow-right")}</span>
    <span class=${`plate num ${blinks ? "calling" : ""}`}>${call.counter}</span>
    <${Way} counter=${counter} catalogue=${catalogue} here=${here} />
  </div>`;
}

// Upstairs is no way to walk for those who stand on that floor already.
function Way({ counter, catalogue, here }) {
  if (!counter?.direction || (counter.direction === "upstairs" && counter.zone === here)) return html`<span class="way"></span>`;
  const zone = catalogue.zones.find((entry) => entry.id === counter.zone);
  const words = counter.direction === "upstairs" && zone ? zone.name : textOf(`direction-${counter.direction}`);
  return html`<span class="way">${icon(ARROWS[counter.direction])}<${Two} text=${words} /></span>`;
}

/** Waiting and wait by group, for the whole centre. */
export function Waiting({ groups, catalogue }) {
  return html`<section class="waiting">
    <div class="heads"><${Upper} words="display-waiting" /><${Upper} words="display-minutes" /></div>
    ${busiest(groups).map((state) => {
      const entry = catalogue.groups.find((group) => group.id === state.group);
      if (!entry) return null;
      return html`<div class="group" key=${state.group} data-group=${state.group}>
        ${icon(entry.icon)}<span class="name"><${Two} text=${entry.short} />${state.suspended && html`<span class="some num">${state.waiting}</span>`}</span>
        ${!state.suspended && html`<span class="count num">${state.waiting}</span>`}
        ${state.suspended ? html`<span class="paused"><span class="st">${shape("paused")}${t("display-paused")}</span><small>${t("display-paused", undefined, otherLanguage())}</small></span>`
          : html`<span class="range num">${state.wait ? rangeOf(state.wait) : "–"}</span>`}
      </div>`;
    })}
  </section>`;
}

// A screen has room for nine; of more, those with most people waiting, in the centre's order.
function busiest(groups) {
  if (groups.length <= GROUPS_MAX) return groups;
  const most = new Set([...groups].sort((a, b) => Number(b.suspended) - Number(a.suspended) || b.waiting - a.waiting).slice(0, GROUPS_MAX));
  return groups.filter((state) => most.has(state));
}

/** Recently called, and those who were missed. */
export const Beside = ({ recent, missed }) => html`
  ${recent.length > 0 && html`<section class="recent"><h2>${bothLine("display-recent")}</h2>
    <div class="chips">${recent.map(({ call, number, counter }) => html`<span key=${call}><b class="num">${number}</b><i class="num">${counter}</i></span>`)}</div></section>`}
  ${missed.length > 0 && html`<section class="missed"><h2><b>${t("display-missed")}</b>: ${t("display-missed-advice")}</h2><h2>${t("display-missed", undefined, otherLanguage())}: ${t("display-missed-advice", undefined, otherLanguage())}</h2>
    <div class="chips">${missed.slice(0, 4).map((number) => html`<b class="num" key=${number}>${number}</b>`)}</div></section>`}`;

// As many numbers as fit on one line beside what is said of them.
const ADMITTED_MAX = { landscape: 6, portrait: 5 };

/** At the door of a full hall: who may come in, some at a time, and how many are outside. Nothing where there is room for all. */
export function Door({ admitted, outside, full, portrait, turn }) {
  if (admitted.length === 0 && !(outside > 0) && !full) return null;
  const most = portrait ? ADMITTED_MAX.portrait : ADMITTED_MAX.landscape;
  const from = (turn % Math.max(1, Math.ceil(admitted.length / most))) * most;
  const numbers = admitted.slice(from, from + most);
  return html`<section class="door" data-outside=${outside}>
    ${numbers.length > 0 ? html`${icon("arrow-narrow-right")}${both("display-come-in")}<span class="admitted">${numbers.map((number) => html`<b class="num" key=${number}>${number}</b>`)}</span>`
      : html`${shape("full")}${both("display-hall-full")}`}
    ${outside > 0 && html`<span class="outside"><b class="num">${outside}</b>${both("display-outside")}</span>`}
  </section>`;
}

const REASONS = { network_down: "display-reason-network", no_officer: "display-reason-officer", no_material: "display-reason-material" };

// What the hall is told of a suspension, each a whole sentence: since when and why, and until when if anybody knows.
function sentencesOf(one, catalogue) {
  const named = (key, time) => sentenceOf(key, one, time, catalogue);
  const why = named(one.service ? "display-suspended-since" : REASONS[one.reason] ?? "display-system-down", one.since);
  const until = one.back_at && one.back_at > nowSignal.value ? [named("display-suspended-until", one.back_at)] : [];
  return [why, ...until].map((words) => ({ agency: one.agency, words, resumed: false }));
}

const resumedOf = (one, catalogue) => ({
  agency: one.agency, words: sentenceOf(one.service ? "display-resumed-service" : "display-resumed", one, one.since, catalogue), resumed: true,
});

// A sentence about an agency's services or one of them, in both languages.
function sentenceOf(key, one, time, catalogue) {
  const agency = catalogue.agencies.find(({ code }) => code === one.agency);
  const service = catalogue.services.find(({ id }) => id === one.service);
  return textOf(key, (tag) => {
    const name = service ? pick(service.name, tag) : agency ? pick(agency.short, tag) : one.agency;
    return { agency: name, service: name, time: timeOfDay(time), waiting: one.waiting };
  });
}

// A banner is two lines; a long sentence is written smaller.
const LONG = 96;

/** What has gone on again and what is suspended, one after another, a sentence at a time. */
export function Notices({ resumed, suspended, catalogue, turn }) {
  const sentences = [...resumed.map((one) => resumedOf(one, catalogue)), ...suspended.flatMap((one) => sentencesOf(one, catalogue))];
  if (sentences.length === 0) return null;
  const { agency, words, resumed: goesOn } = sentences[turn % sentences.length];
  const long = Math.max(words.en.length, words.sw.length) > LONG;
  return html`<section class=${`stop ${goesOn ? "goes-on" : ""} ${long ? "long" : ""}`} data-agency=${agency} data-notice=${goesOn ? "resumed" : "suspended"}>${shape(goesOn ? "tick" : "paused")}<${Two} text=${words} />${sentences.length > 1 && html`<span class="num">${(turn % sentences.length) + 1} / ${sentences.length}</span>`}</section>`;
}

/** The line at the foot: one whole sentence at a time. */
export function Foot({ day, turn }) {
  const sentences = [["ticket", "display-free-tickets"], ["files", "display-documents-ready"], ["star", "display-priority-notice"]];
  const closing = day?.closes_at && day.closes_at - nowSignal.value < 60 * 60_000 && day.closes_at > nowSignal.value;
  if (closing) sentences.push(["clock", "display-closing", { time: timeOfDay(day.closes_at) }]);
  const [picture, words, args] = sentences[turn % sentences.length];
  return html`<footer class="foot" key=${words}>${icon(picture)}<${Two} text=${textOf(words, args)} line /><span class="lines nowrap">${t("display-report")}</span></footer>`;
}

/** The screen is out of touch: listen, and since when. */
export function OutOfTouch({ since }) {
  const minutes = minutesOf(centreNow() - (since ?? centreNow()));
  return html`<section class="offline" role="alert">
    ${icon("ear")}
    ${both("display-offline", undefined, { class: "large" })}
    ${since !== null && html`<div class="since"><span>${bothLine("display-offline-since")}</span><b class="num">${timeOfDay(since)}</b>${minutes > 0 && html`<span>${bothLine("display-offline-age", { count: minutes })}</span>`}</div>`}
  </section>`;
}

/** What the kept numbers are worth. */
export const FromWhen = ({ since }) => html`<section class="stop from">${icon("clock")}<span class="two">
  <span class="first">${t("display-offline-numbers", { time: timeOfDay(since) })} ${t("display-place-kept")}</span>
  <span class="other">${t("display-offline-numbers", { time: timeOfDay(since) }, otherLanguage())} ${t("display-place-kept", undefined, otherLanguage())}</span></span></section>`;
