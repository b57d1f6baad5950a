// A pad of ten keys in place of touch: each choice shows its figure, and a line says what the other keys do.
import { effect, html, signal } from "../vendor/foleni-vendor.js";
import { both } from "../shared/text.js";
import { filter, notice, step } from "./flow.js";
import { canSpeak, speak } from "./listen.js";
import { pad } from "./modes.js";
import { keyOf, pageOf, pagesOf } from "./tenkeys.js";

/** Which nine of the choices have figures now, and how many nines there are. */
const page = signal(0);
const pages = signal(1);
// A key that bounces is one key.
const BOUNCE_MS = 120;

/** Follows the keys. */
export function watchPad() {
  let last = { key: null, at: 0 };
  addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (key === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!pad.value && !event.code.startsWith("Numpad")) return;
    if (!pad.value && key === "enter") return; // the button that has the focus is pressed by it
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || (key === last.key && event.timeStamp - last.at < BOUNCE_MS)) return;
    last = { key, at: event.timeStamp };
    const first = !pad.value;
    pad.value = true;
    // The first key only says that there is a pad: nobody can have known the figures yet.
    if (!first) press(key);
  }, { capture: true });
  effect(() => { void [step.value, filter.value, notice.value]; page.value = 0; });
  effect(() => { void [pad.value, page.value]; requestAnimationFrame(number); });
  new MutationObserver(() => { if (pad.peek()) number(); }).observe(document.getElementById("page"), { childList: true, subtree: true });
}

/** What is on top: a question over the screen, or the screen. */
const layer = () => [...document.querySelectorAll(".over")].at(-1) ?? document.querySelector("main");

const FIXED = ".back, .give, .finish, .listen, .louder, .access, .more, .find, .wipe, .letter, .digit, .stay, .leave, .again-from-start, .pair .primary";
const GO = ".give, .finish, .stay, .leave, .pair .primary";
const usable = (button) => !button.disabled && button.getAttribute("aria-disabled") !== "true";
const isEntry = () => layer()?.matches(".entry") ?? false;

/** The choices of the layer by nines: a list's own first, then the ways around it. */
function choices() {
  const buttons = [...(layer()?.querySelectorAll("button") ?? [])].filter((button) => !button.matches(FIXED) && usable(button));
  return pagesOf(buttons.filter((button) => button.closest(".list")), buttons.filter((button) => !button.closest(".list")));
}

function number() {
  const all = choices();
  pages.value = all.length;
  const now = pad.peek() ? pageOf(all, page.peek()) : [];
  const figures = new Map(isEntry() ? now.slice(0, 1).map((button) => [button, "/"]) : now.map((button, place) => [button, String(place + 1)]));
  for (const button of document.querySelectorAll("[data-pad]")) if (!figures.has(button)) button.removeAttribute("data-pad");
  for (const [button, figure] of figures) if (button.getAttribute("data-pad") !== figure) button.setAttribute("data-pad", figure);
}

function press(key) {
  number();
  if (key === "*") return canSpeak.value ? speak(document.querySelector("main")) : undefined;
  if (key === "+" || key === "-") return void dispatchEvent(new CustomEvent("kiosk-volume", { detail: key === "+" ? 1 : -1 }));
  if (key === ".") return void (notice.value = notice.value === "access" ? null : "access");
  if (key === "enter") return go();
  if (isEntry()) return type(key);
  if (key === "0" || key === "erase") return layer()?.querySelector(".back, .leave, .again-from-start")?.click();
  return choose(key);
}

// The one thing that is to be done next; where there is none yet, the next choices.
function go() {
  const next = [...(layer()?.querySelectorAll(GO) ?? [])].find(usable);
  if (next) return next.click();
  if (pages.value > 1) page.value = (page.value + 1) % pages.value;
  return requestAnimationFrame(() => document.querySelector("[data-pad]")?.scrollIntoView({ block: "nearest" }));
}

function choose(figure) {
  const button = document.querySelector(`[data-pad="${figure}"]`);
  button?.scrollIntoView({ block: "nearest" });
  button?.click();
}

// On a screen where figures are written they are written; erasing nothing leads back.
function type(key) {
  const screen = layer();
  if (/^\d$/.test(key)) return (screen.querySelector(`.digit[data-key="${key}"]`) ?? screen.querySelector(`.letter[data-key="${key}"]`))?.click();
  if (key === "erase") return screen.querySelector("[data-empty=true]") ? screen.querySelector(".back").click() : screen.querySelector("[data-key=back]")?.click();
  if (key !== "/") return undefined;
  const way = screen.querySelector('[data-pad="/"]');
  return way ? way.click() : nextLetter(screen);
}

function nextLetter(screen) {
  const letters = [...screen.querySelectorAll(".letters .digit")];
  return letters[(letters.findIndex((letter) => letter.classList.contains("on")) + 1) % letters.length]?.click();
}

/** What the keys do here. */
export function PadLine() {
  const entry = step.value === "code" || step.value === "return";
  const item = (keys, words) => html`<li><kbd>${keys}</kbd>${both(words)}</li>`;
  return html`<ul class="padline">
    ${entry ? html`${item("0–9", "kiosk-pad-type")}${item("←", "kiosk-pad-erase")}${item("/", step.value === "return" ? "kiosk-pad-letter" : "kiosk-pad-other")}`
      : html`${item("1–9", "kiosk-pad-choose")}${item("0", "common-back")}`}
    ${item("Enter", entry || pages.value < 2 ? "kiosk-pad-go" : "kiosk-pad-next")}
    ${!entry && pages.value > 1 && html`<li class="num" data-pages=${pages.value}>${page.value + 1}/${pages.value}</li>`}
    ${canSpeak.value && item("*", "kiosk-listen")}${item(".", "kiosk-access")}
  </ul>`;
}
