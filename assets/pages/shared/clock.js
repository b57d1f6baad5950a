// The centre's clock, carried on between frames, and how times and dates are written.
import { computed, signal } from "../vendor/foleni-vendor.js";
import { t } from "./text.js";

const base = { at: Date.now(), heard: performance.now(), pace: 1 };
const offsetMinutes = signal(180);
const known = signal(false);

/** The centre's time, milliseconds since the epoch, one step a real second; read it where a page shows ages. */
export const nowSignal = signal(Date.now());

/** The centre's time at this moment. */
export const centreNow = () => base.at + (performance.now() - base.heard) * base.pace;

/** Whether the server has told the time since the page was opened. */
export const clockKnown = computed(() => known.value);

/** Takes the time from a frame. */
export function setClock(now, pace) {
  Object.assign(base, { at: now, heard: performance.now(), pace });
  known.value = true;
  tick();
}

/** Takes the minutes that local time is ahead of UTC from the catalogue. */
export const setUtcOffset = (minutes) => { offsetMinutes.value = minutes; };

const two = (figure) => String(figure).padStart(2, "0");
const local = (time) => new Date(time + offsetMinutes.value * 60_000);

/** `11:24` */
export const timeOfDay = (time) => `${two(local(time).getUTCHours())}:${two(local(time).getUTCMinutes())}`;

/** `24.11.2026` */
export const dateOf = (time) => `${two(local(time).getUTCDate())}.${two(local(time).getUTCMonth() + 1)}.${local(time).getUTCFullYear()}`;

/** `2026-11-24` */
export const isoDate = (time) => `${local(time).getUTCFullYear()}-${two(local(time).getUTCMonth() + 1)}-${two(local(time).getUTCDate())}`;

/** The date at the centre, `2026-11-24`; a page that reads it is drawn again at midnight. */
export const today = computed(() => isoDate(nowSignal.value));

/** The name of the day, `Jumanne`. */
export const weekday = (time, tag = undefined) => t(`day-${["sun", "mon", "tue", "wed", "thu", "fri", "sat"][local(time).getUTCDay()]}`, undefined, tag);

/** `Tuesday 24.11.2026, 06:30` in one language. */
export const moment = (time, tag = undefined) => `${weekday(time, tag)} ${dateOf(time)}, ${timeOfDay(time)}`;

/** `4:05` for milliseconds; `1:04:05` past an hour. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Whole minutes of a span, never below zero. */
export const minutesOf = (milliseconds) => Math.max(0, Math.floor(milliseconds / 60_000));

/** `20–30` for a range of wait. */
export const rangeOf = (wait) => (wait.from_minutes === wait.to_minutes ? `${wait.to_minutes}` : `${wait.from_minutes}–${wait.to_minutes}`);

function tick() {
  const now = Math.floor(centreNow() / 1000) * 1000;
  if (now !== nowSignal.value) nowSignal.value = now;
}
setInterval(tick, 250);
