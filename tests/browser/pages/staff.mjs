// The pages of officers, managers and administrators, and those that anybody may read.
import assert from "node:assert/strict";
import { SIZES, closePage, openPage, shows, signIn, until } from "../lib/browser.mjs";
import { Person, ask, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { shot } from "../lib/screens.mjs";

const COUNTER = 6;
const DESK = { sizes: ["desk", "hall", "kiosk", "phone"] };
const BOARD = { sizes: ["hall", "desk", "kiosk", "phone"] };

let desk = null;
let board = null;
/** The officer's page and the manager's. */
export const staffPages = () => ({ counter: desk, board });

async function speak(page, tag) {
  await page.locator(`.langs button[lang=${tag}]:visible`).first().click();
  await shows(page, `.langs button[lang=${tag}][aria-pressed=true]:visible`);
}

/** Looks at a page in both languages; ends in English. */
async function both(page, what, options) {
  for (const tag of ["sw", "en"]) {
    await speak(page, tag);
    await inspect(page, `${what} ${tag}`, options);
  }
}

async function press(key, then) {
  await desk.waitForTimeout(500);
  await desk.keyboard.press(key);
  await shows(desk, then);
}

async function atTheCounter() {
  desk = await openPage("counter", `${hall.server}/counter`, SIZES.desk);
  await shows(desk, "#sign-in-name");
  await both(desk, "counter sign-in", DESK);
  await signIn(desk, hall.officer);
  await shows(desk, ".choose .plates");
  await press(String(COUNTER), ".choose footer .primary");
  await both(desk, "counter choice", DESK);
  await press("Enter", ".acts .primary[data-act=call]");
  await both(desk, "counter free", DESK);
  await press("Enter", ".acts .primary[data-act=start]");
  await both(desk, "counter called", DESK);
  await press("Enter", ".acts .primary[data-act=finish-next]");
  await desk.waitForTimeout(1500);
  await settled(desk);
  await shot(desk, "counter");
  await both(desk, "counter serving", DESK);
  await press("1", ".said .refusal");
  await both(desk, "counter refusal", DESK);
  await press("0", ".acts .primary[data-act=call]");
  await press("/", ".dialog");
  await inspect(desk, "counter break", DESK);
  await press("2", ".acts .primary[data-act=resume]");
  await both(desk, "counter paused", DESK);
  await press("Enter", ".acts .primary[data-act=call]");
  mustBeWell();
}

async function atTheBoard() {
  board = await openPage("board", `${hall.server}/board`, SIZES.hall);
  await shows(board, "#sign-in-name");
  await both(board, "board sign-in", BOARD);
  await signIn(board, hall.manager);
  await shows(board, ".rows tbody tr");
  await settled(board);
  await shot(board, "board");
  await both(board, "board", BOARD);
  await board.click(".rows tbody .opens");
  await both(board, "board with services", BOARD);
  await board.click(".rows tbody .opens");
  await board.click(".alerts-head .suspend");
  await board.selectOption("#suspend-agency", "KRA");
  await inspect(board, "board suspension en", BOARD);
  await board.keyboard.press("Escape");
  await onThePhone();
  mustBeWell();
}

async function onThePhone() {
  const phone = await openPage("phone", `${hall.server}/board`, SIZES.phone, { hasTouch: true, isMobile: true });
  await signIn(phone, hall.manager);
  await shows(phone, ".board.phone .list");
  await settled(phone);
  await shot(phone, "board-phone");
  for (const tab of [1, 2, 4]) {
    await phone.tap(`.tabs button:nth-child(${tab})`);
    await inspect(phone, `board on a phone, tab ${tab}`, { sizes: ["phone"] });
  }
  await speak(phone, "sw");
  for (const tab of [1, 2, 4]) {
    await phone.tap(`.tabs button:nth-child(${tab})`);
    await inspect(phone, `board on a phone sw, tab ${tab}`, { sizes: ["phone"] });
  }
  await closePage(phone);
}

// What a section shows once it has all that it asks for, and what is folded away at first.
const FILLED = {
  devices: (page) => shows(page, ".machines li[data-device]"),
  printers: async (page) => { await shows(page, "[data-printer]"); await page.click(".printers summary"); },
  slip: async (page) => {
    await page.click(".slip-look .lines:not(.logo) > .btn");
    await until("the slip as it will be printed", () => page.evaluate(() => document.querySelector(".roll canvas").height > 400));
  },
  staff: (page) => shows(page, ".persons li"),
};

async function settings() {
  const page = await openPage("admin", `${hall.server}/admin`, SIZES.desk);
  await shows(page, "#sign-in-name");
  await both(page, "settings sign-in", BOARD);
  await signIn(page, hall.administrator);
  for (const section of ["devices", "printers", "slip", "appointments", "closed-days", "attendant", "staff"]) {
    await page.click(`.sections a[href="#${section}"]`);
    await shows(page, `[data-section=${section}] h2`);
    assert.equal(await page.locator(".sections [aria-current=page]").count(), 1);
    assert.equal(await page.locator("h1").count(), 1);
    await FILLED[section]?.(page);
    await both(page, `settings, ${section}`, DESK);
  }
  await page.reload();
  await shows(page, ".persons li", "the section that the address names");
  await page.goBack();
  await shows(page, "[data-section=attendant] h2", "the section before");
  await closePage(page);
}

async function setUp() {
  const page = await openPage("setup", "about:blank", SIZES.desk);
  await page.goto(`${hall.server}/setup`);
  await shows(page, ".panel h1");
  await both(page, "set-up that is done", DESK);
  // The form stands only while nobody is an administrator yet: the page is told so.
  await page.route("**/api/v1/setup", (route) => route.fulfill({ json: { needed: true } }));
  await page.reload();
  await shows(page, "form");
  await both(page, "set-up", DESK);
  await closePage(page);
}

async function forAnybody() {
  const door = await Person.signedIn(hall.administrator);
  const ticket = await door.issue("kra-pin");
  const [page] = [await openPage("ticket", `${hall.server}/t/${ticket.number}-20261124`, SIZES.phone, { isMobile: true })];
  await until("the place in the line", async () => /\d/.test(await page.innerText(".ahead, .go").catch(() => "")));
  await inspect(page, "ticket on a phone", { sizes: ["phone", "desk"] });
  await shot(page, "ticket-phone");
  page.missing.push("/api/v1/places/K999-20261124"); // the page asks again and again for a ticket that nobody has
  await page.goto(`${hall.server}/t/K999-20261124`);
  await shows(page, ".say");
  await inspect(page, "unknown ticket on a phone", { sizes: ["phone"] });
  await page.goto(`${hall.server}/docs`);
  await shows(page, "article");
  await inspect(page, "docs", { sizes: ["desk", "phone"] });
  await page.goto(`${hall.server}/`);
  await shows(page, ".way");
  for (const tag of ["sw", "en"]) {
    await page.click(`.tongue[lang=${tag}]`);
    await inspect(page, `front page ${tag}`);
  }
  await closePage(page);
}

export const steps = [
  ["the counter's page in both languages, through a service and a break", atTheCounter],
  ["the board in both languages, wide and on a phone", atTheBoard],
  ["the settings in both languages", async () => { await settings(); mustBeWell(); }],
  ["the set-up in both languages", async () => { await setUp(); mustBeWell(); }],
  ["the ticket's page on a phone, the description for programmers, the front page", async () => { await forAnybody(); mustBeWell(); }],
  ["a kiosk that is not of the centre yet shows its code", async () => {
    const stranger = await openPage("stranger", `${hall.server}/kiosk`, SIZES.kiosk);
    stranger.outage = true; // its socket is refused until it is approved
    await shows(stranger, "[data-code]:not([data-code=''])", "a code");
    assert.match(await stranger.innerText(".code"), /^\d{3} \d{3}$/);
    await inspect(stranger, "kiosk pairing", { sizes: ["kiosk", "hall", "phone"], publicly: true });
    await ask("pairings");
    await shows(stranger, "[data-screen=welcome]", "the welcome");
    await closePage(stranger);
    mustBeWell();
  }],
];
