// What the page knows of its own device: a station on loopback, or a plain browser that is paired by a cookie.
import { signal } from "../vendor/foleni-vendor.js";
import { get, postPlain, Refused } from "./api.js";

const POLL_MS = 2000;
const NOT_OURS = ["unknown-device", "not-signed-in", "not-allowed"];

/** The station's own word on itself, `station.json`; null in a plain browser, undefined before it is known. */
export const station = signal(undefined);

/** The six digits to show while a manager has not approved this device; null when there is nothing to approve. */
export const pairingCode = signal(null);

/** Finds out whether a station serves this page, and keeps asking it how it is. */
export async function watchStation() {
  await readStation();
  if (station.value) setInterval(readStation, POLL_MS);
  return station.value;
}

async function readStation() {
  try {
    const answer = await fetch("/station.json", { cache: "no-store" });
    if (answer.ok) takeStation(await answer.json());
    else station.value ??= null;
  } catch {
    station.value ??= null;
  }
}

function takeStation(told) {
  station.value = told;
  pairingCode.value = told.paired ? null : told.pairing_code;
}

/**
 * Watches a link of a plain browser that may not be opened, pairs the browser and opens the link again.
 * `kind` is `kiosk` or `display`; `onApproved(state)` is told what the device is called and where it hangs.
 */
export function pairWhenRefused(link, { kind, onApproved = () => {} }) {
  let busy = false;
  setInterval(async () => {
    if (busy || station.value || link.state.value.name === "connected") return;
    busy = true;
    try {
      if (await isRefused(link)) {
        onApproved(await pair(kind));
        link.restart();
      }
    } catch { /* the server is out of touch: the link says so */ } finally { busy = false; }
  }, POLL_MS);
}

// A browser is not told why its socket was refused: the same address is asked plainly.
async function isRefused(link) {
  if (NOT_OURS.includes(link.state.value.reason)) return true;
  const answer = await fetch(link.address().replace(/^ws/, "http"), { cache: "no-store" });
  return [401, 403].includes(answer.status);
}

/** Asks for a pairing, shows its code, and resolves when a manager has approved it. */
export async function pair(kind) {
  try {
    for (;;) {
      const asked = await postPlain("/api/v1/pairings", { kind, device: `${kind}-${wish()}` }, { triesMax: 3 });
      pairingCode.value = asked.code;
      const state = await untilApproved(asked);
      if (state) return state;
    }
  } finally {
    pairingCode.value = null;
  }
}

async function untilApproved({ secret, expires_seconds }) {
  const ends = performance.now() + expires_seconds * 1000;
  while (performance.now() < ends) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    try {
      const state = await get(`/api/v1/pairings/${encodeURIComponent(secret)}`, { triesMax: 5 });
      if (state.state === "approved") return state;
    } catch (error) {
      if (error instanceof Refused) return null; // too old: another code is asked for
    }
  }
  return null;
}

// A browser keeps the name it would like to have, so that pairing it again does not make a second device.
function wish() {
  try {
    const kept = localStorage.getItem("foleni-device") ?? String(Math.floor(100 + Math.random() * 900));
    localStorage.setItem("foleni-device", kept);
    return kept;
  } catch { return String(Math.floor(100 + Math.random() * 900)); }
}
