// The voice of a plain browser: chime, then the number digit by digit, then the counter. One call at a time, each call once.
// A station speaks through its own loudspeaker, and its page stays silent.
import { signal } from "../vendor/foleni-vendor.js";

const VOICE = "/assets/voices/emma";
const GAP_MS = { chime: 100, letter: 100, digit: 110, counter: 450, counterShort: 250, sentence: 800 };
const LATE_MS = 20_000;
const TOO_LATE_MS = 45_000;

/** `off` (a station speaks), `blocked` (the browser wants a touch first), `on`, `broken` */
export const voiceState = signal("off");

/** Returns the clips of one call and the silence after each, milliseconds. */
export function sentence({ number, counter, language }, short = false) {
  const clip = (name) => `${language}/${name}`;
  const digits = [...number.slice(1)].map((digit, place) => [clip(`p${place + 1}_${digit}`), place < 2 ? GAP_MS.digit : short ? GAP_MS.counterShort : GAP_MS.counter]);
  return [["chime", GAP_MS.chime], [clip(`${short ? "short_" : ""}ticket_${number[0]}`), GAP_MS.letter], ...digits,
    [clip(`${short ? "short_" : ""}counter_${counter}`), GAP_MS.sentence]];
}

/** Speaks calls in turn. */
export class Voice {
  #context = new AudioContext();
  #clips = new Map();
  #waiting = [];
  #spoken = new Set();
  #busy = false;

  constructor() {
    this.#context.onstatechange = () => this.#tell();
    addEventListener("pointerdown", () => this.turnOn(), { passive: true });
    void this.turnOn();
    this.#tell();
  }

  /** Asks the browser to let sound out; it may refuse until somebody touches the screen. */
  async turnOn() {
    if (this.#context.state !== "running") await this.#context.resume().catch(() => {});
    this.#tell();
  }

  /** Takes a call that is news; a newer call of the same ticket or counter takes the place of one that waits. */
  add(call) {
    if (this.#context.state !== "running" || this.#spoken.has(call.call)) return;
    this.#spoken.add(call.call);
    this.#waiting = this.#waiting.filter((other) => other.ticket !== call.ticket && other.counter !== call.counter);
    this.#waiting.push({ ...call, heardAt: performance.now() });
    void this.#speakAll();
  }

  /** Forgets waiting calls whose ticket is no longer awaited. */
  forget(calls) {
    const over = new Set(calls.filter(({ stage }) => stage !== "awaited").map(({ call }) => call));
    this.#waiting = this.#waiting.filter(({ call }) => !over.has(call));
  }

  async #speakAll() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const call = this.#waiting.shift();
      const age = performance.now() - call.heardAt;
      if (age > TOO_LATE_MS) continue;
      await this.#say(sentence(call, this.#waiting.length >= 2 || age > LATE_MS)).catch(() => { voiceState.value = "broken"; });
    }
    this.#busy = false;
  }

  // Every clip is there before the first is heard, so that no sentence breaks off.
  async #say(steps) {
    const clips = await Promise.all(steps.map(([name]) => this.#clip(name)));
    let at = this.#context.currentTime + 0.02;
    clips.forEach((buffer, place) => {
      const source = this.#context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#context.destination);
      source.start(at);
      at += buffer.duration + steps[place][1] / 1000;
    });
    this.#tell();
    await new Promise((done) => setTimeout(done, (at - this.#context.currentTime) * 1000));
  }

  #clip(name) {
    if (!this.#clips.has(name)) {
      const loading = fetch(`${VOICE}/${name}.ogg`).then(async (answer) => {
        if (!answer.ok) throw new Error(`no clip ${name}`);
        return this.#context.decodeAudioData(await answer.arrayBuffer());
      });
      loading.catch(() => this.#clips.delete(name));
      this.#clips.set(name, loading);
    }
    return this.#clips.get(name);
  }

  #tell() {
    voiceState.value = this.#context.state === "running" ? "on" : "blocked";
  }
}
