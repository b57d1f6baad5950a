// The search field and the keys on the screen, there only while something is searched for.
import { html, useEffect, useRef } from "../vendor/foleni-vendor.js";
import { icon } from "../shared/states.js";
import { bothLine, t, otherLanguage } from "../shared/text.js";
import { filter } from "./flow.js";

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const onPhone = () => matchMedia("(max-width: 640px)").matches;
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
    <button type="button" class="btn wipe" onClick=${() => say("")}>${icon("x")}<span>${bothLine("kiosk-search-clear")}</span></button>
  </div>`;
}

/** The keys; letters are all that a service is searched by. */
export function Keyboard() {
  const words = filter.value.words ?? "";
  const key = (label, next, more = "") => html`<button type="button" class=${`btn letter ${more}`} aria-label=${label.aria ?? null}
    onPointerDown=${(event) => event.preventDefault()} onClick=${() => say(next.slice(0, 40))}>${label.shown ?? label}</button>`;
  return html`<div class="keyboard">
    ${ROWS.map((row, place) => html`<div class="keys">
      ${[...row].map((letter) => key(letter.toUpperCase(), words + letter))}
      ${place === 2 && key({ shown: icon("backspace"), aria: t("common-remove") }, words.slice(0, -1), "wide")}
    </div>`)}
    <div class="keys">${key({ shown: "", aria: "␣" }, `${words} `, "space")}</div>
  </div>`;
}
