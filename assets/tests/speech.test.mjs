// What the kiosk says: rows put together from facts, and that every clip that they name is there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { bookOf, said, saidOf, spelled } from "../pages/kiosk/said.js";

const FOLDER = new URL("../voices/kiosk/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("speech.json", FOLDER), "utf8"));
const books = { en: bookOf(manifest, "en"), sw: bookOf(manifest, "sw") };
// What the tests of composition say has its clip here, whether or not it has been spoken yet.
const WHOLE = { "hour-8": { text: "saa mbili asubuhi" }, "minutes-past": { text: "na dakika" }, "document-national-id": { text: "Kitambulisho" }, "fee-1050": { text: "shilingi elfu moja na hamsini" } };
const whole = { en: books.en, sw: bookOf({ languages: { sw: { clips: { ...manifest.languages.sw.clips, ...WHOLE } } } }, "sw") };
const clips = (row) => row.filter((part) => typeof part === "string");
const say = (screen, facts) => clips(said(screen, { language: "en", ...facts }, whole));
const ID_CARD = { en: "National ID: first application", sw: "Kitambulisho: ombi la kwanza" };
const NOBODY_SAYS = { en: "A name of a centre's own", sw: "Jina la kituo" };

test("the welcome is said in both languages, each in its own", () => {
  const row = say("welcome", { languages: ["sw", "en"], pad: {} });
  assert.deepEqual(row, ["sw/kiosk-welcome", "sw/kiosk-choose-language", "sw/language-press", "sw/number-1", "sw/common-tickets-free",
    "en/kiosk-welcome", "en/kiosk-choose-language", "en/language-press", "en/number-2", "en/common-tickets-free"]);
  assert.ok(!say("welcome", { languages: ["sw"], pad: null }).includes("sw/language-press"));
});

test("a choice is its digit and its name, and a name without a clip is told of", () => {
  const row = say("choose", { question: "kiosk-choose-service", pad: {}, choices: [{ digit: 1, text: ID_CARD }, { digit: 2, text: NOBODY_SAYS }, { digit: 3, key: "kiosk-collect" }] });
  assert.deepEqual(row, ["en/kiosk-choose-service", "en/choose-by-keys", "en/number-1", "en/service-nrb-id-new", "en/number-3", "en/kiosk-collect", "en/list-on-screen", "en/hear-again", "en/key-star"]);
});

test("before the ticket: what was chosen, fee, wait, documents and priority", () => {
  const facts = { name: ID_CARD, fee: 1050, wait: { from_minutes: 20, to_minutes: 105 }, papers: [{ en: "National ID", sw: "Kitambulisho" }], asksPriority: true };
  const row = say("confirm", { ...facts, language: "sw" });
  assert.deepEqual(row, ["you-chose", "service-nrb-id-new", "fee-is", "fee-1050", "wait-from", "number-20", "to", "number-100", "number-5",
    "kiosk-documents-need", "document-national-id", "kiosk-documents-have", "kiosk-priority", "kiosk-priority-who", "kiosk-priority-private"].map((name) => `sw/${name}`));
  assert.ok(say("confirm", { ...facts, fee: 0 }).includes("en/fee-free"));
  assert.ok(say("confirm", { ...facts, fee: null }).includes("en/kiosk-fee-ask"));
  assert.deepEqual(say("confirm", { ...facts, fee: 1234 }).slice(2, 6), ["en/fee-is", "en/number-1000", "en/number-200", "en/number-34"]);
  assert.ok(say("confirm", { ...facts, wait: null }).includes("en/kiosk-wait-unknown"));
  assert.ok(say("confirm", { ...facts, papers: [] }).includes("en/kiosk-documents-none"));
});

test("a service that gives no ticket says why and when to come back, and nothing of fee or documents", () => {
  const paused = say("confirm", { name: ID_CARD, reason: { state: "paused", cause: "network_down", since: "08:05", back: "14:30" } });
  assert.deepEqual(paused.slice(2), ["refusal-service-suspended", "reason-network", "since", "number-8", "digit1-0", "number-5", "back-at", "number-14", "number-30"].map((name) => `en/${name}`));
  const full = say("confirm", { name: ID_CARD, language: "sw", reason: { state: "full", again: { day: "day-mon", time: "08:00" } } });
  assert.deepEqual(full.slice(2), ["refusal-service-full", "come-on-day", "day-mon", "from", "hour-8"].map((name) => `sw/${name}`));
});

test("a ticket with paper, and one that must be remembered", () => {
  const ticket = { number: "J042", ahead: 12, wait: { from_minutes: 15, to_minutes: 15 } };
  assert.deepEqual(say("ticket", { ...ticket, paper: true }), ["ticket-J", "digit1-0", "digit2-4", "digit3-2", "kiosk-ahead", "number-12", "wait-about", "number-15",
    "kiosk-take-ticket", "take-below", "kiosk-sit-wait", "slip-keep"].map((name) => `en/${name}`));
  const none = say("ticket", { ...ticket, ahead: 0, paper: false, trouble: "paper_out" });
  assert.equal(none.filter((clip) => clip === "en/ticket-J").length, 2);
  assert.ok(none.includes("en/nobody-ahead") && none.includes("en/paper-finished") && none.includes("en/remember-number"));
  const alone = say("ticket", { number: "K1234", offline: true, paper: true });
  assert.deepEqual(alone.slice(0, 6), ["en/ticket-K", "en/digit1-1", "en/digit2-2", "en/digit2-3", "en/digit3-4", "en/kiosk-offline-wait"]);
});

test("in Kiswahili the day begins at six", () => {
  const opens = (time) => clips(said("closed", { language: "sw", opens: { day: null, time } }, whole)).slice(2);
  assert.deepEqual(opens("08:30"), ["sw/hour-8", "sw/minutes-past", "sw/number-30"]);
  const spoken = manifest.languages.sw.clips;
  for (const [hour, text] of [[8, "saa mbili asubuhi"], [13, "saa saba mchana"]]) if (spoken[`hour-${hour}`]) assert.equal(spoken[`hour-${hour}`].text, text);
});

test("what the keys move to, and what is typed, is said by itself", () => {
  assert.deepEqual(saidOf("  Kitambulisho:\n ombi la kwanza ", books.sw), ["sw/service-nrb-id-new"]);
  assert.deepEqual(saidOf("SHA, NSSF", books.en), ["en/group-health"]);
  assert.deepEqual(clips(saidOf("J007", books.en)), ["en/ticket-J", "en/digit1-0", "en/digit2-0", "en/digit3-7"]);
  assert.deepEqual(saidOf("what no clip says", books.en), []);
  assert.deepEqual(clips(spelled("AB-7", books.sw)), ["sw/letter-A", "sw/letter-B", "sw/digit1-7"]);
});

test("a row begins and ends with a clip, and has no two pauses in a row", () => {
  for (const [screen, facts] of everything()) {
    const row = said(screen, facts, books);
    assert.equal(typeof row[0], "string", screen);
    assert.equal(typeof row.at(-1), "string", screen);
    assert.ok(row.every((part, place) => typeof part === "string" || typeof row[place + 1] === "string"), screen);
  }
});

test("whatever is said has its clip, in the list and on the disk", () => {
  const files = Object.fromEntries(Object.keys(books).map((tag) => [tag, new Set(readdirSync(new URL(tag, FOLDER)))]));
  const missing = new Set();
  for (const [screen, facts] of everything()) {
    for (const clip of clips(said(screen, facts, books))) {
      const [tag, name] = clip.split("/");
      if (!books[tag].has(name) || !files[tag].has(`${name}.ogg`)) missing.add(clip);
    }
  }
  assert.deepEqual([...missing], []);
});

// Every screen with every fact that changes its words, in both languages.
function* everything() {
  for (const language of ["en", "sw"]) {
    const texts = Object.values(manifest.languages.en.clips).map(({ text }) => ({ [language]: text }));
    const range = (from, to) => ({ from_minutes: from, to_minutes: to });
    const all = (screen, ...facts) => facts.map((one) => [screen, { language, ...one }]);
    yield* all("welcome", { languages: ["sw", "en"], pad: {}, full: true });
    for (const question of ["kiosk-choose-service", "kiosk-next-service", "kiosk-appointment-service", "kiosk-collect-choose"]) {
      yield* all("choose", { question, pad: { go: true, more: true, back: true }, choices: [{ digit: 0, key: "kiosk-popular" }, { text: NOBODY_SAYS }], ways: ["kiosk-collect", "kiosk-appointment", "kiosk-return", "kiosk-not-sure"] });
    }
    yield* all("confirm", { name: texts[0], fee: 0, wait: range(0, 5), papers: texts.slice(0, 3), following: texts.slice(0, 2), asksPriority: true }, { name: NOBODY_SAYS, fee: null, wait: null, papers: [NOBODY_SAYS], asksTime: true });
    for (let minutes = 0; minutes <= 300; minutes += 1) yield* all("confirm", { name: ID_CARD, fee: minutes, wait: range(minutes, minutes + 30), papers: [] });
    for (const cause of ["network_down", "no_officer", "no_material", "system_down"]) yield* all("confirm", { name: ID_CARD, reason: { state: "paused", cause, since: "08:00", back: "09:45" } });
    for (const day of [null, "sun", "mon", "tue", "wed", "thu", "fri", "sat"]) yield* all("confirm", { name: ID_CARD, reason: { state: "full", again: { day: day && `day-${day}`, time: "07:30" } } });
    for (const state of ["full", "outside_hours"]) yield* all("confirm", { name: ID_CARD, reason: { state } });
    for (const code of REFUSALS) yield* all("confirm", { name: ID_CARD, fee: 0, wait: null, papers: [], refusal: { code, from: "10:15" } });
    for (const screen of ["code", "return"]) yield* all(screen, { typed: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" }, ...REFUSALS.map((code) => ({ refusal: { code } })));
    yield* all("elsewhere", { name: ID_CARD }, { name: NOBODY_SAYS });
    yield* all("access", { choices: [{ digit: 1, key: "kiosk-larger-text" }], pad: { go: true } });
    yield* all("menu", { choices: [{ digit: 1, key: "kiosk-priority-yes" }, { digit: 2, key: "kiosk-priority-no" }] });
    yield* all("issuing", { vain: true, call: true }, {});
    for (const trouble of [null, "paper_out", "cover_open"]) yield* all("ticket", { number: "Z905", ahead: 0, wait: range(5, 5), paper: trouble === null, outside: true, trouble });
    for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") yield* all("ticket", { number: `${letter}31687`, ahead: 99, offline: true, paper: false });
    for (let hour = 0; hour < 24; hour += 1) yield* all("closed", { opens: { day: "day-sat", time: `${String(hour).padStart(2, "0")}:00` }, unserved: true }, { opens: { day: null, time: `${String(hour).padStart(2, "0")}:15` } }, { opens: null });
    for (const screen of ["out-of-touch", "locked", "searching", "sign-language"]) yield* all(screen, {});
    yield* all("still-there", { choices: [{ digit: 1, key: "kiosk-still-there-yes" }, { digit: 2, key: "common-restart" }] });
  }
}

const REFUSALS = ["service-suspended", "service-full", "service-closed", "service-not-offered", "centre-closed", "issuing-stopped", "numbers-exhausted", "appointment-early",
  "appointment-late", "appointment-used", "unknown-booking", "no-return-ticket", "too-busy", "storage", "out-of-touch", "a-code-that-nobody-knows"];
