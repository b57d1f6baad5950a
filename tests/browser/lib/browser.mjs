// Chromium and its pages: every page is watched for errors, and nothing may leave this machine.
import { chromium } from "playwright-core";
import { join } from "node:path";
import { hall } from "./hall.mjs";

/** How long anything may take; a machine that builds is slow. */
export const PATIENCE = 30_000;

let browser = null;
const pages = new Map();

/** The kinds of glass that pages are shown on. */
export const SIZES = {
  kiosk: { width: 1080, height: 1920 }, hall: { width: 1920, height: 1080 }, desk: { width: 1366, height: 768 }, laptop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 },
};

export async function openBrowser() {
  const executablePath = process.env.FOLENI_CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--disable-dev-shm-usage", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required", "--mute-audio"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
}

export const closeBrowser = () => browser?.close();

/** Opens a page in a browser profile of its own, as on a machine of its own; `before` may set it up before it asks for anything. */
export async function openPage(name, address, size, { before = null, ...options } = {}) {
  const context = await browser.newContext({ viewport: size, reducedMotion: "reduce", locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE);
  await context.route((url) => !["127.0.0.1", "localhost"].includes(url.hostname) && url.protocol !== "data:", (route) => route.abort());
  const page = await context.newPage();
  page.errors = [];
  page.outage = false;
  page.missing = []; // addresses that this page asks for although they are not there
  page.on("console", (message) => { if (message.type() === "error" && !isUsual(message, page)) page.errors.push(`${message.text()} (${message.location().url})`); });
  page.on("pageerror", (error) => page.errors.push(String(error.stack ?? error)));
  await before?.(page);
  await page.goto(address);
  pages.set(name, page);
  return page;
}

/** Closes a page and its profile. */
export async function closePage(page) {
  for (const [name, other] of pages) if (other === page) pages.delete(name);
  await page.context().close();
}

// A server's own origin has no station; nobody is signed in at first; while the server is away, that is what the browser says.
function isUsual(message, page) {
  const { url } = message.location();
  const words = message.text();
  if (/status of 404/.test(words) && url.endsWith("/station.json")) return true;
  if (/status of 401/.test(words) && url.endsWith("/api/v1/session")) return true;
  if (/status of 404/.test(words) && page.missing.some((address) => url.endsWith(address))) return true;
  return page.outage && /Failed to load resource|WebSocket connection/.test(words);
}

/** Says that a page has logged no error so far. */
export function mustBeCalm(page) {
  const errors = page.errors.splice(0);
  if (errors.length > 0) throw new Error(`the page logged errors:\n${errors.join("\n")}`);
}

/** Waits until this shows on the page. */
export async function shows(page, selector, what = selector) {
  try {
    return await page.waitForSelector(selector, { timeout: PATIENCE });
  } catch {
    throw new Error(`${what} never showed; the page says:\n${(await page.innerText("body")).slice(0, 600)}`);
  }
}

/** Waits until this no longer shows. */
export async function hides(page, selector, what = selector) {
  try {
    await page.waitForSelector(selector, { state: "detached", timeout: PATIENCE });
  } catch {
    throw new Error(`${what} never went away; the page says:\n${(await page.innerText("body")).slice(0, 600)}`);
  }
}

/** Waits until `test` is true; `test` may ask anything. */
export async function until(what, test) {
  const ends = performance.now() + PATIENCE;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (performance.now() > ends) throw new Error(`${what} never came about`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Signs in on a staff page. */
export async function signIn(page, name) {
  await shows(page, "#sign-in-name", "the sign-in form");
  await page.fill("#sign-in-name", name);
  await page.fill("#sign-in-password", hall.password);
  await page.keyboard.press("Enter");
  await hides(page, "#sign-in-name", "the sign-in form");
}

/** Takes a picture of every open page, beside the hall's logs or where FOLENI_PICTURES says. */
export async function pictures(words) {
  const folder = process.env.FOLENI_PICTURES ?? hall.folder;
  const paths = [];
  for (const [name, page] of pages) {
    const path = join(folder, `${words.replace(/[^a-z0-9]+/gi, "-").slice(0, 40)}-${name}.png`);
    await page.screenshot({ path, timeout: 10_000 }).then(() => paths.push(path), () => {});
  }
  return paths;
}
