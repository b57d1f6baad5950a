// The hall's screen, and what of it can be read at the back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { SIZES, openPage, shows, until } from "../lib/browser.mjs";
import { canRead, fromAfar, read } from "../lib/distance.mjs";
import { Person, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { shot } from "../lib/screens.mjs";

let screen = null;
/** The hall's screen. */
export const display = () => screen;

/** Boxes of the called numbers and of their counters, with what they say, as the page has them. */
const called = () => screen.evaluate(() => [...document.querySelectorAll(".call")].flatMap((row) => [".number", ".plate"].map((part) => {
  const element = row.querySelector(part);
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height, text: element.textContent.trim(), part };
})));

export const steps = [
  ["the hall's screen fits its glass, lying and standing, and everybody can read it", async () => {
    screen = await openPage("display", `${hall.display}/display`, SIZES.hall);
    await until("four calls", () => screen.evaluate(() => document.querySelectorAll(".call").length === 4));
    await inspect(screen, "display", { publicly: true });
    const manager = await Person.signedIn(hall.manager);
    await manager.post("/api/v1/suspensions", { agency: "NTSA", reason: "system_down" });
    await shows(screen, ".stop[data-agency=NTSA]", "the banner");
    await inspect(screen, "display with a banner", { publicly: true });
    await shot(screen, "display");
    mustBeWell();
  }],
  ["an eye of 6/12 reads the four called numbers and their counters at fifteen metres", async () => {
    if (!canRead()) {
      if (process.env.FOLENI_BROWSER === "must") throw new Error("there is no machine that reads (the package tesseract-ocr)");
      return "there is no machine that reads (the package tesseract-ocr)";
    }
    await settled(screen);
    const boxes = await called();
    assert.equal(boxes.length, 8);
    const blank = await screen.context().newPage();
    const { crops, whole } = await fromAfar(blank, await screen.screenshot(), boxes);
    await blank.close();
    const folder = process.env.FOLENI_PICTURES ?? hall.folder;
    writeFileSync(join(folder, "from-afar.png"), Buffer.from(whole, "base64"));
    const misread = [];
    boxes.forEach(({ text, part }, place) => {
      const letters = part === ".number" ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" : "0123456789";
      const seen = read(crops[place], hall.folder, letters);
      if (seen !== text) { misread.push(`${text} is read as ${seen || "nothing"}`); writeFileSync(join(folder, `afar-${text}.png`), Buffer.from(crops[place], "base64")); }
    });
    assert.deepEqual(misread, []);
  }],
];
