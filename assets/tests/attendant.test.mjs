// What an attendant does at a kiosk, against a server that is only pretended.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as acts from "../pages/kiosk/attendant-acts.js";

let [asked, answer] = [[], null];

beforeEach(() => {
  [asked, answer] = [[], (path, body) => usual(path, body)];
  globalThis.fetch = async (path, { method, body }) => {
    const said = body === undefined ? null : JSON.parse(body);
    asked.push({ method, path, body: said });
    const { status, value } = await answer(path, said);
    return { ok: status < 300, status, text: async () => (value === null ? "" : JSON.stringify(value)) };
  };
});
afterEach(() => { acts.leave(); });

const ok = (value = null) => ({ status: 200, value });
const refuse = (status, code) => ({ status, value: { code, title: { en: code, sw: code } } });
let number = 0;
function usual(path, body) {
  switch (path) {
    case "/api/v1/devices/me/attendant": return body?.pin === "60418" || body === null ? ok({ attendant: "proof", until: 0 }) : refuse(403, "wrong-pin");
    case "/api/v1/tickets": number += 1; return ok({ number: `K00${number}`, service: body.service, class: body.class, at: 1, paper: { state: "printed" } });
    default: return ok({});
  }
}
const to = (path) => asked.filter((one) => one.path === path);

async function inside() {
  number = 0;
  acts.open("sw");
  for (const digit of "60418") acts.typePin(digit);
  await acts.sayPin();
  assert.equal(acts.stage.value, "work");
}

test("the right PIN opens, a wrong one says so and is forgotten", async () => {
  acts.open("sw");
  for (const digit of "604") acts.typePin(digit);
  await acts.sayPin();
  assert.equal(asked.length, 0, "three digits are no PIN");
  for (const digit of "17") acts.typePin(digit);
  await acts.sayPin();
  assert.deepEqual([acts.stage.value, acts.problem.value.code, acts.pin.value], ["pin", "wrong-pin", ""]);
  for (const digit of "6041899999") acts.typePin(digit);
  assert.equal(acts.pin.value.length, acts.PIN_DIGITS_MAX);
  for (let count = 0; count < 3; count += 1) acts.typePin("back");
  await acts.sayPin();
  assert.deepEqual([acts.stage.value, acts.proof.value, acts.pin.value], ["work", "proof", ""]);
});

test("language and priority count for one ticket and fall back", async () => {
  await inside();
  acts.ticketLanguage.value = "en";
  acts.priority.value = true;
  await acts.give("kra-pin", 1000);
  await acts.give("kra-pin", 9000);
  const [first, second] = to("/api/v1/tickets").map(({ body }) => body);
  assert.deepEqual([first.language, first.class, second.language, second.class], ["en", "priority", "sw", "standard"]);
  assert.notEqual(first.request, second.request);
  assert.deepEqual(acts.given.value.map(({ number: of }) => of), ["K002", "K001"], "the last stands first");
});

test("a double touch is one ticket, and no touch counts while an answer is waited for", async () => {
  await inside();
  let go;
  answer = (path, body) => (path === "/api/v1/tickets" ? new Promise((done) => { go = () => done(usual(path, body)); }) : usual(path, body));
  const first = acts.give("kra-pin", 1000);
  await acts.give("nrb-id-new", 1100);
  await acts.give("kra-pin", 5000);
  go();
  await first;
  await acts.give("kra-pin", 1300);
  assert.equal(to("/api/v1/tickets").length, 1);
});

test("a refused ticket is told and leaves nothing behind", async () => {
  await inside();
  answer = (path, body) => (path === "/api/v1/tickets" ? refuse(409, "service-full") : usual(path, body));
  await acts.give("kra-pin", 1000);
  assert.deepEqual([acts.problem.value.code, acts.given.value.length, acts.stage.value], ["service-full", 0, "work"]);
  answer = usual;
  await acts.give("kra-pin", 3000);
  assert.deepEqual([acts.problem.value, acts.given.value.length], [null, 1]);
});

test("a reprint and a test carry the proof and the kiosk's own name", async () => {
  await inside();
  await acts.reprint("K012", "kiosk-1");
  await acts.testPrint("kiosk-1");
  const [reprint, trial] = to("/api/v1/print-jobs").map(({ body }) => body);
  assert.deepEqual([reprint.what, reprint.attendant, reprint.kiosk], [{ reprint: "K012" }, "proof", "kiosk-1"]);
  assert.equal(trial.what, "test");
  assert.equal(acts.told.value.key, "kiosk-attendant-test-sent");
});

test("whose proof has ended types the PIN again", async () => {
  await inside();
  answer = (path, body) => (path === "/api/v1/print-jobs" ? refuse(403, "attendant-over") : usual(path, body));
  await acts.reprint("K012", "kiosk-1");
  assert.deepEqual([acts.stage.value, acts.proof.value, acts.problem.value.code], ["pin", null, "attendant-over"]);
});

test("nobody there for a minute closes the mode and ends the proof", async () => {
  await inside();
  acts.touch(100_000);
  assert.equal(acts.lookForWhoIsThere(100_000 + acts.LEFT_ALONE_SECONDS * 1000 - 1), false);
  assert.equal(acts.lookForWhoIsThere(100_000 + acts.LEFT_ALONE_SECONDS * 1000), true);
  assert.deepEqual([acts.stage.value, acts.proof.value, acts.given.value.length], [null, null, 0]);
  assert.equal(asked.at(-1).method, "DELETE");
  assert.equal(acts.lookForWhoIsThere(1e9), false, "it is closed already");
});

test("a ticket without paper says its number to be written down", () => {
  assert.equal(acts.outcomeOf({ number: "K001", paper: { state: "printed" } }).key, "kiosk-attendant-given");
  assert.equal(acts.outcomeOf({ number: "K001", paper: { state: "failed", trouble: "paper_out" } }).paper, false);
  assert.equal(acts.outcomeOf({ number: "K001" }).key, "kiosk-attendant-given-no-paper");
});
