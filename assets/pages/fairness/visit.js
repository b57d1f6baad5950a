// One visit in plain words: what happened, and of every call before it, why that was right.
import { html } from "../vendor/foleni-vendor.js";
import { minutesOf, rangeOf, timeOfDay } from "../shared/clock.js";
import { Plate, Ticket } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { t } from "../shared/text.js";
import { grouped, percents } from "./figures.js";
import { poolName, serviceName, told } from "./store.js";

/** The visits of the number that was asked for. */
export const Visits = () => told.value?.visits.map((visit) => html`<${Visit} key=${visit.ticket} visit=${visit} number=${told.value.number} date=${told.value.date} />`);

const CANCELLED = { given_up: "fair-line-given-up", mistake: "fair-line-mistake", replaced: "fair-line-replaced" };

function Visit({ visit, number, date }) {
  return html`<section class="panel visit" aria-label=${t("fair-visit", { number })}>
    <div class="whose">
      <${Ticket}><small>${t("common-ticket")}</small><b class="num">${number}</b><small>${written(date)}</small><//>
      <button class="btn small no-print" onClick=${() => printOnly("visit")}>${icon("printer")}${t("common-print")}</button>
    </div>
    <ol class="lines">${grouped(visit.lines).map((line) => (line.kind === "before" ? html`<${Before} passes=${line.passes} />` : html`<${Line} line=${line} number=${number} />`))}</ol>
    <p class="rule-said">${t("fair-rule")}</p>
  </section>`;
}

function Line({ line, number }) {
  const { text, details = [], plate = null } = said(line, number);
  return html`<li class=${`line ${line.kind}`}><time class="num">${timeOfDay(line.at)}</time>
    <span class="sign">${plate !== null && html`<${Plate} counter=${plate} />`}</span>
    <div><b>${text}</b>${details.filter(Boolean).map((detail) => html`<p>${detail}</p>`)}
      ${line.kind === "called" && html`<${Share} figures=${line.figures} />`}</div></li>`;
}

/** How much of its promise a ticket had used; the black line is the promise. */
function Share({ figures: { share_permille: share } }) {
  const width = Math.min(share, 1800) / 18;
  return html`<svg class=${`share ${share > 1000 ? "late" : "ok"}`} viewBox="0 0 180 12" preserveAspectRatio="none" aria-hidden="true">
    <rect class="room" width="180" height="12" rx="2" /><rect width=${width * 1.8} height="12" rx="2" fill="currentColor" /><path d="M100 0v12" class="promise-line" /></svg>`;
}

function Before({ passes }) {
  return html`<li class="line before"><span></span><span class="sign">${icon("users")}</span><div>
    <b>${t("fair-before", { count: passes.length })}</b>
    <ul>${passes.map((pass) => html`<li class=${pass.reason === "unexplained" ? "late" : ""}>
      <time class="num">${timeOfDay(pass.at)}</time> <b class="num">${pass.number}</b> <span class="to">${icon("arrow-narrow-right")}<${Plate} counter=${pass.counter} /></span>
      <span class="why">${pass.reason === "unexplained" && shape("late")} ${because(pass)}</span></li>`)}</ul></div></li>`;
}

const REASON = { back: "fair-reason-back", correction: "fair-reason-correction", same_officer: "fair-reason-same-officer", supervisor: "fair-reason-supervisor" };

/** The reason of a call out of order, as others tell it. */
export const reasonOf = (reason) => t(REASON[reason] ?? "fair-pass-out-of-order");

/** The name of a class. */
export const className = (name) => t({ standard: "class-standard", priority: "class-priority", appointment: "class-appointment" }[name] ?? name);

function because({ reason, service, figures, own, out_of_order: order }) {
  const [percent, mine] = percents(figures.share_permille, own.share_permille);
  switch (reason) {
    case "other_class": return t("fair-why-other-class", { percent, own: mine });
    case "other_service": return t("fair-why-other-service", { service: serviceName(service), percent, own: mine });
    case "longer_wait": return t("fair-why-longer-wait", { waited: minutesOf(figures.waited), own: minutesOf(own.waited) });
    case "front": return t("fair-why-front");
    case "out_of_order": return t("fair-why-out-of-order", { reason: reasonOf(order) });
    case "target": return t("fair-why-target");
    case "suspended": return t("fair-why-suspended");
    case "unexplained": return t("fair-pass-unexplained");
    default: return t("fair-why-other"); // a reason of a later version
  }
}

