// Finding a service by words: in either language, in any order, as it sounds, in the plural, with slips of the finger.

/** Returns `text` in small letters without accents, as words. */
export const wordsOf = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").split(/[^a-z0-9]+/).filter(Boolean);

// What people say around the word that matters. They count for nothing, unless nothing else is said.
const AROUND = new Set(wordsOf(`a an and the of for to my i me we is in on at want need get have am how can do apply application please
  ya wa za la cha vya kwa na ni yangu langu changu wangu nataka naomba nahitaji ninataka kupata napata nipe nina kuhusu tafadhali huduma service services`));

/** Returns the services that match, best first; after all that are offered here those that are not. */
export function findServices({ services, agencies, not_offered: missing = [] }, wanted) {
  const known = new Map(agencies.map((agency) => [agency.code, agency]));
  const pages = [...services.map((service) => pageOf(service, known.get(service.agency))), ...missing.map((service) => pageOf(service, officeOf(service)))];
  const said = joined(wordsOf(wanted), new Set(pages.flatMap(({ words }) => words)));
  const asked = said.some((word) => !AROUND.has(word)) ? said.filter((word) => !AROUND.has(word)) : said;
  if (asked.length === 0) return [];
  const found = best(asked, pages);
  const away = new Set(missing);
  return [...found.filter((service) => !away.has(service)), ...found.filter((service) => away.has(service))];
}

const officeOf = ({ agency, agency_short: short, agency_name: name }) => ({ code: agency, short, name });

// What is one word here may be typed as two or three: "log book", "e citizen", "k r a".
function joined(words, known) {
  const out = [];
  for (let at = 0; at < words.length; at += 1) {
    const length = [3, 2].find((count) => at + count <= words.length && known.has(words.slice(at, at + count).join(""))) ?? 1;
    out.push(words.slice(at, at + length).join(""));
    at += length - 1;
  }
  return out;
}

// Services that have all the words; when there is none, those that have most of what was asked.
function best(asked, pages) {
  const found = asked.map((word) => pages.map((page) => hit(word, page)));
  const weights = found.map((hits) => rarity(hits, pages.length));
  const scored = pages.map(({ service, names }, place) => {
    const hits = found.map((each) => each[place]);
    const share = sum(weights.filter((_, word) => hits[word].worth > 0)) / sum(weights);
    const score = sum(hits.map(({ worth }, word) => worth * weights[word])) + precision(asked, names) + (service.popular ? 1.5 : 0);
    return { service, share: hits.every(({ worth }) => worth === 0) ? 0 : share, score };
  });
  const most = Math.max(0, ...scored.map(({ share }) => share));
  if (most < LEAST_SHARE) return [];
  return scored.filter(({ share }) => share >= most - 1e-9).sort((a, b) => b.score - a.score).map(({ service }) => service);
}

const LEAST_SHARE = 0.3;
const sum = (figures) => figures.reduce((total, figure) => total + figure, 0);

// A word that few services have says more than one that many have.
function rarity(hits, count) {
  const having = hits.filter(({ worth }) => worth > 0).length;
  return having === 0 ? Math.log2(2 + count) : Math.log2(2 + count / having);
}

// Of two services that have all words, the one whose name says little else is meant.
const precision = (asked, names) => 3 * Math.max(...names.map((name) => name.filter((word) => asked.some((other) => shares(rootsOf(word), rootsOf(other)))).length / Math.max(1, name.length)));

// What a service is known by, and how much each is worth. Read again with each key, so it is kept as long as its catalogue.
function pageOf(service, agency) {
  if (!kept.has(service)) kept.set(service, read(service, agency));
  return kept.get(service);
}

const kept = new WeakMap();

function read(service, agency) {
  const telling = (text) => wordsOf(text).filter((word) => !AROUND.has(word));
  const names = [service.name.en, service.name.sw].map((name) => telling(name.replace(/\(.*?\)/g, " ")));
  const keywords = [...service.keywords.flatMap(wordsOf), ...[service.name.en, service.name.sw].flatMap((name) => telling((name.match(/\(.*?\)/g) ?? []).join(" ")))];
  const office = telling([agency?.code, agency?.short.en, agency?.short.sw, agency?.name.en, agency?.name.sw].filter(Boolean).join(" "));
  const fields = [[names.flat(), 1.1], [keywords, 1], [office, 0.6]].map(([words, factor]) => [[...new Set(words)], factor]);
  return { service, names, fields, pairs: [names[0], names[1], keywords].flatMap(pairs), words: [...names.flat(), ...keywords, ...office] };
}

// Two words written as one, such as "goodconduct".
const pairs = (words) => words.slice(1).map((word, place) => words[place] + word);

