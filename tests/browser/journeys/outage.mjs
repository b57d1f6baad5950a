// What breaks: the server dies under everybody's hands, and the paper ends. Screens say so, and come right by themselves.
import assert from "node:assert/strict";
import { mustBeCalm, shows, hides, until } from "../lib/browser.mjs";
import { ask } from "../lib/hall.mjs";
import { finish, kiosk, numberShown } from "./citizen.mjs";
import { boardPage } from "./manager.mjs";
import { button, counterPage, display } from "./officer.mjs";

// The kiosk has numbers of its own: it says that it is alone, and goes on.
const TOUCH = { kiosk: ".alone[role=status]", display: ".hall.stale .offline", counter: ".work .stale[role=alert]", board: ".board .stale" };
let number = null;

const all = async () => ({ kiosk: await kiosk(), display: await display(), counter: counterPage(), board: boardPage() });
const inOutage = async (on) => { for (const page of Object.values(await all())) page.outage = on; };

export const steps = [
  ["killed, the server is missed by every screen, each in words and, where nothing can be done, since when", async () => {
    await inOutage(true);
    const pages = await all();
    for (const page of Object.values(pages)) await page.evaluate(() => { globalThis.sameDocument = true; });
    await ask("kill");
    for (const [name, page] of Object.entries(pages)) {
      await shows(page, TOUCH[name], `the ${name} out of touch`);
      if (name !== "kiosk") assert.match(await page.innerText("body"), /\d\d:\d\d/, `the ${name} says since when`);
    }
    assert.equal(await pages.counter.getAttribute(".acts .primary", "aria-disabled"), "true", "nothing can be done from a stale page");
  }],
  ["started again, every screen is right by itself, without a reload", async () => {
    await ask("start");
    const pages = await all();
    for (const [name, page] of Object.entries(pages)) {
      await hides(page, TOUCH[name], `the ${name} out of touch`);
      assert.equal(await page.evaluate(() => globalThis.sameDocument), true, `the ${name} was not loaded again`);
    }
    await inOutage(false);
    await button("call");
    await pages.counter.keyboard.press("Enter");
    await button("start");
    const called = await pages.counter.getAttribute("[data-ticket]", "data-ticket");
    await shows(pages.display, `[data-number=${called}][data-stage=awaited]`, "a call after the restart");
  }],
  ["a ticket asked for while the server is dead is given once, when it is back", async () => {
    const page = await kiosk();
    await inOutage(true);
    await shows(page, "[data-screen=welcome]", "the welcome");
    await page.tap("[data-language=sw]");
    await page.tap("[data-service=nrb-id-new]");
    await shows(page, ".give");
    const before = (await ask("slips")).printed;
    await ask("kill");
    await page.tap(".give");
    await shows(page, "[data-screen=issuing]", "one moment");
    await ask("start");
    number = await numberShown();
    assert.equal(number, "J005");
    await until("its slip", async () => (await ask("slips")).printed === before + 1);
    await finish();
    for (const [name, other] of Object.entries(await all())) await hides(other, TOUCH[name], `the ${name} out of touch`);
    await inOutage(false);
  }],
  ["without paper the number stands large on the screen, and the paper is said to be finished", async () => {
    const page = await kiosk();
    await ask("paper-out");
    await shows(page, "[data-screen=welcome]", "the welcome");
    await page.tap("[data-language=sw]");
    await page.tap("[data-service=nrb-id-new]");
    await page.tap(".give");
    assert.equal(await numberShown(), "J006");
    await shows(page, "[data-paper=paper_out]", "that there is no paper");
    const words = await page.innerText("[data-screen=given]");
    assert.match(words, /Karatasi ya tiketi imeisha/);
    assert.match(words, /paper is finished/i);
    const { height } = await (await page.$(".big")).boundingBox();
    assert.ok(height > 200, `the number is ${height} pixels high`);
    await shows(boardPage(), ".devices .st:has-text('Paper')", "the board's word on the printer");
    await ask("paper-in");
    await finish();
  }],
  ["with paper again, the next slip comes out", async () => {
    const page = await kiosk();
    const before = (await ask("slips")).printed;
    await page.tap("[data-language=en]");
    await page.tap("[data-service=nrb-id-new]");
    await page.tap(".give");
    assert.equal(await numberShown(), "J007");
    await shows(page, "[data-paper=printed]", "where to take the slip");
    assert.ok((await ask("slips")).printed > before);
    await finish();
    for (const each of Object.values(await all())) mustBeCalm(each);
  }],
];
