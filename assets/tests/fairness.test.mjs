// How a day's report and a visit are put together for the page: `node --test assets/tests/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factorOf, grouped, headline, numberOf, percents, reasons } from "../pages/fairness/figures.js";

const passes = (more = {}) => ({ passes: { tickets: 0, other_class: 0, other_service: 0, longer_wait: 0, front: 0, out_of_order: 0, decided_within: 0, target: 0, suspended: 0, unexplained: 0, ...more } });

test("all who were called between two moments of a visit stand together", () => {
  const lines = ["issued", "passed_by", "passed_by", "called", "returned", "passed_by"].map((kind, at) => ({ kind, at }));
  assert.deepEqual(grouped(lines).map(({ kind, passes: of }) => [kind, of?.length]), [["issued", undefined], ["before", 2], ["called", undefined], ["returned", undefined], ["before", 1]]);
});

test("the headline is the worst that is so", () => {
  assert.equal(headline(passes({ other_class: 9, other_service: 3 })).key, "fair-clear");
  assert.deepEqual(headline(passes({ out_of_order: 4, decided_within: 2 })), { key: "fair-clear-but", count: 2, state: "on_time" });
  assert.deepEqual(headline(passes({ decided_within: 2, unexplained: 1 })), { key: "fair-found", count: 1, state: "late" });
});

test("only reasons that were needed are told, the most frequent first", () => {
  assert.deepEqual(reasons(passes({ other_class: 1, target: 5 })).map(({ times }) => times), [5, 1]);
});

test("two shares that would look the same are told more exactly", () => {
  assert.deepEqual(percents(1503, 901), ["150", "90"]);
  assert.deepEqual(percents(1503, 1508), ["150.3", "150.8"]);
  assert.deepEqual(percents(500, 500), ["50", "50"]);
});

test("a number is read as people write it", () => {
  assert.deepEqual(["k42", " K042 ", "K 042", "J1042", "K", "42", "K04x"].map(numberOf), ["K042", "K042", "K042", "J1042", null, null, null]);
  assert.equal(factorOf(1084), "1.08");
});
