// Reads a list of appointments as people make it in a spreadsheet: code, service, date, time. Pure, so that it can be tested.

/** Appointments in one request: well below the server's limit of bytes. */
export const SLICE = 50;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Reads the lines. Returns `good`, a list of `{ line, code, service, at }`, and `bad`, a list of `{ line, why, text }`; `why` is the
 * end of a message's key. Columns after the fourth are not looked at. `known` is `{ services, utcOffsetMinutes, now }`.
 */
export function readLines(text, known) {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const comma = separatorOf(lines);
  const [good, bad, codes] = [[], [], new Set()];
  lines.forEach((line, place) => {
    const cells = cellsOf(line, comma);
    if (cells.every((cell) => cell === "") || isHead(cells, good.length + bad.length)) return;
    const read = readCells(cells, known);
    if (read.why) { bad.push({ line: place + 1, why: read.why, text: cells.slice(1, 4).join(" · ") }); return; }
    const plain = plainCode(read.code);
    if (codes.has(plain)) { bad.push({ line: place + 1, why: "twice", text: cells.slice(1, 4).join(" · ") }); return; }
    codes.add(plain);
    good.push({ line: place + 1, ...read });
  });
  return { good, bad };
}

/** Splits a list into the slices that are sent one after the other. */
export function slicesOf(list, size = SLICE) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, place) => list.slice(place * size, (place + 1) * size));
}

/** The beginning of the centre's day, milliseconds. */
export const dayStart = (time, utcOffsetMinutes) => Math.floor((time + utcOffsetMinutes * MINUTE) / DAY) * DAY - utcOffsetMinutes * MINUTE;

function separatorOf(lines) {
  const first = lines.find((line) => line.trim() !== "") ?? "";
  return [";", "\t", ","].find((sign) => first.includes(sign)) ?? ",";
}

// Cells may stand in quotes, and a quote in a cell is doubled.
function cellsOf(line, comma) {
  const cells = [];
  let [cell, quoted] = ["", false];
  for (let place = 0; place < line.length; place += 1) {
    const sign = line[place];
    if (quoted && sign === '"' && line[place + 1] === '"') { cell += '"'; place += 1; }
    else if (sign === '"') quoted = !quoted;
    else if (sign === comma && !quoted) { cells.push(cell.trim()); cell = ""; }
    else cell += sign;
  }
  return [...cells, cell.trim()];
}

// The first line may name the columns: it has no figure in date and time.
const isHead = (cells, before) => before === 0 && cells.length >= 3 && !/\d/.test(cells.slice(2, 4).join(""));

function readCells(cells, { services, utcOffsetMinutes, now }) {
  const [code, name, ...rest] = cells;
  const [date, time] = rest[0]?.includes(" ") || rest[0]?.includes("T") ? rest[0].split(/[ T]+/) : rest;
  if (!code || !name || !date || !time) return { why: "columns" };
  if (!/^[A-Z0-9]{4,32}$/.test(plainCode(code))) return { why: "code" };
  const found = servicesCalled(services, name);
  if (found.length !== 1) return { why: found.length === 0 ? "service" : "many" };
  const day = readDate(date);
  if (day === null) return { why: "date" };
  const minutes = readTime(time);
  if (minutes === null) return { why: "time" };
  const at = day + (minutes - utcOffsetMinutes) * MINUTE;
  return at < dayStart(now, utcOffsetMinutes) ? { why: "past" } : { code, service: found[0].id, at };
}

// As the server compares codes: spaces, dashes and the case of letters do not matter.
const plainCode = (code) => code.replace(/[\s\-_./]/g, "").toUpperCase();

function servicesCalled(services, name) {
  const wanted = plainWords(name);
  const byId = services.filter(({ id }) => id === name.toLowerCase());
  return byId.length > 0 ? byId : services.filter((service) => [service.name.en, service.name.sw].some((words) => plainWords(words) === wanted));
}

const plainWords = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// 2026-11-25, 25.11.2026 or 25/11/2026; a date that is not in the calendar is none.
function readDate(text) {
  const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  const local = text.match(/^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/);
  const [year, month, day] = (iso?.slice(1) ?? local?.slice(1).reverse() ?? []).map(Number);
  if (!year) return null;
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : null;
}

// 10:30, 8.05, 10:30:00; the clock of 24 hours.
function readTime(text) {
  const [, hours, minutes] = text.match(/^(\d{1,2})[:.](\d{2})(?::00(?:\.0+)?)?$/)?.map(Number) ?? [];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}
