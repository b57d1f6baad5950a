// The pages' own decisions, without a browser: `node --test assets/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange, latestByTicket, NewsSorter, NEWS_MS } from "../pages/display/calls.js";
import { alertSays, lengthOf } from "../pages/board/figures.js";
import { findServices, nearly, wordsOf } from "../pages/kiosk/search.js";
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

const numbers = (calls) => calls.map(({ call: number }) => number);

const call = (number, more = {}) => ({ call: number, ticket: 100 + number, number: "J042", counter: number, language: "sw", at: 0, recall: 0, stage: "awaited", ...more });

const catalogue = () => ({
  agencies: [agency("CRS", "Civil Registration", "Usajili wa Raia"), agency("NTSA", "National Transport", "Uchukuzi")],
  services: [
    { id: "birth", agency: "CRS", popular: true, keywords: ["birth"], name: { en: "Birth certificate", sw: "Cheti cha kuzaliwa" } },
    { id: "licence", agency: "NTSA", popular: false, keywords: ["dl"], name: { en: "Driving licence", sw: "Leseni ya udereva" } },
  ],
});

const agency = (code, en, sw) => ({ code, name: { en, sw }, short: { en: code, sw: code } });
