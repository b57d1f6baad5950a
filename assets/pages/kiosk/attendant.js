// Attendant mode on the screen: the pad for the PIN, tickets for others at one tap, reprints, and the printer. It is opened by holding the
// mark for two seconds, or by `/` and then Enter on a ten-key pad, and closes when nobody is there.
import { html, useEffect } from "../vendor/foleni-vendor.js";
import { timeOfDay } from "../shared/clock.js";
import { Clock } from "../shared/parts.js";
import { icon, loadIcons, shape } from "../shared/states.js";
import { station } from "../shared/station.js";
import { both, bothLine, language, otherLanguage, pick, t, Two } from "../shared/text.js";
import { isNumber, typeNumber } from "./entry.js";
import { catalogue, restart, step } from "./flow.js";
import { reasonOf, Screen } from "./frame.js";
import * as acts from "./attendant-acts.js";

/** How long the mark is held. */
const HOLD_MS = 2000;
// A finger that slides off did not hold.
const SLIDE_PIXELS = 60;
// Enter comes soon after `/`, or it belongs to something else.
const KEYS_WITHIN_MS = 3000;

/** Whether the mode, or the pad for its PIN, has the screen. */
export const attending = () => acts.stage.value !== null;

/** Waits for an attendant. It is called before others listen, because in the mode every key is the mode's. */
export function watchForAttendant() {
  loadIcons("lock", "printer", "printer-off", "rotate", "logout", "backspace", "ticket", "users", "arrow-left", "x", "check", "refresh");
  watchHold();
  watchKeys();
  addEventListener("pointerdown", () => acts.touch(), { capture: true });
  setInterval(() => acts.lookForWhoIsThere(), 1000);
}

// In the middle of somebody's ticket nobody else begins.
const mayOpen = () => !attending() && catalogue.value !== null && !["issuing", "ticket"].includes(step.value);

function openPad() {
  if (!mayOpen()) return;
  restart();
  acts.open(catalogue.value.languages[0]);
}

function watchHold() {
  let held = null;
  const drop = () => { clearTimeout(held?.timer); held = null; };
  addEventListener("pointerdown", (event) => {
    drop();
    if (!event.isPrimary || !event.target.closest?.(".top .who")) return;
    held = { x: event.clientX, y: event.clientY, timer: setTimeout(openPad, HOLD_MS) };
  }, { capture: true });
  addEventListener("pointermove", (event) => { if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > SLIDE_PIXELS) drop(); }, { capture: true });
  for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, drop, { capture: true });
}

function watchKeys() {
  let slashAt = -Infinity;
  addEventListener("keydown", (event) => {
    acts.touch();
    if (attending()) return takeKey(event);
    const slash = event.code === "NumpadDivide" || event.key === "/";
    if (slash) { slashAt = event.timeStamp; return; }
    const enter = event.code === "NumpadEnter" || event.key === "Enter";
    if (enter && step.value === "welcome" && event.timeStamp - slashAt < KEYS_WITHIN_MS) { eat(event); openPad(); }
    slashAt = -Infinity;
  }, { capture: true });
}

function eat(event) { event.preventDefault(); event.stopImmediatePropagation(); }

// What is typed on keys is typed on the screen's own pad; a button that has the focus is pressed as ever.
function takeKey(event) {
  const digit = event.code?.match(/^Numpad(\d)$/)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);
  const key = digit ?? (event.key === "Backspace" ? "back" : /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : null);
  if (event.key === "Escape") { eat(event); return acts.stage.value === "work" || acts.stage.value === "pin" ? acts.leave() : acts.goBack(); }
  if (["pin", "number"].includes(acts.stage.value)) {
    if (key !== null) { eat(event); return acts.stage.value === "pin" ? acts.typePin(key) : typeNumberKey(key); }
    if (event.code === "NumpadEnter" || (event.key === "Enter" && !event.target.closest?.("button"))) { eat(event); return acts.stage.value === "pin" ? acts.sayPin() : printTyped(); }
  }
  // The pad of ten keys for citizens has no say here; Tab, Enter and the arrows go their way.
  const ofPad = event.code?.startsWith("Numpad") && event.code !== "NumpadEnter";
  return key === null && !ofPad ? undefined : event.stopImmediatePropagation();
}

const typeNumberKey = (key) => { acts.problem.value = null; acts.typed.value = typeNumber(acts.typed.value, key); };
const printTyped = () => (isNumber(acts.typed.value) ? acts.reprint(acts.typed.value, kiosk()) : undefined);
const kiosk = () => station.value?.device ?? null;

/** The mode's screen; `states` is the live state of every service by id. */
export function Attendant({ states }) {
  useEffect(() => { document.querySelector(".attendant h1")?.focus({ preventScroll: true }); }, [acts.stage.value]);
  switch (acts.stage.value) {
    case "work": return html`<${Work} states=${states} />`;
    case "number": return html`<${TypedNumber} />`;
    case "paper": return html`<${PaperChange} />`;
    default: return html`<${Pad} />`;
  }
}

const Head = ({ words = "kiosk-attendant" }) => html`<header class="top"><span class="row who">${icon("lock")}<b>${bothLine(words)}</b></span><${Clock} /></header>`;

