// How the board turns the view into what it draws: plain functions, no page.

/** The share of the promise at the right end of the bar, in hundredths; the promise itself stands at 100. */
export const SCALE_MAX = 180;

/** Where a share of the promise stands on a bar of `width`, never off it. */
export const onScale = (percent, width) => (Math.min(Math.max(percent, 0), SCALE_MAX) / SCALE_MAX) * width;

/** Within the promise, as whole hundredths; `null` when nobody was called. */
export const withinPercent = ({ called, within }) => (called > 0 ? Math.round((100 * within) / called) : null);

/** The share of the promise that a wait has used, in hundredths. */
export const shareOf = (wait, promise) => (promise > 0 ? (100 * wait) / promise : 0);

/** How many counters do what, by the state of their tiles. */
export function countTiles(tiles) {
  const counts = { serving: 0, called: 0, free: 0, paused: 0, closed: 0 };
  for (const { state } of tiles) if (state in counts) counts[state] += 1;
  return counts;
}

/** A round step for an axis that reaches `most` in four or five steps. */
export function stepFor(most) {
  const rough = Math.max(most, 4) / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((of) => of * size).find((step) => step >= rough);
}

/** The services of a group, in the order of the rows. */
export function servicesOf(group, rows, catalogue) {
  const mine = new Set(catalogue.services.filter((service) => service.group === group).map(({ id }) => id));
  return rows.filter(({ id }) => mine.has(id));
}

/** The text of an alert, as the key and what goes into it. Times are still instants: the page writes them. */
export function alertSays(alert) {
  switch (alert.type) {
    case "late":
      return { key: "board-alert-late", state: "late", group: alert.group, act: alert.counter ? "open" : null };
    case "no_counter":
      return { key: "board-alert-no-counter", state: "late", group: alert.group, act: alert.counter ? "open" : null };
    case "suspended":
      return { key: "board-alert-suspended", state: "paused", agency: alert.agency, act: "resume" };
    case "printer":
      return { key: PRINTER[alert.trouble] ?? "board-alert-printer", state: alert.trouble === "paper_near_end" ? "near" : "late", act: null };
    case "out_of_touch":
      return { key: "board-alert-station", state: "out_of_touch", act: null };
    case "silent":
      return { key: "board-alert-silent", state: "near", act: null };
    case "clock":
      return { key: CLOCK[alert.fault]?.(alert.by) ?? "board-alert-clock-ahead", state: "late", act: alert.fault === "behind_journal" ? null : "accept_clock" };
    default:
      return null; // an alert of a later version
  }
}

const CLOCK = {
  jumped: (by) => (by > 0 ? "board-alert-clock-ahead" : "board-alert-clock-back"),
  behind_journal: () => "board-alert-clock-behind-journal",
  far_ahead: () => "board-alert-clock-far-ahead",
};

/** How far a clock is off, as the key and the count of the largest unit that it fills twice. */
export function lengthOf(by) {
  const minutes = Math.max(1, Math.round(Math.abs(by) / 60_000));
  if (minutes >= 2 * 24 * 60) return { key: "board-length-days", count: Math.round(minutes / (24 * 60)) };
  if (minutes >= 2 * 60) return { key: "board-length-hours", count: Math.round(minutes / 60) };
  return { key: "board-length-minutes", count: minutes };
}

const PRINTER = {
  paper_near_end: "board-alert-paper-low", paper_out: "board-alert-paper-out", cover_open: "board-alert-cover",
  cutter_fault: "board-alert-cutter", fault: "board-alert-printer-fault", resting: "board-alert-printer-resting",
  not_allowed: "board-alert-printer-not-allowed",
};
