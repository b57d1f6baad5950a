// An attendant at the kiosk: holds the mark, types the PIN, gives tickets at one tap each, and leaves.
import assert from "node:assert/strict";
import { mustBeCalm, shows, until } from "../lib/browser.mjs";
import { ask, hall, Person } from "../lib/hall.mjs";
import { kiosk } from "./citizen.mjs";

const PIN = "60418";
const SERVICE = "kra-pin";

async function holdTheMark(page) {
  await page.waitForFunction(() => !document.documentElement.classList.contains("fresh")); // a screen that has just appeared takes no finger
  const { x, y } = await (await shows(page, ".top .mark")).boundingBox();
  await page.mouse.move(x + 10, y + 10);
  await page.mouse.down();
  try {
    await shows(page, ".pinpad", "the pad for the PIN");
  } finally {
    await page.mouse.up(); // a finger that stays down would spoil all that comes after
  }
}

export const steps = [
  ["an attendant types the PIN and gives two tickets at one tap each", async () => {
    const page = await kiosk();
    await (await Person.signedIn(hall.administrator)).put("/api/v1/attendant-pin", { pin: PIN });
    const before = (await ask("slips")).printed;
    await shows(page, "[data-screen=welcome]", "the welcome");
    await holdTheMark(page);
    for (const digit of PIN) await page.tap(`[data-key="${digit}"]`);
    await page.tap(".give");
    await shows(page, ".working", "the attendant's screen");
    await page.tap("[data-choice=priority]");
    await page.tap(`.tap[data-service=${SERVICE}]`);
    await until("the first number", async () => (await page.locator("[data-given]").count()) === 1);
    assert.equal(await page.getAttribute("[data-choice=standard]", "aria-pressed"), "true", "priority counted for that ticket alone");
    assert.match(await page.innerText("[data-given]"), /Kipaumbele|Priority/);
    // A second ticket of the same service is no half of a double touch.
    await page.waitForTimeout(800);
    await page.tap(`.tap[data-service=${SERVICE}]`);
    await until("the second number", async () => (await page.locator("[data-given]").count()) === 2);
    await until("both slips", async () => (await ask("slips")).printed === before + 2);
  }],
  ["the printer says how it is while the paper is changed", async () => {
    const page = await kiosk();
    await page.tap(".bottom .btn:nth-child(2)");
    await shows(page, ".paperchange [data-printer=ready]", "a printer that is ready");
    await ask("paper-out");
    await shows(page, ".paperchange [data-printer=paper_out]", "that the paper is finished");
    await ask("paper-in");
    await shows(page, ".paperchange [data-printer=ready]", "the new roll");
    await page.tap(".back");
  }],
  ["an attendant leaves, and the citizens' welcome is back", async () => {
    const page = await kiosk();
    await page.tap(".bottom .back");
    await shows(page, "[data-screen=welcome]", "the welcome");
    mustBeCalm(page);
  }],
];
