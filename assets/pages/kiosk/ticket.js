// The ticket: number, place in the line, wait, and where to put one's hand. Without paper the same ticket, to be written down.
import { html } from "../vendor/foleni-vendor.js";
import { isoDate, rangeOf } from "../shared/clock.js";
import { feeOn } from "../shared/fees.js";
import { People, Ring, Ticket } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { both, bothLine, otherLanguage, t, Two } from "../shared/text.js";
import { Access } from "./access.js";
import { Act, Listen, Screen, Top, feeText } from "./frame.js";
import { catalogue, issued, needsWriting, once, restart, ticketSeconds, touched, vainTries } from "./flow.js";
import { patient } from "./modes.js";

/** The ticket's screen; `left` is how many seconds it stays. */
export function TicketScreen({ left }) {
  const ticket = issued.value;
  const entry = catalogue.value.services.find((service) => service.id === ticket.service);
  return html`<${Screen} name="given" top=${html`<${Top} at=${4} />`} bottom=${html`<${Bottom} left=${left} ticket=${ticket} />`}>
    <div class="pane paper-pane" tabindex="0">
      <${Paper} ticket=${ticket} name=${entry?.name ?? ticket.slip.service} />
      ${!ticket.slip.offline && html`<${People} ahead=${ticket.ahead} label=${`${t("kiosk-ahead")}: ${ticket.ahead}`} />`}
    </div>
    <div class="pane hand-pane" tabindex="0">
      ${ticket.outside && html`<p class="hallfull">${shape("full")}${both("kiosk-outside")}</p>`}
      ${needsWriting(ticket) ? html`<${WriteDown} ticket=${ticket} />` : html`<${Take} outside=${ticket.outside} />`}
      ${entry && html`<${Reminder} entry=${entry} date=${isoDate(ticket.at)} documents=${ticket.slip.documents ?? entry.documents} />`}
    </div>
  <//>`;
}

const Paper = ({ ticket, name }) => html`<div class="shade"><${Ticket} class=${ticket.slip.then?.length || ticket.slip.note ? "tall" : ""}>
  <div class="label">${bothLine("kiosk-your-number")}${ticket.class !== "standard" && html`<span class="class">${ticket.slip.booked ? bothLine("slip-appointment-at", { time: ticket.slip.booked }) : bothLine(`class-${ticket.class}`)}</span>`}</div>
  <h1 class="big num" data-number=${ticket.number}>${ticket.number}</h1>
  <${Two} class="name" text=${name} />
  ${ticket.slip.then?.map((next) => html`<${Two} class="thenname" text=${afterThat(next)} />`)}
  ${ticket.slip.note && html`<${Two} class="slipnote" text=${ticket.slip.note} line />`}
  <div class="tear"></div>
  <div class="stub">
    ${ticket.slip.offline ? html`<div class="wide">${both("kiosk-offline-wait")}</div>` : html`
      <div><small>${both("kiosk-ahead")}</small><span class="num" data-ahead=${ticket.ahead}>${ticket.ahead}</span></div>
      <div><small>${both("kiosk-wait")}</small>${ticket.wait ? html`<span class="num">${rangeOf(ticket.wait)}<em> ${t("common-minutes-short")}</em></span>` : html`<span class="unknown">${both("kiosk-wait-unknown")}</span>`}</div>`}
  </div>
<//></div>`;

// "Then: a service", in both languages.
const afterThat = (next) => ({ en: `${t("kiosk-then", undefined, "en")}: ${next.en}`, sw: `${t("kiosk-then", undefined, "sw")}: ${next.sw}` });

const Take = ({ outside }) => html`<section class="take" data-paper="printed">${icon("arrow-big-down-lines")}<div>
  <${Two} class="large" text=${{ en: t("kiosk-take-ticket", undefined, "en"), sw: t("kiosk-take-ticket", undefined, "sw") }} />
  ${!outside && html`<p>${t("kiosk-sit-wait")}<br />${t("kiosk-sit-wait", undefined, otherLanguage())}</p>`}
</div></section>`;

function WriteDown({ ticket }) {
  const trouble = ticket.paper?.trouble;
  const key = trouble === "paper_out" ? "kiosk-paper-finished" : trouble ? "kiosk-printer-fault" : "kiosk-write-number";
  return html`<section class="take write" data-paper=${trouble ?? "none"}>${icon("writing")}<div>
    ${both(key, { number: ticket.number }, { class: "large" })}
    <p>${bothLine("kiosk-place-kept")}</p>
  </div></section>`;
}

const Reminder = ({ entry, documents, date }) => html`<section class="reminder">
  <div><h2>${bothLine("kiosk-documents")}</h2>
    ${documents.length === 0 ? both("kiosk-documents-none") : html`<ul>${documents.map((paper) => html`<li>${icon("check")}<${Two} text=${paper} /></li>`)}</ul>`}</div>
  <div class="fee"><h2>${bothLine("kiosk-fee")}</h2><${Cost} entry=${entry} date=${date} /></div>
</section>`;

// The fee of the ticket's own date, as its slip has it.
function Cost({ entry, date }) {
  const { kes, note } = feeOn(entry, date);
  if (!(kes > 0)) return html`<${Two} text=${feeText(entry, date)} />`;
  return html`<span class="num">KSh ${kes.toLocaleString("en-GB")}</span><small>${note ? html`<${Two} text=${note} />` : both("kiosk-fee-at-counter")}</small>`;
}

function Bottom({ left, ticket }) {
  const total = ticketSeconds(ticket);
  return html`<nav class="bottom"><span class="grow sit">${both(needsWriting(ticket) && !ticket.outside ? "kiosk-sit-wait" : "slip-keep")}</span>
    <${Listen} /><${Access} />
    <${Act} picture="hourglass" words="kiosk-more-time" act=${stayLonger} class="longer slim" />
    <button type="button" class="btn primary act finish" onClick=${once(() => { if (total - left >= 1) restart(); })}>
      <${Ring} share=${Math.max(0, left / total)}>${Math.max(0, Math.ceil(left))}<//>${both("kiosk-finish")}
    </button>
  </nav>`;
}

// The ticket stands from now on as long as for a patient visitor.
const stayLonger = () => { patient.value = true; touched.value = performance.now(); };

/** While the ticket is asked for: said in words once it takes longer than a moment. */
export function Issuing() {
  return html`<div class="over issuing" role="status" data-screen="issuing"><div class="box">
    ${icon("writing")}${both("kiosk-one-moment")}
    ${vainTries.value > 1 && html`<p>${both("common-no-answer")}</p>`}
    ${vainTries.value > 5 && html`<p class="call">${both("kiosk-call-officer")}</p>`}
  </div></div>`;
}
