// The page behind a slip's QR code: where the ticket stands now. It asks every ten seconds and says when it last knew.
import { html, render, signal } from "../vendor/foleni-vendor.js";
import { Refused, get } from "../shared/api.js";
import { setUtcOffset, timeOfDay } from "../shared/clock.js";
import { Band, Mark, People, Ticket } from "../shared/parts.js";
import { Two, both, bothLine, loadText, textOf } from "../shared/text.js";

const ASK_EVERY = 10_000;
const place = signal(null);
const ended = signal(false);
const catalogue = signal(null);
/** Whether the ticket was outside when it was last seen: then coming in is news. */
const wasOutside = signal(false);

const name = decodeURIComponent(location.pathname.split("/").pop());
const number = name.split("-")[0];

async function ask() {
  try {
    place.value = await get(`/api/v1/places/${encodeURIComponent(name)}`, { triesMax: 1 });
    ended.value = false;
    wasOutside.value ||= place.value.outside;
  } catch (trouble) {
    if (trouble instanceof Refused && trouble.code === "unknown-ticket") ended.value = true;
  }
  setTimeout(ask, ASK_EVERY);
}

function State({ now }) {
  if (ended.value) return html`<section class="say">${both("phone-ended")}</section>`;
  if (!now) return html`<section class="say">${both("common-connecting")}</section>`;
  if (now.stage === "called") return html`<section class="say go">${both("phone-called", { counter: now.counter })}</section>`;
  if (now.stage === "serving") return html`<section class="say go">${both("phone-serving", { counter: now.counter })}</section>`;
  if (now.stage === "held") return html`<section class="say">${both("phone-held")}</section>`;
  if (now.stage === "missed") return html`<section class="say">${both("phone-missed")}</section>`;
  return html`${now.outside && html`<section class="say full">${both("phone-outside")}</section>`}
  ${!now.outside && wasOutside.value && html`<section class="say go">${both("phone-come-in")}</section>`}
  <section class="ahead">
    ${both("phone-ahead")}<b class="num">${now.ahead}</b>
    <${People} ahead=${now.ahead} label=${textOf("phone-ahead").sw} />
  </section>`;
}

function Page() {
  const now = place.value;
  const service = catalogue.value?.services.find((entry) => entry.id === now?.service);
  return html`<${Band} />
    <header><${Mark} /><b>${catalogue.value?.centre ?? "Foleni"}</b></header>
    <main>
      <${Ticket} class="paper">
        <p>${bothLine("phone-title")}</p>
        <h1 class="num">${/^[A-Z]\d{3,5}$/.test(number) ? number : ""}</h1>
        ${service && html`<${Two} text=${service.name} />`}
      <//>
      <${State} now=${now} />
      ${now && html`<p class="sec">${bothLine("phone-updated", { time: timeOfDay(now.now) })}</p>`}
    </main>
    <footer>${both("display-free-tickets")}</footer>`;
}

await loadText({ remember: "ticket", usual: "sw" });
render(html`<${Page} />`, document.getElementById("page"));
get("/api/v1/catalogue").then((known) => { setUtcOffset(known.utc_offset_minutes); catalogue.value = known; });
ask();
