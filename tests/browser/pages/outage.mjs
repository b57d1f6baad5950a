// Every page when the server is away.
import { hides, shows } from "../lib/browser.mjs";
import { ask } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { shot } from "../lib/screens.mjs";
import { display } from "./hall.mjs";
import { kiosk } from "./kiosk.mjs";
import { staffPages } from "./staff.mjs";

const GLASS = { sizes: ["kiosk", "hall", "phone"], publicly: true };

/** A ticket of the kiosk's own numbers: no people and no wait, for nobody knows them. */
async function ownNumber(page) {
  for (const tag of ["sw", "en"]) {
    await page.tap(`[data-language=${tag}]`);
    await shows(page, "[data-service]");
    await inspect(page, `kiosk services, alone ${tag}`, { ...GLASS, stays: ".alone" });
    await page.waitForTimeout(750);
    await page.tap("[data-service=nrb-id-replace]");
    await shows(page, ".give");
    await inspect(page, `kiosk service, alone ${tag}`, { ...GLASS, stays: ".alone" });
    await page.waitForTimeout(750);
    await page.tap(".give");
    await shows(page, "[data-screen=given] .stub .wide", "that people and wait are told in the hall");
    await inspect(page, `kiosk ticket, alone ${tag}`, { ...GLASS, stays: "[data-screen=given]" });
    await page.waitForTimeout(1000);
    await page.tap(".finish");
    await shows(page, "[data-screen=welcome]");
  }
}

// Both are told by the station: what it says is changed on its way.
async function told(page, what, selector, words) {
  await page.route("**/station.json", async (route) => route.fulfill({ json: { ...(await (await route.fetch()).json()), ...what } }));
  await shows(page, selector, words);
  await settled(page);
  await inspect(page, words, { ...GLASS, stays: selector });
  await page.unroute("**/station.json");
}

async function withoutNumbers(page) {
  await told(page, { can_issue_offline: false }, "[data-screen~=trouble] .amber", "the kiosk out of touch and without numbers");
  await hides(page, "[data-screen~=trouble]");
}

async function locked(page) {
  await told(page, { locked: true }, "[data-screen~=locked]", "the kiosk with its screen closed");
  await shows(page, "[data-screen=welcome]", "the welcome");
}

export const steps = [
  ["out of touch, every screen says so on every glass", async () => {
    const { counter, board } = staffPages();
    const pages = [
      [kiosk(), "kiosk", ".alone[role=status]", GLASS],
      [display(), "display", ".hall.stale .offline", { publicly: true }],
      [counter, "counter", ".stale[role=alert]", { sizes: ["desk", "phone"] }],
      [board, "board", ".stale", { sizes: ["hall", "phone"] }],
    ];
    for (const [page] of pages) page.outage = true;
    await ask("kill");
    for (const [page, name, sign, options] of pages) {
      await shows(page, sign, `the ${name} out of touch`);
      await settled(page);
      if (name === "display") await shot(page, "display-offline");
      if (name === "kiosk") await shot(page, "kiosk-offline");
      await inspect(page, `${name} out of touch`, { ...options, stays: sign });
    }
    await ownNumber(kiosk());
    await withoutNumbers(kiosk());
    await ask("start");
    await hides(kiosk(), ".alone", "that the kiosk is alone");
    await locked(kiosk());
    mustBeWell();
  }],
];
