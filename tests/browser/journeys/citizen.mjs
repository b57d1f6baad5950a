// A citizen at the kiosk: three touches to a ticket, and the ways around them.
import assert from "node:assert/strict";
import { SIZES, mustBeCalm, openPage, shows, until } from "../lib/browser.mjs";
import { ask, hall } from "../lib/hall.mjs";

let page = null;

/** The kiosk's page on its own station, touched by fingers. */
export async function kiosk() {
  page ??= await openPage("kiosk", `${hall.kiosk}/kiosk`, SIZES.kiosk, { hasTouch: true });
  return page;
}

/** The number on the screen, once there is one. */
export async function numberShown() {
  const shown = await shows(page, "[data-screen=given] [data-number]", "the ticket");
  const number = await shown.getAttribute("data-number");
  assert.match(number, /^[A-Z]\d{3}$/);
  return number;
}

/** Touches "finish" once the screen has stood long enough to be seen. */
export async function finish() {
  await until("the welcome", async () => {
    if (await page.isVisible("[data-screen=welcome]")) return true;
    await page.tap(".finish", { timeout: 2000 }).catch(() => {});
    return false;
  });
}

/** Touches "back" once the touch before it is no longer half of a double touch. */
export async function goBack() {
  await page.waitForTimeout(800);
  await page.tap(".back");
}

const printed = async () => (await ask("slips")).printed;

export const steps = [
  ["three touches give a ticket, and its slip comes out of the printer", async () => {
    await kiosk();
    await shows(page, "[data-screen=welcome]", "the welcome");
    await page.tap("[data-language=sw]");
    await page.tap("[data-service=nrb-id-new]");
    await page.tap(".give");
    const number = await numberShown();
    await shows(page, "[data-paper=printed]", "where to take the slip");
    assert.match(await page.innerText(".take"), /chukua tiketi yako/);
    const slips = await until("a slip", async () => { const now = await ask("slips"); return now.printed === 1 && now; });
    assert.ok(slips.newest, "the slip is drawn, not typed");
    assert.equal(number, "J001", "the first number of the day");
    await finish();
    mustBeCalm(page);
  }],
  ["somebody who goes first says so, and the ticket says it too", async () => {
    await page.tap("[data-language=en]");
    await page.tap("[data-service=nrb-id-new]");
    await page.tap("[data-priority=yes]");
    await page.tap(".give");
    assert.equal(await numberShown(), "J002");
    assert.match(await page.innerText(".class"), /Priority/);
    await finish();
  }],
  ["a service is found by a word that is typed with a slip of the finger", async () => {
    await page.tap("[data-language=sw]");
    await page.tap(".find");
    for (const letter of "KUZALIXA") await page.tap(`.keyboard button:text-is("${letter}")`);
    await page.tap("[data-service=crs-birth]");
    await page.tap(".give");
    assert.equal(await numberShown(), "L001");
    await finish();
  }],
  ["three touches on the same spot give one ticket", async () => {
    const before = await printed();
    await page.tap("[data-language=sw]");
    await page.tap("[data-service=nrb-id-new]");
    const { x, y, width, height } = await (await shows(page, ".give")).boundingBox();
    await page.waitForFunction(() => !document.documentElement.classList.contains("fresh")); // a screen that has just appeared takes none
    await Promise.all([1, 2, 3].map(() => page.touchscreen.tap(x + width / 2, y + height / 2)));
    assert.equal(await numberShown(), "J003");
    await until("its slip", async () => (await printed()) === before + 1);
    await finish();
    await page.tap("[data-language=sw]");
    await page.tap("[data-service=nrb-id-new]");
    await page.tap(".give");
    assert.equal(await numberShown(), "J004", "no number was given away between");
    assert.equal(await printed(), before + 2);
    await finish();
    mustBeCalm(page);
  }],
];
