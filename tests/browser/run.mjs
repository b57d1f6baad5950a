// Plays one set of steps (`journeys`, `pages` or `start`) in a real Chromium against the hall that FOLENI_HALL describes.
// Each step is told with its outcome; the last line counts them. A step that fails leaves a picture of every page.
import { closeBrowser, openBrowser, pictures } from "./lib/browser.mjs";

const sets = { journeys: "./journeys.mjs", pages: "./pages.mjs", start: "./start.mjs" };
const [, , name] = process.argv;
if (!(name in sets)) throw new Error(`one of ${Object.keys(sets).join(", ")} can be played, not ${name}`);

const { steps } = await import(sets[name]);
const counts = { passed: 0, failed: 0, skipped: 0 };
await openBrowser();
try {
  for (const [words, step] of steps) await play(words, step);
} finally {
  await closeBrowser();
}
console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);

async function play(words, step) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  try {
    const skipped = await step();
    counts[skipped ? "skipped" : "passed"] += 1;
    console.log(skipped ? `skipped ${words}: ${skipped}` : `passed  ${words} (${seconds()})`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED  ${words} (${seconds()})\n${error.stack ?? error}`);
    for (const path of await pictures(words)) console.log(`        see ${path}`);
  }
}
