// What is said of each screen: a row of clips (`"sw/kiosk-welcome"`) and of pauses in seconds. Pure, so that it can be tested.

/** Between two sentences, between a choice and the next, and inside a sentence that is put together. */
export const SENTENCE = 0.4;
export const NEXT = 0.5;
export const COMMA = 0.12;

/** The clips of one language: `has` a name, and the name of the clip that says a text. `manifest` is `speech.json`. */
export function bookOf(manifest, tag) {
  const { clips } = manifest.languages[tag];
  const named = Object.entries(clips).filter(([name]) => !/^(digit|number|ticket-)/.test(name));
  const byText = new Map([...named.filter(([, { also }]) => also).map(([name, { also }]) => [also, name]), ...named.map(([name, { text }]) => [text, name])]);
  return { tag, has: (name) => name in clips, saying: (text) => byText.get(text) ?? null };
}

/**
 * What is said of a screen. `facts` are what the screen shows; names are texts in both languages (`{ en, sw }`), and one that no clip
 * says is left out, with a word that more stands on the screen. Fees and waits are numbers, times are `"08:30"`.
 */
export function said(screen, facts, books) {
  const book = books[facts.language];
  switch (screen) {
    case "welcome": return welcome(facts, books);
    case "choose": return choose(facts, book);
    case "confirm": return confirm(facts, book);
    case "elsewhere": return rowOf(book, "you-chose", name(book, facts.name), SENTENCE, "kiosk-not-offered", SENTENCE, "kiosk-not-here-advice", SENTENCE, "kiosk-not-here-ask");
    case "code": return entry(book, "kiosk-appointment-code", facts);
    case "return": return entry(book, "kiosk-return-number", { after: ["kiosk-return-counts"], ...facts });
    case "issuing": return rowOf(book, "kiosk-one-moment", facts.vain && [SENTENCE, "common-no-answer"], facts.call && [SENTENCE, "kiosk-call-officer"]);
    case "ticket": return ticket(facts, book);
    case "closed": return closed(facts, book);
    case "out-of-touch": return rowOf(book, "kiosk-out-of-service", SENTENCE, "common-no-answer");
    case "locked": return rowOf(book, "kiosk-locked", SENTENCE, "kiosk-locked-other");
    case "searching": return rowOf(book, "device-searching");
    case "still-there": return rowOf(book, "kiosk-still-there", choices(book, facts.choices), padKeys(facts.pad));
    case "sign-language": return rowOf(book, "kiosk-sign-language-use", SENTENCE, "kiosk-call-officer");
    case "access": return rowOf(book, "free-choice", SENTENCE, choices(book, facts.choices), padKeys(facts.pad));
    case "menu": return rowOf(book, choices(book, facts.choices), padKeys(facts.pad));
    default: return [];
  }
}

/** One thing by itself: a choice that is reached with the keys, or what was typed. Empty when no clip says it. */
export function saidOf(text, book) {
  const plain = text.replace(/\s+/g, " ").trim();
  const clip = book.saying(plain) ?? book.saying(`${plain}.`);
  if (clip) return rowOf(book, clip);
  if (/^[A-Z]\d{3,5}$/.test(plain)) return rowOf(book, ticketNumber(plain));
  if (/^\d{1,4}$/.test(plain)) return rowOf(book, number(Number(plain)));
  if (/^\d\d:\d\d$/.test(plain)) return rowOf(book, time(book, plain));
  return [];
}

/** Letters and figures one by one, as they were typed. */
export const spelled = (text, book) => rowOf(book, [...text.replaceAll("-", "")].map((sign) => [/\d/.test(sign) ? `digit1-${sign}` : `letter-${sign}`, COMMA]));

function welcome({ languages, full, pad }, books) {
  return languages.flatMap((tag, place) => rowOf(books[tag], "kiosk-welcome", SENTENCE, full && ["kiosk-hall-full", SENTENCE], "kiosk-choose-language", SENTENCE,
    pad && ["language-press", COMMA, number(place + 1), SENTENCE], "common-tickets-free", NEXT));
}

