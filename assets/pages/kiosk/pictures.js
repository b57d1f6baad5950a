// The kiosk for those who would rather not read: an office, a service, a ticket, each a large picture with few words.
import { html } from "../vendor/foleni-vendor.js";
import { feeOn } from "../shared/fees.js";
import { rangeOf, today } from "../shared/clock.js";
import { icon, shape } from "../shared/states.js";
import { both, pick, t, Two } from "../shared/text.js";
import { Access } from "./access.js";
import { More, stateWords } from "./choose.js";
import { papersOf } from "./entry.js";
import { appointment, back, bookedAt, careOf, catalogue, checkInByCode, filter, following, issue, once, open, priority, service, step } from "./flow.js";
import { Act, Listen, reasonOf, Screen, Top } from "./frame.js";
import { kindOf } from "./kinds.js";
import { Refusal } from "./refused.js";
import { isOffered, Times } from "./slip.js";

/** First the offices, then what one of them does. */
export function PictureChoose({ states }) {
  const { kind, group } = filter.value;
  const chosen = kind === "group" ? catalogue.value.groups.find((entry) => entry.id === group) : null;
  const collecting = kind === "collect";
  return html`<${Screen} name="choose picture" top=${html`<${Top} at=${2} />`} bottom=${html`<${Bottom} inside=${chosen || collecting} />`}>
    <div class="pane list pictures" tabindex="-1">
      <h1 class="title withicon">${chosen ? html`${icon(chosen.icon)}<${Two} text=${chosen.short} />` : html`${icon(collecting ? "file-check" : "hand-finger")}${both(collecting ? "kiosk-collect" : "kiosk-picture-choose")}`}</h1>
      <div class="tiles">${chosen || collecting ? servicesOf(chosen).map((entry) => html`<${ServiceTile} key=${entry.id} entry=${entry} state=${states.get(entry.id)} />`) : html`<${Offices} />`}</div>
    </div>
  <//>`;
}

const servicesOf = (group) => catalogue.value.services.filter((entry) => (group ? entry.group === group.id : entry.collection));

function Offices() {
  const tile = (key, picture, words, act, more = "") => html`<button type="button" key=${key} class=${`btn big ${more}`} data-group=${key} onClick=${once(act)}>${icon(picture)}${words}</button>`;
  return html`
    ${catalogue.value.services.some((entry) => entry.collection) && tile("collect", "file-check", both("kiosk-picture-collect"), () => { filter.value = { kind: "collect" }; }, "dark")}
    ${catalogue.value.groups.map((entry) => tile(entry.id, entry.icon, html`<${Two} text=${entry.short} />`, () => { filter.value = { kind: "group", group: entry.id }; }))}
    ${!appointment.value && tile("appointment", "calendar-event", both("kiosk-appointment"), checkInByCode)}`;
}

function ServiceTile({ entry, state }) {
  const reason = reasonOf(entry, state);
  const kind = kindOf(entry);
  return html`<button type="button" class=${`btn big ${reason ? "off" : ""}`} data-service=${entry.id} data-state=${state?.state ?? "unknown"} onClick=${once(() => open(entry.id))}>
    <span class="drawn">${icon(entry.icon)}${kind && html`<span class="kind" data-kind=${kind.kind}>${icon(kind.picture)}</span>`}</span>
    <${Two} text=${entry.name} />
    ${reason ? html`<span class=${`st ${reason.colour}`}>${shape(reason.state)}<span>${t(stateWords[reason.state])}</span></span>`
      : state && state.waiting !== null && html`<span class="row now">${icon("users")}<span class="num">${state.waiting}</span></span>`}
  </button>`;
}

function Bottom({ inside }) {
  const { kind, group } = filter.value;
  const care = careOf(catalogue.value);
  return html`<nav class="bottom">
    <${Act} picture="arrow-left" words="common-back" act=${() => (inside ? (filter.value = { kind: "popular" }) : back())} class="back" />
    ${care && html`<${Act} picture="lifebuoy" words="kiosk-picture-help" act=${() => open(care.id)} class="unsure" />`}
    <${Listen} /><${Access} /><${More} key=${`${kind} ${group}`} />
  </nav>`;
}

/** One service: what it costs, how many wait, how long; what to bring; whether one goes first; the ticket. */
export function PictureConfirm({ states }) {
  const entry = service.value;
  const state = states.get(entry.id);
  const reason = reasonOf(entry, state);
  const papers = papersOf([entry, ...following.value]);
  const kind = kindOf(entry);
  const busy = step.value === "issuing";
  const ready = !busy && (!appointment.value || isOffered(bookedAt.value));
  return html`<${Screen} name="confirm picture" top=${html`<${Top} at=${3} />`} bottom=${html`<nav class="bottom">
      <${Act} picture="arrow-left" words="common-back" act=${back} class="back" disabled=${busy} /><${Listen} /><${Access} />
      ${!reason && html`<${Act} picture="ticket" words="kiosk-get-ticket" act=${issue} class="primary give" disabled=${!ready} />`}</nav>`}>
    <div class="pane facts-pane" tabindex="0">
      <h1 class="title withicon"><span class="drawn">${icon(entry.icon)}${kind && html`<span class="kind">${icon(kind.picture)}</span>`}</span><${Two} text=${entry.name} /></h1>
      <ul class="signs">
        <li>${icon("coins")}<span class="num">${feeSign(entry)}</span></li>
        <li>${icon("users")}<span class="num">${state?.waiting ?? "–"}</span></li>
        <li>${icon("clock")}<span class="num">${!reason && state?.wait ? html`${rangeOf(state.wait)}<small> ${t("common-minutes-short")}</small>` : "–"}</span></li>
      </ul>
      ${papers.length > 0 && html`<ul class="bring">${papers.map((paper) => html`<li>${icon("files")}<${Two} text=${paper} /></li>`)}</ul>`}
    </div>
    <div class="pane priority-pane">
      <${Refusal} />
      ${reason ? html`<section class=${`notnow off ${reason.colour}`}>${shape(reason.state)}<div>${both(stateWords[reason.state])}<${Two} class="why" text=${reason.why} /></div></section>`
        : appointment.value ? html`<${Times} />` : html`<${GoesFirst} />`}
    </div>
  <//>`;
}

function feeSign(entry) {
  const { kes } = feeOn(entry, today.value);
  if (kes === null) return "?";
  return kes === 0 ? t("kiosk-free") : html`<small>KSh </small>${kes.toLocaleString("en-GB")}`;
}

const WHO = [["old", "older"], ["expectant", "expectant"], ["baby-carriage", "infant"], ["wheelchair", "disability"], ["mood-sick", "unwell"]];

// One large picture of five people, on or off.
const GoesFirst = () => html`<button type="button" class=${`btn first-of-all ${priority.value ? "on" : ""}`} data-priority=${priority.value ? "no" : "yes"} aria-pressed=${priority.value}
    onClick=${() => { priority.value = !priority.value; }}>
  <span class="who-first">${WHO.map(([picture]) => icon(picture))}</span>
  <span class="row">${both("kiosk-priority-yes")}${shape(priority.value ? "served" : "free")}</span>
  <span class="aside">${WHO.map(([, who]) => t(`kiosk-priority-${who}`)).join(", ")}</span>
</button>`;
