// What is asked about the visit at the counter: its marks, what was also done, its class, and how it ends where that must be said.
import { html, useState } from "../vendor/foleni-vendor.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { RefusalLine } from "../staff/parts.js";
import { CLASS_ACTS, OUTCOMES, keyOf } from "./acts.js";
import { act, catalogue, counter, refused } from "./store.js";
import { classActs, likelyBesides, servicesLike, stepped } from "./visit.js";

/** The way out of a question. */
export const Cancel = ({ leave }) => html`<button type="button" class="btn tall" onClick=${leave}>${t("common-cancel")}<span class="key">Esc</span></button>`;

const Done = ({ leave }) => html`<button type="button" class="btn dark tall" onClick=${leave}>${t("common-close")}<span class="key">Esc</span></button>`;

// A question stays about the ticket that it was asked of.
function useSame(ticket, leave) {
  const [first] = useState(ticket?.ticket);
  const same = first !== undefined && ticket?.ticket === first;
  if (!same) leave();
  return same;
}

/** The centre's marks, on and off with one key each. */
export function Marks({ ticket, leave }) {
  if (!useSame(ticket, leave)) return null;
  const marks = catalogue.value.marks ?? [];
  const isOn = ({ id }) => ticket.marks?.includes(id) ?? false;
  const toggle = (mark) => void act("mark", { mark: mark.id, on: !isOn(mark) });
  const onKey = (event) => {
    const key = keyOf(event);
    const mark = /^[1-9]$/.test(key) && marks[Number(key) - 1];
    if (mark) { event.preventDefault(); toggle(mark); }
    else if (key === "*") { event.preventDefault(); leave(); }
  };
  return html`<${Dialog} title=${t("counter-marks-of", { number: ticket.number })} onLeave=${leave} onKey=${onKey}>
    <p class="lead">${t("counter-marks-hint")}</p>
    <div class="breaks">${marks.map((mark, place) => html`<button type="button" class="btn tall toggle" key=${mark.id} aria-pressed=${isOn(mark)} onClick=${() => toggle(mark)}>
      ${icon(isOn(mark) ? "check" : "pencil")}<span class="grow">${pick(mark.name)}</span>${place < 9 && html`<span class="key">${place + 1}</span>`}</button>`)}</div>
    ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
    <${Done} leave=${leave} />
  </${Dialog}>`;
}

const SHOWN = 6;

/** What was done besides, and how often: found by its name, or among what this counter does. */
export function Also({ ticket, leave }) {
  const [typed, type] = useState("");
  if (!useSame(ticket, leave)) return null;
  const found = (typed === "" ? likelyBesides(ticket, counter.value, catalogue.value) : servicesLike(typed, catalogue.value)).slice(0, SHOWN);
  const step = (service, by) => { type(""); void act("deliver", { service, count: stepped(ticket, service, by) }); };
  const onKey = (event) => {
    const key = keyOf(event);
    const one = /^[1-9]$/.test(key) && found[Number(key) - 1];
    if (one) { event.preventDefault(); step(one.id, 1); }
    else if (key === "+") { event.preventDefault(); leave(); }
  };
  const add = (event) => { event.preventDefault(); if (typed === "") leave(); else if (found[0]) step(found[0].id, 1); };
  return html`<${Dialog} title=${t("counter-also-ask", { number: ticket.number })} onLeave=${leave} onKey=${onKey}>
    <form class="ask-form" onSubmit=${add}>
      ${ticket.delivered?.length > 0 && html`<ul class="counted">${ticket.delivered.map(({ service, count }) => html`<${Counted} key=${service} service=${service} count=${count} step=${step} />`)}</ul>`}
      <label><span>${t("common-add")}</span><input data-first type="search" autocomplete="off" value=${typed} placeholder=${t("counter-transfer-find")} onInput=${(event) => type(event.target.value)} /></label>
      <div class="found">${found.map(({ id, name, agency }, place) => html`<button type="button" class="btn" key=${id} onClick=${() => step(id, 1)}><span class="grow">${pick(name)}</span><small>${agency}</small><span class="key">${place + 1}</span></button>`)}
        ${found.length === 0 && html`<p>${t("kiosk-search-none")}</p>`}</div>
      <p class="lead">${t("counter-also-hint")}</p>
    </form>
    ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
    <${Done} leave=${leave} />
  </${Dialog}>`;
}

function Counted({ service, count, step }) {
  const name = pick(catalogue.value.services.find(({ id }) => id === service)?.name) || service;
  return html`<li><span class="grow">${name}</span>
    <button type="button" class="btn" aria-label=${t("counter-also-less", { service: name })} onClick=${() => step(service, -1)}>${icon("minus")}</button>
    <b class="num">${count}</b>
    <button type="button" class="btn" aria-label=${t("counter-also-more", { service: name })} onClick=${() => step(service, 1)}>${icon("plus")}</button></li>`;
}

/** What the citizen said of the class, confirmed or withdrawn; or priority given by the officer. The reason is never asked for. */
export function ClassOf({ ticket, leave }) {
  if (!useSame(ticket, leave)) return null;
  const acts = classActs(ticket);
  const take = (name) => { leave(); void act(name); };
  const onKey = (event) => {
    const name = acts[Number(keyOf(event)) - 1];
    if (name) { event.preventDefault(); take(name); }
  };
  return html`<${Dialog} title=${t("counter-priority-ask", { number: ticket.number })} onLeave=${leave} onKey=${onKey}>
    <div class="breaks">${acts.map((name, place) => html`<button type="button" class="btn tall" data-first=${place === 0 || undefined} onClick=${() => take(name)}>
      ${icon(CLASS_ACTS[name].icon)}<span class="grow">${t(CLASS_ACTS[name].words)}</span><span class="key">${place + 1}</span></button>`)}</div>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}

/** Where the centre wants it said: nothing is chosen beforehand, so that a second press of Enter says nothing. */
export function HowItEnds({ name, ticket, leave }) {
  if (!useSame(ticket, leave)) return null;
  const end = (outcome) => { leave(); void act(name, { outcome }); };
  const onKey = (event) => {
    const one = OUTCOMES.find(({ key }) => key === keyOf(event));
    if (one) { event.preventDefault(); end(one.name); }
  };
  return html`<${Dialog} title=${t("counter-outcome-ask")} onLeave=${leave} onKey=${onKey}>
    <div class="breaks">${OUTCOMES.map((one) => html`<button type="button" class="btn tall" onClick=${() => end(one.name)}>
      ${icon(one.icon)}<span class="grow">${t(one.words)}</span><span class="key">${one.key}</span></button>`)}</div>
    <${Cancel} leave=${leave} />
  </${Dialog}>`;
}
