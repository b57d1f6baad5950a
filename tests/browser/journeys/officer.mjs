// An officer at a counter: one key after the other, and the hall sees each call.
import assert from "node:assert/strict";
import { SIZES, mustBeCalm, openPage, shows, hides, signIn, until } from "../lib/browser.mjs";
import { Person, hall } from "../lib/hall.mjs";

/** The counter that the officer opens; it serves identity cards. */
export const COUNTER = 3;

let desk = null;
let screen = null;

/** The hall's screen on its own station. */
export async function display() {
  screen ??= await openPage("display", `${hall.display}/display`, SIZES.hall);
  return screen;
}

/** The officer's page. */
export const counterPage = () => desk;

/** What stands on the green button. */
const next = () => desk.getAttribute(".acts .primary", "data-act", { timeout: 2000 }).catch(() => null);

/** Waits until the green button means this and can be pressed, past its rest after a change. */
export async function button(name) {
  await until(`the green button to mean ${name}`, async () => (await next()) === name && (await desk.isVisible(".acts .primary[aria-disabled=false]")));
  await desk.waitForTimeout(500);
}

const numberAtCounter = () => desk.getAttribute("[data-ticket]", "data-ticket");

export const steps = [
  ["an officer signs in and opens a counter", async () => {
    await display();
    desk = await openPage("counter", `${hall.server}/counter`, SIZES.desk);
    await signIn(desk, hall.officer);
    await shows(desk, ".choose .plates", "the counters");
    await desk.keyboard.press(String(COUNTER));
    await desk.keyboard.press("Enter");
    await button("call");
  }],
  ["Enter calls the next ticket, and the hall sees where it goes", async () => {
    await desk.keyboard.press("Enter");
    await button("start");
    const number = await numberAtCounter();
    assert.equal(number, "J002", "priority goes before those who came a moment earlier");
    await shows(screen, `[data-number=${number}][data-counter="${COUNTER}"][data-stage=awaited]`, "the call on the hall's screen");
  }],
  ["Enter starts the service; with an outcome, Enter ends it and calls the next", async () => {
    await desk.keyboard.press("Enter");
    await button("finish-next");
    await desk.keyboard.press("7");
    await shows(desk, ".outcomes .on:has-text('Documents missing')", "the outcome");
    const before = await numberAtCounter();
    await desk.keyboard.press("Enter");
    await button("start");
    const after = await numberAtCounter();
    assert.notEqual(after, before);
    await shows(screen, `[data-number=${after}][data-counter="${COUNTER}"]`, "the next call on the hall's screen");
  }],
  ["a double press does one thing", async () => {
    const called = await numberAtCounter();
    await desk.keyboard.press("Enter");
    await desk.keyboard.press("Enter");
    await button("finish-next");
    assert.equal(await numberAtCounter(), called, "the second press did not end the service");
    await desk.keyboard.press("0");
    await button("call");
    await desk.dblclick(".acts .primary");
    await button("start");
    assert.equal(await numberAtCounter(), "J003");
  }],
  ["a ticket is called again, and one that does not come is noted and shown in the hall", async () => {
    await desk.keyboard.press("1");
    await shows(desk, ".tags:has-text('2')", "the second call");
    await desk.keyboard.press("3");
    await button("call");
    await shows(screen, ".missed:has-text('J003')", "the missed number on the hall's screen");
  }],
  ["who is back after a missed call waits again, is called by number, and goes on an errand", async () => {
    await desk.click(".away:has-text('J003') button");
    await shows(desk, ".queue li:has-text('J003')", "the ticket in the queue");
    await hides(screen, ".missed:has-text('J003')", "the missed number");
    await desk.keyboard.press("2");
    await desk.fill(".dialog .number", "j3");
    await desk.keyboard.press("Enter");
    await button("start");
    assert.equal(await numberAtCounter(), "J003");
    await desk.keyboard.press("Enter");
    await button("finish-next");
    await desk.keyboard.press("5");
    await shows(desk, ".dialog", "until when");
    await desk.keyboard.press("0");
    await button("call");
    await desk.click(".away:has-text('J003') button");
    await button("start");
  }],
  ["a visit is marked, and what was also done is counted, with two keys each", async () => {
    await desk.keyboard.press("Enter");
    await button("finish-next");
    await desk.keyboard.press("*");
    await shows(desk, ".dialog .toggle", "the centre's marks");
    await desk.keyboard.press("1");
    await shows(desk, ".dialog .toggle[aria-pressed=true]", "the mark");
    await desk.keyboard.press("Escape");
    await hides(desk, ".dialog", "the question");
    await shows(desk, ".tags .mark-on", "the mark on the ticket");
    await button("finish-next"); // the push may be faster than the answer, and a key counts only after that
    await desk.keyboard.press("+");
    await shows(desk, ".dialog .found .btn", "what this counter does");
    await desk.keyboard.press("1");
    await shows(desk, ".dialog .counted:has-text('1')", "what was also done");
    await desk.keyboard.press("Escape");
    await hides(desk, ".dialog", "the question");
    await shows(desk, ".also", "what was also done, under the ticket");
    await button("finish-next");
  }],
  ["a ticket sent on by mistake is taken back with one key", async () => {
    await desk.keyboard.press("4");
    await desk.fill(".dialog input[type=search]", "kra pin");
    await shows(desk, ".dialog .found [aria-checked=true]", "the service");
    await desk.keyboard.press("Enter");
    await button("call");
    await shows(desk, "[data-act=undo]:has-text('J003')", "what can be taken back");
    await desk.keyboard.press(".");
    await button("finish-next");
    assert.equal(await numberAtCounter(), "J003");
    await desk.keyboard.press("0");
    await button("call");
  }],
  ["a break begins and ends", async () => {
    await desk.keyboard.press("/");
    await shows(desk, ".dialog", "how long the break is");
    await desk.keyboard.press("1");
    await button("resume");
    await shows(desk, ".current:has-text('–'), .current:has-text(':')", "until when");
    await desk.keyboard.press("Enter");
    await button("call");
  }],
  ["a longer break says why", async () => {
    await desk.keyboard.press("/");
    await shows(desk, ".dialog .pauses", "the reasons");
    await desk.keyboard.press("6");
    await shows(desk, ".dialog .pauses [aria-checked=true]:has-text('Lunch')", "the reason");
    await desk.keyboard.press("3");
    await button("resume");
    await shows(desk, ".current:has-text('At lunch, back ')", "why, and until when");
    await desk.keyboard.press("Enter");
    await button("call");
  }],
  ["two officers cannot be at one counter, and a closed one is left", async () => {
    const colleague = await Person.signedIn(hall.colleague);
    await assert.rejects(colleague.post(`/api/v1/counters/${COUNTER}/open`, {}), /counter-(taken|open)/);
    await desk.click(".head .leaving button:has-text('Close')");
    await shows(desk, ".choose .plates", "the counters");
    await hides(desk, ".work", "the work page");
    mustBeCalm(desk);
    mustBeCalm(screen);
  }],
];
