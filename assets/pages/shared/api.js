// Requests to the server: each has a name of its own and is asked again with that name until it is answered.

/** A request that was answered with no; `code` is stable, `title` is what to show. */
export class Refused extends Error {
  constructor(body, status) {
    super(body?.code ?? `status ${status}`);
    this.code = body?.code ?? "unknown";
    this.title = body?.title ?? null;
    this.detail = body?.detail ?? null;
    this.booked = body?.booked ?? null;
    this.status = status;
  }
}

/** Thrown when asking was given up without an answer: whether it was done is not known. */
export class NoAnswer extends Error {}

/** Makes a request id; also where the browser has no `crypto.randomUUID`, as on plain HTTP. */
export function requestId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks once more and once more: `GET`, with growing pauses; resolves with the JSON, rejects with {@link Refused}. */
export const get = (path, options = {}) => ask("GET", path, undefined, options);

/**
 * Sends an act. `body.request` is made here when absent and stays the same over all tries, so that nothing is done twice.
 * `onTry(count, error)` is told of each failed try; `giveUp` is an AbortSignal that ends the asking with {@link NoAnswer}.
 */
export const post = (path, body = {}, options = {}) => ask("POST", path, { request: requestId(), ...body }, options);

/** Like {@link post} for requests that carry no request id (signing in, pairing). */
export const postPlain = (path, body = {}, options = {}) => ask("POST", path, body, options);

/** Like {@link postPlain} with `PUT`: the whole of what is kept from now on. */
export const put = (path, body, options = {}) => ask("PUT", path, body, options);

/** Like {@link post} with `DELETE` and no body. */
export const remove = (path, options = {}) => ask("DELETE", path, undefined, options);

async function ask(method, path, body, { onTry, giveUp, triesMax = Infinity, timeoutMs = 8000 } = {}) {
  for (let tries = 1; ; tries += 1) {
    let failure;
    try {
      const answer = await once(method, path, body, timeoutMs);
      const value = await readJson(answer);
      if (answer.ok) return value;
      failure = new Refused(value, answer.status);
      if (!worthAsking(failure)) throw failure;
    } catch (error) {
      if (error === failure) throw error;
      failure = error;
    }
    onTry?.(tries, failure);
    if (tries >= triesMax || giveUp?.aborted) throw failure instanceof Refused ? failure : new NoAnswer(failure?.message);
    await pause(backOff(tries), giveUp);
    if (giveUp?.aborted) throw new NoAnswer("given up");
  }
}

function once(method, path, body, timeoutMs) {
  const ends = new AbortController();
  const timer = setTimeout(() => ends.abort(), timeoutMs);
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "same-origin", signal: ends.signal };
  return fetch(path, init).finally(() => clearTimeout(timer));
}

async function readJson(answer) {
  const text = await answer.text();
  if (text === "") return null;
  try { return JSON.parse(text); } catch (error) { if (answer.ok) throw error; return null; }
}

const RETRIED = ["too-busy", "out-of-touch", "storage"];

// A gateway that cannot reach the server and a server with too much to do have not answered.
const worthAsking = (refused) => [502, 504].includes(refused.status) || RETRIED.includes(refused.code) || (refused.status >= 500 && refused.code === "unknown");

/** Milliseconds before try `tries + 1`: doubling from 300 ms to 5 s, each with jitter. */
export const backOff = (tries) => Math.min(5000, 300 * 2 ** Math.min(tries - 1, 6)) * (0.5 + Math.random() / 2);

const pause = (milliseconds, giveUp) => new Promise((done) => {
  const timer = setTimeout(done, milliseconds);
  giveUp?.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});
