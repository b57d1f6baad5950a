// Choosing the service: quick things first, then search, groups and the list with fee and wait of each.
import { html, useEffect, useRef, useState } from "../vendor/foleni-vendor.js";
import { icon } from "../shared/states.js";
import { both, bothLine, language, otherLanguage, pick, t, textOf, Two } from "../shared/text.js";
import { Act, Listen, reasonOf, Screen, StateWord, Top, Wait, feeText } from "./frame.js";
import { Access } from "./access.js";
import { ElsewhereRow, isElsewhere } from "./elsewhere.js";
import { adding, appointment, back, careOf, catalogue, checkInByCode, chosen, comeAgain, filter, once, open, then } from "./flow.js";
import { SearchField, SearchKeys } from "./keyboard.js";
import { larger, low } from "./modes.js";
import { findServices } from "./search.js";
import { speechOn } from "./speech.js";

/** The screen; `states` is the live state of every service by id, `day` the business day. */
export function Choose({ states, day }) {
  const searching = filter.value.kind === "search";
  return html`<${Screen} name=${`choose ${searching ? "searching" : ""}`} top=${html`<${Top} at=${2} />`} bottom=${html`<${Bottom} />`}>
    <div class="pane ways">
      <h1 class="title">${both(question())}</h1>
      ${!searching && !adding.value && html`<${Quick} day=${day} />`}
      <${SearchField} />
      ${!searching && html`<${Groups} />`}
      ${searching && html`<${SearchKeys} />`}
    </div>
    <${List} states=${states} />
  <//>`;
}

function question() {
  if (adding.value) return "kiosk-next-service";
  if (appointment.value) return "kiosk-appointment-service";
  return filter.value.kind === "collect" ? "kiosk-collect-choose" : "kiosk-choose-service";
}

// What is quick, and the ways of those who do not simply come.
function Quick({ day }) {
  const collecting = filter.value.kind === "collect";
  const collect = () => { filter.value = { kind: collecting ? "popular" : "collect" }; };
  return html`<div class="quick">
    ${catalogue.value.services.some((service) => service.collection) && html`
      <${Act} class="dark collect" picture="file-check" words="kiosk-collect" act=${collect} aria-pressed=${collecting} />`}
    <${Act} class="booked" picture=${appointment.value ? "check" : "calendar-event"} words="kiosk-appointment" act=${appointment.value ? back : checkInByCode} aria-pressed=${appointment.value} />
    ${day?.returns > 0 && !appointment.value && html`<${Act} class="again" picture="history" words="kiosk-return" act=${comeAgain} />`}
  </div>`;
}

function Groups() {
  const { kind, group } = filter.value;
  const tile = (on, picture, words, next) => html`
    <button type="button" class="btn tile" aria-pressed=${on} onClick=${() => { filter.value = next; }}>${icon(picture)}<span>${words}</span></button>`;
  return html`<div class="groups">
    ${tile(kind === "popular", "users", t("kiosk-popular"), { kind: "popular" })}
    ${catalogue.value.groups.map((entry) => tile(kind === "group" && group === entry.id, entry.icon, pick(entry.short), { kind: "group", group: entry.id }))}
    ${tile(kind === "all" || kind === "agency", "home", t("kiosk-all-agencies", { count: catalogue.value.agencies.length }), { kind: "all" })}
  </div>`;
}

function List({ states }) {
  const box = useRef(null);
  useEffect(() => { box.current.scrollTop = 0; }, [filter.value]);
  const sections = sectionsOf(catalogue.value, filter.value);
  const none = sections.every(({ services }) => services.length === 0);
  return html`<div class="pane list" ref=${box} tabindex="-1">
    ${filter.value.kind === "all" && html`<${Agencies} />`}
    ${sections.map(({ title, services }, place) => html`
      <div class="sub"><h2><${Two} text=${title} line /></h2>${place === 0 && services.some((service) => !isElsewhere(service)) && html`<span class="heads">${bothLine("kiosk-waiting")}</span>`}</div>
      ${services.map((service) => (isElsewhere(service) ? html`<${ElsewhereRow} key=${service.id} entry=${service} />`
        : html`<${Row} key=${service.id} service=${service} state=${states.get(service.id)} />`))}`)}
    ${none && filter.value.words && html`<p class="none">${both("kiosk-search-none")}</p>`}
  </div>`;
}

/** Returns what the list shows under which headings. */
export function sectionsOf({ services, groups, agencies, ...rest }, { kind, group, agency, words }) {
  switch (kind) {
    case "group": return [{ title: groups.find((entry) => entry.id === group).name, services: services.filter((service) => service.group === group) }];
    case "collect": return [{ title: textOf("kiosk-collect"), services: services.filter((service) => service.collection) }];
    case "agency": return ofAgency({ services, agencies, ...rest }, agency);
    case "all": return [];
    case "search": return words ? [{ title: textOf("common-services"), services: findServices({ services, agencies, ...rest }, words).slice(0, 20) }] : popular(services);
    default: return popular(services);
  }
}

// What an agency does here, and what it does only in other centres.
function ofAgency({ services, agencies, not_offered: missing = [] }, code) {
  const [here, away] = [services, missing].map((entries) => entries.filter(({ agency }) => agency === code));
  if (here.length === 0) return [{ title: away[0]?.agency_name ?? textOf("common-services"), services: away }];
  const sections = [{ title: agencies.find((entry) => entry.code === code).name, services: here }];
  return away.length === 0 ? sections : [...sections, { title: textOf("state-not-offered"), services: away }];
}

