// The hall screen's page: draws what the link tells and holds no truth; in a plain browser it also speaks.
import { computed, effect, html, render, signal } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { centreNow, moment, setUtcOffset } from "../shared/clock.js";
import { Link } from "../shared/link.js";
import { Mark } from "../shared/parts.js";
import { icon, loadIcons, shape } from "../shared/states.js";
import { pairingCode, pairWhenRefused, station, watchStation } from "../shared/station.js";
import { both, bothLine, chooseLanguage, loadText } from "../shared/text.js";
import { arrange, NewsSorter, ROWS } from "./calls.js";
import { Beside, Calls, Door, Foot, FromWhen, Head, Notices, OutOfTouch, Waiting } from "./parts.js";
import { Voice, voiceState } from "./voice.js";

const TURN_MS = 12_000;
const BLINK_MS = 3_200;
// A station's own link knows its zone; a browser says it in its address, or shows the first.
const zoneOf = () => station.value?.zone ?? approvedZone ?? new URLSearchParams(location.search).get("zone") ?? (station.value ? null : catalogue.peek()?.zones[0]?.id);

let approvedZone = null;
let pace = 1;
let voice = null;
const catalogue = signal(null);
const turn = signal(0);
/** The numbers of calls that blink now. */
const fresh = signal(new Set());
const sorter = new NewsSorter();

const link = new Link({
  topic: "display",
  query: () => (zoneOf() ? { zone: zoneOf() } : {}),
  onHello: (frame) => { pace = frame.pace; },
  onParts: (parts) => { if (parts.calls) takeCalls(parts.calls); },
});

function takeCalls(calls) {
  const news = sorter.take(calls, centreNow(), pace);
  voice?.forget(calls);
  for (const call of news) voice?.add(call);
  if (news.length === 0) return;
  const numbers = news.map(({ call }) => call);
  fresh.value = new Set([...fresh.value, ...numbers]);
  setTimeout(() => { fresh.value = new Set([...fresh.value].filter((call) => !numbers.includes(call))); }, BLINK_MS);
}

const portrait = signal(matchMedia("(max-aspect-ratio: 1/1)").matches);
matchMedia("(max-aspect-ratio: 1/1)").addEventListener("change", (event) => { portrait.value = event.matches; });
const arranged = computed(() => arrange(link.parts.value.calls ?? [], ROWS, portrait.value ? 4 : 3));

function Page() {
  if (pairingCode.value !== null || (station.value?.paired === false && station.value.server === "connected")) return html`<${Pairing} />`;
  if (!catalogue.value || !link.parts.value.calls) return html`<${Starting} />`;
  const { name, since } = link.state.value;
  const stale = name === "out_of_touch";
  const { day, groups = [], missed = [], suspended = [], resumed = [], admitted = [] } = link.parts.value;
  if (!stale && day && !day.date) return html`<${Closed} day=${day} />`;
  const { rows, recent } = arranged.value;
  return html`<main class=${`hall ${stale ? "stale" : ""}`} data-link=${name}>
    <${Head} centre=${catalogue.value.centre} zone=${zone()} />
    <${Calls} rows=${rows} catalogue=${catalogue.value} here=${zoneOf()} fresh=${stale ? new Set() : fresh.value} stale=${stale} />
    <aside class="side">${stale ? html`<${OutOfTouch} since=${since} />` : html`<${Waiting} groups=${groups} catalogue=${catalogue.value} /><${Beside} recent=${recent} missed=${missed} />`}</aside>
    ${!stale && html`<${Door} admitted=${admitted} outside=${day?.outside ?? 0} full=${day?.full ?? false} portrait=${portrait.value} turn=${turn.value} />`}
    ${stale ? since !== null && html`<${FromWhen} since=${since} />` : html`<${Notices} resumed=${resumed} suspended=${suspended} catalogue=${catalogue.value} turn=${turn.value} />`}
    <${Foot} day=${day} turn=${stale ? 0 : turn.value} />
    ${voiceState.value === "blocked" && html`<button type="button" class="btn sound" onClick=${() => voice.turnOn()}>${icon("volume-off")}${both("display-sound-blocked")}</button>`}
  </main>`;
}

const zone = () => catalogue.value.zones.find((entry) => entry.id === zoneOf()) ?? null;

const Full = ({ name, children }) => html`<main class=${`full ${name}`} data-screen=${name}>
  ${catalogue.value ? html`<${Head} centre=${catalogue.value.centre} zone=${zone()} />` : html`<header class="head"><${Mark} /><h1 class="centre">Foleni</h1></header>`}
  <div class="panel">${children}</div></main>`;

const Starting = () => html`<${Full} name="starting">${icon("device-tv")}${both(link.state.value.name === "out_of_touch" ? "device-searching" : "display-starting", undefined, { class: "large" })}<//>`;

const Closed = ({ day }) => html`<${Full} name="closed">${shape("closed")}${both("display-closed", undefined, { class: "large" })}
  ${day.next_from ? html`<p>${both("kiosk-centre-opens", (tag) => ({ time: moment(day.next_from, tag) }))}</p>`
    : html`<p>${bothLine("display-centre-hours", { from: catalogue.value.opens, to: catalogue.value.closes })}</p>`}
  ${day.unserved > 0 && html`<p class="keep">${both("kiosk-keep-ticket")}</p>`}<//>`;

const Pairing = () => html`<${Full} name="pairing">${icon("device-tv")}${both("device-pairing-title", undefined, { class: "large" })}
  <p>${bothLine("device-pairing-code")}</p><b class="num code" data-code=${pairingCode.value}>${pairingCode.value ? `${pairingCode.value.slice(0, 3)} ${pairingCode.value.slice(3)}` : "–––"}</b>
  <p>${both("device-pairing-ask")}</p><p>${both("device-pairing-where")}</p><//>`;

async function fetchCatalogue() {
  const fresh_ = await get("/api/v1/catalogue");
  setUtcOffset(fresh_.utc_offset_minutes);
  chooseLanguage(fresh_.languages[0]);
  catalogue.value = fresh_;
  loadIcons(...fresh_.groups.map((group) => group.icon));
}

await loadText();
loadIcons("arrow-narrow-right", "arrow-big-left", "arrow-big-right", "arrow-narrow-up", "stairs-up", "ear", "clock", "ticket", "files", "star", "volume-off", "device-tv");
render(html`<${Page} />`, document.getElementById("page"));
await watchStation();
if (station.value === null && !new URLSearchParams(location.search).has("silent")) voice = new Voice();
const named = fetchCatalogue();
if (!station.value && !zoneOf()) await named;
link.start();
pairWhenRefused(link, { kind: "display", onApproved: (state) => { approvedZone = state.zone; } });
setInterval(() => { turn.value += 1; }, TURN_MS);
let wasConnected = false;
effect(() => {
  const connected = link.state.value.name === "connected";
  if (connected && !wasConnected && catalogue.peek()) void fetchCatalogue();
  wasConnected = connected;
});
