// Finding a service by words: each word begins a word of the service, in either language; one slip of the finger is forgiven.

/** Returns `text` in small letters without accents, as words. */
export const wordsOf = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").split(/[^a-z0-9]+/).filter(Boolean);

/** Returns the services that match, best first; after all that are offered here those that are not. */
export function findServices({ services, agencies, not_offered: missing = [] }, wanted) {
  const asked = wordsOf(wanted);
  if (asked.length === 0) return [];
  const known = new Map(agencies.map((agency) => [agency.code, agency]));
  return [...best(asked, services, ({ agency }) => known.get(agency)), ...best(asked, missing, officeOf)];
}

const officeOf = ({ agency, agency_short: short, agency_name: name }) => ({ code: agency, short, name });

function best(asked, services, agencyOf) {
  const scored = services.map((service) => ({ service, score: scoreOf(asked, service, agencyOf(service)) }));
  return scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).map(({ service }) => service);
}

function scoreOf(asked, service, agency) {
  const name = wordsOf(`${service.name.en} ${service.name.sw}`);
  const keywords = service.keywords.flatMap(wordsOf);
  const office = wordsOf([agency?.code, agency?.short.en, agency?.short.sw, agency?.name.en, agency?.name.sw].filter(Boolean).join(" "));
  let total = service.popular ? 1 : 0;
  for (const word of asked) {
    const best = Math.max(match(word, name, 6), match(word, keywords, 5), match(word, office, 3));
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

function match(word, words, worth) {
  if (words.includes(word)) return worth + 2;
  if (words.some((other) => other.startsWith(word))) return worth;
  if (word.length >= 4 && words.some((other) => nearly(word, other.slice(0, word.length)) || nearly(word, other.slice(0, word.length + 1)))) return 1;
  return 0;
}

/** Whether two words differ by one letter at most: another, missing, or one too many. */
export function nearly(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB;
}