/** Returns the agencies that have no service here, in the catalogue's order: `{ code, name, icon }`. */
export function agenciesElsewhere({ agencies, not_offered: missing = [] }) {
  const known = new Set(agencies.map(({ code }) => code));
  const others = new Map();
  for (const { agency, agency_name: name, icon: picture } of missing) if (!known.has(agency) && !others.has(agency)) others.set(agency, { code: agency, name, icon: picture });
  return [...others.values()];
}

function popular(services) {
  const asked = services.filter((service) => service.popular);
  return [{ title: textOf("kiosk-most-requested"), services: asked.length > 0 ? asked : services }];
}

function Agencies() {
  const others = agenciesElsewhere(catalogue.value);
  return html`<div class="sub"><h2>${bothLine("kiosk-choose-agency")}</h2></div><${AgencyTiles} agencies=${catalogue.value.agencies} />
    ${others.length > 0 && html`<div class="sub"><h2>${bothLine("kiosk-agencies-elsewhere")}</h2></div><${AgencyTiles} agencies=${others} more="off" />`}`;
}

const AgencyTiles = ({ agencies, more = "" }) => html`<div class="agencies">
  ${agencies.map((entry) => html`<button type="button" class=${`btn agency ${more}`} key=${entry.code} data-agency=${entry.code}
    onClick=${once(() => { filter.value = { kind: "agency", agency: entry.code }; })}>${icon(entry.icon)}<${Two} text=${entry.name} /></button>`)}
</div>`;

// What cannot be had now, and what is on the ticket already, is not added to it.
const mayAdd = (service, reason) => !adding.value || !(reason || service.id === chosen.value || then.value.includes(service.id));

function Row({ service, state }) {
  const reason = reasonOf(service, state);
  const has = !reason && !mayAdd(service, reason);
  return html`<button type="button" class=${`service ${reason || has ? "off" : ""}`} data-service=${service.id} data-state=${state?.state ?? "unknown"}
      aria-disabled=${!mayAdd(service, reason)} onClick=${once(() => { if (mayAdd(service, reason)) open(service.id); })}>
    ${icon(service.icon)}
    <span class="what"><b lang=${language.value}>${pick(service.name)}</b><span class="sec" lang=${otherLanguage()}>${pick(service.name, otherLanguage())}</span>
      ${!reason && html`<${Two} class="fee" line text=${feeText(service)} />`}
      ${!reason && state?.left_today > 0 && html`<${Two} class="left" line text=${textOf("kiosk-left-today", { count: state.left_today })} />`}</span>
    <span class="state">${reason ? html`<${StateWord} state=${reason.state} colour=${reason.colour} words=${stateWords[reason.state]} />` : has ? both("kiosk-on-ticket") : html`<${Now} state=${state} />`}</span>
    ${reason && html`<${Two} class=${`why ${reason.colour}`} text=${reason.why} />`}
  </button>`;
}

export const stateWords = { paused: "kiosk-suspended", full: "kiosk-full", outside_hours: "state-outside-hours" };

function Now({ state }) {
  if (!state || state.waiting === null) return null;
  return html`<${Wait} wait=${state.wait} /><span class="queue">${icon("users")}<span class="num">${state.waiting}</span></span>`;
}

// Where letters are large, or the row has more in it, the long question would stand in seven lines.
function Bottom() {
  const { kind } = filter.value;
  const care = careOf(catalogue.value);
  return html`<nav class="bottom">
    <${Act} picture="arrow-left" words="common-back" act=${() => (kind in BEFORE ? (filter.value = BEFORE[kind]) : back())} class="back" />
    ${care && !adding.value && html`<${Act} picture="lifebuoy" words=${larger.value || low.value || speechOn.value ? "kiosk-picture-help" : "kiosk-not-sure"} act=${() => open(care.id)} class="unsure" />`}
    <${Listen} /><${Access} /><${More} key=${kind} />
  </nav>`;
}

// Where "back" leads from a list that was opened from another.
const BEFORE = { search: { kind: "popular" }, collect: { kind: "popular" }, agency: { kind: "all" } };

// What is dragged: the list, or all of the middle where the list stands in it at its full length.
const scroller = () => { const list = document.querySelector(".list"); return getComputedStyle(list).overflowY === "visible" ? list.closest(".middle") : list; };

/** Leads through a list that is longer than the screen, for those who do not know that a screen can be dragged. */
export function More() {
  const [place, setPlace] = useState("none");
  useEffect(() => {
    const box = scroller();
    const look = () => setPlace(box.scrollHeight <= box.clientHeight + 8 ? "none" : box.scrollTop + box.clientHeight > box.scrollHeight - 8 ? "end" : "more");
    const watcher = new ResizeObserver(look);
    watcher.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    const timer = setInterval(look, 500);
    look();
    return () => { watcher.disconnect(); box.removeEventListener("scroll", look); clearInterval(timer); };
  }, []);
  if (place === "none") return null;
  const move = () => { const box = scroller(); box.scrollTop = place === "end" ? 0 : box.scrollTop + box.clientHeight * 0.85; };
  return html`<button type="button" class="btn act more slim" onClick=${move}>${icon(place === "end" ? "arrow-up" : "arrow-down")}${both(place === "end" ? "kiosk-top" : "kiosk-more")}</button>`;
}