function choose({ question, choices: all = [], pad, ways = [] }, book) {
  return rowOf(book, question, SENTENCE, pad && ["choose-by-keys", SENTENCE], choices(book, all), ways.map((key) => [SENTENCE, key]), padKeys({ ...pad, again: pad }));
}

// What the other keys of a pad do: the same on every screen, the one that is needed next first.
function padKeys(pad) {
  if (!pad) return [];
  return [pad.more && [NEXT, "hear-more", COMMA, "key-enter"], pad.go && [NEXT, "go-on", COMMA, "key-enter"], pad.back && [NEXT, "go-back", COMMA, number(0)],
    pad.again && [NEXT, "hear-again", COMMA, "key-star"]];
}

// A choice is `{ digit, text }`, `{ digit, key }` or `{ digit, names }`, the surest first: "three: birth certificate". Without a digit it is
// only named.
function choices(book, all = []) {
  const one = ({ digit, text, key, names = [text?.[book.tag]] }) => {
    const clip = key ?? names.map((words) => book.saying(words ?? "")).find((known) => known !== null) ?? null;
    return clip === null ? null : [SENTENCE, digit === undefined ? [] : [number(digit), COMMA], clip];
  };
  const known = all.map(one);
  return [known, known.includes(null) ? [SENTENCE, "list-on-screen"] : []];
}

function confirm(facts, book) {
  const { reason, following = [], refusal } = facts;
  return rowOf(book,
    "you-chose", name(book, facts.name), following.map((next) => [SENTENCE, "kiosk-then", COMMA, name(book, next)]), SENTENCE,
    refusal && [refused(book, refusal), SENTENCE],
    reason ? notNow(book, reason) : [fee(book, facts.fee), SENTENCE, wait(facts), SENTENCE, papers(book, facts.papers), SENTENCE,
      facts.asksPriority && [priority(), SENTENCE], facts.asksTime && ["kiosk-appointment-time", SENTENCE]],
    choices(book, facts.choices), padKeys(facts.pad));
}

function entry(book, question, { typed = "", refusal, pad, after = [] }) {
  return rowOf(book, question, SENTENCE, after.map((key) => [key, SENTENCE]), typed && ["you-typed", COMMA, spelled(typed, book), SENTENCE], refusal && [refused(book, refusal)], padKeys(pad));
}

function ticket(facts, book) {
  const shown = ticketNumber(facts.number);
  return rowOf(book, shown, SENTENCE, place(facts), SENTENCE, facts.outside && ["kiosk-outside", SENTENCE], hand(facts, shown), padKeys(facts.pad));
}

// How many are ahead and how long it may take; a number from the kiosk's own reserve knows neither.
function place({ offline, ahead, ...rest }) {
  if (offline) return ["kiosk-offline-wait"];
  const before = ahead === 0 ? "nobody-ahead" : ["kiosk-ahead", COMMA, number(ahead)];
  return [before, SENTENCE, wait(rest)];
}

// Where to put one's hand; without paper the number is said again, for it is all that the visitor has.
function hand({ paper, trouble }, shown) {
  if (paper) return ["kiosk-take-ticket", SENTENCE, "take-below", SENTENCE, "kiosk-sit-wait", SENTENCE, "slip-keep"];
  return [whyNoPaper(trouble), SENTENCE, "remember-number", SENTENCE, "once-more", COMMA, shown, SENTENCE, "kiosk-place-kept", SENTENCE, "kiosk-sit-wait"];
}

function whyNoPaper(trouble) {
  switch (trouble) {
    case undefined: case null: return [];
    case "paper_out": return "paper-finished";
    default: return "printer-fault";
  }
}

function closed({ opens, unserved }, book) {
  return rowOf(book, "kiosk-centre-closed", SENTENCE, opens && ["opens-at", COMMA, opens.day && [opens.day, COMMA], time(book, opens.time), SENTENCE], unserved && "kiosk-keep-ticket");
}

function papers(book, all = []) {
  if (all.length === 0) return ["kiosk-documents-none"];
  const clips = all.map((paper) => book.saying(paper[book.tag]));
  return ["kiosk-documents-need", SENTENCE, clips.map((clip) => clip && [clip, SENTENCE]), clips.includes(null) && ["list-on-screen", SENTENCE], "kiosk-documents-have"];
}

