// What the present screen shows, as far as it can be said: read from the flow and from what is known of server and services.
import { centreNow, isoDate, timeOfDay, today } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { language } from "../shared/text.js";
import { papersOf } from "./entry.js";
import { adding, appointment, catalogue, chosen, code, elsewhere, filter, following, issued, needsWriting, nextFrom, notice, oldNumber, refusal, service, step, vainTries, visit } from "./flow.js";

const DAY_MS = 86_400_000;
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * Returns what the page shows now: `{ screen, facts, turn, page, typed, visit }`. `turn` changes when the screen is another one to the visitor
 * (a wait that has grown by a minute is not said anew), `page` with the choices that have figures, `typed` with each sign.
 */
export function present({ states, day }) {
  const screen = topmost() ?? screenName();
  const [choices, pad] = [numbered(), padKeys()];
  const facts = { language: language.value, choices, pad, ...factsOf(screen, { states, day, choices }) };
  const turn = [screen, facts.language, chosen.value, filter.value.kind, filter.value.group, filter.value.agency, adding.value, appointment.value, following.value.length,
    refusal.value?.code, issued.value?.number, vainTries.value > 5 ? 2 : vainTries.value > 1 ? 1 : 0].join(" ");
  return { screen, facts, turn, page: choices.map(({ names }) => names[0]).join(), typed: typedNow(), visit: visit.value };
}

// What lies over the flow, or stands in its place; null when the flow itself is seen.
function topmost() {
  if (document.querySelector(".over[role=alertdialog]")) return "still-there";
  if (notice.value) return notice.value;
  const { classList, dataset } = document.querySelector("main") ?? document.body;
  if (step.value === "issuing" || step.value === "ticket" || !classList.contains("trouble")) return null;
  if (classList.contains("closed")) return "closed";
  if (classList.contains("locked")) return "locked";
  return ["pairing", "searching"].includes(dataset.screen) ? dataset.screen : catalogue.value ? "out-of-touch" : "searching";
}

// The choices that the pad's keys make, as they stand on the page.
const numbered = () => [...document.querySelectorAll("[data-pad]")].filter(({ dataset }) => /^\d$/.test(dataset.pad))
  .map((control) => ({ digit: Number(control.dataset.pad), names: namesOf(control, control.matches("button[lang]") ? control.lang : language.value) }));

// What the pad's other keys do here; null without a pad.
function padKeys() {
  if (!document.documentElement.classList.contains("pad")) return null;
  const layer = [...document.querySelectorAll(".over")].at(-1) ?? document.querySelector("main");
  const has = (selector) => layer?.querySelector(selector) != null;
  return { go: has(".give:not([disabled]), .finish, .stay, .leave, .pair .primary"), more: has("[data-pages]"), back: has(".back, .leave") };
}

/** What a control is called in a language, the surest name first: its words, its bold words, its label. */
export function namesOf(control, tag) {
  const names = [control.querySelector(`[lang="${tag}"]`)?.textContent, (control.querySelector("b") ?? control.querySelector("span"))?.textContent, control.getAttribute("aria-label"), control.textContent];
  return names.map((name) => name?.replace(/\s+/g, " ").trim()).filter(Boolean);
}

const screenName = () => (step.value === "confirm" && elsewhere.value ? "elsewhere" : step.value);

function factsOf(screen, { states, day, choices }) {
  switch (screen) {
    case "welcome": return { languages: catalogue.value?.languages ?? ["sw", "en"], full: Boolean(day?.full) };
    case "choose": return { question: question(), choices: choices.length > 0 ? choices : listed(), ways: choices.length > 0 || adding.value ? [] : ["kiosk-collect", "kiosk-appointment", "kiosk-not-sure"] };
    case "confirm": return confirmed(states);
    case "elsewhere": return { name: elsewhere.value.name };
    case "code": case "return": return { refusal: refused() };
    case "issuing": return { vain: vainTries.value > 1, call: vainTries.value > 5 };
    case "ticket": return ticket();
    case "closed": return { opens: opening(), unserved: (day?.unserved ?? 0) > 0 };
    default: return {};
  }
}

function question() {
  if (adding.value) return "kiosk-next-service";
  if (appointment.value) return "kiosk-appointment-service";
  return filter.value.kind === "collect" ? "kiosk-collect-choose" : "kiosk-choose-service";
}

// What the list shows, as the screen has it; while somebody types a search, what was typed is said and not what it finds.
function listed() {
  if (filter.value.kind === "search") return [];
  return [...document.querySelectorAll(".list [data-service], .list [data-agency]")].slice(0, LISTED_MAX).map((control) => ({ names: namesOf(control, language.value) }));
}

// Nobody remembers more of a list that is heard.
const LISTED_MAX = 12;

function confirmed(states) {
  const entry = service.value;
  const state = states.get(entry?.id);
  return {
    name: entry?.name, following: following.value.map(({ name }) => name), fee: entry ? feeOn(entry, today.value).kes : null, wait: state?.wait ?? null,
    papers: entry ? papersOf([entry, ...following.value]) : [], reason: reason(state), refusal: refused(), asksPriority: !appointment.value, asksTime: appointment.value,
  };
}

function reason(state) {
  switch (state?.state) {
    case "suspended": return { state: "paused", cause: state.reason, since: state.since === null ? null : timeOfDay(state.since), back: state.back_at > centreNow() ? timeOfDay(state.back_at) : null };
    case "full": return { state: "full", again: nextFrom.value === null ? null : { day: isTomorrow(nextFrom.value) ? null : dayOf(nextFrom.value), time: timeOfDay(nextFrom.value) } };
    case "closed": return { state: "outside_hours" };
    default: return null;
  }
}

function refused() {
  if (!refusal.value) return null;
  const at = refusal.value.code === "appointment-early" ? refusal.value.booked?.at : null;
  const early = catalogue.value?.appointments?.early_minutes ?? 30;
  return { code: refusal.value.code, from: at && isoDate(at) === today.value ? timeOfDay(at - early * 60_000) : null };
}

function ticket() {
  const { number, ahead, wait, outside, slip, paper } = issued.value;
  return { number, ahead, wait, outside, offline: Boolean(slip?.offline), paper: !needsWriting(issued.value), trouble: paper?.trouble ?? null };
}

function opening() {
  if (nextFrom.value === null) return null;
  return { day: isoDate(nextFrom.value) === today.value ? null : dayOf(nextFrom.value), time: timeOfDay(nextFrom.value) };
}

const isTomorrow = (time) => isoDate(time) === isoDate(centreNow() + DAY_MS);
const dayOf = (time) => `day-${DAYS[new Date(`${isoDate(time)}T12:00:00Z`).getUTCDay()]}`;

// What is typed now, of a code or of an old number.
const typedNow = () => (step.value === "code" ? code.value : step.value === "return" ? oldNumber.value : "");
