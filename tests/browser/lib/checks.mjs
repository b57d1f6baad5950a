// What holds on every page: the rules of WCAG 2.2 AA, words that stay in their boxes and on the glass, targets for fingers.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Runs axe over a page; `publicly` asks for the contrast of public screens, 7 to 1. Returns what is wrong, a line each. */
export async function accessible(page, { publicly = false } = {}) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const found = await page.evaluate(async ([values, enhanced]) => {
    const rules = { "color-contrast-enhanced": { enabled: enhanced } };
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values }, rules, resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 4).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
  }, [publicly ? [...RULES, "wcag2aaa"] : RULES, publicly]);
  return found.filter((line) => !publicly || !OTHER_AAA.some((rule) => line.startsWith(`${rule}:`)));
}

// Of the AAA rules only the contrast is promised.
const OTHER_AAA = ["identical-links-same-purpose", "meta-refresh-no-exceptions", "target-size-enhanced"];

/** Returns the words that are cut off, leave their box or the glass, or lie on other words. */
export const overflowing = (page) => page.evaluate(() => {
  const SLACK = 2;
  const wrong = [];
  const shown = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, noscript, option, title, [hidden], [inert]") || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 0.5 && rect.height > 0.5) look(node.data.trim(), element, rect);
  }
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth + SLACK) wrong.push(`the page is ${page.scrollWidth - innerWidth} pixels wider than the glass`);
  overlaps();
  return [...new Set(wrong)].slice(0, 12);

  function look(words, element, rect) {
    const size = parseFloat(getComputedStyle(element).fontSize);
    // The ink of a line stands inside its rectangle: half a rectangle more than the letters is air.
    const ink = { left: rect.left, right: rect.right, top: rect.top + (rect.height - size) / 2 + size * 0.15, bottom: rect.bottom - (rect.height - size) / 2 - size * 0.15 };
    const say = (what) => wrong.push(`${what}: "${words.slice(0, 60)}" in ${name(element)}`);
    const scrolls = { x: false, y: false };
    for (let box = element, nearest = true; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === "inline" || style.display === "contents") continue;
      if (box === document.body || box === document.documentElement) {
        scrolls.y ||= ["auto", "scroll"].includes(style.overflowY) || (box === document.documentElement && style.overflowY !== "hidden");
        continue;
      }
      const around = box.getBoundingClientRect();
      if (around.width <= 1 && around.height <= 1) return undefined; // words for readers of screens alone
      const outX = ink.right > around.right + SLACK || ink.left < around.left - SLACK;
      const outY = ink.bottom > around.bottom + SLACK || ink.top < around.top - SLACK;
      for (const [out, axis, overflow] of [[outX, "x", style.overflowX], [outY, "y", style.overflowY]]) {
        if (["auto", "scroll"].includes(overflow)) scrolls[axis] = true;
        if (!out || (scrolls[axis] && overflow !== "visible")) continue;
        if (["hidden", "clip"].includes(overflow)) return say("cut off");
        if (!scrolls[axis] && (nearest || isPainted(style))) return say("out of its box");
      }
      if (outY && scrolls.y) return undefined; // scrolled away for now
      nearest = false;
    }
    if (ink.right > innerWidth + SLACK || ink.left < -SLACK) return say("off the glass");
    if (!scrolls.y && (ink.bottom > innerHeight + SLACK || ink.top < -SLACK)) return say("off the glass");
    const hit = document.elementFromPoint((ink.left + ink.right) / 2, (ink.top + ink.bottom) / 2);
    if (hit && (hit === element || element.contains(hit) || hit.contains(element))) shown.push({ words, element, ...ink });
    return undefined;
  }

  function isPainted({ backgroundColor, borderTopWidth, borderLeftWidth }) {
    return !/, 0\)$|transparent/.test(backgroundColor) || parseFloat(borderTopWidth) + parseFloat(borderLeftWidth) > 0;
  }

  function overlaps() {
    for (let one = 0; one < shown.length; one += 1) {
      for (let two = one + 1; two < shown.length; two += 1) {
        const [a, b] = [shown[one], shown[two]];
        if (a.element === b.element) continue;
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (width > 3 && height > 3) wrong.push(`"${a.words.slice(0, 40)}" lies on "${b.words.slice(0, 40)}" in ${name(a.element)}`);
      }
    }
  }

  function name(element) {
    const steps = [];
    for (let at = element; at && at !== document.body && steps.length < 4; at = at.parentElement) steps.unshift(`${at.localName}${at.classList.length ? `.${[...at.classList].join(".")}` : ""}`);
    return steps.join(" > ");
  }
});

/** Returns the buttons that are smaller than a finger needs on a kiosk; the keys of a keyboard may be smaller. */
export const tooSmall = (page, least, leastKey) => page.evaluate(([pixels, key]) => [...document.querySelectorAll("button")]
  .map((button) => [button, button.getBoundingClientRect()])
  .filter(([button, { width, height }]) => width > 0 && Math.min(width, height) < (button.closest(".keyboard, .find") ? key : pixels) - 0.5)
  .map(([button, { width, height }]) => `${Math.round(width)} x ${Math.round(height)}: ${button.textContent.trim().slice(0, 40)} (${button.className})`), [least, leastKey]);
