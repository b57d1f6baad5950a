// Every screen of the kiosk, in both languages.
import { SIZES, hides, openPage, shows, until } from "../lib/browser.mjs";
import { ask, hall } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { keepFile, shot } from "../lib/screens.mjs";

let page = null;
/** The kiosk's page. */
export const kiosk = () => page;

const GLASS = { sizes: ["kiosk", "hall", "phone"], publicly: true, fingers: true };
const tap = async (selector) => { await page.waitForTimeout(750); await page.tap(selector); };
const look = (what, stays) => inspect(page, what, { ...GLASS, stays });

async function welcome() {
  await until("the welcome", async () => {
    if (await page.isVisible("[data-screen=welcome]")) return true;
    await page.waitForTimeout(750);
    await page.tap(".finish, .bottom .back", { timeout: 2000 }).catch(() => {});
    return false;
  });
}

async function through(tag) {
  await welcome();
  await tap(`[data-language=${tag}]`);
  await shows(page, "[data-service]", "services");
  await look(`kiosk services ${tag}`, "[data-screen~=choose]");
  if (tag === "sw") await shot(page, "kiosk-services");
  for (const [place, kind] of [[1, "group"], [2, "group"], [4, "group"], [7, "group"], [9, "group"]]) {
    await tap(`.groups .tile:nth-child(${place + 1})`);
    await look(`kiosk ${kind} ${place} ${tag}`, "[data-screen~=choose]");
  }
  await tap(".groups .tile:last-child");
  await look(`kiosk agencies ${tag}`, ".agency");
  await tap("[data-agency=NTSA]");
  await look(`kiosk agency ${tag}`, "[data-state=suspended]");
  await tap(".bottom .back");
  await tap(".groups .tile:first-child");
  await tap(".collect");
  await look(`kiosk collect ${tag}`, ".collect[aria-pressed=true]");
  await tap(".find");
  for (const letter of "ZZZZ") await page.tap(`.keyboard button:text-is("${letter}")`);
  await look(`kiosk search without result ${tag}`, ".none");
  await page.tap(".wipe");
  for (const letter of "LESENI") await page.tap(`.keyboard button:text-is("${letter}")`);
  await look(`kiosk search ${tag}`, ".keyboard");
}

async function services(tag) {
  for (const [id, what] of [["ntsa-dl-bio", "paused"], ["nrb-id-replace", "confirm"]]) {
    await welcome();
    await tap(`[data-language=${tag}]`);
    await tap(`[data-service=${id}]`);
    await look(`kiosk ${what} ${tag}`, "[data-screen=confirm]");
  }
  if (tag === "sw") await shot(page, "kiosk-confirm");
  await tap("[data-priority=yes]");
  await look(`kiosk priority ${tag}`, "[data-priority=yes][aria-checked=true]");
  await tap("[data-priority=no]");
  await tap(".give");
  await shows(page, "[data-paper=printed]", "where to take the slip");
  if (tag === "sw") {
    await settled(page);
    await shot(page, "kiosk-ticket");
    const slips = await until("the slip", async () => { const now = await ask("slips"); return now.newest && now; });
    keepFile(slips.newest, "slip");
  }
  await inspect(page, `kiosk ticket ${tag}`, { ...GLASS, sizes: ["kiosk", "phone"], stays: "[data-screen=given]" });
}

async function withoutPaper(tag) {
  await welcome();
  await tap(`[data-language=${tag}]`);
  await tap("[data-service=nrb-id-replace]");
  await tap(".give");
  await shows(page, "[data-paper=paper_out]", "that there is no paper");
  if (tag === "sw") await shot(page, "kiosk-no-paper");
  await inspect(page, `kiosk without paper ${tag}`, { ...GLASS, stays: "[data-paper=paper_out]" });
}

export const steps = [
  ["the kiosk greets in both languages, at the usual size and larger", async () => {
    page = await openPage("kiosk", `${hall.kiosk}/kiosk`, SIZES.kiosk, { hasTouch: true });
    await shows(page, "[data-screen=welcome]", "the welcome");
    await settled(page);
    await shot(page, "kiosk-welcome");
    await look("kiosk welcome", "[data-screen=welcome]");
    await tap(".larger");
    await look("kiosk welcome, larger", "html.larger [data-screen=welcome]");
    await tap("[data-language=sw]");
    await look("kiosk services, larger", "html.larger [data-screen~=choose]");
    await tap("[data-service=crs-birth]");
    await look("kiosk confirm, larger", "html.larger [data-screen=confirm]");
    await welcome();
    await tap(".help .act:first-child");
    await look("kiosk sign language", "[role=dialog]");
    await tap("[role=dialog] .act:first-child");
    await hides(page, "[role=dialog]");
    mustBeWell();
  }],
  ...["sw", "en"].flatMap((tag) => [
    [`the kiosk's lists and search, ${tag}`, async () => { await through(tag); mustBeWell(); }],
    [`the kiosk's service, priority and ticket, ${tag}`, async () => { await services(tag); mustBeWell(); }],
  ]),
  ["the kiosk's ticket without paper, in both languages", async () => {
    await ask("paper-out");
    for (const tag of ["sw", "en"]) await withoutPaper(tag);
    await ask("paper-in");
    await welcome();
    mustBeWell();
  }],
];
