// Looks a page over on every kind of glass, and gathers all that is wrong before it says so.
import { SIZES, mustBeCalm } from "./browser.mjs";
import { accessible, overflowing, tooSmall } from "./checks.mjs";

const wrong = [];
// Pixels of a glass of 1080 across: 17 mm on 15.6 inches, 30 on 27. Ten keys must fit beside each other: 20 mm on 21.5 inches.
const FINGER = 96;
const KEY = 81;

/**
 * Looks at the page as it stands. `sizes` names the kinds of glass, the first its own; `stays` must still show at the end;
 * `fingers` asks for targets that a finger hits on the first kind of glass, `publicly` for the contrast of a public screen.
 */
export async function inspect(page, what, { sizes = ["hall", "kiosk", "phone"], stays = "body", publicly = false, fingers = false } = {}) {
  const before = page.viewportSize();
  for (const [place, size] of sizes.entries()) {
    await page.setViewportSize(SIZES[size]);
    await settled(page);
    const say = (lines) => wrong.push(...lines.map((line) => `${what}, ${size}: ${line}`));
    say(await overflowing(page));
    if (place === 0 || size === "phone") say(await accessible(page, { publicly }));
    if (fingers && place === 0) say(await tooSmall(page, FINGER, KEY));
  }
  await page.setViewportSize(before);
  await settled(page);
  if (!(await page.isVisible(stays))) wrong.push(`${what}: it was gone before it was looked at`);
  try { mustBeCalm(page); } catch (error) { wrong.push(`${what}: ${error.message}`); }
}

/** Throws all that was found since the last time. */
export function mustBeWell() {
  const found = wrong.splice(0);
  if (found.length > 0) throw new Error(`${found.length} things are wrong:\n  ${found.join("\n  ")}`);
}

/** Waits until fonts and pictures are there and two frames have been drawn. */
export const settled = (page) => page.evaluate(async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
});
