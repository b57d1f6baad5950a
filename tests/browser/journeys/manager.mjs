// A manager at the board: sees who waits, stops a service whose system is down, and lets it go on.
import assert from "node:assert/strict";
import { SIZES, mustBeCalm, openPage, shows, hides, signIn } from "../lib/browser.mjs";
import { Person, hall } from "../lib/hall.mjs";
import { goBack, kiosk } from "./citizen.mjs";
import { counterPage, display } from "./officer.mjs";

const AGENCY = "NTSA";
const SERVICE = "ntsa-dl-bio";
const COUNTER = 16;

let board = null;

/** The manager's board. */
export const boardPage = () => board;

export const steps = [
  ["the board shows how many wait", async () => {
    const door = await Person.signedIn(hall.administrator);
    for (let count = 0; count < 3; count += 1) await door.issue(SERVICE);
    board = await openPage("board", `${hall.server}/board`, SIZES.hall);
    await signIn(board, hall.manager);
    const row = await shows(board, ".rows tr:has-text('Driving')", "the row of driving licences");
    assert.match(await row.innerText(), /\b3\b/);
  }],
  ["a suspended agency is known at once at the kiosk, in the hall and at the counter", async () => {
    const [touch, screen, desk] = [await kiosk(), await display(), counterPage()];
    await desk.keyboard.press("1");
    await desk.keyboard.press("6");
    await desk.keyboard.press("Enter");
    await shows(desk, `.work .plate:text-is("${COUNTER}")`, "the counter for licences");
    await board.click(".alerts-head .suspend");
    await board.selectOption("#suspend-agency", AGENCY);
    await board.check("input[name=reason][value=system_down]");
    await board.click(".dialog .stop");
    await hides(board, ".dialog", "the dialog");
    await shows(board, `.alerts .alert:has-text("${AGENCY}")`, "the board's own word on it");
    await shows(screen, `.stop[data-agency=${AGENCY}]`, "the hall's banner");
    assert.match(await screen.innerText(".stop"), /NTSA.*\d\d:\d\d/s);
    await shows(desk, `.papers .late:has-text("${AGENCY}")`, "the counter's word on it");
    await touch.tap("[data-language=sw]");
    const row = await shows(touch, `[data-service=${SERVICE}][data-state=suspended]`, "the paused service at the kiosk");
    assert.match(await row.innerText(), /NTSA.*\d\d:\d\d/s, "it says why, and since when");
    await touch.tap(`[data-service=${SERVICE}]`);
    await shows(touch, ".notnow", "why there is no ticket");
    assert.equal(await touch.isVisible(".give"), false, "no ticket can be asked for");
  }],
  ["resumed, everybody knows again", async () => {
    const [touch, screen, desk] = [await kiosk(), await display(), counterPage()];
    await board.click(`.alerts .alert:has-text("${AGENCY}") button`);
    await hides(screen, `.stop[data-agency=${AGENCY}][data-notice=suspended]`, "the hall's banner");
    await shows(screen, `.stop[data-agency=${AGENCY}][data-notice=resumed]`, "that it has gone on");
    await shows(touch, ".give", "the ticket");
    await goBack();
    await shows(touch, `[data-service=${SERVICE}][data-state=open]`, "the service at the kiosk");
    await goBack();
    await hides(desk, `.papers .late:has-text("${AGENCY}")`, "the counter's word on it");
    for (const page of [board, touch, screen, desk]) mustBeCalm(page);
  }],
];
