// Touches that nobody meant: half of a double touch, a second finger, a palm, a long press, a drag. They do nothing.
import { computed, effect } from "../vendor/foleni-vendor.js";
import { filter, notice, step } from "./flow.js";

/** For so long after a change of screen no finger can have meant what has just appeared: it is the rest of the touch before. */
export const FRESH_MS = 350;

/** Watches a document's touches. */
export function guardTouches(page = document) {
  const down = new Set();
  let [many, timer] = [false, 0];
  const shown = computed(() => [step.value, notice.value, filter.value.kind, filter.value.group, filter.value.agency].join(" "));
  effect(() => {
    void shown.value;
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
    if (!many || event.detail === 0) return; // without a count it is a key, or a program that presses for somebody
    event.stopPropagation();
    event.preventDefault();
  }, { capture: true });
  for (const name of ["contextmenu", "dragstart", "selectstart"]) page.addEventListener(name, (event) => { if (!event.target.closest?.("input")) event.preventDefault(); });
  page.addEventListener("wheel", (event) => { if (event.ctrlKey) event.preventDefault(); }, { passive: false });
}
