// "Why was this one called before me?": a number and a day in, the visit in plain words and the day's report out.
import { html, render, useEffect, useState } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setUtcOffset } from "../shared/clock.js";
import { Mark } from "../shared/parts.js";
import { icon, loadIcons } from "../shared/states.js";
import { loadText, t } from "../shared/text.js";
import { Field, Languages, RefusalLine, SignIn } from "../staff/parts.js";
import { mayAs, recallWho, signOut, who, wordsOf } from "../staff/who.js";
import { Report } from "./report.js";
import { ask, busy, catalogue, first, refused, report } from "./store.js";
import { Visits } from "./visit.js";

function Page() {
  document.title = `Foleni · ${t("fair-title")}`;
  if (!catalogue.value || who.value === undefined) return html`<p class="starting">${t("common-connecting")}</p>`;
  if (!mayAs("manager")) {
    const told = who.value ? wordsOf({ code: "not-allowed" }) : null;
    return html`<${SignIn} title=${t("admin-sign-in-title")} note=${t("board-sign-in-note")} told=${told} />`;
  }
  return html`<div class="fairness"><${Head} /><${Asked} /></div>`;
}

function Head() {
  const leave = () => signOut().catch((error) => { refused.value = wordsOf(error); });
  return html`<header class="head night"><${Mark} /><b class="title">${t("fair-title")}</b><span class="centre">${catalogue.value.centre}</span><span class="grow"></span>
    <a class="btn" href="/board">${t("board-short")}</a><${Languages} />
    <span class="name">${who.value.shown}</span>
    <button class="btn" onClick=${leave}>${icon("logout")}${t("counter-sign-out")}</button>
  </header>`;
}

function Asked() {
  const [number, type] = useState(first.number);
  const [date, choose] = useState(first.date);
  useEffect(() => { void ask(first.number, first.date); }, []);
  const submit = (event) => { event.preventDefault(); void ask(number, date); };
  return html`<main>
    <form class="question no-print" onSubmit=${submit}>
      <h1>${t("fair-question")}</h1>
      <${Field} id="fair-number" label=${t("counter-call-number")} value=${number} onInput=${(event) => type(event.target.value)} placeholder="K042" maxlength="8" autocapitalize="characters" autocomplete="off" spellcheck="false" />
      <${Field} id="fair-date" label=${t("common-date")} type="date" value=${date || (report.value?.date ?? "")} onInput=${(event) => choose(event.target.value)} />
      <button class="btn primary tall" aria-disabled=${busy.value}>${icon("search")}${busy.value ? t("common-working") : t("common-show")}</button>
    </form>
    ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
    <p class="print-only paper-head"><b>${catalogue.value.centre}</b> · Foleni</p>
    <${Visits} /><${Report} />
  </main>`;
}

await loadText({ remember: "board", usual: "en" });
loadIcons("logout", "search", "printer", "users", "arrow-narrow-right", "eye");
render(html`<${Page} />`, document.getElementById("page"));
const [known] = await Promise.all([get("/api/v1/catalogue"), recallWho()]);
setUtcOffset(known.utc_offset_minutes);
catalogue.value = known;
