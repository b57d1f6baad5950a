// A question over the page: holds the keyboard while it is open, Escape leaves it, and the focus goes back where it was.
import { html, useEffect, useRef } from "../vendor/foleni-vendor.js";

/** `title` names it; `onLeave` is told of Escape and of a press beside it; `onKey(event)` may take a key first. */
export function Dialog({ title, onLeave, onKey = null, children }) {
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    (box.current.querySelector("[data-first]") ?? box.current).focus();
    return () => before?.focus?.();
  }, []);
  // What had the focus may be gone with the last press.
  useEffect(() => { if (!box.current.contains(document.activeElement)) (box.current.querySelector("[data-first]") ?? box.current).focus(); });
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { event.preventDefault(); onLeave(); return; }
    if (event.key === "Tab") { stayInside(event, box.current); return; }
    onKey?.(event);
  };
  return html`<div class="veil" onKeyDown=${keys} onMouseDown=${(event) => event.target === event.currentTarget && onLeave()}>
    <div ref=${box} class="dialog" role="dialog" aria-modal="true" aria-labelledby="dialog-title" tabindex="-1">
      <h2 id="dialog-title">${title}</h2>
      ${children}
    </div>
  </div>`;
}

function stayInside(event, box) {
  const stops = [...box.querySelectorAll("button, input, select, a[href]")];
  const [first, last] = [stops[0], stops.at(-1)];
  const at = document.activeElement;
  if (event.shiftKey && (at === first || at === box)) { event.preventDefault(); last?.focus(); }
  else if (!event.shiftKey && at === last) { event.preventDefault(); first?.focus(); }
}
