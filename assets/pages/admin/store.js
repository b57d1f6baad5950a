// What the settings page knows of devices, printers, appointments, closed days and accounts, asked for again every few seconds while it is open.
import { signal } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, get } from "../shared/api.js";
import { forgetWhenSignedOut, mayAs, wordsOf } from "../staff/who.js";

const ASK_MS = 3000;

/** The centre's catalogue, once it is here. */
export const catalogue = signal(null);
/** Devices that ask to be paired: `{ code, kind, device }`; `null` before the first answer. */
export const pairings = signal(null);
/** Paired devices; `null` before the first answer. */
export const devices = signal(null);
/** Of each kiosk the numbers that it may give by itself: `{ kiosk, date, reserved, used, open }`, the open day first; `null` before the first answer. */
export const numbers = signal(null);
/** Accounts, for an administrator; `null` before the first answer. */
export const accounts = signal(null);
/** Days on which the centre stays closed: `{ today, days, next }`; `null` before the first answer. */
export const closedDays = signal(null);
/** The list of appointments, in the order of time, without codes; `null` before the first answer. */
export const bookings = signal(null);
/** Printers with how they are, as the server tells them; `null` before the first answer. */
export const printers = signal(null);
/** The last jobs of the ledger of slips, newest first; `null` before the first answer. */
export const printJobs = signal(null);
/** Whether an attendant PIN is set: `{ set, by, at }`; `null` before the first answer. */
export const attendantPin = signal(null);
/** What was refused, in both languages; stays until the next act. */
export const refused = signal(null);
/** Whether the last asking was answered. */
export const answered = signal(true);

/** Asks now and then again; returns what ends it. */
export function watch() {
  let ended = false;
  const round = async () => {
    await refresh();
    if (!ended) setTimeout(round, ASK_MS);
  };
  void round();
  return () => { ended = true; };
}

/** Asks for everything once. */
export async function refresh() {
  try {
    const once = { triesMax: 1 };
    const asked = ["pairings", "devices", "closed-days", "bookings", "printers", "print-jobs", "attendant-pin", "numbers"].map((what) => get(`/api/v1/${what}`, once));
    if (mayAs("administrator")) asked.push(get("/api/v1/accounts", once));
    [pairings.value, devices.value, closedDays.value, bookings.value, printers.value, printJobs.value, attendantPin.value, numbers.value, accounts.value = null] = await Promise.all(asked);
    answered.value = true;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    if (!forgetWhenSignedOut(error)) answered.value = false;
  }
}

/** Does an act and asks again; says what was refused. Resolves with whether it was done. */
export async function attempt(act) {
  refused.value = null;
  try {
    await act();
    await refresh();
    return true;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    if (!forgetWhenSignedOut(error)) refused.value = wordsOf(error);
    return false;
  }
}
