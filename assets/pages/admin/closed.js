// Closed days: those of the centre's file and those that were added, and one more.
import { html, useState } from "../vendor/foleni-vendor.js";
import { postPlain, remove } from "../shared/api.js";
import { timeOfDay, today } from "../shared/clock.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { Field } from "../staff/parts.js";
import { attempt, closedDays } from "./store.js";

const NAME_MAX = 60;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** `Friday 25.12.2026` for `2026-12-25`. */
const dayOf = (date) => `${t(`day-${WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]}`)} ${date.split("-").reverse().join(".")}`;

/** The list of closed days to come and the form for one more. */
export function ClosedDays() {
  const [leaving, ask] = useState(null);
  const known = closedDays.value;
  const reopen = async () => {
    const date = leaving;
    ask(null);
    await attempt(() => remove(`/api/v1/closed-days/${encodeURIComponent(date)}`, { triesMax: 3 }));
  };
  return html`<section class="panel closed-days halves"><h2>${t("admin-closed-days")}</h2>
    <p class="lead">${t("admin-closed-lead")}</p>
    ${known?.next && html`<p class="next"><b>${t("admin-closed-next", { day: dayOf(known.next.date), time: timeOfDay(known.next.tickets_from) })}</b></p>`}
    ${known?.days.length === 0 && html`<p class="lead">${t("admin-closed-none")}</p>`}
    <ul class="list days" tabindex="0" aria-label=${t("admin-closed-days")}>${known?.days.map((day) => html`<${Day} key=${day.date} day=${day} ask=${ask} />`)}</ul>
    <${NewDay} />
    ${leaving && html`<${Dialog} title=${t("admin-closed-remove-ask", { day: dayOf(leaving) })} onLeave=${() => ask(null)}>
      <p class="lead">${t("admin-closed-remove-effect")}</p>
      <div class="ends"><button class="btn tall" data-first onClick=${() => ask(null)}>${t("common-cancel")}</button><button class="btn stop tall" onClick=${reopen}>${t("admin-closed-remove")}</button></div></${Dialog}>`}
  </section>`;
}

function Day({ day: { date, name, added_by: by }, ask }) {
  return html`<li data-date=${date}><b>${dayOf(date)}</b><span>${name ? pick(name) : t("admin-closed-of-file")}${by && html` <span class="sec">${t("admin-closed-added-by", { name: by })}</span>`}</span>
    ${by && html`<button class="btn small" aria-label=${`${t("common-remove")}: ${dayOf(date)}`} onClick=${() => ask(date)}>${t("common-remove")}</button>`}</li>`;
}

function NewDay() {
  const [busy, setBusy] = useState(false);
  const add = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    const day = { date: data.get("date"), name: { en: data.get("name-en").trim(), sw: data.get("name-sw").trim() } };
    setBusy(true);
    if (await attempt(() => postPlain("/api/v1/closed-days", day, { triesMax: 3 }))) form.reset();
    setBusy(false);
  };
  return html`<form class="new-day" onSubmit=${add}>
    <h3>${t("admin-hours-add-closed")}</h3>
    <${Field} id="closed-date" name="date" type="date" label=${t("common-date")} min=${closedDays.value?.today ?? today.value} required />
    <div class="pair"><${Field} id="closed-name-en" name="name-en" lang="en" label=${t("admin-closed-name-en")} required maxlength=${NAME_MAX} autocomplete="off" />
      <${Field} id="closed-name-sw" name="name-sw" lang="sw" label=${t("admin-closed-name-sw")} required maxlength=${NAME_MAX} autocomplete="off" /></div>
    <button class="btn primary tall" aria-disabled=${busy}>${icon("calendar-off")}${busy ? t("common-working") : t("admin-hours-add-closed")}</button>
  </form>`;
}
