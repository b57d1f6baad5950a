// The kiosk without a touch: a pad of ten keys walks every way, and so does an ordinary keyboard.
import assert from "node:assert/strict";
import { SIZES, closePage, hides, mustBeCalm, openPage, shows, until } from "../lib/browser.mjs";
import { Person, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell } from "../lib/inspect.mjs";
import { answers, pass, stage, tell } from "../lib/stage.mjs";

let page = null;
let booked = null;

const CODES = { "/": "NumpadDivide", "*": "NumpadMultiply", "-": "NumpadSubtract", "+": "NumpadAdd", ".": "NumpadDecimal", enter: "NumpadEnter", erase: "Backspace" };
const look = (what, stays, sizes = ["kiosk", "hall"]) => inspect(page, what, { sizes, stays, publicly: true });
const screen = (name) => shows(page, `[data-screen~=${name}]`, `the screen ${name}`);

/** Presses keys of the pad, one after the other, as slowly as a key can bounce. */
async function press(...keys) {
  for (const key of keys) {
    await page.keyboard.press(CODES[key] ?? `Numpad${key}`);
    await page.waitForTimeout(140);
  }
}

/** Presses the figure of a choice, after turning to the nine that it is in. */
async function choose(selector) {
  await shows(page, selector);
  for (let turns = 0; turns < 8; turns += 1) {
    const figure = await page.evaluate((wanted) => document.querySelector(wanted)?.getAttribute("data-pad") ?? null, selector);
    if (figure) return press(figure);
    await press("enter");
  }
  throw new Error(`${selector} never had a figure; the page says ${await page.innerText(".padline")}`);
}

async function home() {
  if (!(await page.isVisible("[data-screen=welcome]")) || await page.isVisible(".over")) await page.reload();
  await screen("welcome");
}

// The first key says only that there is a pad.
async function begin(tag) {
  await home();
  await press("5");
  await shows(page, "html.pad [data-language][data-pad]", "the figures of the languages");
  await choose(`[data-language=${tag}]`);
  await screen("choose");
}

const given = async () => { await screen("given"); return page.getAttribute("[data-number]", "data-number"); };

async function ticket(tag) {
  await begin(tag);
  await shows(page, "[data-service][data-pad]", "the figures of the services");
  await look(`kiosk services by keys ${tag}`, "html.pad [data-service]", ["kiosk", "hall", "phone"]);
  await choose("[data-service=nrb-id-new]");
  await screen("confirm");
  await choose("[data-papers=not_all]");
  await shows(page, ".lacking", "what can be done without papers");
  await choose("[data-priority=yes]");
  await shows(page, "[data-priority=yes][aria-checked=true]");
  await look(`kiosk service by keys ${tag}`, "html.pad .lacking");
  await press("enter");
  assert.match(await given(), /^J\d{3}$/);
  assert.deepEqual([page.asked.at(-1).class, page.asked.at(-1).language], ["priority", tag]);
  await page.waitForTimeout(1000);
  await press("enter");
  await screen("welcome");
  assert.equal(await page.isVisible("html.pad"), false, "the next visitor has no figures");
}

async function lists(tag) {
  await begin(tag);
  await choose(".collect");
  await choose("[data-service=crs-collect]");
  await screen("confirm");
  await press("0");
  await screen("choose");
  await choose(".groups .tile:nth-child(5)");
  await shows(page, "[data-service=sha-register]");
  await choose(".groups .tile:last-child");
  await choose("[data-agency=NTSA]");
  await choose("[data-service=ntsa-logbook]");
  await screen("confirm");
  await press("0");
  await choose(".groups .tile:last-child");
  await choose(".agency.off");
  await choose("[data-state=not_offered]");
  await shows(page, ".afar", "where it is offered");
  await press("0", "0", "0");
  await screen("welcome");
}

