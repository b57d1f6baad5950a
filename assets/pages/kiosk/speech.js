// When the kiosk speaks: each screen as it appears, what the keys move to, what was typed; and who turns the voice on and off.
import { computed, effect, signal } from "../vendor/foleni-vendor.js";
import { language } from "../shared/text.js";
import { namesOf } from "./facts.js";
import { hush, loudness, play, setLoudness, speaking, STEPS, VOICE } from "./player.js";
import { bookOf, said, saidOf, spelled } from "./said.js";

// Keys of keypads with a headphone jack, as many makers send them when it is plugged in and pulled out.
const JACK_IN = "F15";
const JACK_OUT = "F16";
// How long after a key a change on the screen is taken for its work.
const KEY_MS = 500;
// How long the welcome keeps a voice that nobody uses.
const FORGOTTEN_MS = 60_000;
const MOVES = ["Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

const books = signal(null);
/** Whether screens are spoken by themselves as they appear. */
export const speechOn = signal(false);
/** Whether there are clips for the chosen language. */
export const hasClips = computed(() => books.value?.[language.value] !== undefined);

let present = () => null;
let shown = { turn: null, page: "", typed: "", visit: 0 };
let jackIn = false;
let keyAt = -Infinity;
let touchedAt = -Infinity;
let movedAt = -Infinity;

/** Takes the list of clips; without one there is no voice of our own. */
export async function loadSpeech() {
  try {
    const answer = await fetch(`${VOICE}/speech.json`);
    if (!answer.ok) return;
    const manifest = await answer.json();
    books.value = Object.fromEntries(Object.keys(manifest.languages).map((tag) => [tag, bookOf(manifest, tag)]));
  } catch { /* a page without clips is a page all the same */ }
}

/** Follows what stands on the page; `now` returns `{ screen, facts, turn, page, typed, visit }`, see `facts.js`. */
export function speakScreens(now) {
  present = now;
  let waiting = false;
  // A screen is drawn in several strokes, and a pad's figures come after it.
  const look = () => { waiting = false; follow(present()); };
  new MutationObserver(() => { if (!waiting) { waiting = true; setTimeout(look, 60); } })
    .observe(document.getElementById("page"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-pad"] });
}

function follow(now) {
  const before = shown;
  shown = now;
  if (now.visit !== before.visit) return reset();
  if (now.turn !== before.turn) return sayIfOn(now.screen, now.facts);
  if (!speechOn.value) return undefined;
  if (now.screen === "welcome" && isForgotten()) return reset();
  if (now.typed !== before.typed) return void play(typedRow(now.typed, before.typed));
  // Other choices have figures now; on the welcome each language says its own.
  if (now.page !== before.page && performance.now() - keyAt < KEY_MS) return sayScreen(now.screen === "welcome" ? "welcome" : "menu", now.facts);
  return undefined;
}

// Who turns the voice on and goes away leaves it to nobody.
const isForgotten = () => !jackIn && !speaking.value && performance.now() - Math.max(keyAt, touchedAt) > FORGOTTEN_MS;

const book = () => books.value?.[language.value];

function typedRow(now, before) {
  if (!book()) return [];
  return now.length > before.length ? spelled(now.slice(-1), book()) : saidOf("removed", book());
}

function sayIfOn(screen, facts) {
  if (speechOn.value) return sayScreen(screen, facts);
  return hush();
}

function sayScreen(screen, facts) {
  if (books.value) void play(said(screen, facts, books.value));
}

// The next visitor chooses anew, and nothing is said into the empty hall. Headphones that are still in keep the voice.
function reset() {
  hush();
  speechOn.value = jackIn;
  setLoudness(0);
}

/** Says the present screen again. */
export function repeat() {
  shown = present();
  sayScreen(shown.screen, shown.facts);
}

/** The ear's button: the voice on, then off again. */
export function toggleSpeech() {
  if (speechOn.peek() && speaking.peek()) return turnOff();
  speechOn.value = true;
  return repeat();
}

function turnOff() {
  hush();
  speechOn.value = false;
}

/** Louder, and after the loudest step the quietest; or by steps up and down. */
export function louder(by = null) {
  setLoudness(by === null ? (loudness.peek() + 1) % STEPS.length : loudness.peek() + by);
  if (!speaking.peek() && book()) void play([`${language.value}/${by === -1 ? "quieter" : "louder"}`]);
}

/** Calls `act` each second while something is being said, so that nobody's time runs out under a long sentence. */
export function whileSpeaking(act) {
  effect(() => {
    if (!speaking.value) return undefined;
    const timer = setInterval(act, 1000);
    return () => clearInterval(timer);
  });
}

/** Listens to keys, touches and what they choose: installed once. */
export function watchVisitor() {
  addEventListener("pointerdown", ({ target }) => { touchedAt = performance.now(); if (!isEar(target)) hush(); }, { capture: true });
  addEventListener("keydown", heardKey, { capture: true });
  addEventListener("kiosk-volume", ({ detail }) => louder(detail));
  addEventListener("focusin", ({ target }) => { if (performance.now() - movedAt < KEY_MS) sayControl(target); });
  addEventListener("click", ({ target }) => sayChoice(target), { capture: true });
}

function heardKey({ key, target }) {
  keyAt = performance.now();
  if (MOVES.includes(key)) movedAt = keyAt;
  switch (key) {
    case JACK_IN: jackIn = speechOn.value = true; return repeat();
    case JACK_OUT: jackIn = false; return turnOff();
    case "+": case "-": return undefined;
    default: return isEar(target) ? undefined : hush();
  }
}

// The ear's own button stops the voice itself, and has to see that there was one.
const isEar = (target) => target instanceof Element && target.closest(".listen") !== null;

// A choice that changes no screen is said back.
function sayChoice(target) {
  const control = target instanceof Element ? target.closest("[aria-checked], [aria-pressed]") : null;
  if (!control || isEar(control) || !speechOn.value) return;
  const { turn, page } = shown;
  setTimeout(() => { if (shown.turn === turn && shown.page === page && !speaking.value) sayControl(control); }, 200);
}

function sayControl(control) {
  if (!speechOn.value || !books.value) return;
  // The buttons of the languages speak each its own.
  const tag = control.matches("button[lang]") ? control.lang : language.value;
  const row = namesOf(control, tag).map((name) => saidOf(name, books.value[tag])).find(({ length }) => length > 0);
  if (row) void play(row);
}
