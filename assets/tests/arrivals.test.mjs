// What citizens and managers type and choose from, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayStart, readLines, slicesOf } from "../pages/admin/lines.js";
import { checkInFrom, cleanCode, isCode, isNumber, papersOf, timeChoices, typeNumber } from "../pages/kiosk/entry.js";

const NAIROBI = 180;
const local = (text) => Date.parse(`${text}+03:00`);
const times = (now, rules, offset = NAIROBI) => timeChoices(local(now), rules, offset).map((time) => new Date(time + offset * 60_000).toISOString().slice(11, 16));

test("a time can be chosen from the late end of the window to the early end, in steps of five minutes", () => {
  assert.deepEqual(times("2026-11-24T10:02", { early_minutes: 30, late_minutes: 15 }), ["09:50", "09:55", "10:00", "10:05", "10:10", "10:15", "10:20", "10:25", "10:30"]);
});

test("both ends of the window can be chosen, and nothing beyond them", () => {
  assert.deepEqual(times("2026-11-24T10:00", { early_minutes: 10, late_minutes: 5 }), ["09:55", "10:00", "10:05", "10:10"]);
  assert.deepEqual(times("2026-11-24T10:01", { early_minutes: 3, late_minutes: 0 }), []);
});

test("a wide window is chosen from in wider steps that are still times of the clock", () => {
  const wide = times("2026-11-24T10:07", { early_minutes: 120, late_minutes: 60 });
  assert.deepEqual([wide.length, wide[0], wide.at(-1)], [12, "09:15", "12:00"]);
  const hours = times("2026-11-24T10:07", { early_minutes: 240, late_minutes: 240 }, 330);
  assert.ok(hours.every((time) => time.endsWith(":00") || time.endsWith(":30")), hours.join(" "));
});

test("who comes too early is told from when", () => {
  assert.equal(checkInFrom(local("2026-11-24T10:30"), { early_minutes: 30 }), local("2026-11-24T10:00"));
});

test("a code is written as on the slip, and is one from four signs on", () => {
  assert.equal(cleanCode("ab12 cd-é"), "AB12CD-");
  assert.ok(isCode("AB-12") && !isCode("AB1-") && !isCode("9".repeat(33)));
});

test("a number is typed key by key, in any order of letter and figures", () => {
  const typed = (keys) => keys.reduce(typeNumber, "");
  assert.equal(typed(["K", "0", "4", "2"]), "K042");
  assert.equal(typed(["0", "4", "2", "K"]), "K042");
  assert.equal(typed(["K", "0", "4", "2", "9"]), "K042", "three figures that begin with 0 are all");
  assert.equal(typed(["K", "1", "0", "4", "2"]), "K1042");
  assert.equal(typed(["K", "4", "J"]), "J4", "another letter takes its place");
  assert.equal(typed(["K", "4", "back", "back"]), "");
  assert.ok(isNumber("K042") && isNumber("K1042") && !isNumber("K42") && !isNumber("042") && !isNumber("K0042"));
});

test("a paper that two services ask for is named once", () => {
  const [card, photo] = [{ en: "ID", sw: "Kitambulisho" }, { en: "Photo", sw: "Picha" }];
  assert.deepEqual(papersOf([{ documents: [card] }, { documents: [photo, card] }]), [card, photo]);
});

const SERVICES = [
  { id: "crs-birth", name: { en: "Birth certificate", sw: "Cheti cha kuzaliwa" } },
  { id: "kra-pin", name: { en: "KRA PIN: new", sw: "PIN mpya ya KRA" } },
  { id: "kra-pin-2", name: { en: "KRA PIN, new", sw: "PIN ya pili" } },
];
const read = (text) => readLines(text, { services: SERVICES, utcOffsetMinutes: NAIROBI, now: local("2026-11-24T10:00") });
const whys = (text) => read(text).bad.map(({ line, why }) => `${line} ${why}`);

test("a list is read as spreadsheets write it, with or without the names of the columns", () => {
  const expected = [{ line: 2, code: "AB12-CD", service: "crs-birth", at: local("2026-11-25T10:30") }];
  assert.deepEqual(read("code,service,date,time\r\nAB12-CD,crs-birth,25.11.2026,10:30\r\n").good, expected);
  assert.deepEqual(read('\uFEFFCode;Service;Date;Time;Name\n"AB12-CD";"Birth certificate";2026-11-25;10:30:00;"Somebody; of whom nothing is read"').good, expected);
  assert.deepEqual(read("\nAB12-CD\tCHETI CHA KUZALIWA\t25/11/2026 10:30").good, expected);
});

test("of a column that is not asked for nothing goes on", () => {
  const { good, bad } = read("AB12,crs-birth,25.11.2026,10:30,Asha\nAB1,crs-birth,25.11.2026,10:30,Juma");
  assert.ok(!JSON.stringify([good, bad]).match(/Asha|Juma/));
});

test("every line that cannot be an appointment is named, with what is wrong", () => {
  const list = ["AB1,crs-birth,25.11.2026,10:30", "AB12,crs-birth", "AB13,passport,25.11.2026,10:30", "AB14,KRA PIN new,25.11.2026,10:30",
    "AB15,kra-pin,31.11.2026,10:30", "AB16,kra-pin,25.11.2026,24:00", "AB17,kra-pin,23.11.2026,10:30", "AB18,kra-pin,24.11.2026,08:00", "ab-18,kra-pin,24.11.2026,09:00"];
  assert.deepEqual(whys(list.join("\n")), ["1 code", "2 columns", "3 service", "4 many", "5 date", "6 time", "7 past", "9 twice"]);
  assert.equal(read(list.join("\n")).good.length, 1, "earlier today is still today");
});

test("nothing is nothing", () => {
  assert.deepEqual(read("  \n\n"), { good: [], bad: [] });
});

test("a long list goes in slices, each below the limit of a request", () => {
  const list = Array.from({ length: 120 }, (_, place) => place);
  assert.deepEqual(slicesOf(list).map((slice) => slice.length), [50, 50, 20]);
  assert.deepEqual(slicesOf(list).flat(), list);
  const largest = { bookings: Array.from({ length: 50 }, () => ({ code: "9".repeat(32), service: "s".repeat(40), at: 9_999_999_999_999 })) };
  assert.ok(JSON.stringify(largest).length < 16 * 1024);
});

test("a day begins at the centre's midnight", () => {
  assert.equal(dayStart(local("2026-11-24T01:30"), NAIROBI), local("2026-11-24T00:00"));
});
