// Fingers at the kiosk: what they can mean, what they cannot, and every screen that seldom shows.
import assert from "node:assert/strict";
import { SIZES, closePage, hides, mustBeCalm, openPage, shows, until } from "../lib/browser.mjs";
import { Person, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell } from "../lib/inspect.mjs";
import { answers, pass, stage, tell } from "../lib/stage.mjs";

let page = null;
let fingers = null;

const GLASS = { sizes: ["kiosk", "hall"], publicly: true, fingers: true };
const look = (what, stays, sizes = GLASS.sizes) => inspect(page, what, { ...GLASS, sizes, stays });
const tap = (selector) => page.tap(selector);
// A touch of our own does not wait until the screen takes it.
const settle = () => page.waitForFunction(() => !document.documentElement.classList.contains("fresh"));
const screen = (name) => shows(page, `[data-screen~=${name}]`, `the screen ${name}`);

async function home() {
  if (await page.isVisible("[data-screen=welcome]") && !(await page.isVisible(".over"))) return;
  await page.reload();
  await screen("welcome");
}

async function begin(tag) {
  await home();
  await tap(`[data-language=${tag}]`);
  await shows(page, "[data-service], [data-group]", "what there is to choose");
  await settle();
}

/** Sets one way of the kiosk, or takes it back. */
async function mode(...names) {
  await tap(".access");
  for (const name of names) await tap(`[data-mode=${name}]`);
  await tap(".leave");
  await hides(page, "[data-screen=access]");
}

const centre = async (selector) => { const { x, y, width, height } = await (await shows(page, selector)).boundingBox(); return { x: x + width / 2, y: y + height / 2 }; };
const touch = (type, ...points) => fingers.send("Input.dispatchTouchEvent", { type, touchPoints: points.map((point, id) => ({ id, ...point })) });

async function appointments() {
  const manager = await Person.signedIn(hall.manager);
  const { at } = await manager.issue("hk-info");
  const booking = (code, minutes) => ({ code: `${code}${String(at).slice(-6)}`, service: "crs-birth", at: at + minutes * 60_000 });
  const bookings = { good: booking("GO", 10), other: booking("GX", 5), early: booking("EA", 120), late: booking("LA", -60) };
  await manager.post("/api/v1/bookings", { bookings: Object.values(bookings) }, false);
  return bookings;
}

async function codes(tag, booked) {
  const type = async (code) => {
    for (const sign of code.slice(0, 4)) await page.tap(`.keyboard button:text-is("${sign}")`);
    await page.keyboard.type(code.slice(4)); // as a scanner does
  };
  for (const [which, refusal] of [["early", "appointment-early"], ["late", "appointment-late"]]) {
    await tap(".booked");
    await screen("bycode");
    await type(booked[which].code);
      await tap(".give");
    await shows(page, `[data-refusal=${refusal}]`, refusal);
    await look(`kiosk ${refusal} ${tag}`, `[data-refusal=${refusal}]`);
      await tap(".bottom .back");
    await screen("choose");
    }
  await tap(".booked");
  await type("ZZZZ99");
  await tap(".give");
  await shows(page, "[data-refusal=unknown-booking]", "that nobody knows the code");
  await tap(".wipe");
  await type(booked[tag === "sw" ? "good" : "other"].code);
  await tap(".give");
  await screen("given");
  assert.match(await page.innerText(".class"), tag === "sw" ? /Miadi/i : /Appointment/i);
}

async function slipWithoutCode(tag) {
  await begin(tag);
  await tap(".booked");
  await tap(".nocode");
  await tap("[data-service=crs-birth]");
  await shows(page, ".clocktime", "the times");
  await look(`kiosk appointment's time ${tag}`, ".clocktime");
  await tap(".clocktime:nth-child(3)");
  await page.waitForSelector(".give:not([disabled])");
}

