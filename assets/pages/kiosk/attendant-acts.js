// Attendant mode: where the attendant stands between PIN and leaving, and the acts that move on. Screens draw it and hold nothing.
import { batch, signal } from "../vendor/foleni-vendor.js";
import { post, postPlain, Refused, remove, requestId } from "../shared/api.js";

/** Seconds without a touch after which the welcome is back, and the PIN is asked again. */
export const LEFT_ALONE_SECONDS = 60;
/** Numbers that are listed with a reprint beside each. */
export const LISTED_MAX = 8;
/** Digits of a PIN. */
export const PIN_DIGITS_MIN = 4;
export const PIN_DIGITS_MAX = 8;
// A double touch is one; whoever wants two tickets of a service takes longer.
const DOUBLE_MS = 600;
const GIVE_UP_MS = 15_000;

/** `null` outside the mode, `pin`, `work`, `number` (one is typed to be printed again), `paper` (the roll is changed). */
export const stage = signal(null);
/** What is typed of the PIN, and of a number. */
export const pin = signal("");
export const typed = signal("");
/** What proves the attendant; nothing while the PIN was not said. */
export const proof = signal(null);
/** What went wrong last, `{ code, title }`; and what went well, `{ key, args }`. */
export const problem = signal(null);
export const told = signal(null);
/** Whether an answer is waited for. */
export const busy = signal(false);
/** For the next ticket alone: its language, and whether it has priority. */
export const ticketLanguage = signal(null);
export const priority = signal(false);
/** What the list of services shows: a group's id, or null for those most asked for. */
export const group = signal(null);
/** The tickets given in this mode, the last first: `{ number, service, class, at }`. */
export const given = signal([]);

let touchedAt = 0;
let usual = "sw";
let lastTap = { service: null, at: -Infinity };
/** What was asked for and never answered: tapped again, it is the same request. */
let unanswered = null;

/** Opens the pad for the PIN; tickets are in `language` unless it is said otherwise. */
export function open(language) {
  usual = language;
  batch(() => { reset(); stage.value = "pin"; });
}

/** Notes that somebody is there. */
export function touch(now = performance.now()) { touchedAt = now; }

/** Leaves when nobody was there for long enough; returns whether it did. */
export function lookForWhoIsThere(now = performance.now()) {
  if (stage.value === null || busy.value || now - touchedAt < LEFT_ALONE_SECONDS * 1000) return false;
  leave();
  return true;
}

/** Leaves: nothing of the mode is kept. The server is told, and does not mind when it cannot be. */
export function leave() {
  const had = proof.value !== null;
  batch(() => { reset(); stage.value = null; });
  if (had) remove("/api/v1/devices/me/attendant", { triesMax: 2 }).catch(() => { /* the proof ends by itself */ });
}

function reset() {
  touch();
  unanswered = null;
  lastTap = { service: null, at: -Infinity };
  batch(() => {
    pin.value = typed.value = "";
    proof.value = problem.value = told.value = group.value = null;
    given.value = [];
    busy.value = false;
    fallBack();
  });
}

// After each ticket the next one is an ordinary one again.
function fallBack() {
  ticketLanguage.value = usual;
  priority.value = false;
}

/** Goes to another screen of the mode. */
export function go(next) {
  batch(() => { problem.value = told.value = null; typed.value = ""; stage.value = next; });
}

/** Leads from the paper back to where it was come from: without a proof that is the pad. */
export const goBack = () => go(proof.value === null ? "pin" : "work");

/** Types a figure of the PIN, or takes the last one off again. */
export function typePin(key) {
  if (busy.value) return;
  problem.value = null;
  if (key === "back") pin.value = pin.value.slice(0, -1);
  else if (/^\d$/.test(key) && pin.value.length < PIN_DIGITS_MAX) pin.value += key;
}

/** Says the PIN to the server. */
export async function sayPin() {
  if (busy.value || pin.value.length < PIN_DIGITS_MIN) return;
  await attempt(async () => {
    const opened = await postPlain("/api/v1/devices/me/attendant", { pin: pin.value }, { triesMax: 2, timeoutMs: 6000 });
    batch(() => { proof.value = opened.attendant; stage.value = "work"; });
  });
  pin.value = "";
}

