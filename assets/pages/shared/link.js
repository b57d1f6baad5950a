// The page's link to the server: one socket, numbered frames, and an honest word on whether it stands.
import { signal, batch } from "../vendor/foleni-vendor.js";
import { backOff } from "./api.js";
import { centreNow, setClock } from "./clock.js";

/** The link version this page speaks. */
export const LINK_VERSION = 1;
const SILENCE_MS = 5000;
const SAY_ALIVE_MS = 10_000;

/**
 * One topic of the server. Signals to draw from:
 * - `state`: `{ name: "connecting" | "connected" | "out_of_touch", since, reason }`; `since` is the centre's time of the last frame
 *   (null when none was ever heard), `reason` the code of a `bye`;
 * - `parts`: the view, all parts by name (`{}` before the first snapshot); kept while out of touch;
 * - `seq`: how far in the journal the view goes.
 * `onParts(changed, isSnapshot)` is told of each change after the signals are set.
 * `mayReload()` says whether the page is idle: a page of an older server reloads itself then.
 */
export class Link {
  constructor({ topic, query = {}, onParts = null, onHello = null, mayReload = () => true }) {
    this.address = () => {
      const query_ = new URLSearchParams({ topic, ...(typeof query === "function" ? query() : query) });
      return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/link?${query_}`;
    };
    Object.assign(this, { onParts, onHello, mayReload });
    this.state = signal({ name: "connecting", since: null, reason: null });
    this.parts = signal({});
    this.seq = signal(0);
    this.socket = null;
    this.frame = null;
    this.tries = 0;
    this.server = null;
    this.reloadWanted = false;
    this.startedAt = performance.now();
    this.heardAt = null;
    this.heardCentre = null;
    this.ended = false;
  }

  /** Opens the link and keeps it open for ever. */
  start() {
    this.#open();
    this.watchdog = setInterval(() => this.#watch(), 1000);
    this.alive = setInterval(() => this.#say({ type: "heartbeat" }), SAY_ALIVE_MS);
    addEventListener("online", () => this.#hurry());
    return this;
  }

  /** Ends the link for good. */
  stop() {
    this.ended = true;
    clearInterval(this.watchdog);
    clearInterval(this.alive);
    clearTimeout(this.retry);
    this.#drop();
  }

  /** Drops the socket and opens another with the present address. */
  restart() {
    this.frame = null;
    this.#drop();
    this.#hurry();
  }

  /** Asks for the whole view. */
  resync() {
    this.frame = null;
    this.#say({ type: "resync" });
  }

  #open() {
    if (this.socket || this.ended) return;
    clearTimeout(this.retry);
    this.retry = null;
    let socket;
    try { socket = new WebSocket(this.address()); } catch { return this.#later(); }
    this.socket = socket;
    this.openedAt = performance.now();
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = () => { this.#drop(); this.#later(); };
  }

  #drop() {
    const socket = this.socket;
    this.socket = null;
    this.frame = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #later() {
    if (this.ended || this.retry) return;
    this.tries += 1;
    this.retry = setTimeout(() => { this.retry = null; this.#open(); }, backOff(this.tries));
  }

  #hurry() {
    if (this.socket || this.ended) return;
    clearTimeout(this.retry);
    this.retry = null;
    this.#open();
  }

  #say(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  #hear(data) {
    let frame;
    try { frame = JSON.parse(data); } catch { return; }
    this.heardAt = performance.now();
    if (frame.now !== undefined) setClock(frame.now, frame.pace ?? 1);
    this.heardCentre = centreNow();
    switch (frame.type) {
      case "hello": return this.#hello(frame);
      case "snapshot": return this.#take(frame, true);
      case "news": return frame.after === this.frame ? this.#take(frame, false) : this.#gap();
      case "heartbeat": if (frame.frame !== this.frame) this.#gap(); return undefined;
      case "bye": this.byeReason = frame.code; return undefined;
      default: return undefined; // a frame of a later version
    }
  }

  #hello(frame) {
    this.byeReason = null;
    if (frame.version !== LINK_VERSION || (this.server && this.server !== frame.server)) this.reloadWanted = true;
    this.server ??= frame.server;
    this.onHello?.(frame);
  }

  #take(frame, isSnapshot) {
    this.frame = frame.frame;
    this.tries = 0;
    batch(() => {
      this.parts.value = isSnapshot ? frame.parts : { ...this.parts.value, ...frame.parts };
      this.seq.value = frame.seq;
      this.#show("connected");
    });
    this.onParts?.(frame.parts, isSnapshot);
  }

  // A frame was missed: one question, and nothing is believed until the snapshot comes.
  #gap() {
    if (this.frame === null) return;
    this.resync();
  }

  #watch() {
    const now = performance.now();
    const silent = now - (this.heardAt ?? this.startedAt);
    if (silent > SILENCE_MS) this.#show("out_of_touch");
    const patience = Math.max(this.openedAt ?? 0, this.heardAt ?? 0);
    if (this.socket && now - patience > SILENCE_MS) { this.#drop(); this.#later(); }
    if (this.reloadWanted && this.mayReload()) { this.reloadWanted = false; location.reload(); }
  }

  #show(name) {
    const { name: before, reason } = this.state.value;
    const why = name === "connected" ? null : this.byeReason ?? null;
    if (before === name && reason === why) return;
    this.state.value = { name, since: name === "out_of_touch" ? this.heardCentre : centreNow(), reason: why };
  }
}
