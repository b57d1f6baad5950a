// Who is signed in on this page: the session cookie belongs to the browser, this only knows its holder.
import { effect, signal } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, get, postPlain, remove } from "../shared/api.js";
import { has, textOf } from "../shared/text.js";

/** `undefined` until the server has said, `null` when nobody is signed in, else `{ name, shown, role, counter }`. */
export const who = signal(undefined);

const RANKS = ["officer", "manager", "administrator"];

/** Whether the one signed in has at least this role. */
export const mayAs = (role) => RANKS.indexOf(who.value?.role) >= RANKS.indexOf(role);

let asking = null;

/** Asks the server who is signed in, until it answers; one asking at a time. */
export function recallWho() {
  asking ??= askWho().finally(() => { asking = null; });
  return asking;
}

async function askWho() {
  try {
    become(await get("/api/v1/session"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    become(null);
  }
}

/** A browser is not told why its link was refused: a page that is out of touch asks whether it is still signed in. */
export const recallWhenOutOfTouch = (state) => effect(() => { if (state.value.name === "out_of_touch") void recallWho(); });

// The cookie is shared by all pages of the browser: when one signs in or out, the others ask again.
const NEWS = "foleni-who";
addEventListener("storage", ({ key }) => { if (key === NEWS) void recallWho(); });
function tellOthers() {
  try { localStorage.setItem(NEWS, String(Date.now())); } catch { /* a browser without storage tells nobody */ }
}

// The same person is no news; a page that draws `who` need not draw again.
function become(next) {
  const before = who.value;
  if (before && next && before.name === next.name && before.role === next.role && before.counter === next.counter) return;
  who.value = next;
}

/** Signs in; rejects with the refusal. */
export async function signIn(name, password) {
  who.value = await postPlain("/api/v1/session", { name: name.trim(), password }, { triesMax: 3 });
  tellOthers();
}

/** Signs out. What the server does not hear, the page does not pretend: a failure is thrown. */
export async function signOut() {
  await remove("/api/v1/session", { triesMax: 3 });
  who.value = null;
  tellOthers();
}

/** Forgets who was signed in when a refusal says that nobody is; returns whether it did. */
export function forgetWhenSignedOut(error) {
  if (error?.code !== "not-signed-in") return false;
  who.value = null;
  return true;
}

/** What to show for a request that failed, in both languages. */
export function wordsOf(error) {
  if (error instanceof NoAnswer) return textOf("staff-not-known");
  const key = `refusal-${error?.code}`;
  if (has(key)) return textOf(key);
  return error?.title ?? textOf("refusal-unknown");
}
