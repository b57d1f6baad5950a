// The centre's list of appointments: lines are read on this computer, looked over, and added a slice at a time.
import { html, signal, useState } from "../vendor/foleni-vendor.js";
import { postPlain } from "../shared/api.js";
import { centreNow, dateOf, timeOfDay, weekday } from "../shared/clock.js";
import { icon, shape } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { dayStart, readLines, slicesOf } from "./lines.js";
import { attempt, bookings, catalogue, refused } from "./store.js";

const BAD_SHOWN = 20;
const SHOWN = 12;

// Kept here, so that a list that was read in half is not lost when the page is drawn anew.
const text = signal("");

/** The panel: a list to add, and what is on the list. */
export function Bookings() {
  return html`<section class="panel bookings halves"><h2>${t("booking-title")}</h2><p class="lead">${t("booking-lead")}</p>
    <${AddList} /><${List} /></section>`;
}

function AddList() {
  const [busy, setBusy] = useState(false);
  const [told, tell] = useState(null);
  const read = text.value.trim() === "" ? null : readLines(text.value, { services: catalogue.value.services, utcOffsetMinutes: offset(), now: centreNow() });
  const change = (next) => { tell(null); text.value = next; };
  const choose = async (event) => { const [file] = event.currentTarget.files; if (file) change(await file.text()); event.target.value = ""; };
  const send = async (event) => {
    event.preventDefault();
    if (busy || !read?.good.length) return;
    setBusy(true);
    const added = await addAll(read.good);
    // A refusal stands above, in its own words.
    if (added === read.good.length) tell(t("booking-sent", { count: added }));
    else tell(refused.value && added === 0 ? null : t("booking-part", { count: added }));
    if (added === read.good.length) text.value = "";
    setBusy(false);
  };
  return html`<form class="add-list" onSubmit=${send}>
    <p>${t("booking-how")}<br /><span class="sec">${t("booking-example")}:</span> <code>AB12CD, ${catalogue.value.services[0].id}, ${dateOf(centreNow())}, 10:30</code></p>
    <label class="btn small file">${icon("files")}<span>${t("booking-file")}</span><input type="file" class="aside" accept=".csv,.txt,text/csv,text/plain" onChange=${choose} /></label>
    <div class="field"><label for="booking-lines">${t("booking-paste")}</label>
      <textarea id="booking-lines" rows="5" spellcheck="false" autocomplete="off" value=${text.value} onInput=${(event) => change(event.currentTarget.value)}></textarea></div>
    ${read && html`<${Preview} read=${read} />`}
    <button class="btn primary tall" aria-disabled=${busy || !read?.good.length}>${icon("calendar-event")}${busy ? t("common-working") : t("booking-send")}</button>
    <p role="status">${told && html`<span class="st ok">${shape("on_time")}<span>${told}</span></span>`}</p>
  </form>`;
}

// Added again, the same code is the same appointment: a list that stopped half way is simply sent once more.
async function addAll(good) {
  let added = 0;
  for (const slice of slicesOf(good)) {
    const asked = { bookings: slice.map(({ code, service, at }) => ({ code, service, at })) };
    if (!(await attempt(() => postPlain("/api/v1/bookings", asked, { triesMax: 3 })))) break;
    added += slice.length;
  }
  return added;
}

function Preview({ read: { good, bad } }) {
  return html`<div class="preview">
    <p class="st ${good.length > 0 ? "ok" : ""}">${shape(good.length > 0 ? "on_time" : "free")}<span>${t("booking-good", { count: good.length })}</span></p>
    ${bad.length > 0 && html`<p class="st late">${shape("late")}<span>${t("booking-bad", { count: bad.length })}</span></p>
      <ul class="wrong-lines" tabindex="0">${bad.slice(0, BAD_SHOWN).map(({ line, why, text: cells }) => html`<li key=${line}><b>${t("booking-line", { line })}</b><span>${t(`booking-wrong-${why}`)}</span><span class="sec">${cells}</span></li>`)}</ul>`}
  </div>`;
}

function List() {
  const [all, showAll] = useState(false);
  if (!bookings.value) return null;
  const today = dayStart(centreNow(), offset());
  const later = bookings.value.filter(({ at }) => at >= today);
  const shown = all ? later : later.slice(0, SHOWN);
  return html`<div class="listed"><h3>${t("booking-list")} <span class="num">${later.length}</span></h3>
    ${later.length === 0 && html`<p class="lead">${t("booking-none")}</p>`}
    ${byDay(shown).map(([day, visits]) => html`<table key=${day}><caption>${weekday(day)} ${dateOf(day)}</caption><tbody>
      ${visits.map(({ id, at, service }) => html`<tr key=${id}><td class="num">${timeOfDay(at)}</td><td>${pick(catalogue.value.services.find((entry) => entry.id === service)?.name) || service}</td></tr>`)}</tbody></table>`)}
    ${later.length > shown.length && html`<button type="button" class="btn small" onClick=${() => showAll(true)}>${t("booking-all", { count: later.length })}</button>`}
    <p class="sec">${t("booking-codes")}</p>
  </div>`;
}

function byDay(visits) {
  const days = new Map();
  for (const visit of visits) {
    const day = dayStart(visit.at, offset());
    days.set(day, [...(days.get(day) ?? []), visit]);
  }
  return [...days];
}

const offset = () => catalogue.value.utc_offset_minutes;
