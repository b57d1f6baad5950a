// What the demonstration says of itself, asked each second, and what it is told to do.
import { signal } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, get, postPlain } from "../shared/api.js";
import { setClock, setUtcOffset } from "../shared/clock.js";

const ASK_MS = 1000;

/** The answer of `GET /demo/state`; `null` before the first one. */
export const state = signal(null);
/** Whether the last asking was answered. */
export const answers = signal(true);
/** The fault that is being made or mended. */
export const busy = signal(null);

/** Asks each second, for ever. */
export async function watch() {
  await refresh();
  setTimeout(watch, ASK_MS);
}

async function refresh() {
  try {
    const said = await get("/demo/state", { triesMax: 1, timeoutMs: 4000 });
    setUtcOffset(said.utc_offset_minutes);
    setClock(said.now, said.pace);
    state.value = said;
    answers.value = true;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    answers.value = false;
  }
}

/** Sets how fast the centre's clock runs; 0 stops it. */
export const setPace = (pace) => tell("pace", "/demo/pace", { pace });

/** Makes a fault, or mends it: `agency`, `paper`, `cable` or `server`. */
export const breakIt = (name, body) => tell(name, `/demo/faults/${name}`, body);

async function tell(name, path, body) {
  if (busy.value !== null) return;
  busy.value = name;
  try {
    await postPlain(path, body, { triesMax: 2 });
    await refresh();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    answers.value = false;
  } finally {
    busy.value = null;
  }
}
