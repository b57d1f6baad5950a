// Plays rows of clips: fetched from the station, put together without a gap, stopped at once. Nothing is synthesised here.
import { signal } from "../vendor/foleni-vendor.js";

/** Where the clips and their list are. */
export const VOICE = "/assets/voices/kiosk";
/** How loud the steps are, of the machine's own loudness; the first is meant for a quiet hall or for headphones. */
export const STEPS = [0.35, 0.6, 1];
// Decoded clips that are kept: more than a visit needs, and some 40 MB at most.
const KEPT_MAX = 200;

/** Whether something is being said. */
export const speaking = signal(false);
/** The step of loudness, from 0. */
export const loudness = signal(0);
/** What was said last, and how far the sound has run, in seconds: for tests, and for whoever looks after the machine. */
export const lastSaid = signal([]);
export const soundRan = () => context?.currentTime ?? 0;

let context = null;
let volume = null;
let playing = { sources: [], gain: null };
const decoded = new Map();

/** Plays a row in place of what is being said. */
export async function play(row) {
  hush();
  lastSaid.value = row;
  if (row.length === 0 || !open()) return;
  const mine = { sources: [], gain: new GainNode(context) };
  playing = mine;
  mine.gain.connect(volume);
  speaking.value = true;
  prepare(row);
  let at = context.currentTime + 0.05;
  for (const part of row) {
    if (typeof part === "number") { at += part; continue; }
    const buffer = await clipOf(part);
    if (playing !== mine) return;
    if (!buffer) continue;
    // A clip that came late is said late, and never over the one before it.
    at = Math.max(at, context.currentTime + 0.02);
    mine.sources.push(started(buffer, mine.gain, at));
    at += buffer.duration;
  }
  const last = mine.sources.at(-1);
  if (last) last.onended = () => { if (playing === mine) hush(); };
  else hush();
}

/** Stops at once, without a click. */
export function hush() {
  const { sources, gain } = playing;
  playing = { sources: [], gain: null };
  if (speaking.peek()) speaking.value = false;
  if (!gain) return;
  gain.gain.setTargetAtTime(0, context.currentTime, 0.008);
  for (const one of sources) one.stop(context.currentTime + 0.05);
}

/** Fetches clips that will be needed soon. */
export function prepare(row) {
  for (const clip of row) if (typeof clip === "string") void clipOf(clip);
}

/** Takes another step of loudness; the ends are held. */
export function setLoudness(step) {
  loudness.value = Math.min(Math.max(step, 0), STEPS.length - 1);
  if (volume) volume.gain.setTargetAtTime(STEPS[loudness.peek()], context.currentTime, 0.03);
}

function started(buffer, into, at) {
  const one = new AudioBufferSourceNode(context, { buffer });
  one.connect(into);
  one.start(at);
  return one;
}

// Browsers give no sound before a touch or a key; there has been one when anything is said.
function open() {
  if (!globalThis.AudioContext) return false;
  if (!context) {
    context = new AudioContext();
    volume = new GainNode(context, { gain: STEPS[loudness.peek()] });
    volume.connect(context.destination);
  }
  if (context.state === "suspended") void context.resume();
  return true;
}

const clipOf = (clip) => fetchClip(clip).catch(() => null);

function fetchClip(clip) {
  const known = decoded.get(clip);
  if (known) return known;
  const fetched = fetch(`${VOICE}/${clip}.ogg`).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(clip))))
    .then((bytes) => (open() ? context.decodeAudioData(bytes) : null));
  decoded.set(clip, fetched);
  fetched.catch(() => decoded.delete(clip));
  while (decoded.size > KEPT_MAX) decoded.delete(decoded.keys().next().value);
  return fetched;
}
