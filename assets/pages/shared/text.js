// Every word a page shows: both Fluent files at once, and which language is chosen.
import { FluentBundle, FluentResource, html, signal } from "../vendor/foleni-vendor.js";

/** @typedef {"en" | "sw"} Language */
/** @typedef {{ en: string, sw: string }} Text */

/** The chosen language; pages that read it are drawn again when it changes. */
export const language = signal(/** @type {Language} */ ("sw"));

/** True once both files are here. */
export const textReady = signal(false);

const bundles = { en: new FluentBundle("en-GB", { useIsolating: false }), sw: new FluentBundle("sw-KE", { useIsolating: false }) };
let rememberedAs = null;

/** Returns the language that stands under the chosen one. */
export const otherLanguage = (of = language.value) => (of === "en" ? "sw" : "en");

/** Loads both files; `remember` names where this page keeps the choice, and nothing is kept without it. */
export async function loadText({ remember = null, usual = "sw" } = {}) {
  rememberedAs = remember && `foleni-language-${remember}`;
  language.value = recall() ?? usual;
  await Promise.all(["en", "sw"].map(async (tag) => {
    const source = await fetchText(`/assets/text/${tag}.ftl`);
    bundles[tag].addResource(new FluentResource(source), { allowOverrides: true });
  }));
  textReady.value = true;
  document.documentElement.lang = language.value;
}

/** Chooses a language, and remembers it where the page said so. */
export function chooseLanguage(/** @type {Language} */ tag) {
  language.value = tag;
  document.documentElement.lang = tag;
  try { if (rememberedAs) localStorage.setItem(rememberedAs, tag); } catch { /* a browser without storage forgets */ }
}

/** Returns the message `key` in `tag`; the key itself when it is missing, so that a gap is seen and found. */
export function t(key, args = undefined, tag = language.value) {
  const message = bundles[tag].getMessage(key);
  if (!message?.value) return key;
  return bundles[tag].formatPattern(message.value, args, []);
}

/** Whether a message exists. */
export const has = (key) => bundles.en.hasMessage(key);

/** Returns a `{ en, sw }` text in `tag`. */
export const pick = (text, tag = language.value) => text?.[tag] ?? text?.en ?? "";

/** Returns message `key` as a `{ en, sw }` text; `args` may be a function of the language. */
export function textOf(key, args = undefined) {
  const of = (tag) => t(key, typeof args === "function" ? args(tag) : args, tag);
  return { en: of("en"), sw: of("sw") };
}

/** Shows a `{ en, sw }` text: the chosen language bold, the other lighter under it (beside it with `line`). */
export function Two({ text, line = false, class: more = "" }) {
  const [first, other] = [language.value, otherLanguage()];
  const same = pick(text, first) === pick(text, other);
  return html`<span class=${`two ${line ? "line" : ""} ${more}`}>
    <span class="first" lang=${first}>${pick(text, first)}</span>
    ${!same && html`${line && html`<span class="sec" aria-hidden="true"> · </span>`}<span class="other" lang=${other}>${pick(text, other)}</span>`}
  </span>`;
}

/** Shows message `key` in both languages; see {@link Two}. */
export const both = (key, args = undefined, options = {}) => html`<${Two} text=${textOf(key, args)} ...${options} />`;

/** Shows message `key` in both languages on one line. */
export const bothLine = (key, args = undefined) => both(key, args, { line: true });

function recall() {
  try { const kept = rememberedAs && localStorage.getItem(rememberedAs); return kept === "en" || kept === "sw" ? kept : null; } catch { return null; }
}

async function fetchText(address) {
  for (let wait = 300; ; wait = Math.min(wait * 2, 5000)) {
    try {
      const answer = await fetch(address);
      if (answer.ok) return await answer.text();
    } catch { /* the server is not there yet */ }
    await new Promise((done) => setTimeout(done, wait));
  }
}
