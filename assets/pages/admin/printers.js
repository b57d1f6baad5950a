// Printers and slips: how each printer is, whose slips come out there, what became of the last slips, and a slip once more.
import { html, useState } from "../vendor/foleni-vendor.js";
import { post, postPlain, remove } from "../shared/api.js";
import { timeOfDay } from "../shared/clock.js";
import { State, icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { troubleWord } from "../staff/device.js";
import { Dialog } from "../staff/dialog.js";
import { Field } from "../staff/parts.js";
import { answered, attempt, catalogue, devices, printers, printJobs } from "./store.js";

const PORT = 9100;

/** The name of a place where slips come out: a printer on the network, or a kiosk's own. */
const nameOf = (place) => place.printer ?? place.kiosk;
const words = { queued: ["free", "admin-print-queued"], sent: ["called", "admin-print-sent"], printed: ["on_time", "admin-print-printed"],
  failed: ["late", "admin-print-failed"], abandoned: ["closed", "admin-print-abandoned"] };
const why = { shown_instead: "admin-print-why-shown", too_old: "admin-print-why-old", ticket_gone: "admin-print-why-gone",
  printer_gone: "admin-print-why-printer", no_word: "admin-print-why-no-word" };
const kinds = { issue: null, reprint: "admin-print-copy", test: "admin-print-test" };

/** Everything about paper. */
export function Printers() {
  return html`<section class="panel printers"><h2>${t("admin-print-title")}</h2>
    <p class="lead">${t("admin-print-lead")}</p>
    <${List} /><${Assign} /><${NewPrinter} /><${Reprint} /><${Jobs} />
  </section>`;
}

function List() {
  const [leaving, ask] = useState(null);
  const take = async () => {
    const printer = leaving;
    ask(null);
    await attempt(() => remove(`/api/v1/printers/${encodeURIComponent(printer)}`, { triesMax: 3 }));
  };
  return html`${printers.value?.length === 0 && html`<p class="lead">${t("admin-print-none")}</p>`}
    <ul class="list places">${printers.value?.map((of) => html`<${Printer} key=${nameOf(of.printer)} of=${of} ask=${ask} />`)}</ul>
    ${leaving && html`<${Dialog} title=${t("admin-print-remove-ask", { name: leaving })} onLeave=${() => ask(null)}>
      <p class="lead">${t("admin-print-remove-effect")}</p>
      <div class="ends"><button class="btn tall" data-first onClick=${() => ask(null)}>${t("common-cancel")}</button><button class="btn stop tall" onClick=${take}>${t("common-remove")}</button></div></${Dialog}>`}`;
}

function Printer({ of, ask }) {
  const name = nameOf(of.printer);
  const [state, word] = stateOf(of);
  const about = of.address ? `${of.address} · ${of.paper_mm} mm · ${t(of.rendering === "text" ? "admin-print-as-text" : "admin-print-as-image")}` : t("admin-print-own");
  return html`<li data-printer=${name}><span><b>${name}</b><small class="sec">${about}</small></span>
    <span><${State} state=${state} word=${word} />${of.queued > 0 && html`<small class="sec num">${t("admin-print-waiting", { count: of.queued })}</small>`}</span>
    <span class="sec">${of.kiosks.length > 0 ? t("admin-print-used-by", { names: of.kiosks.join(", ") }) : t("admin-print-unused")}</span>
    <span class="acts"><button class="btn small" aria-label=${`${t("admin-device-test-print")}: ${name}`} onClick=${() => attempt(() => print("test", of.printer))}>${icon("printer")}${t("admin-device-test-print")}</button>
      ${of.printer.printer && html`<button class="btn small" aria-label=${`${t("common-remove")}: ${name}`} onClick=${() => ask(name)}>${t("common-remove")}</button>`}</span></li>`;
}

/** How a printer is: a state and its word. */
export function stateOf({ trouble, seen }) {
  if (trouble) return [trouble === "paper_near_end" ? "near" : "late", troubleWord(trouble)];
  return seen == null ? ["free", t("admin-print-not-seen")] : ["connected", t("admin-print-ready")];
}

const print = (what, place) => post("/api/v1/print-jobs", { what, ...place });

function Assign() {
  const kiosks = devices.value?.filter((device) => device.kind === "kiosk") ?? [];
  const network = printers.value?.filter((of) => of.printer.printer) ?? [];
  if (kiosks.length === 0 || network.length === 0) return null;
  const used = (kiosk) => network.find((of) => of.kiosks.includes(kiosk))?.printer.printer ?? "";
  const assign = (kiosk) => (event) => attempt(() => postPlain(`/api/v1/devices/${encodeURIComponent(kiosk)}/printer`, { printer: event.target.value || null }, { triesMax: 3 }));
  return html`<div class="assign"><h3>${t("admin-print-assign")}</h3>
    ${kiosks.map(({ device }) => html`<div class="field row" key=${device}><label for=${`at-${device}`}>${device}</label>
      <select id=${`at-${device}`} value=${used(device)} onChange=${assign(device)}>
        <option value="">${t("admin-print-own")}</option>
        ${network.map((of) => html`<option value=${of.printer.printer}>${of.printer.printer}</option>`)}
      </select></div>`)}</div>`;
}

function NewPrinter() {
  const [busy, setBusy] = useState(false);
  const add = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    const printer = { printer: data.get("printer").trim(), host: data.get("host").trim(), port: Number(data.get("port")), paper_mm: Number(data.get("paper")), rendering: data.get("rendering") };
    setBusy(true);
    if (await attempt(() => postPlain("/api/v1/printers", printer, { triesMax: 3 }))) form.reset();
    setBusy(false);
  };
  return html`<details class="more"><summary class="btn">${icon("plus")}${t("admin-print-add")}</summary>
    <form class="new-day" onSubmit=${add}>
    <div class="pair"><${Field} id="printer-name" name="printer" label=${t("common-name")} required maxlength="40" pattern="[A-Za-z0-9\\-_.:]+" title="a-z 0-9 - _ . :" spellcheck="false" autocapitalize="none" autocomplete="off" />
      <${Field} id="printer-host" name="host" label=${t("admin-print-host")} required maxlength="253" spellcheck="false" autocapitalize="none" autocomplete="off" /></div>
    <div class="three"><${Field} id="printer-port" name="port" type="number" label=${t("admin-print-port")} defaultValue=${PORT} min="1" max="65535" required />
      <div class="field"><label for="printer-paper">${t("admin-device-paper")}</label><select id="printer-paper" name="paper"><option value="80">80 mm</option><option value="58">58 mm</option></select></div>
      <div class="field"><label for="printer-rendering">${t("admin-print-rendering")}</label><select id="printer-rendering" name="rendering"><option value="image">${t("admin-print-as-image")}</option><option value="text">${t("admin-print-as-text")}</option></select></div></div>
    <button class="btn primary tall" aria-disabled=${busy}>${icon("printer")}${busy ? t("common-working") : t("admin-print-add")}</button>
  </form></details>`;
}

