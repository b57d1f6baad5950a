// What every kiosk screen has around it: the line at the top, the bottom row, and how fee, wait and state are said.
import { html } from "../vendor/foleni-vendor.js";
import { speaking } from "./player.js";
import { louder, speechOn } from "./speech.js";
import { Band, Clock, Mark } from "../shared/parts.js";
import { centreNow, dateOf, isoDate, rangeOf, timeOfDay, today, weekday } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, otherLanguage, t, textOf } from "../shared/text.js";
import { catalogue, nextFrom, once } from "./flow.js";
import { canSpeak, speak } from "./listen.js";
import { larger, pad } from "./modes.js";
import { PadLine } from "./pad.js";

/** A screen: band, line at the top, its own content, bottom row. */
export const Screen = ({ name, top = null, bottom = null, children }) => html`<main class=${`screen ${name}`} data-screen=${name} tabindex="-1">
  <${Band} />${top}<div class="middle" tabindex="0">${children}</div>${pad.value && html`<${PadLine} />`}${bottom}
</main>`;

/** Mark, centre, the three steps, the time. `at` is 1 to 3, or 4 when all is done. */
export const Top = ({ at = 0 }) => html`<header class="top">
  <span class="row who"><${Mark} /><b>${catalogue.value?.centre ?? t("common-app")}</b></span>
  <span class="row right">
    ${at > 0 && html`<span class="steps" role="img" aria-label=${t("kiosk-step", { step: Math.min(at, 3), steps: 3 })}>
      ${[1, 2, 3].map((place) => html`<i class=${place < at ? "done" : place === at ? "now" : ""}></i>`)}<span>${Math.min(at, 3)} / 3</span>
    </span>`}
    <${Clock} />
  </span>
</header>`;

/** A control with a picture and words in both languages. */
export function Act({ act, picture = null, words, args = undefined, class: more = "", ...rest }) {
  return html`<button type="button" class=${`btn act ${more}`} onClick=${once(act)} ...${rest}>
    ${picture && icon(picture)}${both(words, args)}
  </button>`;
}

/** Reads the screen aloud, and those after it, where there is a voice for the language. */
export const Listen = () => (canSpeak.value
  ? html`<${Act} picture="ear" words=${speaking.value ? "kiosk-listen-stop" : "kiosk-listen"} act=${() => speak(document.querySelector("main"))} class="listen slim" /><${Louder} />` : null);

// A picture without words: it comes to a row that is full, for those who hear what it is called. A pad of keys has a key for it.
const Louder = () => speechOn.value && html`<button type="button" class="btn act louder slim" aria-label=${t("kiosk-louder")} onClick=${once(() => louder())}>${icon("volume")}</button>`;

/** Larger text, on and off. */
export const Larger = () => html`<${Act} picture="text-size" words=${larger.value ? "kiosk-normal-text" : "kiosk-larger-text"}
  act=${() => { larger.value = !larger.value; }} aria-pressed=${larger.value} class="larger" />`;

/** The fee in words: free of charge, an amount, or to be asked at the counter. */
export function feeText(service, date = today.value) {
  const { kes } = feeOn(service, date);
  if (kes === 0) return textOf("kiosk-free");
  return kes === null ? textOf("kiosk-fee-ask") : textOf("kiosk-fee-amount", { amount: kes });
}

/** The range of a wait with its unit, or that it is not known. */
export function Wait({ wait }) {
  if (!wait) return html`<span class="unknown">${both("kiosk-wait-unknown")}</span>`;
  const [unit, other] = [t("common-minutes-short"), t("common-minutes-short", undefined, otherLanguage())];
  return html`<span class="wait" title=${other}><span class="num">${rangeOf(wait)}</span> <small>${unit}</small></span>`;
}

/** Why a service gives no ticket now, as a text, its state's name and colour; null when it does. */
export function reasonOf(service, state) {
  switch (state?.state) {
    case "suspended": return { state: "paused", colour: "late", why: suspensionText(service, state) };
    case "full": return { state: "full", colour: "warn", why: comeBack() };
    case "closed": return { state: "outside_hours", colour: "", why: textOf("refusal-service-closed") };
    default: return null;
  }
}

// Whoever finds a service full comes back when the centre is open next; tomorrow may be a Saturday or a holiday.
function comeBack() {
  const next = nextFrom.value;
  if (next === null) return textOf("kiosk-full");
  const time = timeOfDay(next);
  if (isoDate(next) === isoDate(centreNow() + DAY_MS)) return textOf("kiosk-full-return", { time });
  return textOf("kiosk-full-next-day", (tag) => ({ day: `${weekday(next, tag)} ${dateOf(next)}`, time }));
}

const DAY_MS = 86_400_000;
const REASONS = { network_down: "kiosk-reason-network", no_officer: "kiosk-reason-officer", no_material: "kiosk-reason-material" };

function suspensionText(service, state) {
  const time = state.since === null ? "" : timeOfDay(state.since);
  const agency = catalogue.value.agencies.find((entry) => entry.code === service.agency);
  const why = state.reason in REASONS ? textOf(REASONS[state.reason], { time }) : textOf("kiosk-system-down", (tag) => ({ agency: agency?.short[tag] ?? service.agency, time }));
  if (!state.back_at || state.back_at <= centreNow()) return why;
  const back = textOf("display-suspended-back", { time: timeOfDay(state.back_at) });
  return { en: `${why.en}. ${back.en}`, sw: `${why.sw}. ${back.sw}` };
}

/** A state's shape and word, the other language under it. */
export const StateWord = ({ state, colour, words }) => html`<span class=${`stateword ${colour}`}>
  <span class="st">${shape(state)}<span>${t(words)}</span></span><small>${t(words, undefined, otherLanguage())}</small>
</span>`;

/** "Tickets are free", before anything else is said. */
export const Free = () => html`<footer class="free">
  ${icon("ticket")}<span class="two"><span class="first">${t("common-tickets-free")} ${t("common-do-not-pay")}</span>
  <span class="other">${t("common-tickets-free", undefined, otherLanguage())} ${t("common-do-not-pay", undefined, otherLanguage())}</span></span>
  <span class="tel">${bothLine("common-report")}<b class="num">${t("common-report-lines")}</b></span>
</footer>`;