const priority = () => ["kiosk-priority", SENTENCE, "kiosk-priority-who", SENTENCE, "kiosk-priority-private"];

function fee(book, kes) {
  if (kes === 0) return ["fee-free"];
  if (kes === null || kes === undefined) return ["kiosk-fee-ask"];
  return ["fee-is", COMMA, book.has(`fee-${kes}`) ? `fee-${kes}` : number(kes)];
}

function wait({ wait: range }) {
  if (!range) return ["kiosk-wait-unknown"];
  const { from_minutes: from, to_minutes: to } = range;
  return from === to ? ["wait-about", COMMA, number(to)] : ["wait-from", COMMA, number(from), COMMA, "to", COMMA, number(to)];
}

const CAUSES = { network_down: "reason-network", no_officer: "reason-officer", no_material: "reason-material" };

// Why a service gives no ticket now, and when to come back.
function notNow(book, { state, cause, since, back, again }) {
  switch (state) {
    case "paused": return ["refusal-service-suspended", SENTENCE, CAUSES[cause] ?? "reason-system", since && [SENTENCE, "since", COMMA, time(book, since)], back && [SENTENCE, "back-at", COMMA, time(book, back)]];
    case "full": return ["refusal-service-full", again && [SENTENCE, again.day ? ["come-on-day", COMMA, again.day, COMMA, "from"] : "come-tomorrow", COMMA, time(book, again.time)]];
    default: return ["refusal-service-closed"];
  }
}

const ADVICE = { "appointment-used": "kiosk-appointment-used-advice", "unknown-booking": "kiosk-appointment-unknown-advice", "no-return-ticket": "kiosk-return-advice", "appointment-late": "kiosk-ordinary" };

function refused(book, { code, from }) {
  const known = book.has(`refusal-${code}`) ? `refusal-${code}` : "refusal-unknown";
  return [known, from && [SENTENCE, "ticket-from", COMMA, time(book, from)], code in ADVICE && [SENTENCE, ADVICE[code]]];
}

// A name, or a word that it stands on the screen.
const name = (book, text) => [COMMA, book.saying(text?.[book.tag] ?? "") ?? "list-on-screen"];

/** A ticket's number: the letter with its heading, then the figures as the hall calls them; the voice falls on the last. */
function ticketNumber(shown) {
  const figures = [...shown.slice(1)];
  const heard = (figure, at) => [COMMA, `digit${at === 0 ? 1 : at === figures.length - 1 ? 3 : 2}-${figure}`];
  return [`ticket-${shown[0]}`, figures.map(heard)];
}

function number(value) {
  if (value > 9999 || !Number.isInteger(value)) return [...String(value)].filter((figure) => /\d/.test(figure)).map((figure) => `digit1-${figure}`);
  if (value === 0) return ["digit3-0"];
  const [thousands, hundreds, rest] = [value - (value % 1000), (value % 1000) - (value % 100), value % 100];
  return [thousands, hundreds, rest].filter((part) => part > 0).map((part) => `number-${part}`);
}

// In Kiswahili the day begins at six: 08:30 is "saa mbili asubuhi na dakika thelathini".
function time(book, shown) {
  const [hour, minute] = shown.split(":").map(Number);
  const whole = `hour-${hour}`;
  if (minute === 0 && book.has(whole)) return [whole];
  if (book.tag === "sw" && book.has(whole)) return [whole, COMMA, "minutes-past", COMMA, number(minute)];
  return [number(hour), COMMA, minute < 10 ? [`digit1-0`, COMMA] : [], number(minute)];
}

// Flattens a row, names the language of each clip, and lets no pause stand at an end or double.
function rowOf(book, ...parts) {
  const row = [];
  for (const part of parts.flat(Infinity)) {
    if (part === false || part === null || part === undefined || part === "") continue;
    if (typeof part === "number") { if (typeof row.at(-1) === "number") row[row.length - 1] = Math.max(row.at(-1), part); else if (row.length > 0) row.push(part); }
    else row.push(part.includes("/") ? part : `${book.tag}/${part}`);
  }
  return typeof row.at(-1) === "number" ? row.slice(0, -1) : row;
}
