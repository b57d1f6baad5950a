// What visitors type and choose from: times of appointments, codes, numbers of old tickets. Pure, so that it can be tested.

const MINUTE = 60_000;
// Appointments stand on such a step; the finest one that leaves few enough times to choose from.
const STEPS = [5, 10, 15, 30, 60];
const CHOICES_MAX = 12;

/** The times to choose from, milliseconds: a step apart, from `late_minutes` ago until `early_minutes` ahead, earliest first. */
export function timeChoices(now, { early_minutes, late_minutes }, utcOffsetMinutes) {
  const [from, until] = [now - late_minutes * MINUTE, now + early_minutes * MINUTE];
  for (const step of STEPS) {
    const times = between(from, until, step * MINUTE, utcOffsetMinutes * MINUTE);
    if (times.length <= CHOICES_MAX || step === STEPS.at(-1)) return times;
  }
  return [];
}

function between(from, until, step, offset) {
  const times = [];
  for (let time = Math.ceil((from + offset) / step) * step - offset; time <= until; time += step) times.push(time);
  return times;
}

/** From when an appointment at `time` can be checked in. */
export const checkInFrom = (time, { early_minutes }) => time - early_minutes * MINUTE;

/** What is typed of a code, as the slip has it: capital letters, figures and dashes. */
export const cleanCode = (typed) => typed.toUpperCase().replace(/[^A-Z0-9-]/g, "").slice(0, 40);

/** Whether a code is long enough to be one. */
export const isCode = (typed) => /^[A-Z0-9]{4,32}$/.test(typed.replaceAll("-", ""));

/** The most figures of a ticket's number. */
const FIGURES_MAX = 5;

/** A ticket's number after one more key: a letter takes the place of the one before, a figure is added. */
export function typeNumber(number, key) {
  const [letter, figures] = [number.match(/^[A-Z]/)?.[0] ?? "", number.replace(/^[A-Z]/, "")];
  if (key === "back") return figures ? letter + figures.slice(0, -1) : "";
  if (/^[A-Z]$/.test(key)) return key + figures;
  return figures.length < FIGURES_MAX && !(figures.length >= 3 && figures.startsWith("0")) ? letter + figures + key : number;
}

/** Whether it is a whole number: a letter and three figures, or more where they do not begin with 0. */
export const isNumber = (number) => /^[A-Z](\d{3}|[1-9]\d{3,4})$/.test(number);

/** The documents of several services in their order, each once. */
export function papersOf(services) {
  const seen = new Set();
  return services.flatMap(({ documents }) => documents).filter(({ en, sw }) => !seen.has(`${en}|${sw}`) && seen.add(`${en}|${sw}`));
}
