// Where a visitor stands between welcome and ticket, and the acts that move on. Screens draw it and hold nothing.
import { batch, computed, signal } from "../vendor/foleni-vendor.js";
import { post, Refused, requestId } from "../shared/api.js";
import { chooseLanguage, language } from "../shared/text.js";
import { forgetModes, forVisitor } from "./modes.js";

/** Seconds without a touch before "Bado upo?", and from there to the welcome. */
export const IDLE_SECONDS = 45;
export const STILL_THERE_SECONDS = 15;
/** Seconds a ticket stays on the screen: with paper in hand, and when it must be written down. */
export const TICKET_SECONDS = 20;
export const NO_PAPER_SECONDS = 60;

// Nobody waits longer than this before a screen that does not answer; they are sent to an officer then.
const GIVE_UP_MS = 60_000;

/** The centre's catalogue, once known. */
export const catalogue = signal(null);
/** When tickets are given on the next business day, milliseconds; null while nobody knows. */
export const nextFrom = signal(null);
/** `welcome`, `choose`, `code`, `return`, `confirm`, `issuing`, `ticket` */
export const step = signal("welcome");
/** What the list shows: `{ kind: "popular" | "group" | "all" | "collect" | "search", group?, words? }` */
export const filter = signal({ kind: "popular" });
/** Whether the visitor has a slip of an appointment without a code: service and time are chosen. */
export const appointment = signal(false);
/** The time on that slip. */
export const bookedAt = signal(null);
/** What is typed of an appointment's code, and of the number of an old ticket. */
export const code = signal("");
export const oldNumber = signal("");
/** The ids of the services that follow on the same ticket, and whether one more is being chosen. */
export const then = signal([]);
export const adding = signal(false);
/** How many services may follow; on paper and in the mind, more are too many. */
export const THEN_MAX = 3;
export const priority = signal(false);
/** Whether the visitor has the documents: `yes`, `not_all`, or null while it was not said. It is told to nobody. */
export const papersHere = signal(null);
/** The id of the service on the confirm screen. */
export const chosen = signal(null);
/** The ticket that was issued. */
export const issued = signal(null);
/** Why no ticket was issued: `{ code, title, booked }`. */
export const refusal = signal(null);
/** `notice`, shown over the screen: `sign-language`, `access` or null. */
export const notice = signal(null);
/** The screen from which the present ticket is asked for. */
export const askedFrom = signal("confirm");
/** How long the present ticket has been asked for in vain, in tries. */
export const vainTries = signal(0);
/** Milliseconds (of the page's own clock) of the last touch and of the last change of screen. */
export const touched = signal(performance.now());
/** Counts the visits: it changes when a visitor has gone. */
export const visit = signal(0);
let changedAt = 0;
/** What was asked for and never answered: asked again by the same visitor, it is the same request. */
let unanswered = null;

/** The service on the confirm screen. */
export const service = computed(() => entryOf(chosen.value));
/** The services that follow it. */
export const following = computed(() => then.value.map(entryOf).filter(Boolean));

const entryOf = (id) => catalogue.value?.services.find((entry) => entry.id === id) ?? null;

/** The service on the confirm screen, when it is not offered here. */
export const elsewhere = computed(() => catalogue.value?.not_offered?.find((entry) => entry.id === chosen.value) ?? null);

/** How an appointment checks in; an older server does not say. */
export const appointmentRules = () => catalogue.value?.appointments ?? { early_minutes: 30, late_minutes: 15 };

/** The service to ask when one does not know which to ask for. */
export const careOf = ({ services }) => services.find((entry) => entry.keywords.includes("customer")) ?? null;

/** Goes to another screen. */
export function go(next) {
  changedAt = performance.now();
  touched.value = changedAt;
  step.value = next;
}

/** Begins in a language. */
export function begin(tag) {
  batch(() => {
    chooseLanguage(tag);
    filter.value = { kind: "popular" };
    go("choose");
  });
}

/** Opens a service: documents, fee and wait are seen before anything is asked for. One more of the same ticket is added to it. */
export function open(id) {
  if (adding.value) return follow(id);
  batch(() => {
    chosen.value = id;
    then.value = [];
    papersHere.value = null;
    priority.value = false;
    refusal.value = null;
    notice.value = null;
    go("confirm");
  });
}

/** Chooses one more service for the same ticket. */
export function addService() {
  batch(() => { adding.value = true; filter.value = { kind: "popular" }; go("choose"); });
}

function follow(id) {
  const known = id === chosen.value || then.value.includes(id);
  batch(() => {
    if (!known && then.value.length < THEN_MAX) then.value = [...then.value, id];
    adding.value = false;
    refusal.value = null;
    go("confirm");
  });
}

/** Takes a service that follows off the ticket again. */
export const dropService = (id) => { then.value = then.value.filter((other) => other !== id); };

