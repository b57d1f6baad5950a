// People waiting through the day, drawn to the room there is.
import { html, useEffect, useRef, useState } from "../vendor/foleni-vendor.js";
import { timeOfDay } from "../shared/clock.js";
import { t } from "../shared/text.js";
import { stepFor } from "./figures.js";
import { catalogue, fresh, moment } from "./store.js";

const HOUR = 3_600_000;
const PAD = { left: 46, right: 24, top: 16, bottom: 30 };

/** The card with the day's line. */
export function Chart({ view }) {
  const box = useRef(null);
  const size = useSize(box);
  return html`<section class="card chart"><h2>${t("board-history")}</h2><div ref=${box} class="plot">${size && html`<${Plot} view=${view} ...${size} />`}</div></section>`;
}

function useSize(box) {
  const [size, setSize] = useState(null);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setSize({ width: Math.round(contentRect.width), height: Math.round(contentRect.height) }));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return size;
}

function Plot({ view, width, height }) {
  const now = moment.value;
  const points = [...view.history.filter(({ at }) => at < now), { at: now, waiting: view.totals.waiting }];
  const { from, to } = hours(points, now);
  const most = Math.max(4, ...points.map(({ waiting }) => waiting));
  const step = stepFor(most);
  const top = Math.ceil(most / step) * step;
  const x = (time) => PAD.left + ((time - from) / (to - from)) * (width - PAD.left - PAD.right);
  const y = (count) => height - PAD.bottom - (count / top) * (height - PAD.bottom - PAD.top);
  const line = points.map(({ at, waiting }, place) => `${place ? "L" : "M"}${x(at).toFixed(1)} ${y(waiting).toFixed(1)}`).join("");
  const every = Math.max(1, Math.ceil((to - from) / HOUR / ((width - PAD.left) / 62)));
  const peak = points.reduce((best, point) => (point.waiting > best.waiting ? point : best));
  const left = x(now) > width - 130;
  const label = `${t("board-history")}: ${t("board-forecast-now", { count: view.totals.waiting })}, ${t("board-history-most", { count: peak.waiting, time: timeOfDay(peak.at) })}`;
  return html`<svg width=${width} height=${height} role="img" aria-label=${label}>
    ${steps(0, top, step).map((count) => html`<path d=${`M${PAD.left} ${y(count)}H${width - PAD.right}`} class="rule-of" /><text x=${PAD.left - 10} y=${y(count) + 5} text-anchor="end">${count}</text>`)}
    ${steps(from, to, HOUR * every).map((time) => html`<text x=${x(time)} y=${height - 8} text-anchor="middle">${timeOfDay(time)}</text>`)}
    <path d=${`${line}L${x(now)} ${y(0)}L${x(points[0].at)} ${y(0)}Z`} class="under" /><path d=${line} class="day-line" />
    <path d=${`M${x(now)} ${PAD.top}V${y(0)}`} class="now-line" /><circle cx=${x(now)} cy=${y(view.totals.waiting)} r="6" class="now-dot" />
    <text x=${x(now) + (left ? -10 : 10)} y=${PAD.top + 12} text-anchor=${left ? "end" : "start"} class="now-word">${fresh.value ? t("board-forecast-now", { count: view.totals.waiting }) : timeOfDay(now)}</text>
  </svg>`;
}

function steps(from, to, by) {
  const all = [];
  for (let at = from; at <= to; at += by) all.push(at);
  return all;
}

// The opening hours of this day, stretched when the line goes beyond them.
function hours(points, now) {
  const offset = catalogue.value.utc_offset_minutes * 60_000;
  const midnight = Math.floor((now + offset) / (24 * HOUR)) * 24 * HOUR - offset;
  const at = (text) => { const [hour, minute] = text.split(":").map(Number); return midnight + hour * HOUR + minute * 60_000; };
  const down = (time) => Math.floor(time / HOUR) * HOUR;
  return { from: Math.min(down(at(catalogue.value.opens)), down(points[0].at)), to: Math.max(at(catalogue.value.closes), down(now) + HOUR) };
}
