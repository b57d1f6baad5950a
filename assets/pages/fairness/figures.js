// How a day's report and a visit become what the page draws: plain functions, no page.

/** The lines of a visit with all who were called before it between two of them in one: `{ kind: "before", passes }`. */
export function grouped(lines) {
  const groups = [];
  for (const line of lines) {
    if (line.kind !== "passed_by") { groups.push(line); continue; }
    const last = groups.at(-1);
    if (last?.kind === "before") last.passes.push(line);
    else groups.push({ kind: "before", at: line.at, passes: [line] });
  }
  return groups;
}

/** Two shares, thousandths, as hundredths to read: with a decimal where they would look the same. */
export function percents(one, other) {
  const whole = [one, other].map((permille) => String(Math.floor(permille / 10)));
  return whole[0] === whole[1] && one !== other ? [one, other].map((permille) => (permille / 10).toFixed(1)) : whole;
}

/** What stands over a day: the key, how often, and the state that it is. */
export function headline({ passes }) {
  if (passes.unexplained > 0) return { key: "fair-found", count: passes.unexplained, state: "late" };
  if (passes.decided_within > 0) return { key: "fair-clear-but", count: passes.decided_within, state: "on_time" };
  return { key: "fair-clear", count: 0, state: "on_time" };
}

/** Why later tickets were called first, and how often, the most frequent first. */
export function reasons({ passes }) {
  const keys = { other_class: "fair-pass-other-class", other_service: "fair-pass-other-service", longer_wait: "fair-pass-longer-wait", front: "fair-pass-front", out_of_order: "fair-pass-out-of-order", target: "fair-pass-target", suspended: "fair-pass-suspended", unexplained: "fair-pass-unexplained" };
  const told = Object.entries(keys).map(([name, key]) => ({ key, times: passes[name] ?? 0 })).filter(({ times }) => times > 0);
  return told.sort((one, other) => other.times - one.times);
}

/** `1.08` for thousandths. */
export const factorOf = (permille) => (permille / 1000).toFixed(2);

/** What was typed as a ticket's number, as slips have it: `k42` is `K042`; `null` when it is none. */
export function numberOf(typed) {
  const [, letter, digits] = typed.trim().toUpperCase().match(/^([A-Z])\s*0*(\d{1,5})$/) ?? [];
  return letter ? `${letter}${digits.padStart(3, "0")}` : null;
}
