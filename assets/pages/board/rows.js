// Groups of services, worst first, on one scale: the share of the promise that is used; the black line is the promise.
import { html } from "../vendor/foleni-vendor.js";
import { minutesOf, timeOfDay } from "../shared/clock.js";
import { State, icon, shape, stateColour } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { onScale, servicesOf, shareOf, withinPercent } from "./figures.js";
import { catalogue, groupName, moment, opened, serviceName, toggle } from "./store.js";

/** The table of groups; on a narrow screen a list. */
export function Rows({ view, narrow = false }) {
  return narrow ? html`<${List} view=${view} />` : html`<${Table} view=${view} />`;
}

function Table({ view }) {
  const heads = [["board-longest-short"], ["board-p50"], ["board-p90"], ["board-share-of-promise", "share"], ["board-in-promise"], ["board-counters"]];
  return html`<section class="card rows"><table>
    <thead><tr><th scope="col">${t("board-state")}</th><th scope="col">${t("board-group")}</th><th scope="col" class="figure">${t("board-waiting")}</th>
      ${heads.map(([key, more = "figure"]) => html`<th scope="col" class=${more}>${t(key)}</th>`)}</tr></thead>
    <tbody>${view.groups.map((row) => html`<${GroupRow} key=${row.id} row=${row} services=${servicesOf(row.id, view.services, catalogue.value)} />`)}</tbody>
  </table></section>`;
}

const longestOf = (row) => (row.longest_start === null ? null : Math.max(0, moment.value - row.longest_start));

function GroupRow({ row, services }) {
  const open = opened.value.has(row.id);
  const group = catalogue.value.groups.find(({ id }) => id === row.id);
  const name = html`<span class="named"><b>${groupName(row.id)}</b> <small>${pick(group?.name)}</small></span>`;
  return html`<${Cells} row=${row} more=${row.state === "late" ? "late-row" : ""}
      name=${services.length > 0 ? html`<button class="opens" aria-expanded=${open} onClick=${() => toggle(row.id)}>${icon("chevron-right")}${name}</button>` : html`<span class="opens">${name}</span>`} />
    ${open && services.map((service) => html`<${Cells} key=${service.id} row=${service} more="service" name=${serviceName(service.id)} />`)}`;
}

function Cells({ row, name, more }) {
  const longest = longestOf(row);
  const within = withinPercent(row);
  const paused = row.state === "paused";
  const span = (time) => (paused || time === null ? "" : minutesOf(time));
  return html`<tr class=${more}>
    <td><${State} state=${row.state} word=${t(`state-${row.state.replace("_", "-")}`)} /></td>
    <th scope="row">${name}</th>
    <td class="figure">${row.waiting}</td><td class="figure">${longest === null ? 0 : minutesOf(longest)}<small class="of-promise"> / ${minutesOf(row.promise)}</small></td>
    <td class="figure">${span(row.p50)}</td><td class="figure">${span(row.p90)}</td>
    <td class="share">${paused ? html`<span class="kept">${row.suspended_since !== null && `${t("common-since", { time: timeOfDay(row.suspended_since) })} · `}${t("board-promise-paused")}</span>` : html`<${Bar} row=${row} />`}</td>
    <td class="figure">${paused || within === null ? "" : `${within} %`}</td><td class="figure">${row.counters}</td>
  </tr>`;
}

const [WIDTH, LINE] = [270, onScale(100, 270)];

// From the median to the 90th percentile a thick bar; the one who has waited longest a shape.
function Bar({ row }) {
  const at = (time) => onScale(shareOf(time, row.promise), WIDTH);
  const [from, to] = [row.p50 === null ? null : at(row.p50), row.p90 === null ? null : at(row.p90)];
  const mark = row.waiting > 0 ? Math.min(Math.max(onScale(row.share_percent, WIDTH), 9), WIDTH - 9) : null;
  const label = `${row.waiting > 0 ? row.share_percent : 0} %`;
  return html`<svg class=${`bar ${stateColour(row.state)}`} viewBox=${`0 0 ${WIDTH} 34`} role="img" aria-label=${label}>
    <rect x="0" y="15" width=${LINE} height="8" rx="4" class="room" /><rect x=${LINE} y="15" width=${WIDTH - LINE} height="8" class="over" />
    <path d=${`M${LINE} 0v34`} class="line" /><text x=${LINE + 6} y="11">${minutesOf(row.promise)}</text>
    ${from !== null && html`<rect x=${from} y="13" width=${Math.max(12, to - from)} height="12" rx="6" fill="currentColor" />`}
    ${mark !== null && html`<g transform=${`translate(${mark} 19)`} class="mark-of"><${Marker} state=${row.state} /></g>`}
  </svg>`;
}

function Marker({ state }) {
  if (state === "late") return html`<path d="M0-11 11 0 0 11-11 0z" fill="currentColor" stroke="#FFF" stroke-width="2" />`;
  if (state === "near") return html`<path d="M0-12 12 10H-12z" fill="currentColor" stroke="#FFF" stroke-width="2" stroke-linejoin="round" />`;
  return html`<circle r="9" fill="currentColor" stroke="#FFF" stroke-width="2" />`;
}

function List({ view }) {
  return html`<section class="list"><h2>${t("board-group")} <span>${t("board-longest-of-promise")}</span></h2>
    ${view.groups.map((row) => html`<${Item} key=${row.id} row=${row} services=${servicesOf(row.id, view.services, catalogue.value)} />`)}</section>`;
}

function Item({ row, services }) {
  const open = opened.value.has(row.id);
  return html`<div class="item"><button class="opens" aria-expanded=${open} onClick=${() => toggle(row.id)}>${icon("chevron-right")}<span><b>${groupName(row.id)}</b> <small>· ${t("counter-waiting-count", { count: row.waiting })}</small></span></button><${Against} row=${row} /><${Thin} row=${row} /></div>
    ${open && services.map((of) => html`<div class="item service" key=${of.id}><span>${serviceName(of.id)} <small>· ${of.waiting}</small></span><${Against} row=${of} /></div>`)}`;
}

function Against({ row }) {
  const longest = longestOf(row);
  if (row.state === "paused") return html`<span class="st late">${shape("paused")}<span>${row.suspended_since === null ? t("state-paused") : t("common-since", { time: timeOfDay(row.suspended_since) })}</span></span>`;
  return html`<${State} state=${row.state} word=${`${longest === null ? 0 : minutesOf(longest)} / ${minutesOf(row.promise)}`} />`;
}

function Thin({ row }) {
  if (row.state === "paused") return null;
  const used = row.waiting > 0 ? onScale(row.share_percent, 358) : 0;
  return html`<svg class=${`thin ${stateColour(row.state)}`} viewBox="0 0 358 12" preserveAspectRatio="none" aria-hidden="true">
    <rect y="3" width="358" height="6" rx="3" class="room" /><rect y="3" width=${used} height="6" rx="3" fill="currentColor" /><rect x=${onScale(100, 358)} width="3" height="12" class="line-of" /></svg>`;
}
