// Touches that nobody meant: half of a double touch, a second finger, a palm, a long press, a drag. They do nothing.
import { effect } from "../vendor/foleni-vendor.js";
import { notice, step } from "./flow.js";

/** For so long after a change of screen no finger can have meant what has just appeared. */
export const FRESH_MS = 150;
// Until then a touch near the one that changed the screen is the rest of it.
const ECHO_MS = 400;
const ECHO_PIXELS = 60;

/** Watches a document's touches. */
export function guardTouches(page = document) {
  const down = new Set();
  let [many, changedAt, last, timer] = [false, -Infinity, null, 0];
  effect(() => {
    void [step.value, notice.value];
    changedAt = performance.now();
    // Fingers fall through a fresh screen; keys and programs for the blind do not.
    page.documentElement.classList.add("fresh");
    clearTimeout(timer);
    timer = setTimeout(() => page.documentElement.classList.remove("fresh"), FRESH_MS);
  });
  const lift = (event) => { down.delete(event.pointerId); };
  page.addEventListener("pointerdown", (event) => {
    if (down.size === 0) many = false;
    down.add(event.pointerId);
    if (down.size > 1) many = true;
  }, { capture: true });
  for (const name of ["pointerup", "pointercancel"]) page.addEventListener(name, lift, { capture: true });
  page.addEventListener("click", (event) => {
    if (event.detail === 0) return; // a key, or a program that presses for somebody
    const now = performance.now();
    const echo = last && last.at <= changedAt && now - changedAt < ECHO_MS && Math.hypot(event.clientX - last.x, event.clientY - last.y) < ECHO_PIXELS;
    if (many || echo) { event.stopPropagation(); event.preventDefault(); return; }
    last = { at: now, x: event.clientX, y: event.clientY };
  }, { capture: true });
  for (const name of ["contextmenu", "dragstart", "selectstart"]) page.addEventListener(name, (event) => { if (!event.target.closest?.("input")) event.preventDefault(); });
  page.addEventListener("wheel", (event) => { if (event.ctrlKey) event.preventDefault(); }, { passive: false });
}
