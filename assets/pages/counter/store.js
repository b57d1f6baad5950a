// The counter the page works for: its link, the act under way, what was refused, and whether the screen can be believed.
import { batch, computed, effect, signal } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, post, requestId } from "../shared/api.js";
import { nowSignal } from "../shared/clock.js";
import { Link } from "../shared/link.js";
import { pick, textOf } from "../shared/text.js";
import { forgetWhenSignedOut, who, wordsOf } from "../staff/who.js";
import { primary, request, standing, whyNot } from "./acts.js";
import { countersOf, needsOutcome, onwardTo } from "./visit.js";

/** How long an act is asked for before the page says that it does not know. */
const GIVE_UP_MS = 20_000;
/** How long the screen may hold less than what it was told is done before it says so. */
const BEHIND_MS = 1500;
/** A second press this soon after the green button has changed its meaning was meant for the old one. */
const REST_MS = 450;

/** The centre's catalogue, once it is here. */
export const catalogue = signal(null);
/** The counter's number, `null` until the officer has opened one. */
export const counter = signal(null);
/** The act under way: `{ name, tries }`. */
export const busy = signal(null);
/** What was refused, in both languages; stays until the next act. */
export const refused = signal(null);
/** What was done and is worth saying, in both languages; stays until the next act. */
export const told = signal(null);
/** How the service will end when the officer says so; `null` where the centre wants it said and it is not yet. */
export const outcome = signal("served");
/** Whether the page only looks if this officer is at the counter. */
export const looking = signal(false);
/** Whether the screen has been behind a receipt for longer than a moment. */
export const behind = signal(false);

const link = signal(null);
const awaited = signal(0);
let restUntil = 0;
let watch = null;

/** The view, `null` before the first one. */
export const view = computed(() => {
  const parts = link.value?.parts.value;
  return parts?.counter ? parts : null;
});
/** How the link stands. */
export const linkState = computed(() => link.value?.state.value ?? { name: "connecting", since: null, reason: null });
/** The moment the view is of: now, or when the server was last heard. A stale wait does not grow. */
export const moment = computed(() => (linkState.value.name === "connected" ? nowSignal.value : linkState.value.since ?? nowSignal.value));
/** Whether the view holds all that this officer was told is done. */
export const settled = computed(() => (link.value?.seq.value ?? 0) >= awaited.value);
/** Whether the screen can be acted on: a view, a link that stands, nothing outstanding. */
export const fresh = computed(() => view.value !== null && linkState.value.name === "connected" && settled.value);

/** Looks whether this officer is at a counter already, as after a reload; the page works on there, or asks for a counter. */
export function lookAt(number) {
  looking.value = true;
  goTo(number);
}

function goTo(number, seq = 0) {
  link.value?.stop();
  batch(() => {
    counter.value = number;
    awaited.value = seq;
    refused.value = told.value = null;
    outcome.value = usualOutcome();
    link.value = new Link({ topic: "counter", query: { counter: number }, mayReload: () => !busy.value && !view.value?.ticket }).start();
  });
  awaitReceipt();
}

/** How a service ends unless the officer says otherwise. */
const usualOutcome = () => (catalogue.value?.outcome_required ? null : "served");

/** Leaves the counter: no link, no view. */
export function leave(said = null) {
  link.value?.stop();
  batch(() => { link.value = null; counter.value = null; busy.value = null; looking.value = false; refused.value = said; told.value = null; });
}

/** Opens a counter and goes to it. */
export async function open(number) {
  const done = await ask("open", `/api/v1/counters/${number}/open`, {}, (error) => error.code === "counter-open" && lookAt(number));
  if (!done) return;
  remember(number);
  goTo(number, done.seq);
}

/** The green button; `ask` puts the question of an act that needs an answer first. */
export function actPrimary(ask) {
  if (!view.value || performance.now() < restUntil) return;
  const next = primary(view.value);
  if (next.why_not) say(next.why_not);
  else if (needsOutcome(next.name, outcome.value)) ask(next.name);
  else void act(next.name);
}

