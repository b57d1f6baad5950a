// The pages' own decisions, without a browser: `node --test assets/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, latestByTicket, NewsSorter, NEWS_MS } from "../pages/display/calls.js";
import { alertSays, lengthOf } from "../pages/board/figures.js";
import { BREAKS, CLASS_ACTS, OTHERS, OUTCOMES, PAUSES, TILES, keyOf, request, whyNot } from "../pages/counter/acts.js";
import { classActs, countersOf, isSaid, likelyBesides, needsOutcome, onwardTo, poolsFor, servicesLike, spans, stepped, targetOf } from "../pages/counter/visit.js";
import { findServices, nearly, wordsOf } from "../pages/kiosk/search.js";
import { LOGO_MAX, lightOf, sizeOf } from "../pages/admin/logo.js";
import { feeOn } from "../pages/shared/fees.js";

test("a recall takes the place of the call before it", () => {
  const calls = [call(1, { ticket: 7 }), call(2, { ticket: 8 }), call(3, { ticket: 7 })];
  assert.deepEqual(latestByTicket(calls).map((one) => one.call), [3, 2]);
});

test("who is still awaited keeps a row while others have come", () => {
  const calls = [call(1), ...[2, 3, 4, 5, 6].map((number) => call(number, { stage: "serving" })), call(7)];
  const { rows, recent } = arrange(calls, 4, 3);
  assert.deepEqual(rows.map((one) => one.call), [7, 6, 5, 1]);
  assert.deepEqual(recent.map((one) => one.call), [4, 3, 2]);
});

test("the newest call stands in the first row even when it is over", () => {
  const calls = [1, 2, 3, 4].map((number) => call(number)).concat(call(5, { stage: "over" }));
  assert.equal(arrange(calls, 4).rows[0].call, 5);
  assert.equal(arrange(calls, 4).rows.length, 4);
});

test("the first view is state and no news", () => {
  const sorter = new NewsSorter();
  assert.deepEqual(sorter.take([call(1), call(2)], 1000), []);
  assert.deepEqual(numbers(sorter.take([call(1), call(2), call(3)], 1000)), [3]);
});

test("a call is news once, also after a gap in which several were made", () => {
  const sorter = new NewsSorter();
  sorter.take([], 1000);
  assert.deepEqual(numbers(sorter.take([call(5), call(4)], 1000)), [4, 5]);
  assert.deepEqual(sorter.take([call(5), call(4)], 1000), []);
});

test("a call that is too old or over is not announced", () => {
  const sorter = new NewsSorter();
  sorter.take([], 0);
  assert.deepEqual(numbers(sorter.take([call(1, { at: 0 }), call(2, { at: NEWS_MS }), call(3, { at: NEWS_MS, stage: "serving" })], NEWS_MS + 1)), [2]);
});

test("where the centre's clock runs faster, a call grows old as slowly as in the hall", () => {
  const sorter = new NewsSorter();
  sorter.take([], 0);
  assert.deepEqual(numbers(sorter.take([call(1, { at: 0 })], NEWS_MS * 10, 60)), [1]);
});

test("a clock that jumped can be accepted, one behind the journal can only be set", () => {
  const says = (fault, by) => alertSays({ type: "clock", fault, by });
  assert.deepEqual(says("jumped", 5), { key: "board-alert-clock-ahead", state: "late", act: "accept_clock" });
  assert.equal(says("jumped", -5).key, "board-alert-clock-back");
  assert.equal(says("behind_journal", -5).act, null);
  assert.equal(says("far_ahead", 5).key, "board-alert-clock-far-ahead");
  assert.equal(says("of a later version", 5).act, "accept_clock");
});

test("how far a clock is off is told in a unit that one grasps", () => {
  const minutes = (count) => lengthOf(count * 60_000);
  assert.deepEqual(minutes(3), { key: "board-length-minutes", count: 3 });
  assert.deepEqual(minutes(-119), { key: "board-length-minutes", count: 119 });
  assert.deepEqual(minutes(181), { key: "board-length-hours", count: 3 });
  assert.deepEqual(minutes(-7 * 24 * 60), { key: "board-length-days", count: 7 });
});

test("a service is found in either language, by its agency, by everyday words", () => {
  const found = (words) => findServices(catalogue(), words).map(({ id }) => id);
  assert.deepEqual(found("kuzaliwa"), ["birth"]);
  assert.deepEqual(found("BIRTH cert"), ["birth"]);
  assert.deepEqual(found("ntsa"), ["licence"]);
  assert.deepEqual(found("dl"), ["licence"]);
  assert.deepEqual(found("zebra"), []);
  assert.deepEqual(found("  "), []);
});

