// The welcome: both languages the same size, help for those who need it, and that tickets are free.
import { html } from "../vendor/foleni-vendor.js";
import { Clock, Mark } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { both, t } from "../shared/text.js";
import { Access } from "./access.js";
import { Act, Free, Larger, Listen, Screen } from "./frame.js";
import { begin, catalogue, notice, once } from "./flow.js";

const NAMES = { sw: "Kiswahili", en: "English" };

/** The screen; `day` says whether the hall is full. */
export function Welcome({ day }) {
  return html`<${Screen} name="welcome" top=${html`<${Head} />`} bottom=${html`<${Free} />`}>
    <div class="greet">
      <div class="hero">${both("kiosk-welcome")}</div>
      ${day?.full ? html`<p class="hallfull">${shape("full")}${both("kiosk-hall-full")}</p>`
        : html`<div class="line people" aria-hidden="true">${[0, 1, 2, 3, 4, 5].map((place) => html`<i class=${`p ${place === 3 ? "red" : ""}`}></i>`)}<i class="table"></i></div>`}
    </div>
    <div class="ask">
      <h1>${both("kiosk-choose-language")}</h1>
      <div class="languages">${catalogue.value.languages.map((tag, place) => html`
        <button type="button" key=${tag} lang=${tag} data-language=${tag} class=${`btn ${place === 0 ? "primary" : "second"}`} onClick=${once(() => begin(tag))}>
          <span><b>${NAMES[tag]}</b><em>${t("kiosk-touch-here", undefined, tag)}</em></span>${icon("arrow-narrow-right")}
        </button>`)}
      </div>
      <div class="help">
        <${Act} picture="hand-two-fingers" words="kiosk-sign-language" act=${() => { notice.value = "sign-language"; }} />
        <div class="voice"><${Listen} /></div><${Larger} /><${Access} />
      </div>
    </div>
  <//>`;
}

const Head = () => html`<header class="top"><span class="row who"><${Mark} /><b>${catalogue.value.centre}</b></span><${Clock} /></header>`;
