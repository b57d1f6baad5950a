// What an officer can do next, as plain functions of the counter's view: no page, no network, no clock of its own.
import { classActs } from "./visit.js";

/** The acts that have a place of their own on the page, in reading order, with the key of each. */
export const TILES = [
  { name: "finish", key: "0", icon: "check", words: "counter-finish" },
  { name: "transfer", key: "4", icon: "transfer", words: "counter-transfer" },
  { name: "hold", key: "5", icon: "hourglass", words: "counter-hold" },
  { name: "recall", key: "1", icon: "volume", words: "counter-recall" },
  { name: "no-show", key: "3", icon: "x", words: "counter-no-show" },
  { name: "undo", key: ".", icon: "arrow-back-up", words: "counter-undo" },
];

/** The acts beside the tiles, with the key of each. */
export const OTHERS = [
  { name: "break", key: "/", icon: "coffee", words: "counter-break" },
  { name: "call-ticket", key: "2", icon: "ticket", words: "counter-call-ticket" },
  { name: "marks", key: "*", icon: "pencil", words: "counter-marks" },
  { name: "also", key: "+", icon: "plus", words: "counter-also" },
  { name: "class", key: "-", icon: "star", words: "class-priority" },
];

/** The acts that ask something first. */
export const ASKING = ["break", "hold", "transfer", "call-ticket", "marks", "also", "class"];

/** Why a ticket may be called out of turn. */
export const REASONS = ["back", "same_officer", "correction", "supervisor"];

/** What can be done with the class of a ticket. */
export const CLASS_ACTS = {
  "priority-give": { icon: "star", words: "counter-priority-give" },
  "priority-confirm": { icon: "check", words: "counter-priority-confirm" },
  "priority-remove": { icon: "x", words: "counter-priority-remove" },
  "appointment-confirm": { icon: "check", words: "counter-appointment-confirm" },
  "appointment-remove": { icon: "x", words: "counter-appointment-remove" },
};

/** Where a ticket that is sent on can stand. */
export const STANDINGS = ["kept", "front", "end"];

/** A number as it stands on a slip, from what was typed: `k42` is `K042`; `null` when it is none. */
export function numberOf(typed) {
  const [, letter, digits] = /^\s*([a-z])\s*-?\s*0*(\d{1,5})\s*$/i.exec(typed) ?? [];
  return letter ? letter.toUpperCase() + digits.padStart(3, "0") : null;
}

/** How a service can end, with the key of each; the first is chosen unless the officer, or the centre, wants it said. */
export const OUTCOMES = [
  { name: "served", key: "6", icon: "check", words: "outcome-served" },
  { name: "documents_missing", key: "7", icon: "files", words: "outcome-documents-missing" },
  { name: "referred", key: "8", icon: "arrow-right", words: "outcome-referred" },
  { name: "system_down", key: "9", icon: "plug-connected-x", words: "outcome-system-down" },
];

/** Why an officer takes a break, with the key of each and how long it is likely to last, in minutes. */
export const PAUSES = [
  { name: "break", key: "5", minutes: 15, icon: "coffee" },
  { name: "lunch", key: "6", minutes: 30, icon: "sun" },
  { name: "back_office", key: "7", minutes: 15, icon: "archive" },
  { name: "meeting", key: "8", minutes: 60, icon: "users" },
  { name: "technical", key: "9", minutes: null, icon: "tool" },
];

/** The word of a reason that has more than one: `back_office` is `back-office`. */
export const dashed = (name) => name.replaceAll("_", "-");

/** How long a break can be meant to last, in minutes; `null` is a break without an end. */
export const BREAKS = [
  { minutes: 10, key: "1" },
  { minutes: 15, key: "2" },
  { minutes: 30, key: "3" },
  { minutes: 60, key: "4" },
  { minutes: null, key: "0" },
];

/**
 * Where the counter stands: `closed`, `paused`, `free`, `called` or `serving`.
 * @param {{counter: {state: string}, ticket: {stage: string} | null}} view
 */
export function standing(view) {
  if (view.counter.state !== "open") return view.counter.state;
  return view.ticket ? view.ticket.stage : "free";
}

/**
 * The one thing to do next, which stands on the green button and on Enter.
 * `why_not` is the key of a text when it cannot be done now.
 */