async function seldom(tag) {
  await tell(page, { services: { "crs-birth": { state: "full", left_today: 0 }, "nps-abstract": { state: "closed" }, "dci-pcc": { state: "suspended", reason: "system_down", since: 1_795_500_000_000 } } });
  await begin(tag);
  for (const [service, state] of [["crs-birth", "full"], ["nps-abstract", "closed"], ["dci-pcc", "suspended"]]) {
    await shows(page, `[data-service=${service}][data-state=${state}]`, `${service} ${state}`);
    await tap(`[data-service=${service}]`);
    await shows(page, ".notnow", "why there is no ticket");
    assert.equal(await page.isVisible(".give"), false);
    await look(`kiosk ${state} ${tag}`, ".notnow");
      await tap(".back");
    await screen("choose");
    }
  await tap(".groups .tile:last-child");
  await tap(".agency.off");
  await tap("[data-state=not_offered]");
  await shows(page, ".afar [data-state=not_offered]", "where it is offered");
  await look(`kiosk not offered here ${tag}`, ".afar");
  await tell(page, { day: { full: true } });
  await home();
  await shows(page, ".hallfull", "that the hall is full");
  await look(`kiosk hall full ${tag}`, ".hallfull");
  answers(page, "/api/v1/tickets", { change: (ticket) => ({ ...ticket, outside: true }) });
  await begin(tag);
  await tap("[data-service=nrb-id-new]");
  await tap(".give");
  await shows(page, ".given .hallfull", "to wait outside");
  await look(`kiosk ticket outside ${tag}`, ".given");
  answers(page, "/api/v1/tickets");
  await tell(page, { day: { date: null, unserved: 4 } });
  await page.reload();
  await screen("closed");
  await look(`kiosk closed ${tag}`, "[data-screen~=closed]");
  await tell(page, {});
  await screen("welcome");
}

async function returns(tag) {
  await tell(page, { day: { returns: 3 } });
  await begin(tag);
  await tap(".again");
  await screen("bynumber");
  for (const key of "K042") await tap(`[data-key="${key}"]`);
  answers(page, "/api/v1/return-tickets", { refuse: { code: "no-return-ticket" } });
  await tap(".give");
  await shows(page, "[data-refusal=no-return-ticket]", "that it is not known");
  await look(`kiosk return ticket refused ${tag}`, "[data-refusal]");
  answers(page, "/api/v1/return-tickets");
  await tell(page, {});
}

async function several(tag) {
  await begin(tag);
  await tap("[data-service=crs-birth]");
  await tap(".add");
  await tap("[data-service=nrb-id-new]");
  await shows(page, "[data-then]", "what follows");
  await look(`kiosk several services ${tag}`, "[data-then]");
  await tap(".drop");
  await hides(page, "[data-then]", "what follows");
}

async function papers(tag) {
  await begin(tag);
  await tap("[data-service=crs-birth]");
  await tap("[data-papers=yes]");
  assert.equal(await page.isVisible(".lacking"), false);
  await tap("[data-papers=not_all]");
  await shows(page, ".lacking", "what can be done");
  await look(`kiosk papers lacking ${tag}`, ".lacking");
  assert.ok(await page.isEnabled(".give"), "a ticket may be had all the same");
  await tap(".ask-care");
  await until("Customer Care", async () => !(await page.isVisible(".lacking")));
}

/** Nothing of a visitor is left on the page. */
const mustBeUsual = async () => assert.equal((await page.getAttribute("html", "class")).replace("fresh", ""), "", "everything is as before for the next visitor");

/** All that can be touched now lies in the lower half. */
async function mustBeLow(what) {
  const high = await page.evaluate(() => [...document.querySelectorAll(".over button, body:not(:has(.over)) main button:not([disabled])")].filter((one) => one.checkVisibility()).map((one) => [one.innerText.slice(0, 30), one.getBoundingClientRect()])
    .filter(([, { top, bottom }]) => bottom > 0 && top < innerHeight / 2).map(([words, { top }]) => `${words} at ${Math.round(top)}`));
  assert.deepEqual(high, [], `${what}: above the middle of the glass`);
}

