// What people type at the kiosk, and the service that each of them should be offered first.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findServices, likeness, slips, slipsAllowed } from "../pages/kiosk/search.js";

// What was typed, and the one that is meant; several where either is right to come first.
const QUERIES = {
  // identity
  "id": "nrb-id-new", "ID": "nrb-id-new", "id card": "nrb-id-new", "kitambulisho": "nrb-id-new", "kipande": "nrb-id-new", "vitambulisho": "nrb-id-new",
  "national id": "nrb-id-new", "kitambulisho kipya": "nrb-id-new", "nataka kitambulisho": "nrb-id-new", "i want an id": "nrb-id-new", "kitambulixo": "nrb-id-new", "kitabulisho": "nrb-id-new",
  "kitambulsho": "nrb-id-new", "kitanbulisyo": "nrb-id-new", "lost id": "nrb-id-replace", "id lost": "nrb-id-replace", "nimepoteza kitambulisho": "nrb-id-replace", "kipande imepotea": "nrb-id-replace",
  "replace id": "nrb-id-replace", "id yangu imeibiwa": "nrb-id-replace", "change name id": "nrb-id-particulars", "collect id": "nrb-id-collect", "kuchukua kitambulisho": "nrb-id-collect",
  "pick id": "nrb-id-collect", "id status": "nrb-id-status",
  // births and deaths
  "birth": "crs-birth", "birth cert": "crs-birth", "birth certificate": "crs-birth", "certificate of birth": "crs-birth", "kuzaliwa": "crs-birth", "cheti cha kuzaliwa": "crs-birth",
  "cheti ya kuzaliwa": "crs-birth", "kusaliwa": "crs-birth", "birt certficate": "crs-birth", "birth certifcate": "crs-birth", "mtoi": "crs-birth", "mtoto": "crs-birth", "late birth": "crs-birth-late",
  "lost birth certificate": "crs-birth-dup", "death": "crs-death", "death certificate": "crs-death", "cheti cha kifo": "crs-death", "kifo": "crs-death", "deth certificate": "crs-death",
  // police
  "good conduct": "dci-pcc", "goodconduct": "dci-pcc", "certificate of good conduct": "dci-pcc", "conduct good": "dci-pcc", "cheti cha tabia njema": "dci-pcc", "tabia njema": "dci-pcc", "tabia nzema": "dci-pcc",
  "gud conduct": "dci-pcc", "good condact": "dci-pcc", "police clearance": "dci-pcc", "clearence": "dci-pcc", "fingerprints": ["dci-pcc", "ntsa-dl-bio"], "abstract": "nps-abstract", "police abstract": "nps-abstract", "abstrct": "nps-abstract",
  "lost phone": "nps-abstract", "nimeibiwa simu": "nps-abstract", "ob number": "nps-abstract",
  // roads
  "licence": "ntsa-dl-bio", "license": "ntsa-dl-bio", "lisence": "ntsa-dl-bio", "leseni": "ntsa-dl-bio", "reseni": "ntsa-dl-bio", "lesseni": "ntsa-dl-bio", "leseni ya udereva": "ntsa-dl-bio", "driving license": "ntsa-dl-bio", "drivin licens": "ntsa-dl-bio",
  "dl": "ntsa-dl-bio", "smart dl": "ntsa-dl-bio", "renew dl": "ntsa-dl-renew", "renewing licence": "ntsa-dl-renew", "renewal of driving licence": "ntsa-dl-renew", "collect dl": "ntsa-dl-collect", "kuchukua leseni": "ntsa-dl-collect",
  "logbook": "ntsa-logbook", "log book": "ntsa-logbook", "logbok": "ntsa-logbook", "nduthi": "ntsa-logbook",
  // taxes and learning
  "pin": "kra-pin", "kra": "kra-pin", "kra pin": "kra-pin", "k r a": "kra-pin", "pin mpya": "kra-pin", "forgot kra password": "kra-update", "returns": "kra-returns", "nil returns": "kra-returns", "ritani": "kra-returns",
  "tcc": "kra-tcc", "tax compliance": "kra-tcc", "helb": "helb-loan", "mkopo wa chuo": "helb-loan", "mikopo": ["helb-loan", "helb-cert", "helb-statement"], "kcse results": "knec", "mwalimu": "tsc", "walimu": "tsc",
  // health, pensions, the rest
  "nhif": "sha-register", "sha": "sha-register", "shif": "sha-register", "bima ya afya": "sha-register", "hospital": "sha-register", "wategemezi": "sha-dependants", "nssf": "nssf-register", "nssf statement": "nssf-statement",
  "pension": "pen-service", "pensheni": "pen-service", "ecitizen": "ecz-account", "e citizen": "ecz-account", "e-citizen password": "ecz-account", "passport": "imm-passport", "pasport": "imm-passport", "pasipoti": "imm-passport", "passpot": "imm-passport",
  "business name": ["brs-name", "brs-search"], "bussiness registration": "brs-name", "chama": "dsd-shg", "pesa za wazee": "dsd-inua", "ulemavu": "ncpwd-register", "disabilty": "ncpwd-register", "stima": "kplc", "umeme": "kplc", "title deed": "lands-search",
  "shamba": ["lands-search", "lands-stamp"], "kura": "iebc", "sign language": "hk-ksl", "leseni ya biashara": "cty-sbp", "complaint": ["hk-feedback", "caj-complaint"], "hongo": "eacc-report", "msaada": "hk-info",
};

