// Where keys go: to a new screen's beginning, into a question that lies over it, and by arrows from one thing to the next.
import { effect } from "../vendor/foleni-vendor.js";
import { filter, notice, step } from "./flow.js";
import { pad } from "./modes.js";

const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const CAN = "button:not(:disabled), input:not(:disabled)";

/** Follows keys and screens. */
export function followFocus() {
  let byKey = false;
  addEventListener("pointerdown", () => { byKey = false; }, { capture: true });
  addEventListener("keydown", (event) => {
    byKey = true;
    if (event.key === "Escape") layer()?.querySelector(".back, .leave, .stay")?.click();
    if (!(event.key in ARROWS) || pad.value || event.target.matches?.("input")) return;
    event.preventDefault();
    move(ARROWS[event.key]);
  });
  // A new screen is read from its beginning; whoever types stays in the field.
  effect(() => { void [step.value, filter.value.kind]; if (byKey) requestAnimationFrame(() => { if (!document.activeElement?.matches("input")) document.querySelector("main")?.focus(); }); });
  // Under a question nothing can be reached, and the question has the keys.
  const look = () => {
    const over = document.querySelector(".over:not(.issuing)");
    const main = document.querySelector("main");
    if (main && main.inert !== Boolean(over)) { main.inert = Boolean(over); (over?.querySelector(".box") ?? (byKey ? main : null))?.focus(); }
  };
  effect(() => { void [step.value, notice.value]; requestAnimationFrame(look); });
  new MutationObserver(look).observe(document.getElementById("page"), { childList: true });
}

const layer = () => document.querySelector(".over:not(.issuing)") ?? document.querySelector("main");

function move(by) {
  const all = [...(layer()?.querySelectorAll(CAN) ?? [])].filter((one) => one.checkVisibility());
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
  all[next]?.focus();
}
