// The counters as the hall has them, and the devices that hang on the server.
import { html } from "../vendor/foleni-vendor.js";
import { timeOfDay } from "../shared/clock.js";
import { State, icon, shape } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { countTiles } from "./figures.js";
import { standing } from "../staff/device.js";
import { catalogue } from "./store.js";

const SHAPES = { serving: "serving", called: "called", free: "free", paused: "break", closed: "closed" };

/** The counters, each a plate with what it does now. */
export function Counters({ view }) {
  const counts = countTiles(view.counters);
  return html`<section class="card counters"><h2>${t("board-counters")}</h2>
    <ul class="grid">${view.counters.map((tile) => html`<${Tile} key=${tile.counter} tile=${tile} />`)}</ul>
    <p class="legend">${LEGEND.map(([state, colour]) => html`<span class=${colour}>${shape(SHAPES[state])}${t(`board-${SHAPES[state]}`)} <b>${counts[state]}</b></span>`)}</p>
  </section>`;
}

const LEGEND = [["serving", "ok"], ["called", "ok"], ["free", ""], ["paused", "warn"], ["closed", ""]];

function Tile({ tile }) {
  const entry = catalogue.value.counters.find(({ counter }) => counter === tile.counter);
  const lines = under(tile);
  return html`<li class=${`tile ${tile.state} ${lines.length > 1 ? "two-lines" : ""}`} title=${[...lines.slice(0, 1).filter(() => tile.reason), pick(entry?.label)].join(" · ")} data-reason=${tile.reason}>
    <b>${tile.counter}</b>${shape(SHAPES[tile.state] ?? "free")}${lines.map((line) => html`<span>${line}</span>`)}
    <span class="aside">${t(`state-${tile.state === "paused" ? "break" : tile.state}`)}, ${pick(entry?.label)}</span></li>`;
}

// The ticket; of a break, why it is and when it ends.
function under(tile) {
  if (tile.number) return [tile.number];
  if (tile.state !== "paused") return [];
  return [t(REASONS[tile.reason] ?? "state-break"), ...(tile.back_at ? [timeOfDay(tile.back_at)] : [])];
}

const REASONS = {
  break: "board-pause-break", lunch: "board-pause-lunch", back_office: "board-pause-back_office", meeting: "board-pause-meeting", technical: "board-pause-technical",
};

/** Every paired device, and what is wrong with it. */
export function Devices({ view }) {
  return html`<section class="card devices"><h2>${t("admin-devices")} <span>${view.devices.length}</span></h2>
    <ul>${view.devices.map((device) => html`<${Device} key=${device.device} device=${device} />`)}</ul></section>`;
}

function Device({ device }) {
  const [state, word] = standing(device);
  return html`<li>${icon(device.kind === "kiosk" ? "hand-finger" : "device-tv")}<b>${device.device}</b><${State} state=${state} word=${word} /></li>`;
}
