// Puts random screens of the kiosk together, as the page does, for `kiosk_heard.py`: one JSON line each.
import { readFileSync } from "node:fs";
import { bookOf, said } from "../../assets/pages/kiosk/said.js";

const [language, count, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const manifest = JSON.parse(readFileSync(new URL("../../assets/voices/kiosk/speech.json", import.meta.url), "utf8"));
const { clips } = manifest.languages[language];
const books = { [language]: bookOf(manifest, language) };
let state = seed;
// A small generator, so that the same seed gives the same screens everywhere.
const random = (below) => { state = (state * 1_103_515_245 + 12_345) % 2_147_483_648; return Math.floor((state / 2_147_483_648) * below); };
const oneOf = (list) => list[random(list.length)];
const services = Object.keys(clips).filter((name) => name.startsWith("service-"));
const fees = Object.keys(clips).filter((name) => name.startsWith("fee-")).map((name) => Number(name.slice(4))).filter(Boolean);

for (let place = 0; place < count; place += 1) {
  const from = 5 * (1 + random(12));
  const wait = { from_minutes: from, to_minutes: from + 5 * (1 + random(6)) };
  console.log(JSON.stringify(place % 2 === 0 ? confirm(wait) : ticket(wait)));
}

function confirm(wait) {
  const service = oneOf(services);
  const name = clips[service].text;
  const fee = oneOf(fees);
  const row = said("confirm", { language, name: { [language]: name }, fee, wait, papers: [] }, books);
  return { row: row.slice(0, row.findIndex((part) => String(part).endsWith("kiosk-documents-none"))), name, numbers: [fee, wait.from_minutes, wait.to_minutes] };
}

function ticket(wait) {
  const number = `${oneOf([..."JLKGDSQVZ"])}${String(1 + random(999)).padStart(3, "0")}`;
  const ahead = 1 + random(60);
  const row = said("ticket", { language, number, ahead, wait, paper: true }, books);
  return { row: row.slice(0, row.findIndex((part) => String(part).endsWith("kiosk-take-ticket"))), number, numbers: [ahead, wait.from_minutes, wait.to_minutes] };
}
