// The hall that was opened for this run: where its pages are, who may sign in, and what may be done to it.
import { createInterface } from "node:readline";

/** `{ server, kiosk, display, zone, password, officer, colleague, manager, administrator, folder }` */
export const hall = JSON.parse(process.env.FOLENI_HALL);

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks the hall's keeper for something: `kill`, `start`, `paper-out`, `paper-in`, `slips`, `pairings`. */
export async function ask(what) {
  process.stdout.write(`@${what}\n`);
  const { value } = await answers.next();
  return JSON.parse(value);
}

let requests = 0;

/** Somebody who uses the API as any other program does. */
export class Person {
  #cookie = null;

  static async signedIn(name) {
    const person = new Person();
    await person.post("/api/v1/session", { name, password: hall.password }, false);
    return person;
  }

  /** Posts a request, with a name of its own unless it takes none; a refusal is thrown. */
  post(path, body, named = true) {
    return this.#ask("POST", path, { ...(named && { request: `browser-run-${process.pid}-${(requests += 1)}` }), ...body });
  }

  /** Sets something anew; a refusal is thrown. */
  put(path, body) {
    return this.#ask("PUT", path, body);
  }

  async #ask(method, path, body) {
    const answer = await fetch(hall.server + path, {
      method,
      headers: { "content-type": "application/json", ...(this.#cookie && { cookie: this.#cookie }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie) [this.#cookie] = cookie.split(";");
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  issue(service, more = {}) {
    return this.post("/api/v1/tickets", { service, class: "standard", language: "sw", ...more });
  }
}
