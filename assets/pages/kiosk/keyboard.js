// The search field, and the keys on the screen, there only while something is typed.
import { html, useEffect, useRef } from "../vendor/foleni-vendor.js";
import { icon } from "../shared/states.js";
import { bothLine, t, otherLanguage } from "../shared/text.js";
import { filter } from "./flow.js";

const FIGURES = "1234567890";
const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/** Whether the keys of a phone are there instead. */
export const onPhone = () => matchMedia("(max-width: 640px)").matches;
const say = (words) => { filter.value = { kind: "search", words }; };

/** The field; touching it opens the keys. */
export function SearchField() {
  const { kind, words = "" } = filter.value;
  const field = useRef(null);
  useEffect(() => { if (kind === "search") field.current?.focus(); }, [kind]);
  if (kind !== "search") {
    return html`<button type="button" class="find" onClick=${() => say("")}>${icon("search")}<span class="words"><b>${t("kiosk-search")}</b>
      <span class="sec"> · ${t("common-search", undefined, otherLanguage())}: ${t("kiosk-search-examples")}</span></span></button>`;
  }
  return html`<div class="find on">${icon("search")}
    <input ref=${field} type="text" value=${words} maxlength="40" autocomplete="off" autocapitalize="off" spellcheck=${false}
      inputmode=${onPhone() ? "search" : "none"} aria-label=${t("kiosk-search")} onInput=${(event) => say(event.currentTarget.value)} />
    <button type="button" class="btn wipe" onPointerDown=${(event) => event.preventDefault()} onClick=${() => say("")}>${icon("x")}<span>${bothLine("kiosk-search-clear")}</span></button>
  </div>`;
}

/** The keys for a search; letters are all that a service is searched by. */
export const SearchKeys = () => html`<${Keyboard} value=${filter.value.words ?? ""} type=${say} />`;

/** The keys; `type` is told what then stands there. `figures` are there where codes are typed, a space where words are. */
export function Keyboard({ value, type, figures = false }) {
  const key = (label, next, more = "") => html`<button type="button" class=${`btn letter ${more}`} data-key=${more === "wide" ? "back" : label.aria ?? label} aria-label=${label.aria ?? null}
    onPointerDown=${(event) => event.preventDefault()} onClick=${() => type(next.slice(0, 40))}>${label.shown ?? label}</button>`;
  const rows = figures ? [FIGURES, ...ROWS] : ROWS;
  return html`<div class="keyboard">
    ${rows.map((row) => html`<div class="keys">
      ${[...row].map((letter) => key(letter.toUpperCase(), value + letter))}
      ${row === ROWS.at(-1) && key({ shown: icon("backspace"), aria: t("common-remove") }, value.slice(0, -1), "wide")}
    </div>`)}
    ${!figures && html`<div class="keys">${key({ shown: "", aria: "␣" }, `${value} `, "space")}</div>`}
  </div>`;
}