function Reprint() {
  const [busy, setBusy] = useState(false);
  const places = printers.value ?? [];
  if (places.length === 0) return null;
  const again = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    const number = data.get("number").trim().toUpperCase();
    if (await attempt(() => print({ reprint: number }, places[Number(data.get("place"))].printer))) form.reset();
    setBusy(false);
  };
  return html`<form class="again" onSubmit=${again}><h3>${t("admin-print-again")}</h3>
    <div class="three"><${Field} id="again-number" name="number" label=${t("common-number")} placeholder="K042" required pattern="[A-Za-z][0-9]{3,5}" title="K042" autocomplete="off" autocapitalize="characters" spellcheck="false" />
      <div class="field"><label for="again-place">${t("admin-print-where")}</label><select id="again-place" name="place">${places.map((of, at) => html`<option value=${at}>${nameOf(of.printer)}</option>`)}</select></div>
      <button class="btn tall" aria-disabled=${busy}>${icon("printer")}${busy ? t("common-working") : t("common-print")}</button></div>
  </form>`;
}

function Jobs() {
  const [all, show] = useState(false);
  const jobs = printJobs.value ?? [];
  const shown = all ? jobs : jobs.slice(0, 10);
  const abandoned = jobs.filter((job) => job.state === "abandoned").length;
  return html`<div class="jobs"><h3>${t("admin-print-jobs")}</h3>
    ${!answered.value && html`<p class="st warn" role="alert">${t("common-no-answer")}</p>`}
    ${printJobs.value?.length === 0 && html`<p class="lead">${t("common-none")}</p>`}
    ${abandoned > 0 && html`<p class="st warn">${t("admin-print-abandoned-count", { count: abandoned })}</p>`}
    <ul class="list slips">${shown.map((job) => html`<${Job} key=${job.job} job=${job} />`)}</ul>
    ${jobs.length > 10 && html`<button class="btn small" aria-expanded=${all} onClick=${() => show(!all)}>${t(all ? "common-hide" : "common-show")} (${jobs.length - 10})</button>`}
  </div>`;
}

function Job({ job }) {
  const [state, word] = words[job.state] ?? words.queued;
  const service = catalogue.value.services.find(({ id }) => id === job.service);
  const reasons = [
    job.why_abandoned && t(why[job.why_abandoned] ?? "admin-print-why-old"),
    job.in_doubt && job.state === "sent" && t("admin-print-in-doubt"),
    job.trouble && troubleWord(job.trouble),
  ].filter(Boolean);
  return html`<li data-job=${job.job} data-state=${job.state}><span class="num"><b>${job.number ?? t("admin-print-test")}</b>${kinds[job.kind] && job.number && html`<small class="sec">${t(kinds[job.kind])}</small>`}</span>
    <span>${nameOf(job.at_printer)}<small class="sec num">${timeOfDay(job.changed)}${service && html` · ${pick(service.name)}`}</small></span>
    <span><${State} state=${state} word=${t(word)} />${reasons.length > 0 && html`<small class="sec">${reasons.join(" · ")}</small>`}</span></li>`;
}