async function codes(tag) {
  const which = tag === "sw" ? "one" : "two";
  await begin(tag);
  await choose(".booked");
  await screen("bycode");
  await look(`kiosk code by keys ${tag}`, "html.pad [data-screen~=bycode]");
  await press(...booked[which].code, "erase", booked[which].code.at(-1));
  assert.equal(await page.inputValue(".codefield input"), booked[which].code);
  await press("enter");
  await given();
  await page.waitForTimeout(1000);
  await press("enter");
  await screen("welcome");
  await begin(tag);
  await choose(".booked");
  await press(...booked[`late_${which}`].code, "enter");
  await shows(page, "[data-refusal=appointment-late]", "that it is too late");
  await press("/");
  await given();
  await begin(tag);
  await choose(".booked");
  await screen("bycode");
  await press("/"); // no code on the slip
  await screen("choose");
  await choose("[data-service=crs-birth]");
  await choose(".clocktime:nth-child(3)");
  await page.waitForSelector(".give:not([disabled])");
  await press("0", "0");
  await screen("bycode");
  await press("erase"); // nothing is left to erase
  await screen("choose");
}

async function returns(tag) {
  await tell(page, { day: { returns: 3 } });
  await begin(tag);
  await choose(".again");
  await screen("bynumber");
  await press("/", "/", "0", "4", "2");
  const typed = await page.getAttribute("[data-typed]", "data-typed");
  assert.match(typed, /^[A-Z]042$/);
  answers(page, "/api/v1/return-tickets", { refuse: { code: "no-return-ticket" } });
  await press("enter");
  await shows(page, "[data-refusal=no-return-ticket]", "that it is not known");
  assert.equal(page.asked.at(-1).number, typed);
  await press("/");
  await screen("choose");
  answers(page, "/api/v1/return-tickets");
  await tell(page, {});
}

async function seldom(tag) {
  await tell(page, { day: { full: true }, services: { "crs-birth": { state: "full", left_today: 0 } } });
  await begin(tag);
  await choose("[data-service=crs-birth]");
  await shows(page, ".notnow", "why there is no ticket");
  await press("enter");
  assert.ok(await page.isVisible(".notnow"), "there is nothing to go on to");
  await press("0");
  await choose("[data-service=nrb-id-new]");
  await choose(".add");
  await choose("[data-service=kra-pin]");
  await shows(page, "[data-then=kra-pin]", "what follows");
  answers(page, "/api/v1/tickets", { change: (given_) => ({ ...given_, outside: true, paper: { state: "held", trouble: "paper_out" } }) });
  await press("enter");
  await shows(page, ".given [data-paper=paper_out]", "that there is no paper");
  await shows(page, ".given .hallfull", "to wait outside");
  answers(page, "/api/v1/tickets");
  await tell(page, {});
}

async function ways(tag) {
  await begin(tag);
  await press(".");
  await screen("access");
  await choose("[data-mode=contrast]");
  await choose("[data-mode=larger]");
  await press("enter");
  await hides(page, "[data-screen=access]");
  await look(`kiosk by keys, contrast and larger ${tag}`, "html.pad.contrast.larger", ["kiosk"]);
  await press(".");
  await choose("[data-mode=larger]");
  await choose("[data-mode=pictures]");
  await press("0");
  await shows(page, "[data-group=police]");
  await choose("[data-group=police]");
  await choose("[data-service=dci-pcc]");
  await shows(page, ".signs");
  await choose(".first-of-all");
  await press("enter");
  await given();
  await home();
  await press("5");
  await choose(".help .act:first-child");
  await screen("sign-language");
  await press("0");
  await hides(page, "[data-screen=sign-language]");
  await choose(`[data-language=${tag}]`);
  await pass(page, 46);
  await screen("still-there");
  await press("enter");
  await hides(page, "[data-screen=still-there]", "the question");
}

