// When no ticket can be given: the whole screen says why, since when, and what to do. And the short notices over a screen.
import { html } from "../vendor/foleni-vendor.js";
import { moment, timeOfDay } from "../shared/clock.js";
import { Band, Mark, Ring } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, t } from "../shared/text.js";
import { Act, Free, Screen, Top } from "./frame.js";
import { catalogue, nextFrom, notice, open, restart, STILL_THERE_SECONDS } from "./flow.js";
import { forVisitor, patient } from "./modes.js";

/** No contact with the server: use another machine or see an officer. */
export const OutOfTouch = ({ since }) => html`<${Screen} name="trouble" top=${html`<${Top} />`} bottom=${html`<${Free} />`}>
  <div class="panel amber" role="alert">
    ${icon("plug-connected-x")}
    ${both("kiosk-out-of-service", undefined, { class: "large" })}
    ${since !== null && html`<p class="since">${bothLine("display-offline-since")}<span class="num">${timeOfDay(since)}</span></p>`}
    <p>${bothLine("common-no-answer")}</p>
  </div>
<//>`;

/** A manager closed this screen: use another machine. */
export const Locked = () => html`<${Screen} name="trouble locked" top=${html`<${Top} />`} bottom=${html`<${Free} />`}>
  <div class="panel plain" role="alert">
    ${shape("closed")}
    ${both("kiosk-locked", undefined, { class: "large" })}
    <p>${bothLine("kiosk-locked-other")}</p>
  </div>
<//>`;

/** The centre is closed: when it opens, and what whoever was not served does with the ticket. */
export const Closed = ({ unserved }) => html`<${Screen} name="trouble closed" top=${html`<${Top} />`} bottom=${html`<${Free} />`}>
  <div class="panel plain">
    ${shape("closed")}
    ${both("kiosk-centre-closed", undefined, { class: "large" })}
    <p class="hours num">${catalogue.value.opens}–${catalogue.value.closes}</p>
    ${nextFrom.value !== null && html`<p class="next">${both("kiosk-centre-opens", (tag) => ({ time: moment(nextFrom.value, tag) }))}</p>`}
    ${unserved > 0 && html`<p class="keep">${both("kiosk-keep-ticket")}</p>`}
  </div>
<//>`;

/** This device is not of the centre yet: the code that a manager approves. */
export const Pairing = ({ code, kind }) => html`<main class="screen trouble pairing" data-screen="pairing">
  <${Band} /><header class="top"><span class="row who"><${Mark} /><b>${t("common-app")}</b></span></header>
  <div class="panel plain">
    ${icon(kind === "display" ? "device-tv" : "hand-finger")}
    ${both("device-pairing-title", undefined, { class: "large" })}
    <div class="codes"><span>${bothLine("device-pairing-code")}</span><span class="num code" data-code=${code}>${code ? `${code.slice(0, 3)} ${code.slice(3)}` : "–––"}</span></div>
    <p>${both("device-pairing-ask")}</p><p>${both("device-pairing-where")}</p>
  </div>
</main>`;

/** Before anything is known. */
export const Searching = () => html`<main class="screen trouble" data-screen="searching"><${Band} />
  <header class="top"><span class="row who"><${Mark} /><b>${t("common-app")}</b></span></header>
  <div class="panel plain">${icon("server")}${both("device-searching", undefined, { class: "large" })}</div>
</main>`;

/** Nobody has touched the screen for a while. */
export const StillThere = ({ left, stay }) => html`<div class="over" role="alertdialog" aria-modal="true" aria-label=${t("kiosk-still-there")} data-screen="still-there" onClick=${stay}><div class="box" tabindex="-1">
  <${Ring} share=${Math.max(0, left / forVisitor(STILL_THERE_SECONDS))}>${Math.max(0, Math.ceil(left))}<//>
  ${both("kiosk-still-there", undefined, { class: "large" })}
  <div class="pair"><${Act} words="common-restart" act=${restart} class="again-from-start" />${!patient.value && html`<${Act} words="kiosk-more-time" picture="hourglass" act=${() => { patient.value = true; stay(); }} class="longer" />`}<${Act} words="kiosk-still-there-yes" act=${stay} class="primary stay" /></div>
</div></div>`;

/** A screen to show to an officer: this visitor signs. */
export function SignLanguage() {
  const help = catalogue.value.services.find((service) => service.keywords.includes("ksl"));
  const close = () => { notice.value = null; };
  return html`<div class="over" role="dialog" aria-modal="true" aria-label=${t("kiosk-sign-language")} data-screen="sign-language"><div class="box" tabindex="-1">
    ${icon("hand-two-fingers")}
    ${both("kiosk-sign-language-use", undefined, { class: "large" })}
    <p>${both("kiosk-call-officer")}</p>
    <div class="pair"><${Act} words="common-back" picture="arrow-left" act=${close} class="back" />${help && html`<${Act} words="common-continue" picture="arrow-narrow-right" act=${() => open(help.id)} class="primary" />`}</div>
  </div></div>`;
}
