// The hall's screen, and what of it can be read at the back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { SIZES, openPage, shows, until } from "../lib/browser.mjs";
import { canRead, isRead, readByTypeface, readFromAfar } from "../lib/distance.mjs";
import { Person, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { shot } from "../lib/screens.mjs";

let screen = null;
/** The hall's screen. */
export const display = () => screen;

/** The called numbers and their counters, with the boxes of their letters and digits, as the page has them. */
const called = () => screen.evaluate(() => {
  const AIR = 7; // pixels of ground beside the ink
  const of = (element, from, to) => {
    const range = document.createRange();
    range.setStart(element.firstChild, from);
    range.setEnd(element.firstChild, to);
    const { x, y, width, height } = range.getBoundingClientRect();
    const row = element.closest(".call").getBoundingClientRect();
    const top = Math.max(y, row.top);
    return { x: x - AIR, y: top, width: width + 2 * AIR, height: Math.min(y + height, row.bottom) - top };
  };
  const within = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + 2 * AIR, y: y + AIR, width: width - 4 * AIR, height: height - 2 * AIR };
  };
  const each = (element) => [...element.textContent].map((sign, at) => ({ ...of(element, at, at + 1), sign }));
  return [...document.querySelectorAll(".call")].flatMap((row) => {
    const [number, plate] = [row.querySelector(".number"), row.querySelector(".plate")];
    const text = number.textContent;
    return [
      { text: text.slice(1), digits: of(number, 1, text.length), count: "3", modes: [7, 8, 13], each: each(number) },
      { text: plate.textContent, digits: within(plate), count: "1,2", modes: [7, 10, 13], each: each(plate) },
    ];
  });
});

/** The screen with every sign of one kind in the called numbers changed to one, and back again. */
async function withSigns(kind, sign) {
  const put = (texts) => screen.evaluate((texts_) => {
    document.querySelectorAll(".call .number, .call .plate").forEach((element, at) => { element.firstChild.data = texts_[at]; });
  }, texts);
  const now = await screen.evaluate(() => [...document.querySelectorAll(".call .number, .call .plate")].map((element) => element.textContent));
  await put(now.map((text) => text.replace(kind, sign)));
  const picture = await screen.screenshot();
  await put(now);
  return picture;
}

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
  ["an eye of 6/12 reads the digits of the four called numbers and of their counters at fifteen metres", async () => {
    if (!canRead()) {
      if (process.env.FOLENI_BROWSER === "must") throw new Error("there is no machine that reads (the package tesseract-ocr)");
      return "there is no machine that reads (the package tesseract-ocr)";
    }
    await settled(screen);
    const pieces = await called();
    assert.equal(pieces.length, 8);
    const blank = await screen.context().newPage();
    const { read, seen } = await readFromAfar(blank, await screen.screenshot(), pieces, hall.folder);
    await blank.close();
    writeFileSync(join(process.env.FOLENI_PICTURES ?? hall.folder, "from-afar.png"), seen);
    const texts = pieces.map(({ text }) => text);
    console.log(`        read from afar: ${read.join(" ")}`);
    // Print this small is at the end of what Tesseract can do, and it may take one sign for another once; the reader that
    // knows the typeface, below, must not.
    const misread = read.filter((told, place) => !isRead(told, texts[place]));
    assert.ok(misread.length <= 1, `${misread} of ${texts}`);
    return null;
  }],
  ["an eye that knows the typeface tells each digit from the others at fifteen metres, and each letter from the centre's others", async () => {
    const CLEAR = 1.5; // the next sign is half as far again as the right one, at least
    const CENTRES_LETTERS = "JKLGVDSZQ";
    const everything = (await called()).flatMap(({ each }) => each);
    const screenshot = await screen.screenshot();
    const blank = await screen.context().newPage();
    for (const [kind, signs] of [[/\d/g, "0123456789"], [/[A-Z]/g, CENTRES_LETTERS]]) {
      const samples = [];
      for (const sign of signs) samples.push([sign, await withSigns(kind, sign)]);
      const places = everything.filter(({ sign }) => signs.includes(sign));
      const found = await readByTypeface(blank, screenshot, samples, places);
      console.log(`        ${found.map(({ sign }) => sign).join("")}, the least clear ${Math.min(...found.map(({ clear }) => clear)).toFixed(2)}`);
      assert.deepEqual(found.map(({ sign }) => sign), places.map(({ sign }) => sign));
      assert.deepEqual(found.filter(({ clear }) => clear < CLEAR), []);
    }
    await blank.close();
  }],
];