/** An act by its name; says why when it cannot be done. Does nothing while another is under way. */
export async function act(name, more = {}) {
  if (busy.value || !view.value) return null;
  if (!fresh.value) { say("counter-why-stale"); return null; }
  const reason = whyNot(name, view.value);
  if (reason) { say(reason); return null; }
  const { path, body } = request(name, view.value, outcome.value);
  const address = path.startsWith("/") ? path : `/api/v1/counters/${counter.value}/${path}`;
  const news = newsOf(name, view.value.ticket, { ...body, ...more });
  const done = await ask(name, address, { ...body, ...more });
  // An act beside the counter may change nothing that this page shows.
  if (done && (!path.startsWith("/") || body.number)) {
    awaited.value = Math.max(awaited.value, done.seq);
    awaitReceipt();
  }
  if (done) told.value = news;
  return done;
}

// What is worth saying when an act is done: where a citizen goes on to, and what became of a ticket that this page may not show.
function newsOf(name, ticket, { outcome: ended, number }) {
  switch (name) {
    case "finish":
    case "finish-next": {
      const next = onwardTo(ticket, ended);
      return next && textOf("counter-goes-on", (tag) => ({ number: ticket.number, service: serviceName(next, tag), counters: countersOf(next, catalogue.value) || "–" }));
    }
    case "is-back":
      return textOf("counter-returned", { number });
    case "cancel":
      return textOf("counter-cancelled", { number });
    default:
      return null;
  }
}

const serviceName = (id, tag) => pick(catalogue.value.services.find((service) => service.id === id)?.name, tag) || id;

/** Says a text by its key, until the next act. */
export function say(key, args) { refused.value = textOf(key, args); told.value = null; }

const LAST = "foleni-counter";

// Another window of this browser opened a counter: a window without one joins it.
addEventListener("storage", ({ key, newValue }) => { if (key === LAST && counter.value === null && who.value) lookAt(Number(newValue)); });

/** The counter this browser worked at last. */
export function lastCounter() {
  try { return Number(localStorage.getItem(LAST)) || null; } catch { return null; }
}

function remember(number) {
  try { localStorage.setItem(LAST, String(number)); } catch { /* a browser without storage forgets */ }
}

// One request, with one name however often it is asked; the receipt, or null when there is none.
async function ask(name, path, body, excuse = () => false) {
  if (busy.value) return null;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
  batch(() => { busy.value = { name, tries: 0 }; refused.value = told.value = null; });
  try {
    const onTry = (tries) => { busy.value = { name, tries }; };
    return await post(path, { request: requestId(), ...body }, { giveUp: giveUp.signal, onTry });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    if (!forgetWhenSignedOut(error) && !excuse(error)) refused.value = wordsOf(error);
    link.value?.resync();
    return null;
  } finally {
    clearTimeout(timer);
    busy.value = null;
  }
}

// Watches that the screen reaches the receipt; asks for a whole view, and says so, when it does not.
function awaitReceipt() {
  clearTimeout(watch);
  if (settled.value) return;
  watch = setTimeout(() => {
    if (settled.value) return;
    behind.value = true;
    link.value?.resync();
    awaitReceipt();
  }, BEHIND_MS);
}

effect(() => { if (settled.value) behind.value = false; });

// The green button rests for a moment when it changes its meaning, and a new ticket begins with the usual outcome.
let meant = null;
effect(() => {
  if (!view.value) { meant = null; return; }
  const now = `${primary(view.value).name} ${view.value.ticket?.ticket ?? ""}`;
  if (meant !== null && meant !== now) { restUntil = performance.now() + REST_MS; outcome.value = usualOutcome(); }
  meant = now;
});

// A counter that was closed, or taken, from elsewhere is not this officer's any more.
effect(() => {
  if (!fresh.value || busy.value || !who.value) return;
  const closed = standing(view.value) === "closed";
  const mine = !closed && view.value.counter.officer === who.value.name;
  if (mine) looking.value = false;
  else if (looking.value) leave();
  else leave(textOf(closed ? "counter-was-closed" : "refusal-counter-taken"));
});
