// The way to every page of this centre.
import { html, render, signal } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setUtcOffset } from "../shared/clock.js";
import { Band, Mark } from "../shared/parts.js";
import { icon } from "../shared/states.js";
import { both, bothLine, chooseLanguage, language, loadText, Two } from "../shared/text.js";

const catalogue = signal(null);
const setupNeeded = signal(false);

// address, icon, name, what it is for
const PAGES = [
  ["/kiosk", "hand-finger", "start-kiosk", "start-kiosk-hint"],
  ["/counter", "headset", "counter-title", "start-counter-hint"],
  ["/board", "device-desktop-analytics", "start-board", "start-board-hint"],
  ["/fairness", "scale", "fair-title", "fair-hint"],
  ["/admin", "settings", "admin-title", "index-admin-hint"],
];

function Page() {
  const zones = catalogue.value?.zones ?? [];
  return html`<${Band} /><main>
    <header><${Mark} /><h1>${catalogue.value?.centre ?? "Foleni"}</h1><span class="grow"></span>
      ${["sw", "en"].map((tag) => html`<button type="button" lang=${tag} class="btn tongue" aria-pressed=${language.value === tag} onClick=${() => chooseLanguage(tag)}>${tag === "sw" ? "Kiswahili" : "English"}</button>`)}</header>
    ${setupNeeded.value && html`<a class="btn primary way" href="/setup">${icon("key")}${both("setup-title")}</a>`}
    <nav>
      ${PAGES.map(([address, picture, name, hint]) => html`<${Way} key=${address} address=${address} picture=${picture}>${both(name)}<p>${bothLine(hint)}</p><//>`)}
      ${zones.map((zone) => html`<${Way} key=${zone.id} address=${`/display?zone=${encodeURIComponent(zone.id)}`} picture="device-tv">
        <span class="named">${bothLine("start-display")}</span><${Two} text=${zone.name} /><p>${bothLine("start-display-hint")}</p><//>`)}
      <${Way} address="/docs" picture="book">${both("index-docs")}<p>${bothLine("index-docs-hint")}</p><//>
    </nav>
  </main>`;
}

const Way = ({ address, picture, children }) => html`<a class="btn way" href=${address}>${icon(picture)}<span class="grow">${children}</span>${icon("arrow-narrow-right")}</a>`;

await loadText({ remember: "index" });
render(html`<${Page} />`, document.getElementById("page"));
void get("/api/v1/catalogue").then((fresh) => { setUtcOffset(fresh.utc_offset_minutes); catalogue.value = fresh; }, () => {});
void get("/api/v1/setup").then(({ needed }) => { setupNeeded.value = needed; }, () => {});