// The best match of a word among a service's words; a little more where both its name and its words say it.
function hit(word, { fields, pairs: two }) {
  const worths = fields.map(([words, factor]) => Math.max(0, ...words.map((other) => likeness(word, other))) * factor);
  if (word.length >= 7) worths.push(Math.max(0, ...two.filter((other) => Math.abs(other.length - word.length) < 2).map((other) => likeness(word, other))) * 0.9);
  return { worth: Math.max(...worths) + 0.05 * sum(worths) };
}

/** How alike two words are, 0 to 10: the same, in the plural, its beginning, as it sounds, with a slip or two. */
export function likeness(word, other) {
  if (word === other) return 10;
  if (shares(rootsOf(word), rootsOf(other))) return 8;
  if (other.startsWith(word)) return word.length >= 2 ? 5 + 2 * (word.length / other.length) : 1;
  const [sound, otherSound] = [soundOf(word), soundOf(other)];
  if (sound === otherSound && sound.length >= 3) return 6;
  if (sound.length >= 4 && otherSound.startsWith(sound)) return 4;
  if (word.length < 4) return 0;
  if (sharedStart(word, other) >= 5 && sharedStart(word, other) >= 0.7 * Math.min(word.length, other.length)) return 3;
  return slipped(word, other) || (sound.length < 5 ? 0 : slipped(sound, otherSound));
}

// A word with slips, or its beginning with slips while it is still being typed.
function slipped(word, other) {
  const allowed = slipsAllowed(Math.min(word.length, other.length));
  if (allowed === 0) return 0;
  const whole = slips(word, other, allowed);
  if (whole <= allowed) return 4 - whole;
  if (word.length < 4 || other.length <= word.length) return 0;
  const begun = Math.min(...[-1, 0, 1].map((more) => slips(word, other.slice(0, word.length + more), allowed)));
  return begun <= Math.min(allowed, word.length >= 7 ? 2 : 1) ? 2.5 - begun : 0;
}

/** How many slips are forgiven in a word of this length. */
export const slipsAllowed = (length) => (length >= 8 ? 2 : length >= 4 ? 1 : 0);

/** Whether two words differ by one slip at most. */
export const nearly = (a, b) => slips(a, b, 1) <= 1;

/** How many letters are another, missing, too many or changed places; more than `most` is not counted further. */
export function slips(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, place) => place)];
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      next[column] = Math.min(last[column] + 1, next[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) next[column] = Math.min(next[column], before[column - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, last] = [last, next];
  }
  return last[b.length];
}

function sharedStart(a, b) {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}

// How a word sounds to someone who writes as one speaks; l and r are one sound to many, doubled letters always.
const soundOf = remembered((word) => word.replace(/ph/g, "f").replace(/ck|kh|q/g, "k").replace(/c(?=[eiy])/g, "s").replace(/c(?!h)/g, "k").replace(/z/g, "s")
  .replace(/dh/g, "d").replace(/th/g, "t").replace(/gh/g, "g").replace(/r/g, "l").replace(/y/g, "i").replace(/e$/, "").replace(/(.)\1+/g, "$1"));

const shares = (a, b) => a.some((root) => b.includes(root));

// The word itself and what it is a form of: plurals of both languages, verbs of Kiswahili with their first syllables.
const rootsOf = remembered((word) => {
  const roots = [word];
  const add = (root) => { if (root.length >= 3) roots.push(root); };
  if (word.length > 3 && word.endsWith("s")) add(word.slice(0, -1));
  if (word.endsWith("ies")) add(`${word.slice(0, -3)}y`);
  if (word.length > 6 && word.endsWith("ing")) { add(word.slice(0, -3)); add(`${word.slice(0, -3)}e`); }
  if (word.length > 5 && word.endsWith("ed")) { add(word.slice(0, -2)); add(word.slice(0, -1)); }
  for (const [from, to] of PLURALS) if (word.startsWith(from) && word.length >= from.length + 3) add(to + word.slice(from.length));
  const verb = word.match(/^(?:nimeku|nataku|nime|nili|nita|ime|ili|kime|ume|zime|ame|ku|una|nina|ina)(.{4,})$/);
  if (verb) add(`ku${verb[1]}`);
  return roots;
});

const PLURALS = [["vy", "ch"], ["vi", "ki"], ["wa", "m"], ["mi", "m"], ["ma", ""]];

// The words of a catalogue are few and asked about often; what is typed is forgotten once there is much of it.
function remembered(of) {
  const known = new Map();
  return (word) => {
    if (known.size > 5000) known.clear();
    if (!known.has(word)) known.set(word, of(word));
    return known.get(word);
  };
}
