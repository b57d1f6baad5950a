// The kiosk's page: chooses the screen from what is known of server, day and visitor, and watches the idle.
import { computed, effect, html, render, useEffect, useState } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setUtcOffset } from "../shared/clock.js";
import { Link } from "../shared/link.js";
import { loadIcons } from "../shared/states.js";
import { pairingCode, pairWhenRefused, station, watchStation } from "../shared/station.js";
import { bothLine, chooseLanguage, loadText } from "../shared/text.js";
import { askedFrom, catalogue, elsewhere, IDLE_SECONDS, isIdle, issued, nextFrom, notice, refusal, restart, step, STILL_THERE_SECONDS, ticketSeconds, touched } from "./flow.js";
import { AccessPanel } from "./access.js";
import { Attendant, attending, watchForAttendant } from "./attendant.js";
import { Choose } from "./choose.js";
import { Confirm } from "./confirm.js";
import { Elsewhere } from "./elsewhere.js";
import { followFocus } from "./focus.js";
import { guardTouches } from "./guard.js";
import { anyMode, forVisitor, pictures, showModes } from "./modes.js";
import { watchPad } from "./pad.js";
import { PictureChoose, PictureConfirm } from "./pictures.js";
import { Code, OldTicket } from "./slip.js";
import { Issuing, TicketScreen } from "./ticket.js";
import { Closed, Locked, OutOfTouch, Pairing, Searching, SignLanguage, StillThere } from "./trouble.js";
import { Welcome } from "./welcome.js";
import { present } from "./facts.js";
import { loadSpeech, speakScreens, watchVisitor, whileSpeaking } from "./speech.js";

const NOT_PAIRED = ["unknown-device", "not-signed-in", "not-allowed"];
const link = new Link({ topic: "kiosk", mayReload: () => isIdle() && !attending() });
const outOfTouch = () => link.state.value.name === "out_of_touch";
// While the server is away nobody knows how long the line is, and a wait from before would be a lie.
const told = (state) => (outOfTouch() ? { ...state, waiting: null, wait: null, left_today: null } : state);
const states = computed(() => new Map((link.parts.value.services ?? []).map((state) => [state.service, told(state)])));

function Page() {
  if (attending()) return html`<${Attendant} states=${states.value} />`;
  const { name, since } = link.state.value;
  if (step.value === "ticket") return html`<${Timed} /><${Over} />`;
  if (step.value === "issuing") return html`<${Asked} name=${askedFrom.value} /><${Issuing} />`;
  if (needsPairing()) return html`<${Pairing} code=${pairingCode.value} kind="kiosk" />`;
  if (!catalogue.value) return html`<${Searching} />`;
  if (station.value?.locked) return html`<${Locked} />`;
  if (name === "out_of_touch" && !station.value?.can_issue_offline) return html`<${OutOfTouch} since=${since} />`;
  if (link.parts.value.day && !link.parts.value.day.date) return html`<${Closed} unserved=${link.parts.value.day.unserved ?? 0} />`;
  return html`<${Visit} />`;
}

const needsPairing = () => pairingCode.value !== null || (station.value?.paired === false && station.value.server === "connected");

function Visit() {
  const idle = useSeconds(() => (performance.now() - touched.value) / 1000);
  useEffect(() => { if (idle > forVisitor(IDLE_SECONDS + STILL_THERE_SECONDS) && (step.value !== "welcome" || anyMode() || notice.value)) restart(); }, [Math.floor(idle)]);
  const asks = step.value !== "welcome" && idle > forVisitor(IDLE_SECONDS);
  return html`
    ${step.value === "welcome" && html`<${Welcome} day=${link.parts.value.day} />`}
    ${step.value === "choose" && html`<${pictures.value ? PictureChoose : Choose} states=${states.value} day=${link.parts.value.day} />`}
    <${Asked} name=${step.value} />
    ${outOfTouch() && html`<p class="alone" role="status">${bothLine("kiosk-alone")}</p>`}
    <${Over} />
    ${asks && html`<${StillThere} left=${forVisitor(IDLE_SECONDS + STILL_THERE_SECONDS) - idle} stay=${() => { touched.value = performance.now(); }} />`}`;
}

