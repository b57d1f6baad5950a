// Which calls stand in the rows, which beside them, and which are news to be shown blinking and spoken. Pure, so that it can be tested.

/** Rows on a landscape screen. */
export const ROWS = 4;
/** A call older than this is state and not news, milliseconds of real time. */
export const NEWS_MS = 45_000;

/** Returns the latest call of each ticket, newest first. */
export function latestByTicket(calls) {
  const seen = new Set();
  const newest = [...calls].sort((a, b) => b.call - a.call);
  return newest.filter(({ ticket }) => !seen.has(ticket) && seen.add(ticket));
}

/**
 * Splits calls into the rows and the recently called. Who is still awaited keeps a row before who has come, and who has come before
 * who has left; both lists are newest first.
 */
export function arrange(calls, rows = ROWS, recentMax = 4) {
  const latest = latestByTicket(calls);
  const urgency = { awaited: 0, serving: 1, over: 2 };
  const chosen = [...latest].sort((a, b) => (urgency[a.stage] ?? 2) - (urgency[b.stage] ?? 2) || b.call - a.call).slice(0, rows);
  const newest = latest[0];
  if (newest && !chosen.includes(newest)) chosen.splice(rows - 1, 1, newest);
  const shown = new Set(chosen.map(({ call }) => call));
  return { rows: latest.filter(({ call }) => shown.has(call)), recent: latest.filter(({ call }) => !shown.has(call)).slice(0, recentMax) };
}

/** Tells calls that were not there before from those that were; the first view a screen sees is state. */
export class NewsSorter {
  #highest = null;

  /** Returns the calls that are news now, oldest first. `now` is the centre's time and `pace` how fast it runs. */
  take(calls, now, pace = 1) {
    const before = this.#highest;
    this.#highest = Math.max(before ?? 0, ...calls.map(({ call }) => call));
    if (before === null) return [];
    return calls.filter(({ call, at, stage }) => call > before && stage === "awaited" && (now - at) / Math.max(1, pace) < NEWS_MS).sort((a, b) => a.call - b.call);
  }
}