function Button({ act, picture = null, words, args = undefined, class: more = "", disabled = false, ...rest }) {
  return html`<button type="button" class=${`btn act ${more}`} onClick=${act} disabled=${disabled || acts.busy.value} ...${rest}>${picture && icon(picture)}${both(words, args)}</button>`;
}

// What went wrong or well last. A number without paper stands here until the next act.
function Word() {
  const [wrong, well] = [acts.problem.value, acts.told.value];
  if (acts.busy.value) return html`<p class="word" role="status">${bothLine("common-working")}</p>`;
  if (wrong) return html`<div class="word wrong" role="alert" data-problem=${wrong.code}>${shape("late")}${wrong.title ? html`<${Two} text=${wrong.title} />` : both("refusal-out-of-touch")}</div>`;
  if (well) return html`<div class=${`word ${well.paper ? "well" : "wrong"}`} role="status" data-told=${well.key}>${shape(well.paper ? "served" : "near")}${both(well.key, well.args)}</div>`;
  return html`<p class="word" role="status"></p>`;
}

// The PIN is shown as dots: whoever stands behind reads no figure.
function Pad() {
  const [said, key] = [acts.pin.value, (shown, name = shown, label = null) => html`<button type="button" class="btn digit num" aria-label=${label} data-key=${name} onClick=${() => acts.typePin(name)}>${shown}</button>`];
  const away = acts.problem.value?.code === "out-of-touch";
  return html`<${Screen} name="attendant entry pinpad" top=${html`<${Head} />`} bottom=${html`<nav class="bottom">
      <${Button} picture="arrow-left" words="common-back" act=${acts.leave} class="back" />
      <${Button} picture="check" words="kiosk-attendant-open" act=${acts.sayPin} class="primary give" disabled=${said.length < acts.PIN_DIGITS_MIN} />
    </nav>`}>
    <div class="pane said-pane">
      <h1 class="title" tabindex="-1">${both("kiosk-attendant-pin")}</h1>
      <p class="lead">${bothLine("kiosk-attendant-pin-who")}</p>
      <div class="dots" role="img" aria-label=${`${said.length} / ${acts.PIN_DIGITS_MAX}`} data-empty=${said.length === 0}>${Array.from({ length: Math.max(acts.PIN_DIGITS_MIN, said.length) }, (_, place) => html`<i class=${place < said.length ? "on" : ""}></i>`)}</div>
      <${Word} />
      ${away && html`<${Button} picture="printer" words="kiosk-attendant-paper" act=${() => acts.go("paper")} class="nocode" />`}
    </div>
    <div class="pane keys-pane"><div class="digits">
      ${[..."123456789"].map((digit) => key(digit))}<span></span>${key("0")}${key(icon("backspace"), "back", t("common-remove"))}
    </div></div>
  <//>`;
}

function Work({ states }) {
  const services = catalogue.value.services.filter((entry) => (acts.group.value === null ? entry.popular : entry.group === acts.group.value));
  return html`<${Screen} name="attendant working" top=${html`<${Head} />`} bottom=${html`<nav class="bottom">
      <${Button} picture="logout" words="kiosk-attendant-leave" act=${acts.leave} class="back" />
      <${Button} picture="rotate" words="kiosk-attendant-paper" act=${() => acts.go("paper")} />
      <${Button} picture="printer" words="kiosk-attendant-test" act=${() => acts.testPrint(kiosk())} />
    </nav>`}>
    <div class="pane give-pane">
      <h1 class="aside" tabindex="-1">${both("kiosk-attendant-tickets")}</h1>
      <${ForNext} />
      <${GroupTabs} />
      <div class="taps">${services.map((entry) => html`<${Tap} key=${entry.id} entry=${entry} state=${states.get(entry.id)} />`)}</div>
    </div>
    <div class="pane last-pane"><${Word} /><${Last} /></div>
  <//>`;
}

// Language and priority of the next ticket alone.
function ForNext() {
  const choice = (on, words, act, name) => html`<button type="button" class="btn tile" aria-pressed=${on} data-choice=${name} onClick=${act}><span>${words}</span></button>`;
  return html`<div class="fornext">
    ${catalogue.value.languages.map((tag) => choice(acts.ticketLanguage.value === tag, { sw: "Kiswahili", en: "English" }[tag] ?? tag, () => { acts.ticketLanguage.value = tag; }, tag))}
    <span class="gap"></span>
    ${choice(!acts.priority.value, bothLine("kiosk-attendant-standard"), () => { acts.priority.value = false; }, "standard")}
    ${choice(acts.priority.value, bothLine("kiosk-attendant-priority"), () => { acts.priority.value = true; }, "priority")}
  </div>`;
}

function GroupTabs() {
  const tab = (id, picture, words) => html`<button type="button" class="btn tile" aria-pressed=${acts.group.value === id} data-group=${id ?? "popular"} onClick=${() => { acts.group.value = id; }}>${icon(picture)}<span>${words}</span></button>`;
  return html`<div class="groups">${tab(null, "users", t("kiosk-popular"))}${catalogue.value.groups.map((entry) => tab(entry.id, entry.icon, pick(entry.short)))}</div>`;
}

