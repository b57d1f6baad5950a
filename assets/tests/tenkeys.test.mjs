// The ten-key pad, and the kinds of services that pictures tell apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf } from "../pages/kiosk/kinds.js";
import { keyOf, pageOf, pagesOf } from "../pages/kiosk/tenkeys.js";

const count = (length) => Array.from({ length }, (_, place) => place + 1);

test("a pad's figures mean the same with and without its number lock", () => {
  for (const figure of "0123456789") {
    assert.equal(keyOf({ code: `Numpad${figure}`, key: figure }), figure);
    assert.equal(keyOf({ code: `Numpad${figure}`, key: "Home" }), figure);
  }
});

test("every other key of a pad has one meaning, and no other key has any", () => {
  const meant = ["NumpadEnter", "NumpadDecimal", "NumpadAdd", "NumpadSubtract", "NumpadMultiply", "NumpadDivide", "Backspace"].map((code) => keyOf({ code, key: code }));
  assert.deepEqual(meant, ["enter", ".", "+", "-", "*", "/", "erase"]);
  for (const key of ["Tab", "a", "F1", "ArrowDown", "NumLock", " "]) assert.equal(keyOf({ code: key, key }), null, key);
});

test("choices have figures by nines, and a list shares none with what is around it", () => {
  assert.deepEqual(pagesOf(count(11), count(2)).map((nine) => nine.length), [9, 2, 2]);
  assert.deepEqual(pagesOf([], count(9)).map((nine) => nine.length), [9]);
  assert.deepEqual(pagesOf([], []), []);
  assert.deepEqual(pageOf([[1], [2]], 7), [2], "a list that has become shorter shows its last");
  assert.deepEqual(pageOf([], 0), []);
});

test("services of one office are told apart by what is done", () => {
  const kinds = [{ collection: true, keywords: ["id"] }, { keywords: ["id", "lost"] }, { keywords: ["id", "change"] }, { keywords: ["id", "status"] }, { keywords: ["id", "first"] }].map((entry) => kindOf(entry).kind);
  assert.equal(new Set(kinds).size, kinds.length, kinds.join(" "));
  assert.equal(kindOf({ keywords: ["death"] }), null);
});
