// Icons and the shapes of states: shape first, word second, colour third.
import { html, signal } from "../vendor/foleni-vendor.js";

const icons = new Map();

/** Fetches icons by name before they are needed, so that they are there when the server is not. */
export function loadIcons(...names) { names.forEach(iconSignal); }

/** An icon of `/assets/icons/`, inline; always beside a word, or with `label`. */
export function Icon({ name, class: more = "", label = null }) {
  const inner = { __html: iconSignal(name).value };
  const role = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return html`<svg class=${`i ${more}`} viewBox="0 0 24 24" ...${role} dangerouslySetInnerHTML=${inner}></svg>`;
}

/** Short form of {@link Icon}. */
export const icon = (name, more = "") => html`<${Icon} name=${name} class=${more} />`;

function iconSignal(name) {
  if (!icons.has(name)) {
    icons.set(name, signal(""));
    void fetchIcon(name);
  }
  return icons.get(name);
}

async function fetchIcon(name, tries = 0) {
  try {
    const answer = await fetch(`/assets/icons/${name}.svg`);
    if (answer.ok) icons.get(name).value = inside(await answer.text());
    else if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  } catch {
    if (tries < 8) setTimeout(() => fetchIcon(name, tries + 1), 500 * 2 ** tries);
  }
}

// Takes the drawing out of a file; no script, handler or style comes along.
function inside(file) {
  const drawing = new DOMParser().parseFromString(file, "image/svg+xml").documentElement;
  for (const part of drawing.querySelectorAll("*")) {
    if (["script", "style", "foreignObject"].includes(part.localName)) { part.remove(); continue; }
    for (const name of part.getAttributeNames()) if (name === "style" || name.startsWith("on")) part.removeAttribute(name);
  }
  return drawing.innerHTML;
}

// Solid shapes on a 20 grid; design.css paints their holes with --sg, the ground that shows through.
const shapes = {
  tick: html`<circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M6 10.4l2.8 2.8L14.2 7.6" class="hole" stroke-width="2.4" fill="none" />`,
  triangle: html`<path d="M10 1.6l9 16.2H1z" fill="currentColor" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" /><path d="M10 7v5" class="hole" stroke-width="2.3" /><circle cx="10" cy="14.9" r="1.35" class="hole-fill" />`,
  diamond: html`<path d="M10 .6l9.4 9.4-9.4 9.4L.6 10z" fill="currentColor" /><path d="M10 5.2v5.6" class="hole" stroke-width="2.4" /><circle cx="10" cy="13.9" r="1.4" class="hole-fill" />`,
  octagon: html`<path d="M6.2.8h7.6l5.4 5.4v7.6l-5.4 5.4H6.2L.8 13.8V6.2z" fill="currentColor" /><rect x="6" y="6" width="2.8" height="8" class="hole-fill" /><rect x="11.2" y="6" width="2.8" height="8" class="hole-fill" />`,
  square: html`<rect x="1.5" y="1.5" width="17" height="17" rx="2" fill="currentColor" /><path d="M5.5 10h9" class="hole" stroke-width="3" />`,
  disc: html`<circle cx="10" cy="10" r="8.5" fill="currentColor" />`,
  play: html`<path d="M4 2l13.5 8L4 18z" fill="currentColor" />`,
  ring: html`<circle cx="10" cy="10" r="7.3" fill="none" stroke="currentColor" stroke-width="2.6" />`,
  bars: html`<rect x="3.6" y="2.5" width="4.4" height="15" fill="currentColor" /><rect x="12" y="2.5" width="4.4" height="15" fill="currentColor" />`,
  struck: html`<circle cx="10" cy="10" r="7.3" fill="none" stroke="currentColor" stroke-width="2.2" /><path d="M4.8 15.2L15.2 4.8" stroke="currentColor" stroke-width="2.2" />`,
  flash: html`<path d="M2 8a11 11 0 0 1 16 0M5.2 11.4a6.6 6.6 0 0 1 9.6 0" fill="none" stroke="currentColor" stroke-width="2.2" /><circle cx="10" cy="15" r="1.8" fill="currentColor" /><path d="M3 18L17 3" stroke="currentColor" stroke-width="2.4" />`,
};

// state -> shape, message key, colour class
const states = {
  on_time: ["tick", "state-on-time", "ok"], connected: ["tick", "state-connected", "ok"], served: ["tick", "outcome-served", "ok"],
  near: ["triangle", "state-near", "warn"], paper_near_end: ["triangle", "state-paper-low", "warn"],
  late: ["diamond", "state-late", "late"],
  paused: ["octagon", "state-paused", "late"], suspended: ["octagon", "state-paused", "late"],
  full: ["square", "state-full", "warn"], not_offered: ["struck", "state-not-offered", ""], outside_hours: ["struck", "state-outside-hours", ""],
  serving: ["disc", "state-serving", ""], called: ["play", "state-called", ""], free: ["ring", "state-free", ""],
  break: ["bars", "state-break", ""], closed: ["struck", "state-closed", ""],
  out_of_touch: ["flash", "state-out-of-touch", "warn"], connecting: ["ring", "common-connecting", ""],
};

/** Returns the message key of a state's word. */
export const stateKey = (state) => states[state]?.[1] ?? `state-${state}`;

/** Returns the colour class of a state: `ok`, `warn`, `late` or none. */
export const stateColour = (state) => states[state]?.[2] ?? "";

/** The solid shape of a state (or of a shape's own name). */
export function shape(state) {
  return html`<svg class="s" viewBox="0 0 20 20" aria-hidden="true" data-shape=${states[state]?.[0] ?? state}>${shapes[states[state]?.[0] ?? state] ?? shapes.ring}</svg>`;
}

/** Shape and word together; `word` is what to say, already in a language. */
export const State = ({ state, word, class: more = "" }) => html`<span class=${`st ${stateColour(state)} ${more}`}>${shape(state)}<span>${word}</span></span>`;