export function primary(view) {
  switch (standing(view)) {
    case "paused":
      return { name: "resume", icon: "player-play", words: "counter-break-over", why_not: null };
    case "called":
      return { name: "start", icon: "player-play", words: "counter-start", why_not: null };
    case "serving":
      return { name: "finish-next", icon: "arrow-narrow-right", words: "counter-finish-next", why_not: null };
    default:
      return {
        name: "call",
        icon: "arrow-narrow-right",
        words: "counter-call-next",
        why_not: view.waiting > 0 ? null : "counter-empty",
      };
  }
}

/** Why an act cannot be done now, as the key of a text; `null` when it can. */
export function whyNot(name, view) {
  const stands = standing(view);
  switch (name) {
    case "finish":
      return stands === "serving" ? null : "counter-why-not-serving";
    case "also":
      return stands === "serving" ? null : "counter-why-not-serving";
    case "hold":
    case "transfer":
    case "marks":
      return view.ticket ? null : "refusal-counter-idle";
    case "class":
      if (!view.ticket) return "refusal-counter-idle";
      return classActs(view.ticket).length > 0 ? null : "refusal-class-unchanged";
    case "undo":
      return view.undo ? null : "refusal-nothing-to-undo";
    case "call-ticket":
    case "resume-held":
      if (stands === "free") return null;
      return stands === "paused" ? "counter-why-paused" : "counter-why-ticket";
    case "recall":
    case "no-show":
      return stands === "called" ? null : "counter-why-not-called";
    case "break":
      if (stands === "free") return null;
      return stands === "paused" ? "counter-why-paused" : "counter-why-ticket";
    case "close":
      return stands === "free" || stands === "paused" ? null : "counter-why-ticket";
    default:
      return null;
  }
}

/**
 * The request of an act: its address under `/api/v1/counters/{n}/` and its body without the request id.
 * The ticket is the one on the officer's screen, so that a stale screen is found out.
 */
export function request(name, view, outcome) {
  const ticket = view.ticket?.ticket;
  switch (name) {
    case "call":
      return { path: "next", body: {} };
    case "start":
      return { path: "start", body: { ticket } };
    case "recall":
      return { path: "recall", body: { ticket } };
    case "no-show":
      return { path: "no-show", body: { ticket, then_next: false } };
    case "finish":
      return { path: "finish", body: { ticket, outcome, then_next: false } };
    case "finish-next":
      return { path: "finish", body: { ticket, outcome, then_next: true } };
    case "hold":
    case "transfer":
      return { path: name, body: { ticket, then_next: false } };
    case "call-ticket":
    case "resume-held":
      return { path: "call", body: { reason: "back" } };
    case "deliver":
      return { path: "deliver", body: { ticket } };
    case "mark":
      return { path: "/api/v1/marks", body: { number: view.ticket?.number } };
    case "cancel":
      return { path: "/api/v1/cancellations", body: {} };
    case "priority-give":
    case "priority-confirm":
    case "appointment-confirm":
      return { path: "/api/v1/priorities", body: { number: view.ticket?.number, priority: true } };
    case "priority-remove":
    case "appointment-remove":
      return { path: "/api/v1/priorities", body: { number: view.ticket?.number, priority: false } };
    case "is-back":
      return { path: "/api/v1/returns", body: {} };
    case "undo":
      return { path: "undo", body: {} };
    case "break":
      return { path: "pause", body: {} };
    case "resume":
    case "close":
      return { path: name, body: {} };
    default:
      throw new Error(`no such act: ${name}`);
  }
}

/** Ten-key pads say where a key is, not what it writes, when their number lock is off. */
const PAD = {
  Numpad0: "0", Numpad1: "1", Numpad2: "2", Numpad3: "3", Numpad4: "4",
  Numpad5: "5", Numpad6: "6", Numpad7: "7", Numpad8: "8", Numpad9: "9",
  NumpadDivide: "/", NumpadDecimal: ".", NumpadEnter: "Enter", NumpadMultiply: "*", NumpadAdd: "+", NumpadSubtract: "-",
};

/** The key that was pressed, whichever part of the keyboard it is on. */
export function keyOf(event) {
  return PAD[event.code] ?? event.key;
}

/** How a wait stands against its promise: `on_time`, `near` from four fifths, `late` from the whole. */
export function promiseState(waited, promise) {
  if (promise <= 0 || waited >= promise) return "late";
  return waited * 5 >= promise * 4 ? "near" : "on_time";
}
