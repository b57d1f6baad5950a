// How one visitor wants the kiosk to be: each way on or off, and all of them forgotten when the visitor goes.
import { batch, signal } from "../vendor/foleni-vendor.js";

/** Larger letters. */
export const larger = signal(false);
/** White and yellow on black. */
export const contrast = signal(false);
/** All that is touched in the lower half of a tall screen. */
export const low = signal(false);
/** Pictures first, few words. */
export const pictures = signal(false);
/** Three times as long before the screen goes back to its beginning. */
export const patient = signal(false);
/** Whether a pad of ten keys is used: each choice then shows its figure. */
export const pad = signal(false);

/** The ways to choose from, in their order: the name in the page's classes, icon, words. */
export const MODES = [
  { name: "larger", on: larger, picture: "text-size", words: "kiosk-larger-text" },
  { name: "contrast", on: contrast, picture: "contrast", words: "kiosk-high-contrast" },
  { name: "low", on: low, picture: "arrow-big-down-lines", words: "kiosk-low-controls" },
  { name: "pictures", on: pictures, picture: "eye", words: "kiosk-pictures" },
  { name: "patient", on: patient, picture: "hourglass", words: "kiosk-more-time" },
];

/** Whether anything is other than usual. */
export const anyMode = () => pad.value || MODES.some(({ on }) => on.value);

/** Everything as for anybody. */
export const forgetModes = () => batch(() => { pad.value = false; for (const { on } of MODES) on.value = false; });

/** A time, for this visitor. */
export const forVisitor = (seconds) => seconds * (patient.value ? PATIENT_TIMES : 1);

/** How many times as long a patient screen waits. */
export const PATIENT_TIMES = 3;

/** Writes the ways on the page's root, where the style sheets find them. */
export const showModes = (root) => { for (const { name, on } of [...MODES, { name: "pad", on: pad }]) root.classList.toggle(name, on.value); };
