// What stands on a paper that the visitor brings: an appointment's code or time, or the number of an old ticket.
import { html, useEffect, useRef } from "../vendor/foleni-vendor.js";
import { centreNow, nowSignal, timeOfDay } from "../shared/clock.js";
import { Ticket } from "../shared/parts.js";
import { icon } from "../shared/states.js";
import { both, bothLine, t } from "../shared/text.js";
import { Access } from "./access.js";
import { cleanCode, isCode, isNumber, timeChoices, typeNumber } from "./entry.js";
import { Act, Listen, Screen, Top } from "./frame.js";
import { appointmentRules, back, bookedAt, catalogue, checkIn, checkInBySlip, code, oldNumber, refusal, step, takeUp } from "./flow.js";
import { Keyboard, onPhone } from "./keyboard.js";
import { Refusal } from "./refused.js";

/** The code of an appointment. */
export function Code() {
  return html`<${Screen} name="entry bycode" top=${html`<${Top} at=${2} />`} bottom=${html`<${Bottom} ready=${isCode(code.value)} act=${checkIn} />`}>
    <div class="pane said-pane">
      <h1 class="title">${both("kiosk-appointment-code")}</h1>
      <${CodeField} />
      <${Refusal} />
      <${Act} class="nocode" picture="clock" words="kiosk-appointment-no-code" act=${checkInBySlip} />
    </div>
    <div class="pane keys-pane"><${Keyboard} value=${code.value} type=${say} figures /></div>
  <//>`;
}

const say = (typed) => { refusal.value = null; code.value = cleanCode(typed); };

// A scanner types like a keyboard, and ends with Enter.
function CodeField() {
  const field = useRef(null);
  const enter = (event) => { if (event.key === "Enter" && isCode(code.value)) checkIn(); };
  useEffect(() => { if (step.value === "code") field.current.focus(); }, [step.value]);
  return html`<div class="find on codefield" data-empty=${code.value === ""}>${icon("calendar-event")}
    <input ref=${field} type="text" class="num" value=${code.value} maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck=${false}
      inputmode=${onPhone() ? "text" : "none"} aria-label=${t("kiosk-appointment-code")} readonly=${step.value === "issuing"} onInput=${(event) => say(event.currentTarget.value)} onKeyDown=${enter} />
    <button type="button" class="btn wipe" onPointerDown=${(event) => event.preventDefault()} onClick=${() => say("")}>${icon("x")}<span>${bothLine("kiosk-search-clear")}</span></button>
  </div>`;
}

const choices = (now) => timeChoices(now, appointmentRules(), catalogue.value.utc_offset_minutes);

/** Whether an appointment at this time can be checked in now. */
export const isOffered = (time) => time !== null && choices(centreNow()).includes(time);

/** The time on a slip without a code; an officer will look at it. */
export function Times() {
  const times = choices(nowSignal.value);
  const tell = (why) => { bookedAt.value = null; refusal.value = { code: why, title: null, booked: null }; };
  const choose = (time) => { refusal.value = null; bookedAt.value = time; };
  return html`<section class="times">
    <h2>${both("kiosk-appointment-time")}</h2>
    <div class="clocks" role="radiogroup" aria-label=${t("kiosk-appointment-time")}>${times.map((time) => html`<button type="button" role="radio" key=${time} data-time=${timeOfDay(time)}
      aria-checked=${bookedAt.value === time} class=${`btn clocktime num ${bookedAt.value === time ? "on" : ""}`} onClick=${() => choose(time)}>${timeOfDay(time)}</button>`)}</div>
    ${times.length > 0 && !refusal.value && html`<div class="beyond">
      <${Act} words="kiosk-appointment-earlier" args=${{ time: timeOfDay(times[0]) }} act=${() => tell("appointment-late")} />
      <${Act} words="kiosk-appointment-later" args=${{ time: timeOfDay(times.at(-1)) }} act=${() => tell("appointment-early")} />
    </div>`}
    ${!refusal.value && html`<p class="booking">${icon("calendar-event")}${both("kiosk-appointment-check")}</p>`}
  </section>`;
}

/** The number of a ticket that the last day could not serve. */
export function OldTicket() {
  const number = oldNumber.value;
  const type = (key) => { refusal.value = null; oldNumber.value = typeNumber(number, key); };
  const key = (shown, name = shown, label = null) => html`<button type="button" class=${`btn digit num ${number.startsWith(name) ? "on" : ""}`} aria-label=${label} data-key=${name} onClick=${() => type(name)}>${shown}</button>`;
  return html`<${Screen} name=${`entry bynumber ${refusal.value ? "told" : ""}`} top=${html`<${Top} at=${2} />`} bottom=${html`<${Bottom} ready=${isNumber(number)} act=${takeUp} />`}>
    <div class="pane said-pane">
      <h1 class="title">${both("kiosk-return-number")}</h1>
      <div class="shade"><${Ticket} class="old"><span class="num" data-typed=${number} data-empty=${number === ""}>${shownNumber(number)}</span><//></div>
      ${!refusal.value && html`<p class="lead">${both("kiosk-return-counts")}</p>`}
      <${Refusal} />
    </div>
    <div class="pane keys-pane">
      <div class="letters">${letters().map((letter) => key(letter))}</div>
      <div class="digits">${[..."123456789"].map((digit) => key(digit))}<span></span>${key("0")}${key(icon("backspace"), "back", t("common-remove"))}</div>
    </div>
  <//>`;
}

// What is typed, with a line where a letter or figure is still missing.
const shownNumber = (number) => (/^[A-Z]/.test(number) ? number : `–${number}`).padEnd(4, "–");

const letters = () => [...new Set(catalogue.value.groups.map(({ letter }) => letter))].sort();

const Bottom = ({ ready, act }) => html`<nav class="bottom">
  <${Act} picture="arrow-left" words="common-back" act=${back} class="back" disabled=${step.value === "issuing"} />
  <${Listen} /><${Access} />
  <${Act} picture="ticket" words="kiosk-get-ticket" act=${act} class="primary give" disabled=${!ready || step.value === "issuing"} />
</nav>`;
