// The drawn things that several pages share: mark, band, ticket, plate, line of people, ring, clock, word of the link.
import { html } from "../vendor/foleni-vendor.js";
import { nowSignal, timeOfDay } from "./clock.js";
import { shape } from "./states.js";
import { both } from "./text.js";

/** The mark. */
export const Mark = () => html`<span class="mark" aria-hidden="true"><i></i><i></i><i></i><u></u></span>`;

/** The band; once a page, at an edge. */
export const Band = () => html`<span class="band" aria-hidden="true"></span>`;

/** A counter's plate. */
export const Plate = ({ counter, class: more = "" }) => html`<span class=${`plate num ${more}`}>${counter}</span>`;

/** A ticket: paper with a notch at both sides. */
export const Ticket = ({ class: more = "", children }) => html`<div class=${`ticket ${more}`}>${children}</div>`;

/** The most figures that are drawn in a line. */
export const FIGURES_MAX = 12;

/** Counter, those ahead, you: the true count up to 12, above that 11 figures and how many more. */
export function People({ ahead, you = true, label = null }) {
  const drawn = ahead > FIGURES_MAX ? FIGURES_MAX - 1 : ahead;
  const role = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return html`<div class="people" data-ahead=${ahead} ...${role}>
    <span class="desk"></span>
    ${Array.from({ length: drawn }, (_, place) => html`<span class="p" key=${place}></span>`)}
    ${ahead > drawn && html`<span class="more">+${ahead - drawn}</span>`}
    ${you && html`<span class="p you"></span>`}
  </div>`;
}

/** The centre's time of day. */
export const Clock = ({ class: more = "" }) => html`<time class=${`num ${more}`}>${timeOfDay(nowSignal.value)}</time>`;

/** A ring that runs out; `share` is what is left, 0 to 1. */
export function Ring({ share, children = null }) {
  const round = 2 * Math.PI * 27;
  return html`<svg class="ring" viewBox="0 0 64 64" aria-hidden="true">
    <circle cx="32" cy="32" r="27" fill="none" stroke="currentColor" stroke-opacity=".3" stroke-width="7" />
    <circle cx="32" cy="32" r="27" fill="none" stroke="currentColor" stroke-width="7" stroke-dasharray=${`${round * share} ${round}`} transform="rotate(-90 32 32)" />
    <text x="32" y="41" text-anchor="middle" font-size="25" font-weight="800" fill="currentColor">${children}</text>
  </svg>`;
}

/** One line on how the link stands, in both languages; nothing while it is well unless `always`. */
export function LinkWord({ state, always = false }) {
  if (state.name === "connected") return always ? html`<span class="st ok">${shape("connected")}${both("state-connected", undefined, { line: true })}</span>` : null;
  if (state.name === "connecting") return html`<span class="st">${shape("connecting")}${both("common-connecting", undefined, { line: true })}</span>`;
  const key = state.since === null ? "state-out-of-touch" : "state-out-of-touch-since";
  return html`<span class="st warn">${shape("out_of_touch")}${both(key, { time: state.since === null ? "" : timeOfDay(state.since) }, { line: true })}</span>`;
}
