// A service that another centre has: where it is, before anyone queues for it here. No ticket comes of it.
import { html } from "../vendor/foleni-vendor.js";
import { icon, shape } from "../shared/states.js";
import { both, language, otherLanguage, pick, textOf, Two } from "../shared/text.js";
import { Access } from "./access.js";
import { Act, Listen, Screen, Top } from "./frame.js";
import { adding, back, careOf, catalogue, elsewhere, once, open } from "./flow.js";

/** Whether an entry of the catalogue is one that is not offered here. */
export const isElsewhere = (entry) => entry.agency_name !== undefined;

/** "Not here", and the nearest centre where one is known. */
export const whereIs = (entry) => (entry.nearest ? textOf("kiosk-not-here-nearest", (tag) => ({ name: pick(entry.nearest, tag) })) : textOf("state-not-offered"));

/** Its row in a list. */
export const ElsewhereRow = ({ entry }) => html`<button type="button" class="service off elsewhere" data-service=${entry.id} data-state="not_offered"
    aria-disabled=${adding.value} onClick=${once(() => { if (!adding.value) open(entry.id); })}>
  ${icon(entry.icon)}
  <span class="what"><b lang=${language.value}>${pick(entry.name)}</b><span class="sec" lang=${otherLanguage()}>${pick(entry.name, otherLanguage())}</span></span>
  <span class="why">${shape("not_offered")}<${Two} text=${whereIs(entry)} /></span>
</button>`;

/** The screen that explains. */
export function Elsewhere() {
  const entry = elsewhere.value;
  return html`<${Screen} name="confirm afar" top=${html`<${Top} at=${3} />`} bottom=${html`<${Bottom} />`}>
    <div class="pane facts-pane">
      <h1 class="title withicon">${icon(entry.icon)}<${Two} text=${entry.name} /></h1>
      <p class="note"><${Two} text=${entry.agency_name} line /></p>
    </div>
    <div class="pane priority-pane">
      <section class="notnow off" data-state="not_offered">${shape("not_offered")}<div>
        ${both("kiosk-not-offered")}
        ${entry.nearest && html`<${Two} class="nearest" text=${textOf("kiosk-nearest", (tag) => ({ name: pick(entry.nearest, tag) }))} />`}
        <${Two} class="why" text=${textOf("kiosk-not-here-advice")} />
        ${!entry.nearest && html`<${Two} class="why" text=${textOf("kiosk-not-here-ask")} />`}
      </div></section>
    </div>
  <//>`;
}

function Bottom() {
  const care = careOf(catalogue.value);
  return html`<nav class="bottom">
    <${Act} picture="arrow-left" words="common-back" act=${back} class="back" />
    ${care && html`<${Act} picture="lifebuoy" words="kiosk-not-sure" act=${() => open(care.id)} class="unsure" />`}
    <${Listen} /><${Access} />
  </nav>`;
}