test("each of many everyday queries finds what is meant, and finds it first", () => {
  assert.ok(Object.keys(QUERIES).length > 100);
  const all = national();
  const wrong = Object.entries(QUERIES).flatMap(([words, meant]) => {
    const first = findServices(all, words).slice(0, 3).map(({ id }) => id);
    return [meant].flat().includes(first[0]) ? [] : [`${JSON.stringify(words)} should find ${meant}, but finds ${first.join(", ") || "nothing"}`];
  });
  assert.deepEqual(wrong, []);
});

test("every way to begin a common word finds it while it is still being typed", () => {
  const all = national();
  for (const [word, meant] of [["kitambulisho", "nrb-id-new"], ["kuzaliwa", "crs-birth"], ["passport", "imm-passport"], ["leseni", "ntsa-dl-bio"], ["conduct", "dci-pcc"]]) {
    for (let length = 4; length <= word.length; length += 1) {
      const found = findServices(all, word.slice(0, length)).slice(0, 4).map(({ id }) => id);
      assert.ok(found.includes(meant), `${word.slice(0, length)}: ${found.join(", ")}`);
    }
  }
});

test("any two slips in a long word, and any one in a shorter, still find it", () => {
  const all = national();
  const found = (words) => findServices(all, words).slice(0, 5).map(({ id }) => id);
  for (const [word, meant] of [["kitambulisho", "nrb-id-new"], ["certificate", null], ["passport", "imm-passport"], ["logbook", "ntsa-logbook"], ["abstract", "nps-abstract"]]) {
    if (meant === null) continue;
    for (let at = 1; at < word.length; at += 1) {
      const lost = word.slice(0, at) + word.slice(at + 1);
      assert.ok(found(lost).includes(meant), `${lost}: ${found(lost).join(", ")}`);
      if (at + 1 < word.length) {
        const swapped = word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
        assert.ok(found(swapped).includes(meant), `${swapped}: ${found(swapped).join(", ")}`);
      }
      if (word.length < 11) continue;
      for (let other = at + 3; other < word.length; other += 1) {
        const twice = `${word.slice(0, at)}x${word.slice(at + 1, other)}${word.slice(other + 1)}`;
        assert.ok(found(twice).includes(meant), `${twice}: ${found(twice).join(", ")}`);
      }
    }
  }
});

test("what nobody offers finds nothing, and nothing finds nothing", () => {
  const all = national();
  for (const words of ["", "  ", "zzzz", "zebra", "qqqqqqqq", "xyzzy", "!!!", "?"]) assert.deepEqual(findServices(all, words), [], words);
});

test("a slip is a letter that is another, missing, too many, or has changed places", () => {
  assert.equal(slips("leseni", "lesemi", 2), 1);
  assert.equal(slips("leseni", "lseni", 2), 1);
  assert.equal(slips("leseni", "lesseni", 2), 1);
  assert.equal(slips("leseni", "lesnei", 2), 1);
  assert.equal(slips("leseni", "usajili", 2), 3, "more than were asked about are not counted");
  assert.deepEqual([3, 4, 7, 8, 12].map(slipsAllowed), [0, 1, 1, 2, 2]);
});

test("the same word is more than its plural, its plural more than its beginning, and that more than a slip", () => {
  const [same, plural, begun, slip] = [likeness("kitambulisho", "kitambulisho"), likeness("vitambulisho", "kitambulisho"), likeness("kitamb", "kitambulisho"), likeness("kitambulixxo", "kitambulisho")];
  assert.ok(same > plural && plural > begun && begun > slip && slip > 0, [same, plural, begun, slip].join(" "));
  assert.equal(likeness("birth", "death"), 0);
  assert.equal(likeness("id", "dl"), 0);
});

// The national catalogue as a page has it, read from its file: strings and lists of strings are all that is needed here.
function national() {
  const [head, ...blocks] = readFileSync(new URL("../catalogue/national.toml", import.meta.url), "utf8").split(/^\[\[/m);
  assert.match(head, /The national catalogue/);
  const entries = blocks.map((block) => ({ kind: block.slice(0, block.indexOf("]]")), ...valuesOf(block) }));
  const text = (entry, name) => ({ en: entry[`${name}_en`], sw: entry[`${name}_sw`] });
  const agencies = entries.filter(({ kind }) => kind === "agency").map((entry) => ({ code: entry.code, name: text(entry, "name"), short: text(entry, "short") }));
  const services = entries.filter(({ kind }) => kind === "service").map((entry) => ({ id: entry.id, agency: entry.agency, popular: entry.popular ?? false, keywords: entry.keywords, name: text(entry, "name") }));
  assert.ok(agencies.length > 30 && services.length > 70 && services.every(({ keywords }) => keywords.length >= 3));
  return { agencies, services };
}

const valuesOf = (block) => Object.fromEntries([...block.matchAll(/^(\w+) = (".*"|true|\[".*"\])$/gm)].map(([, name, value]) => [name, JSON.parse(value)]));