async function ways(tag) {
  await home();
  await tap(".access");
  await look(`kiosk access ${tag}`, "[data-screen=access]", [...GLASS.sizes, "phone"]);
  await tap("[data-mode=contrast]");
  await look(`kiosk access, contrast ${tag}`, "[data-screen=access]", ["kiosk"]);
  await tap(".leave");
  await look(`kiosk welcome, contrast ${tag}`, "html.contrast [data-screen=welcome]");
  await tap(`[data-language=${tag}]`);
  await look(`kiosk services, contrast ${tag}`, "html.contrast [data-service]");
  await tap("[data-service=crs-birth]");
  await tap("[data-papers=not_all]");
  await look(`kiosk service, contrast ${tag}`, "html.contrast .lacking");
  await tap(".give");
  await screen("given");
  await look(`kiosk ticket, contrast ${tag}`, "html.contrast [data-screen=given]", ["kiosk", "hall", "phone"]);
  await until("the welcome", async () => {
    if (await page.isVisible("[data-screen=welcome]")) return true;
    await tap(".finish").catch(() => {});
    return false;
  });
  await mustBeUsual();
}

async function pictures(tag) {
  await home();
  await mode("pictures");
  await tap(`[data-language=${tag}]`);
  await look(`kiosk pictures ${tag}`, "[data-group]", ["kiosk", "hall", "phone"]);
  await tap("[data-group=identity]");
  await look(`kiosk pictures of an office ${tag}`, "[data-service]");
  await tap("[data-service=nrb-id-replace]");
  await look(`kiosk picture of a service ${tag}`, ".signs");
  await tap(".first-of-all");
  await tap(".give");
  await screen("given");
  assert.equal(page.asked.at(-1).class, "priority");
  assert.equal(page.asked.at(-1).language, tag);
}

async function low(tag) {
  await home();
  await mode("low");
  await mustBeLow("the welcome");
  await look(`kiosk welcome, low ${tag}`, "html.low", ["kiosk"]);
  await tap(`[data-language=${tag}]`);
  await shows(page, "[data-service]");
  await mustBeLow("the services");
  await look(`kiosk services, low ${tag}`, "html.low [data-service]", ["kiosk"]);
  await tap(".find");
  await mustBeLow("the search");
  await tap(".bottom .back");
  await tap(".booked");
  await screen("bycode");
  await mustBeLow("an appointment's code");
  await look(`kiosk code, low ${tag}`, "html.low [data-screen~=bycode]", ["kiosk"]);
  await tap(".bottom .back");
  await tap("[data-service=crs-birth]");
  await shows(page, ".have");
  await mustBeLow("the service");
  await look(`kiosk service, low ${tag}`, "html.low .have", ["kiosk"]);
  await tap(".access");
  await mustBeLow("the panel");
  await look(`kiosk access, low ${tag}`, "html.low [data-screen=access]", ["kiosk"]);
  await tap(".leave");
}

async function idle(tag) {
  await begin(tag);
  await pass(page, 46);
  await screen("still-there");
  await look(`kiosk still there ${tag}`, "[data-screen=still-there]", [tag === "sw" ? "kiosk" : "hall"]);
  await tap(".stay");
  await hides(page, "[data-screen=still-there]", "the question");
  await pass(page, 46);
  await screen("still-there");
  await tap(".over .longer");
  await hides(page, "[data-screen=still-there]", "the question");
  await pass(page, 100);
  await page.waitForTimeout(600);
  assert.equal(await page.isVisible("[data-screen=still-there]"), false, "three times as long");
  await pass(page, 40);
  await screen("still-there");
  await pass(page, 46);
  await screen("welcome");
  await mustBeUsual();
}