test("one slip of the finger is forgiven", () => {
  assert.deepEqual(findServices(catalogue(), "leseno").map(({ id }) => id), ["licence"]);
  assert.deepEqual(findServices(catalogue(), "kusaliwa").map(({ id }) => id), ["birth"]);
  assert.ok(nearly("leseni", "lesenni") && nearly("leseni", "lseni") && !nearly("leseni", "usajili"));
});

test("a service that is not offered here is found after all that are, by its agency too", () => {
  const missing = { id: "smart", agency: "NTSA", agency_short: both("NTSA"), agency_name: both("National Transport"), keywords: ["dl"], name: both("Smart driving licence"), nearest: both("Embu") };
  const land = { id: "land", agency: "LANDS", agency_short: both("Lands"), agency_name: both("Ministry of Lands"), keywords: ["title"], name: both("Land search") };
  const found = (words) => findServices({ ...catalogue(), not_offered: [missing, land] }, words).map(({ id }) => id);
  assert.deepEqual(found("dl"), ["licence", "smart"]);
  assert.deepEqual(found("smart driving"), ["smart"]);
  assert.deepEqual(found("ministry"), ["land"]);
});

test("a fee holds on the first and last date of its period, and the plain one around it", () => {
  const waived = { kes: 0, note: both("Waived") };
  const service = { fee_kes: 1000, fee_note: null, fees: [{ from: "2025-10-31", until: "2026-10-30", ...waived }] };
  assert.deepEqual(feeOn(service, "2025-10-30"), { kes: 1000, note: null });
  assert.deepEqual(feeOn(service, "2025-10-31"), waived);
  assert.deepEqual(feeOn(service, "2026-10-30"), waived);
  assert.deepEqual(feeOn(service, "2026-10-31"), { kes: 1000, note: null });
});

test("a fee that nobody knows is to be asked about, also one without an end", () => {
  const service = { fee_kes: 1000, fees: [{ from: "2026-10-31", kes: null }] };
  assert.equal(feeOn(service, "2026-10-31").kes, null);
  assert.equal(feeOn(service, "2031-01-01").kes, null);
  assert.equal(feeOn({ fee_kes: 50 }, "2026-10-31").kes, 50);
  assert.equal(feeOn({}, "2026-10-31").kes, null);
});

test("words are compared without accents and capitals", () => {
  assert.deepEqual(wordsOf("Café, KRA-PIN"), ["cafe", "kra", "pin"]);
});

