// The demonstration's start page: the real pages in frames, alive, and the things that can be broken from there.
import { SIZES, mustBeCalm, openPage, shows, hides, until } from "./lib/browser.mjs";
import { hall } from "./lib/hall.mjs";
import { inspect, mustBeWell } from "./lib/inspect.mjs";
import { shot } from "./lib/screens.mjs";

const GLASS = { sizes: ["laptop", "desk", "hall", "phone"] };
// What each frame shows when its page is alive.
const ALIVE = { kiosk: "[data-screen=welcome]", display: ".call[data-number]", counter: ".work .primary", board: ".rows tbody tr", "board-phone": ".board.phone .list" };

let page = null;

const frame = (name) => page.frameLocator(`.glass.${name} iframe`);

async function alive() {
  for (const [name, sign] of Object.entries(ALIVE)) await frame(name).locator(sign).first().waitFor({ state: "attached" }).catch(() => { throw new Error(`the frame of the ${name} shows no ${sign}`); });
}

export const steps = [
  ["the start page shows five living pages and the last slip", async () => {
    page = await openPage("start", hall.start, SIZES.laptop);
    page.outage = true; // a frame may ask for what it may not have yet
    await shows(page, ".frames .glass iframe", "the frames");
    await alive();
    await shows(page, ".slips img", "the last slip");
    await page.waitForTimeout(2000);
    await shot(page, "start");
    mustBeCalm(page);
  }],
  ["in both languages it fits its glass, and everybody can read it", async () => {
    for (const tag of ["sw", "en"]) {
      await page.locator(`.left .langs button[lang=${tag}]`).click();
      await inspect(page, `start ${tag}`, GLASS);
    }
    mustBeWell();
  }],
  ["an agency's system is broken and mended from here, and the hall sees it", async () => {
    const [agency] = await page.locator(".faults button").all();
    await agency.click();
    await frame("display").locator(".stop[data-notice=suspended]").waitFor({ state: "attached" });
    await shows(page, ".faults .broken", "that it is broken");
    await agency.click();
    await frame("display").locator(".stop[data-notice=suspended]").waitFor({ state: "detached" });
    await hides(page, ".faults .broken", "that it is broken");
  }],
  ["the server is killed from here, and everything is alive again by itself", async () => {
    await page.locator(".faults button").last().click();
    await shows(page, ".faults button:last-of-type[aria-disabled=true]", "that the server is off");
    await until("the server's return", () => page.isVisible(".faults button:last-of-type[aria-disabled=false]"));
    await alive();
  }],
];