/** A visitor with an appointment: first the code on the slip. */
export function checkInByCode() {
  batch(() => { code.value = ""; refusal.value = null; go("code"); });
}

/** The slip has no code: its service and time are chosen. */
export function checkInBySlip() {
  batch(() => { appointment.value = true; bookedAt.value = refusal.value = null; filter.value = { kind: "popular" }; go("choose"); });
}

/** A visitor whom the last day could not serve: the number of that day. */
export function comeAgain() {
  batch(() => { oldNumber.value = ""; refusal.value = null; go("return"); });
}

/** No appointment after all, and no old ticket: the service is chosen as by anybody. */
export function chooseOrdinary() {
  batch(() => { appointment.value = false; bookedAt.value = refusal.value = null; go("choose"); });
}

/** Back to the welcome; nothing of the visitor is kept. */
export function restart() {
  batch(() => {
    forgetModes();
    appointment.value = adding.value = priority.value = false;
    chosen.value = issued.value = refusal.value = notice.value = bookedAt.value = papersHere.value = null;
    code.value = oldNumber.value = "";
    then.value = [];
    filter.value = { kind: "popular" };
    unanswered = null;
    visit.value += 1;
    chooseLanguage(catalogue.value?.languages[0] ?? "sw");
    go("welcome");
  });
}

/** One step back. */
export function back() {
  if (step.value === "confirm") return go("choose");
  if (step.value === "code" || step.value === "return") return chooseOrdinary();
  if (step.value !== "choose") return restart();
  if (adding.value) return batch(() => { adding.value = false; go("confirm"); });
  return appointment.value ? batch(() => { appointment.value = false; checkInByCode(); }) : restart();
}

/** Asks for the ticket, once: a second touch finds the screen already past this step. */
export function issue() {
  if (step.value !== "confirm" || !service.value) return undefined;
  const more = { then: then.value.length > 0 ? then.value : undefined, booked_at: appointment.value ? bookedAt.value : undefined };
  return ask("/api/v1/tickets", { service: chosen.value, class: wantedClass(), language: language.value, ...more });
}

/** Asks for an ordinary ticket where an appointment cannot be had any more. */
export function issueOrdinary(id) {
  batch(() => { appointment.value = adding.value = false; bookedAt.value = null; open(id); });
  return issue();
}

/** Asks for the ticket of a booked visit. */
export function checkIn() {
  if (step.value !== "code") return undefined;
  return ask("/api/v1/check-ins", { code: code.value, language: language.value });
}

/** Asks for a ticket in place of one that the last day could not serve. */
export function takeUp() {
  if (step.value !== "return") return undefined;
  return ask("/api/v1/return-tickets", { number: oldNumber.value, language: language.value });
}

// However a ticket is come by, the same visitor's same wish is the same request until it is answered.
async function ask(path, wanted) {
  const from = step.value;
  batch(() => { refusal.value = null; vainTries.value = 0; askedFrom.value = from; go("issuing"); });
  const options = { giveUp: AbortSignal.timeout(GIVE_UP_MS), timeoutMs: 20_000, onTry: (tries) => { vainTries.value = tries; } };
  const send = (of) => post(of.path, { ...of.wanted, request: of.request }, options);
  const words = JSON.stringify([path, wanted]);
  try {
    // What was asked for before and never answered may have its ticket already: that one first, or nobody would hold it.
    const before = unanswered && unanswered.words !== words ? await send(unanswered).catch(onlyRefused) : null;
    if (unanswered?.words !== words) unanswered = before ? unanswered : { words, path, wanted, request: requestId() };
    const ticket = before ?? await send(unanswered);
    unanswered = null;
    batch(() => { issued.value = ticket; go("ticket"); });
  } catch (error) {
    if (error instanceof Refused) unanswered = null;
    const why = error instanceof Refused ? error : { code: "out-of-touch", title: null, booked: null };
    batch(() => { refusal.value = { code: why.code, title: why.title, booked: why.booked }; go(from); });
  }
}

function onlyRefused(error) {
  if (!(error instanceof Refused)) throw error;
  return null;
}

function wantedClass() {
  if (appointment.value) return "appointment";
  return priority.value ? "priority" : "standard";
}

/** How long the ticket stays on the screen. */
export const ticketSeconds = (ticket) => forVisitor(needsWriting(ticket) ? NO_PAPER_SECONDS : TICKET_SECONDS);

/** Whether the visitor has no paper in hand. */
export const needsWriting = (ticket) => !["printed", "sent"].includes(ticket?.paper?.state);

/** Lets one touch be one act: the second click of a double touch does nothing. */
export const once = (act) => (event) => {
  if (event.detail > 1 && performance.now() - changedAt < 700) return;
  act(event);
};

/** Whether nobody is in the middle of something. */
export const isIdle = () => step.value === "welcome";