/** Gives a ticket of a service: one tap. */
export async function give(service, now = performance.now()) {
  const again = lastTap.service === service && now - lastTap.at < DOUBLE_MS;
  if (busy.value || again) return;
  lastTap = { service, at: now };
  const wanted = { service, language: ticketLanguage.value, class: priority.value ? "priority" : "standard" };
  await attempt(async () => {
    const ticket = await ask(wanted);
    batch(() => {
      given.value = [{ number: ticket.number, service: ticket.service, class: ticket.class, at: ticket.at }, ...given.value].slice(0, LISTED_MAX);
      told.value = outcomeOf(ticket);
      fallBack();
    });
    void stay();
  });
}

// The same wish is the same request until it is answered. Before another one it is heard what became of the first: that may have its
// ticket, and nobody would hold it. Then it is the first that was given, and the other is tapped again.
async function ask(wanted) {
  const words = JSON.stringify(wanted);
  const options = { giveUp: AbortSignal.timeout(GIVE_UP_MS), timeoutMs: 10_000 };
  const send = (of) => post("/api/v1/tickets", { ...of.wanted, request: of.request }, options);
  const before = unanswered && unanswered.words !== words ? await send(unanswered).catch(onlyRefused) : null;
  if (before === null && unanswered?.words !== words) unanswered = { words, wanted, request: requestId() };
  try {
    const ticket = before ?? await send(unanswered);
    unanswered = null;
    return ticket;
  } catch (error) {
    if (error instanceof Refused) unanswered = null;
    throw error;
  }
}

function onlyRefused(error) {
  if (!(error instanceof Refused)) throw error;
  return null;
}

/** Says what became of a ticket: with no paper in hand its number must be told. */
export function outcomeOf({ number, paper }) {
  const printed = ["printed", "sent"].includes(paper?.state);
  return { key: printed ? "kiosk-attendant-given" : "kiosk-attendant-given-no-paper", args: { number }, paper: printed };
}

/** Prints a ticket's slip again; it says that it is a copy. */
export const reprint = (number, kiosk = null) => print({ reprint: number }, kiosk, { key: "kiosk-attendant-reprinting", args: { number } });

/** Prints a slip that says that it is a test. */
export const testPrint = (kiosk = null) => print("test", kiosk, { key: "kiosk-attendant-test-sent", args: {} });

async function print(what, kiosk, words) {
  if (busy.value) return;
  await attempt(async () => {
    const options = { giveUp: AbortSignal.timeout(GIVE_UP_MS), timeoutMs: 8000, triesMax: 3 };
    await post("/api/v1/print-jobs", { what, attendant: proof.value, ...(kiosk ? { kiosk } : {}) }, options);
    batch(() => { told.value = { ...words, paper: true }; if (stage.value === "number") { typed.value = ""; stage.value = "work"; } });
  });
}

// Whoever gives tickets is still there; whom a new PIN has put out types it.
async function stay() {
  try {
    await postPlain("/api/v1/devices/me/attendant/use", { attendant: proof.value }, { triesMax: 1 });
  } catch (error) {
    if (error instanceof Refused && isOver(error) && stage.value !== null) over(error);
  }
}

const isOver = ({ code }) => code === "attendant-over" || code === "unknown-device";

function over({ code, title }) {
  batch(() => { proof.value = null; typed.value = pin.value = ""; stage.value = "pin"; told.value = null; problem.value = { code, title }; });
}

async function attempt(act) {
  touch();
  batch(() => { busy.value = true; problem.value = told.value = null; });
  const begun = stage.value;
  try {
    await act();
  } catch (error) {
    const why = error instanceof Refused ? error : { code: "out-of-touch", title: null };
    if (begun !== "pin" && isOver(why)) over(why);
    else problem.value = { code: why.code, title: why.title };
  } finally {
    busy.value = false;
    touch();
  }
}