// One tap is one ticket. What gives none now says so and takes no tap.
function Tap({ entry, state }) {
  const reason = reasonOf(entry, state);
  return html`<button type="button" class=${`btn tap ${reason ? "off" : ""}`} data-service=${entry.id} aria-disabled=${Boolean(reason)} onClick=${() => { if (!reason) void acts.give(entry.id); }}>
    ${icon(entry.icon)}<span class="what"><b lang=${language.value}>${pick(entry.name)}</b><span class="sec" lang=${otherLanguage()}>${reason ? pick(reason.why) : pick(entry.name, otherLanguage())}</span></span>
  </button>`;
}

function Last() {
  const names = new Map(catalogue.value.services.map((entry) => [entry.id, entry.name]));
  return html`<section class="last"><h2>${bothLine("kiosk-attendant-numbers")}</h2>
    ${acts.given.value.length === 0 && html`<p class="lead">${bothLine("kiosk-attendant-none")}</p>`}
    <ul>${acts.given.value.map(({ number, service, class: of, at }) => html`<li key=${number} data-given=${number}>
      <b class="num">${number}</b><span class="of"><span>${pick(names.get(service))}</span><small>${timeOfDay(at)}${of !== "standard" && html` · ${t(`class-${of}`)}`}</small></span>
      <button type="button" class="btn act again" disabled=${acts.busy.value} aria-label=${`${t("kiosk-attendant-reprint")}: ${number}`} onClick=${() => acts.reprint(number, kiosk())}>${icon("printer")}<span>${t("kiosk-attendant-reprint")}</span></button>
    </li>`)}</ul>
    <${Button} picture="printer" words="kiosk-attendant-other-number" act=${() => acts.go("number")} class="other-number" />
  </section>`;
}

function TypedNumber() {
  const number = acts.typed.value;
  const letters = [...new Set(catalogue.value.groups.map(({ letter }) => letter))].sort();
  const key = (shown, name = shown, label = null) => html`<button type="button" class=${`btn digit num ${number.startsWith(name) ? "on" : ""}`} aria-label=${label} data-key=${name} onClick=${() => typeNumberKey(name)}>${shown}</button>`;
  return html`<${Screen} name="attendant entry" top=${html`<${Head} />`} bottom=${html`<nav class="bottom">
      <${Button} picture="arrow-left" words="common-back" act=${acts.goBack} class="back" />
      <${Button} picture="printer" words="kiosk-attendant-reprint" act=${printTyped} class="primary give" disabled=${!isNumber(number)} />
    </nav>`}>
    <div class="pane said-pane"><h1 class="title" tabindex="-1">${both("kiosk-attendant-type-number")}</h1>
      <p class="typed num" data-typed=${number}>${(/^[A-Z]/.test(number) ? number : `–${number}`).padEnd(4, "–")}</p><${Word} /></div>
    <div class="pane keys-pane"><div class="letters">${letters.map((letter) => key(letter))}</div>
      <div class="digits">${[..."123456789"].map((digit) => key(digit))}<span></span>${key("0")}${key(icon("backspace"), "back", t("common-remove"))}</div></div>
  <//>`;
}

const TROUBLE = { paper_out: "trouble-paper-out", paper_near_end: "trouble-paper-near-end", cover_open: "trouble-cover-open", offline: "trouble-offline", unreachable: "trouble-unreachable" };

// How the station's own printer is, as it says itself every two seconds.
function PrinterState() {
  const printer = station.value?.printer;
  if (!printer) return html`<p class="printer" data-printer="unknown">${icon("printer-off")}${both("kiosk-attendant-printer-unknown")}</p>`;
  const { trouble } = printer;
  return html`<p class=${`printer ${trouble ? (trouble === "paper_near_end" ? "warn" : "late") : "ok"}`} role="status" data-printer=${trouble ?? "ready"}>
    ${shape(trouble ? "late" : "served")}${both(trouble ? TROUBLE[trouble] ?? "trouble-offline" : "kiosk-attendant-printer-ready")}</p>`;
}

function PaperChange() {
  const line = (place, words) => html`<li><b class="num">${place}</b>${both(words)}</li>`;
  return html`<${Screen} name="attendant paperchange" top=${html`<${Head} />`} bottom=${html`<nav class="bottom">
      <${Button} picture="arrow-left" words="common-back" act=${acts.goBack} class="back" />
      ${acts.proof.value !== null && html`<${Button} picture="printer" words="kiosk-attendant-test" act=${() => acts.testPrint(kiosk())} class="primary give" />`}
    </nav>`}>
    <div class="pane steps-pane"><h1 class="title" tabindex="-1">${both("kiosk-attendant-paper")}</h1>
      <ol>${line(1, "kiosk-attendant-paper-cover")}${line(2, "kiosk-attendant-paper-roll")}${line(3, "kiosk-attendant-paper-check")}</ol></div>
    <div class="pane state-pane"><${PrinterState} /><p class="lead">${both("kiosk-attendant-paper-old")}</p><${Word} /></div>
  <//>`;
}
