// Where a visitor stands between welcome and ticket, and the acts that move on. Screens draw it and hold nothing.
import { batch, computed, signal } from "../vendor/foleni-vendor.js";
import { post, Refused, requestId } from "../shared/api.js";
import { chooseLanguage, language } from "../shared/text.js";

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
/** `welcome`, `choose`, `confirm`, `issuing`, `ticket` */
export const step = signal("welcome");
/** What the list shows: `{ kind: "popular" | "group" | "all" | "collect" | "search", group?, words? }` */
export const filter = signal({ kind: "popular" });
export const appointment = signal(false);
export const priority = signal(false);
/** The id of the service on the confirm screen. */
export const chosen = signal(null);
/** The ticket that was issued. */
export const issued = signal(null);
/** Why no ticket was issued: `{ code, title }`. */
export const refusal = signal(null);
/** `notice`, shown over the screen: `sign-language` or null. */
export const notice = signal(null);
export const larger = signal(false);
/** How long the present ticket has been asked for in vain, in tries. */
export const vainTries = signal(0);
/** Milliseconds (of the page's own clock) of the last touch and of the last change of screen. */
export const touched = signal(performance.now());
let changedAt = 0;
/** What was asked for and never answered: asked again by the same visitor, it is the same request. */
let unanswered = null;

/** The service on the confirm screen. */
export const service = computed(() => catalogue.value?.services.find((entry) => entry.id === chosen.value) ?? null);

/** The service on the confirm screen, when it is not offered here. */
export const elsewhere = computed(() => catalogue.value?.not_offered?.find((entry) => entry.id === chosen.value) ?? null);

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

/** Opens a service: documents, fee and wait are seen before anything is asked for. */
export function open(id) {
  batch(() => {
    chosen.value = id;
    priority.value = false;
    refusal.value = null;
    notice.value = null;
    go("confirm");
  });
}

/** Back to the welcome; nothing of the visitor is kept. */
export function restart() {
  batch(() => {
    appointment.value = priority.value = larger.value = false;
    chosen.value = issued.value = refusal.value = notice.value = null;
    filter.value = { kind: "popular" };
    unanswered = null;
    chooseLanguage(catalogue.value?.languages[0] ?? "sw");
    go("welcome");
  });
}

/** One step back. */
export function back() {
  if (step.value === "confirm") return go("choose");
  return restart();
}

/** Asks for the ticket, once: a second touch finds the screen already past this step. */
export async function issue() {
  if (step.value !== "confirm" || !service.value) return;
  const wanted = { service: chosen.value, class: wantedClass(), language: language.value };
  batch(() => { refusal.value = null; vainTries.value = 0; go("issuing"); });
  const giveUp = AbortSignal.timeout(GIVE_UP_MS);
  const words = JSON.stringify(wanted);
  const request = unanswered?.words === words ? unanswered.request : requestId();
  unanswered = { words, request };
  try {
    const ticket = await post("/api/v1/tickets", { ...wanted, request }, { giveUp, timeoutMs: 20_000, onTry: (tries) => { vainTries.value = tries; } });
    unanswered = null;
    batch(() => { issued.value = ticket; go("ticket"); });
  } catch (error) {
    if (error instanceof Refused) unanswered = null;
    const why = error instanceof Refused ? error : { code: "out-of-touch", title: null };
    batch(() => { refusal.value = { code: why.code, title: why.title }; go("confirm"); });
  }
}

function wantedClass() {
  if (priority.value) return "priority";
  return appointment.value ? "appointment" : "standard";
}

/** How long the ticket stays on the screen. */
export const ticketSeconds = (ticket) => (needsWriting(ticket) ? NO_PAPER_SECONDS : TICKET_SECONDS);

/** Whether the visitor has no paper in hand. */
export const needsWriting = (ticket) => !["printed", "sent"].includes(ticket?.paper?.state);

/** Lets one touch be one act: the second click of a double touch does nothing. */
export const once = (act) => (event) => {
  if (event.detail > 1 && performance.now() - changedAt < 700) return;
  act(event);
};

/** Whether nobody is in the middle of something. */
export const isIdle = () => step.value === "welcome";