// What lies over a screen because the visitor asked for it.
function Over() {
  switch (notice.value) {
    case "sign-language": return html`<${SignLanguage} />`;
    case "access": return html`<${AccessPanel} />`;
    default: return null;
  }
}

// The screens from which a ticket is asked for.
function Asked({ name }) {
  switch (name) {
    case "confirm": return elsewhere.value ? html`<${Elsewhere} />` : html`<${pictures.value ? PictureConfirm : Confirm} states=${states.value} />`;
    case "code": return html`<${Code} />`;
    case "return": return html`<${OldTicket} />`;
    default: return null;
  }
}

function Timed() {
  const total = ticketSeconds(issued.value);
  const left = useSeconds(() => total - (performance.now() - touched.value) / 1000);
  useEffect(() => { if (left <= 0) restart(); }, [left <= 0]);
  return html`<${TicketScreen} left=${left} />`;
}

// A figure that is read again four times a second.
function useSeconds(read) {
  const [, again] = useState(0);
  useEffect(() => { const timer = setInterval(() => again((count) => count + 1), 250); return () => clearInterval(timer); }, []);
  return read();
}

async function fetchCatalogue() {
  const fresh = await get("/api/v1/catalogue");
  setUtcOffset(fresh.utc_offset_minutes);
  const first = catalogue.value === null;
  catalogue.value = fresh;
  if (first) chooseLanguage(fresh.languages[0]);
  loadIcons(...[fresh.groups, fresh.services, fresh.not_offered ?? []].flat().map(({ icon }) => icon));
}

// While "Bado upo?" is asked only its own answer counts: otherwise the touch would take the question away from under the finger.
function noteTouch() {
  const asked = step.value !== "welcome" && (performance.now() - touched.value) / 1000 > forVisitor(IDLE_SECONDS);
  if (step.value !== "ticket" && !asked) touched.value = performance.now();
}
watchForAttendant();
addEventListener("pointerdown", noteTouch, { capture: true });
addEventListener("keydown", noteTouch, { capture: true });
guardTouches();
watchPad();
followFocus();
effect(() => { nextFrom.value = link.parts.value.day?.next_from ?? null; });
effect(() => showModes(document.documentElement));
effect(() => { if (NOT_PAIRED.includes(refusal.value?.code) && station.value === null) link.restart(); });

await loadText();
void loadSpeech();
loadIcons("volume");
loadIcons("arrow-narrow-right", "hand-two-fingers", "ear", "text-size", "ticket", "file-check", "calendar-event", "search", "users", "home", "arrow-left",
  "lifebuoy", "check", "clock", "x", "backspace", "old", "expectant", "baby-carriage", "wheelchair", "mood-sick", "arrow-big-down-lines", "writing",
  "plug-connected-x", "arrow-down", "arrow-up", "hand-finger", "server", "history", "plus", "disabled", "contrast", "eye", "hourglass", "coins", "minus", "file-check", "files", "pencil", "info-circle", "refresh", "volume", "key");
render(html`<${Page} />`, document.getElementById("page"));
speakScreens(() => present({ states: states.value, day: link.parts.value.day }));
watchVisitor();
// Whoever listens has the time that it takes; "Bado upo?" is no reason to stay.
whileSpeaking(() => { if (!document.querySelector(".over[role=alertdialog]")) touched.value = performance.now(); });
await watchStation();
link.start();
pairWhenRefused(link, { kind: "kiosk" });
void fetchCatalogue();
// The catalogue may change while the page stands: it is read again with each new link.
let wasConnected = false;
effect(() => {
  const connected = link.state.value.name === "connected";
  if (connected && wasConnected === false && catalogue.peek()) void fetchCatalogue();
  wasConnected = connected;
});
