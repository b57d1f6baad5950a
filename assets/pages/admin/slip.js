// How slips look: a form for the centre's template and beside it a sample ticket, dot for dot as a printer would get it.
import { batch, effect, html, signal, useEffect, useRef, useState } from "../vendor/foleni-vendor.js";
import { Refused, get, put, remove } from "../shared/api.js";
import { icon } from "../shared/states.js";
import { language, pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { Field, RefusalLine } from "../staff/parts.js";
import { wordsOf } from "../staff/who.js";
import { fitted, toLogo } from "./logo.js";
import { attempt, catalogue } from "./store.js";

const PATH = "/api/v1/slip-template";
const LINE_MAX = 60;
const DOTS_A_MM = 8;
const FIELDS = ["documents", "documents_second", "phone_page", "if_passed", "date", "keep", "report"];
const SAMPLES = ["ordinary", "longest", "several", "appointment", "outside", "offline"];
const key = (name) => name.replaceAll("_", "-");

// Kept here, so that what is being changed is not lost when the page is drawn anew.
const known = signal(null);
const draft = signal(null);
const sample = signal({ sample: "ordinary", service: "", language: null });
const picture = signal(null); // the picture that a logo is made from: `{ light, width, height, dark }`

const change = (part) => { draft.value = { ...draft.value, ...part }; };
const isChanged = () => JSON.stringify(draft.value) !== JSON.stringify(known.value?.template);

function take(told) {
  batch(() => { known.value = told; draft.value = told.template; picture.value = null; });
}

/** The panel: the form at the left, the slip at the right. */
export function Slip() {
  useEffect(() => { if (!known.value) void attempt(async () => take(await get(PATH, { triesMax: 3 }))); }, []);
  return html`<section class="panel slip-look"><h2>${t("admin-slip")}</h2><p class="lead">${t("admin-slip-lead")}</p>
    ${draft.value && html`<div class="slip-parts"><${Template} /><${Preview} /></div>`}
  </section>`;
}

function Template() {
  const [busy, setBusy] = useState(false);
  const [leaving, ask] = useState(false);
  const act = (asked) => async (event) => {
    event?.preventDefault();
    if (busy) return;
    ask(false);
    setBusy(true);
    await attempt(async () => take(await asked()));
    setBusy(false);
  };
  const template = draft.value;
  return html`<form class="slip-form" onSubmit=${act(() => put(PATH, draft.value, { triesMax: 3 }))}>
    <p class=${`st ${isChanged() ? "warn" : ""}`} role="status">${isChanged() ? t("admin-slip-unsaved") : t(known.value.saved ? "admin-slip-of-manager" : "admin-slip-of-file")}</p>
    <${Choice} name="paper" legend=${t("admin-slip-paper")} value=${template.paper} options=${[["mm58", t("admin-slip-paper-mm", { mm: 58 })], ["mm80", t("admin-slip-paper-mm", { mm: 80 })]]} />
    <${Choice} name="languages" legend=${t("admin-slip-languages")} value=${template.languages} options=${["both", "chosen"].map((name) => [name, t(`admin-slip-languages-${name}`)])} />
    <${Choice} name="number_size" legend=${t("admin-slip-number")} value=${template.number_size} options=${["large", "extra_large"].map((name) => [name, t(`admin-slip-number-${key(name)}`)])} />
    <${Logo} />
    <${Lines} name="header" linesMax=${3} />
    <${Fields} />
    <${Lines} name="footer" linesMax=${4} />
    <div class="ends"><button class="btn primary tall" aria-disabled=${busy}>${icon("printer")}${busy ? t("common-working") : t("admin-slip-save")}</button>
      ${isChanged() && html`<button type="button" class="btn tall" onClick=${() => take(known.value)}>${t("admin-slip-leave")}</button>`}
      ${known.value.saved && html`<button type="button" class="btn tall" onClick=${() => ask(true)}>${icon("rotate")}${t("admin-slip-reset")}</button>`}</div>
    ${leaving && html`<${Dialog} title=${t("admin-slip-reset-ask")} onLeave=${() => ask(false)}>
      <p class="lead">${t("admin-slip-reset-effect")}</p>
      <div class="ends"><button type="button" class="btn tall" data-first onClick=${() => ask(false)}>${t("common-cancel")}</button><button type="button" class="btn stop tall" onClick=${act(() => remove(PATH, { triesMax: 3 }))}>${t("admin-slip-reset")}</button></div></${Dialog}>`}
  </form>`;
}

/** One of a few. */
const Choice = ({ name, legend, value, options }) => html`<fieldset class="roles"><legend>${legend}</legend>
  ${options.map(([option, label]) => html`<label><input type="radio" name=${`slip-${name}`} value=${option} checked=${option === value} onChange=${() => change({ [name]: option })} />${label}</label>`)}</fieldset>`;

function Fields() {
  const fields = draft.value.fields;
  const toggle = (name) => change({ fields: { ...fields, [name]: !fields[name] } });
  return html`<fieldset class="roles fields"><legend>${t("admin-slip-fields")}</legend><p class="lead">${t("admin-slip-always")}</p>
    ${FIELDS.map((name) => html`<label><input type="checkbox" name=${`slip-${name}`} checked=${fields[name]} onChange=${() => toggle(name)} />${t(`admin-slip-field-${key(name)}`)}</label>`)}</fieldset>`;
}

/** Lines in both languages. */
function Lines({ name, linesMax }) {
  const lines = draft.value[name];
  const set = (place, tag, text) => change({ [name]: lines.map((line, at) => (at === place ? { ...line, [tag]: text } : line)) });
  const field = (line, place, tag) => html`<${Field} id=${`slip-${name}-${place}-${tag}`} lang=${tag} label=${t(`admin-slip-line-${tag}`, { count: place + 1 })} value=${line[tag]}
    maxlength=${LINE_MAX} autocomplete="off" onInput=${(event) => set(place, tag, event.currentTarget.value)} />`;
  return html`<fieldset class="lines"><legend>${t(`admin-slip-${name}`)}</legend>
    ${lines.map((line, place) => html`<div class="line" key=${place}>${field(line, place, "en")}${field(line, place, "sw")}
      <button type="button" class="btn small" aria-label=${t("admin-slip-line-remove", { count: place + 1 })} onClick=${() => change({ [name]: lines.filter((_, at) => at !== place) })}>${icon("x")}</button></div>`)}
    ${lines.length < linesMax && html`<button type="button" class="btn small" onClick=${() => change({ [name]: [...lines, { en: "", sw: "" }] })}>${icon("plus")}${t("admin-slip-line-add")}</button>`}</fieldset>`;
}

/** A picture from this computer becomes black and white here; nothing but its dots is sent. */
function Logo() {
  const [bad, setBad] = useState(false);
  const make = (read) => batch(() => { picture.value = read; change({ logo: toLogo(read) }); });
  const choose = async (event) => {
    const input = event.currentTarget;
    const file = input.files[0];
    if (!file) return;
    setBad(false);
    try { make({ ...await fitted(file), dark: 128 }); } catch { setBad(true); }
    input.value = "";
  };
  const clear = () => batch(() => { picture.value = null; const { logo, ...rest } = draft.value; draft.value = rest; });
  return html`<fieldset class="lines logo"><legend>${t("admin-slip-logo")}</legend><p class="lead">${t("admin-slip-logo-hint")}</p>
    <div class="ends"><label class="btn small file">${icon("files")}${t("admin-slip-logo-choose")}<input class="aside" type="file" accept="image/*" onChange=${choose} /></label>
      ${draft.value.logo && html`<button type="button" class="btn small" onClick=${clear}>${icon("trash")}${t("admin-slip-logo-remove")}</button>`}</div>
    ${bad && html`<p class="wrong" role="alert">${t("admin-slip-logo-bad")}</p>`}
    ${picture.value && html`<label class="dark">${t("admin-slip-logo-dark")}<input type="range" min="16" max="240" step="4" value=${picture.value.dark} onInput=${(event) => make({ ...picture.value, dark: Number(event.currentTarget.value) })} /></label>`}</fieldset>`;
}

function Preview() {
  const paper = useRef(null);
  const [shown, show] = useState({ height: 0, refused: null });
  useEffect(() => follow(paper, show), []);
  const set = (part) => { sample.value = { ...sample.value, ...part }; };
  const mm = Math.round(shown.height / DOTS_A_MM);
  return html`<div class="slip-preview"><h3>${t("admin-slip-preview")}</h3>
    <div class="pair"><div class="field"><label for="slip-sample">${t("admin-slip-sample")}</label><select id="slip-sample" value=${sample.value.sample} onChange=${(event) => set({ sample: event.currentTarget.value })}>
        ${SAMPLES.map((name) => html`<option value=${name}>${t(`admin-slip-sample-${name}`)}</option>`)}</select></div>
      <div class="field"><label for="slip-language">${t("admin-slip-language")}</label><select id="slip-language" value=${sample.value.language ?? language.value} onChange=${(event) => set({ language: event.currentTarget.value })}>
        <option value="en" lang="en">English</option><option value="sw" lang="sw">Kiswahili</option></select></div></div>
    <div class="field"><label for="slip-service">${t("admin-slip-service")}</label><select id="slip-service" value=${sample.value.service} onChange=${(event) => set({ service: event.currentTarget.value })}>
      <option value="">${t("admin-slip-service-usual")}</option>${catalogue.value.services.map(({ id, name }) => html`<option value=${id}>${pick(name)}</option>`)}</select></div>
    ${shown.refused && html`<${RefusalLine} text=${shown.refused} />`}
    <p class="sec" role="status">${mm > 0 && t("admin-slip-length", { mm })}</p>
    <div class="roll" tabindex="0" role="group" aria-label=${t("admin-slip-preview")}><canvas ref=${paper} role="img" aria-label=${t("admin-slip-preview-of", { mm })} width="576" height="1"></canvas></div></div>`;
}

// Draws the slip a moment after the last change; an answer that is overtaken is not drawn. Returns what ends it.
function follow(paper, show) {
  const SETTLES_MS = 250;
  let [timer, round] = [0, 0];
  const draw = async (asked, mine) => {
    try {
      const dots = await createImageBitmap(await previewOf(asked));
      if (mine !== round || !paper.current) return;
      paper.current.width = dots.width;
      paper.current.height = dots.height;
      paper.current.getContext("2d").drawImage(dots, 0, 0);
      show({ height: dots.height, refused: null });
    } catch (error) {
      if (mine === round) show((shown) => ({ ...shown, refused: wordsOf(error) }));
    }
  };
  const stop = effect(() => {
    if (!draft.value) return;
    const { sample: name, service, language: tag } = sample.value;
    const asked = { template: draft.value, sample: name, language: tag ?? language.value, service: service || null };
    clearTimeout(timer);
    round += 1;
    const mine = round;
    timer = setTimeout(() => draw(asked, mine), SETTLES_MS);
  });
  return () => { stop(); clearTimeout(timer); round += 1; };
}

async function previewOf(asked) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked), credentials: "same-origin" };
  const answer = await fetch(`${PATH}/preview`, init);
  if (!answer.ok) throw new Refused(await answer.json().catch(() => null), answer.status);
  return answer.blob();
}