const OUTCOME = { served: "outcome-served", documents_missing: "outcome-documents-missing", referred: "outcome-referred", system_down: "outcome-system-down" };
const STANDING = { kept: "counter-transfer-kept", front: "counter-transfer-front", end: "counter-transfer-end" };
const SUSPENDED = { system_down: "suspension-system-down", network_down: "suspension-network-down", no_officer: "suspension-no-officer", no_material: "suspension-no-material" };
const UNDONE = { call: "counter-undo-call", start: "counter-undo-start", finish: "counter-undo-finish", no_show: "counter-undo-no_show", hold: "counter-undo-hold", transfer: "counter-undo-transfer" };

/** A line in words: what, the details under it, and the counter where it was. */
function said(line, number) {
  const { counter } = line;
  switch (line.kind) {
    case "issued":
      return { text: t("fair-line-issued", { service: serviceName(line.service) }), details: [
        `${className(line.class)} · ${t("fair-told-ahead", { count: line.ahead })}${line.wait ? ` · ${t("fair-told-wait", { range: rangeOf(line.wait) })}` : ""}`,
        line.booked_at && t("fair-booked", { time: timeOfDay(line.booked_at) }),
        line.taken_up && t("fair-taken-up", { number: line.taken_up }),
        line.outside && t("fair-outside"),
        ...line.then.map((service) => t("fair-then", { service: serviceName(service) }))] };
    case "admitted": return { text: t("fair-line-admitted") };
    case "delivered": return { text: t("fair-line-delivered", { service: serviceName(line.service), count: line.count }), plate: counter };
    case "called": return { text: t("fair-line-called", { counter }), details: calledBecause(line), plate: counter };
    case "recalled": return { text: t("fair-line-recalled", { counter }), plate: counter };
    case "started": return { text: t("fair-line-started", { counter }), plate: counter };
    case "finished": return { text: t("fair-line-finished", { outcome: t(OUTCOME[line.outcome] ?? "state-ended") }), details: [line.next && goesOn(line.next)], plate: counter };
    case "missed": return { text: t("fair-line-missed", { counter }), details: [line.back_until && t("counter-missed-until", { time: timeOfDay(line.back_until) })], plate: counter };
    case "held": return { text: t("fair-line-held"), details: [line.until && t("common-until", { time: timeOfDay(line.until) })], plate: counter };
    case "transferred": return { text: t("fair-line-transferred"), details: [`${goesOn(line.next)} · ${t(STANDING[line.standing] ?? "counter-transfer-kept")}`], plate: counter };
    case "back": return { text: t("fair-line-back", { waited: minutesOf(line.waited) }) };
    case "lapsed": return { text: t("fair-line-lapsed") };
    case "cancelled": return { text: t(CANCELLED[line.reason] ?? "fair-line-mistake") };
    case "classed": return { text: t("fair-line-classed", { class: className(line.class) }) };
    case "undone": return { text: line.besides ? t("fair-line-withdrawn") : t("fair-line-undone", { act: t(UNDONE[line.act] ?? "counter-undo-call", { number }) }), plate: counter };
    case "returned": return { text: t("fair-line-returned"), plate: counter };
    case "suspended": return { text: t("fair-line-suspended", { reason: t(SUSPENDED[line.reason] ?? "suspension-other") }), details: [t("board-place-kept")] };
    case "resumed": return { text: t("fair-line-resumed") };
    case "closed": return { text: t("fair-line-closed") };
    default: return { text: line.kind }; // a line of a later version
  }
}

function goesOn({ service, to, waited }) {
  const meant = to.counter !== undefined ? ` · ${t("fair-to-counter", { counter: to.counter })}` : to.officer !== undefined ? ` · ${t("fair-to-officer")}` : to.pool !== undefined ? ` · ${t("fair-to-pool", { pool: poolName(to.pool) })}` : "";
  return `${t("fair-goes-on", { service: serviceName(service), waited: minutesOf(waited) })}${meant}`;
}

function calledBecause({ figures, runner_up: second, front, out_of_order: order }) {
  const [percent, theirs] = percents(figures.share_permille, second?.figures.share_permille ?? 0);
  const own = t("fair-called-share", { percent, waited: minutesOf(figures.waited), promise: minutesOf(figures.promise) });
  const number = second?.number;
  if (order) return [t("fair-why-out-of-order", { reason: reasonOf(order) }), number && t("fair-called-turn-of", { number, percent: theirs }), own];
  if (front) return [t("fair-why-front"), own];
  return [own, number ? t("fair-called-second", { number, percent: theirs }) : t("fair-called-alone")];
}

/** `24.11.2026` for `2026-11-24`. */
export const written = (date) => date.split("-").reverse().join(".");

/** Prints one part of the page: a visit can be shown to its citizen without the names that the day's report has. */
export function printOnly(part) {
  document.body.dataset.print = part;
  print();
}