export const steps = [
  ["a kiosk whose visitors do what they should not", async () => {
    page = await openPage("kiosk-touch", `${hall.kiosk}/kiosk`, SIZES.kiosk, { hasTouch: true, before: stage });
    page.outage = true; // a refusal is told by the browser as an error
    fingers = await page.context().newCDPSession(page);
    await screen("welcome");
  }],
  ["two fingers, a palm, a pinch, a swipe, a long press and a drag do nothing", async () => {
    await begin("sw");
    const [one, two] = [await centre("[data-service=nrb-id-new]"), await centre("[data-service=crs-birth]")];
    await touch("touchStart", one, two);
    await touch("touchEnd");
    await touch("touchStart", one);
    await touch("touchStart", one, two);
    await touch("touchEnd", two);
    await touch("touchEnd");
    for (const step of [0, 60, 120, 200]) await touch(step ? "touchMove" : "touchStart", { x: one.x - step, y: one.y - step }, { x: two.x + step, y: two.y + step });
    await touch("touchEnd");
    for (const step of [0, 150, 300, 450]) await touch(step ? "touchMove" : "touchStart", { x: one.x - 300 + step, y: one.y });
    await touch("touchEnd");
    await touch("touchStart", one);
    await page.waitForTimeout(1200);
    await touch("touchEnd");
    await page.waitForTimeout(400);
    const after = await page.evaluate(() => ({ zoom: visualViewport.scale, selected: getSelection().toString(), left: scrollX, path: location.pathname, width: document.scrollingElement.scrollLeft }));
    assert.deepEqual(after, { zoom: 1, selected: "", left: 0, path: "/kiosk", width: 0 });
    assert.ok(await page.isVisible("[data-screen~=choose], [data-screen=confirm]"));
    assert.deepEqual(page.asked, [], "no ticket was asked for");
    await home();
  }],
  ["a palm on the button for the ticket gives none", async () => {
    await begin("sw");
    await tap("[data-service=nrb-id-new]");
    await settle();
    const { x, y } = await centre(".give");
    await touch("touchStart", ...[0, 1, 2, 3, 4].map((finger) => ({ x: x - 120 + finger * 60, y: y + (finger % 2) * 30 })));
    await touch("touchEnd");
    await page.waitForTimeout(300);
    await screen("confirm");
    assert.deepEqual(page.asked, []);
  }],
  ["two touches within 50 ms give one ticket; a double touch presses nothing of the next screen", async () => {
    await begin("sw");
    const service = await centre("[data-service=nrb-id-new]");
    const twice = async ({ x, y }) => { for (const shift of [0, 9]) { await touch("touchStart", { x: x + shift, y }); await touch("touchEnd"); } };
    await twice(service);
    await screen("confirm");
    await page.waitForTimeout(300);
    assert.equal(await page.getAttribute("[data-priority=no]", "aria-checked"), "true");
    assert.equal(await page.locator("[data-papers][aria-checked=true]").count(), 0, "nothing under the second touch was pressed");
    const give = await centre(".give");
    await twice(give);
    await screen("given");
    await page.waitForTimeout(600);
    await screen("given"); // the second touch did not press “finish” either
    assert.equal(page.asked.length, 1);
    page.asked.length = 0;
    await home();
    await settle();
    await twice(await centre("[data-language=en]"));
    await screen("choose");
    await page.waitForTimeout(300);
    await screen("choose");
    mustBeCalm(page);
  }],
  ["appointments are found by their codes, and told when too early or too late", async () => {
    const booked = await appointments();
    for (const tag of ["sw", "en"]) {
      await begin(tag);
      await codes(tag, booked);
      await slipWithoutCode(tag);
    }
    mustBeWell();
  }],
  ...["sw", "en"].flatMap((tag) => [
    [`full, closed, paused, elsewhere, the hall full, the day over, ${tag}`, async () => { await seldom(tag); mustBeWell(); }],
    [`a return ticket, several services, papers that are lacking, ${tag}`, async () => { await returns(tag); await several(tag); await papers(tag); mustBeWell(); }],
    [`stronger contrast on every screen, ${tag}`, async () => { await ways(tag); mustBeWell(); }],
    [`pictures first, ${tag}`, async () => { await pictures(tag); mustBeWell(); }],
    [`all that is touched in the lower half, ${tag}`, async () => { await low(tag); mustBeWell(); }],
    [`nobody there for a while, ${tag}`, async () => { await idle(tag); mustBeWell(); }],
  ]),
  ["the visitors are gone", async () => { mustBeCalm(page); await closePage(page); }],
];