// Tab and Enter alone, and at each stop it can be seen where one is.
async function byTab(tag) {
  const until_ = async (selector) => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate((wanted) => {
        const one = document.activeElement;
        document.documentElement.classList.remove("fresh"); // fingers would fall through
        const isClear = (shown) => { const { x, y, width, height } = shown.getBoundingClientRect(); const hit = document.elementFromPoint(x + width / 2, y + height / 2); return !shown.matches("button") || shown.contains(hit); };
        return { there: one.matches(wanted), seen: one.matches("body, main") || parseFloat(getComputedStyle(one).outlineWidth) >= 3, clear: isClear(one), what: one.outerHTML.slice(0, 80) };
      }, selector);
      assert.ok(at.seen || at.there, `it cannot be seen that the keys are at ${at.what}`);
      assert.ok(at.clear, `something lies over ${at.what}`);
      if (at.there) return page.keyboard.press("Enter");
    }
    throw new Error(`${selector} was never reached`);
  };
  await home();
  await until_(`[data-language=${tag}]`);
  await screen("choose");
  await until_("[data-service=nrb-id-new]");
  await screen("confirm");
  await until_("[data-papers=yes]");
  await shows(page, "[data-papers=yes][aria-checked=true]");
  await until_(".give");
  await given();
  await page.waitForTimeout(1000);
  await until_(".finish");
  await screen("welcome");
  await page.keyboard.press("ArrowDown");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-language]")), "arrows go from one choice to the next");
  await until_(".access");
  await screen("access");
  await until("the question to have the keys", () => page.evaluate(() => document.activeElement.closest("[data-screen=access]") !== null));
  await page.keyboard.press("Escape");
  await hides(page, "[data-screen=access]");
}

async function heavyKeys(tag) {
  await home();
  await press("5");
  const figure = await page.getAttribute(`[data-language=${tag}]`, "data-pad");
  for (let strikes = 0; strikes < 4; strikes += 1) await page.keyboard.down(`Numpad${figure}`); // the last three are repeats
  await page.keyboard.up(`Numpad${figure}`);
  await screen("choose");
  await page.waitForTimeout(300);
  assert.ok(await page.isVisible("[data-screen~=choose]"), "a key that is held chose once");
  await home();
  await press("5");
  await page.evaluate((code) => { for (const key of ["1", "1"]) dispatchEvent(new KeyboardEvent("keydown", { code, key, cancelable: true })); }, `Numpad${figure}`);
  await screen("choose");
  await page.waitForTimeout(300);
  assert.ok(await page.isVisible("[data-screen~=choose]"), "a key that bounced chose once");
}

async function bookings() {
  const manager = await Person.signedIn(hall.manager);
  const { at } = await manager.issue("hk-info");
  const entry = (first, minutes) => ({ code: `${first}${String(at).slice(-7)}`, service: "crs-birth", at: at + minutes * 60_000 });
  const all = { one: entry(1, 10), two: entry(2, 5), late_one: entry(3, -60), late_two: entry(4, -60) };
  await manager.post("/api/v1/bookings", { bookings: Object.values(all) }, false);
  return all;
}

export const steps = [
  ["a kiosk with a pad of ten keys", async () => {
    page = await openPage("kiosk-keys", `${hall.kiosk}/kiosk`, SIZES.kiosk, { before: stage });
    page.outage = true; // a refusal is told by the browser as an error
    booked = await bookings();
    await screen("welcome");
  }],
  ...["sw", "en"].flatMap((tag) => [
    [`ten keys: a ticket with priority, ${tag}`, async () => { await ticket(tag); mustBeWell(); }],
    [`ten keys: every list, ${tag}`, async () => { await lists(tag); mustBeWell(); }],
    [`a key that is held or bounces is one key, ${tag}`, async () => { await heavyKeys(tag); }],
    [`ten keys: appointments, ${tag}`, async () => { await codes(tag); mustBeWell(); }],
    [`ten keys: a return ticket, ${tag}`, async () => { await returns(tag); mustBeWell(); }],
    [`ten keys: full, several services, the hall full, no paper, ${tag}`, async () => { await seldom(tag); mustBeWell(); }],
    [`ten keys: the ways to use the kiosk, and nobody there, ${tag}`, async () => { await ways(tag); mustBeWell(); }],
    [`an ordinary keyboard: a ticket by Tab and Enter, ${tag}`, async () => { await byTab(tag); mustBeWell(); }],
  ]),
  ["the keys are put away", async () => { mustBeCalm(page); await closePage(page); }],
];