const both = (words) => ({ en: words, sw: words });
test("each key of a counter means one thing, and none is out of a ten-key pad's reach", () => {
  const acts = [...TILES, ...OTHERS, ...OUTCOMES].map(({ key }) => key);
  assert.equal(new Set(acts).size, acts.length);
  assert.ok(acts.every((key) => /^[0-9./*+-]$/.test(key)), acts.join(" "));
  const ofBreaks = [...PAUSES, ...BREAKS].map(({ key }) => key);
  assert.equal(new Set(ofBreaks).size, ofBreaks.length, "a reason and a time never share a key");
  assert.ok(PAUSES.every(({ minutes }) => BREAKS.some((one) => one.minutes === minutes)), "what is likely can be chosen");
  assert.equal(keyOf({ code: "NumpadMultiply", key: "*" }), "*");
});

test("a ticket can be noted on while it is at the counter, and nothing besides is done before it is served", () => {
  const at = (stage, more = {}) => ({ counter: { state: "open" }, ticket: stage && { ticket: 7, number: "L042", stage, class: "standard", ...more } });
  assert.equal(whyNot("marks", at("called")), null);
  assert.equal(whyNot("marks", at(null)), "refusal-counter-idle");
  assert.equal(whyNot("also", at("serving")), null);
  assert.equal(whyNot("also", at("called")), "counter-why-not-serving");
  assert.equal(whyNot("class", at("called", { class: "appointment", classed: true })), "refusal-class-unchanged");
  assert.deepEqual(request("mark", at("called"), null), { path: "/api/v1/marks", body: { number: "L042" } });
  assert.deepEqual(request("deliver", at("serving"), null), { path: "deliver", body: { ticket: 7 } });
  assert.deepEqual(request("appointment-remove", at("called"), null).body, { number: "L042", priority: false });
});

test("what a citizen said of the class is confirmed or withdrawn once; what the centre booked stands", () => {
  assert.deepEqual(classActs({ class: "priority", classed: false }), ["priority-confirm", "priority-remove"]);
  assert.deepEqual(classActs({ class: "priority", classed: true }), ["priority-remove"]);
  assert.deepEqual(classActs({ class: "appointment", classed: false }), ["appointment-confirm", "appointment-remove"]);
  assert.deepEqual(classActs({ class: "appointment", classed: true }), []);
  assert.deepEqual(classActs({ class: "standard", classed: false }), ["priority-give"]);
  assert.ok(["standard", "priority", "appointment"].every((of) => classActs({ class: of, classed: false }).every((name) => name in CLASS_ACTS)));
  assert.ok(isSaid({ class: "priority", classed: false }) && !isSaid({ class: "standard", classed: false }) && !isSaid({ class: "appointment", classed: true }));
});

test("where a centre wants the outcome said, no key ends a service without it", () => {
  assert.ok(needsOutcome("finish", null) && needsOutcome("finish-next", null));
  assert.ok(!needsOutcome("finish", "served") && !needsOutcome("hold", null));
});

test("a journey goes on only when the service was done", () => {
  const ticket = { then: ["licence", "birth"] };
  assert.equal(onwardTo(ticket, "served"), "licence");
  assert.equal(onwardTo(ticket, "documents_missing"), null);
  assert.equal(onwardTo({ then: [] }, "served"), null);
  assert.equal(onwardTo({}, "served"), null);
});

test("counters in a row are said together", () => {
  assert.equal(spans([5, 2, 3, 4, 8, 8]), "2–5, 8");
  assert.equal(spans([]), "");
  assert.equal(countersOf("birth", centre()), "9–11");
  assert.equal(countersOf("licence", centre()), "17");
});

test("only a pool with a counter for the service can be sent it, and every target is as the wire has it", () => {
  assert.deepEqual(poolsFor("birth", centre()).map(({ id }) => id), ["civil"]);
  assert.deepEqual(poolsFor("birth", { counters: [] }), [], "a centre without pools");
  assert.equal(targetOf("", "amina"), "anyone");
  assert.deepEqual(targetOf("me", "amina"), { officer: "amina" });
  assert.deepEqual(targetOf("counter:17", "amina"), { counter: 17 });
  assert.deepEqual(targetOf("pool:civil", "amina"), { pool: "civil" });
});

test("what was also done is counted up and down, never below nothing", () => {
  const ticket = { service: "birth", delivered: [{ service: "birth", count: 2 }] };
  assert.equal(stepped(ticket, "birth", 1), 3);
  assert.equal(stepped(ticket, "birth", -1), 1);
  assert.equal(stepped(ticket, "licence", 1), 1);
  assert.equal(stepped(ticket, "licence", -1), 0);
  assert.equal(stepped({ delivered: [{ service: "birth", count: 99 }] }, "birth", 1), 99);
  assert.deepEqual(likelyBesides({ service: "licence" }, 9, { ...catalogue(), ...centre() }).map(({ id }) => id), ["licence", "birth"]);
  assert.deepEqual(servicesLike("kuza cheti", catalogue()).map(({ id }) => id), ["birth"]);
});

const numbers = (calls) => calls.map(({ call: number }) => number);

const call = (number, more = {}) => ({ call: number, ticket: 100 + number, number: "J042", counter: number, language: "sw", at: 0, recall: 0, stage: "awaited", ...more });

const catalogue = () => ({
  agencies: [agency("CRS", "Civil Registration", "Usajili wa Raia"), agency("NTSA", "National Transport", "Uchukuzi")],
  services: [
    { id: "birth", agency: "CRS", popular: true, keywords: ["birth"], name: { en: "Birth certificate", sw: "Cheti cha kuzaliwa" } },
    { id: "licence", agency: "NTSA", popular: false, keywords: ["dl"], name: { en: "Driving licence", sw: "Leseni ya udereva" } },
  ],
});

const centre = () => ({
  counters: [{ counter: 9, services: ["birth"] }, { counter: 10, services: ["birth"] }, { counter: 11, services: ["birth"] }, { counter: 17, services: ["licence"] }],
  pools: [{ id: "civil", counters: [9, 10] }, { id: "roads", counters: [17] }],
});

const agency = (code, en, sw) => ({ code, name: { en, sw }, short: { en: code, sw: code } });

test("a logo is made to fit and never made larger", () => {
  assert.deepEqual(sizeOf(100, 40), { width: 100, height: 40 });
  assert.deepEqual(sizeOf(1088, 200), { width: 544, height: 100 });
  assert.deepEqual(sizeOf(300, 4000), { width: 15, height: 200 });
  assert.deepEqual(sizeOf(9000, 1), { width: 544, height: 1 });
  assert.ok(LOGO_MAX.width <= 576 && LOGO_MAX.height <= 200);
});

test("what cannot be seen through is as dark as it is, and glass is paper", () => {
  const dots = new Uint8ClampedArray([0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 128, 149, 27, 27, 255]);
  assert.deepEqual([...lightOf(dots)], [0, 255, 255, 127, 63]);
});
