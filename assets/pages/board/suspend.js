// The question before an agency's services are suspended: which agency, and what the hall is told.
import { html, useState } from "../vendor/foleni-vendor.js";
import { centreNow, timeOfDay } from "../shared/clock.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { RefusalLine } from "../staff/parts.js";
import { REASONS } from "./alerts.js";
import { agencyName, busy, catalogue, refused, suspend, suspending, view } from "./store.js";

/** Chooses an agency and a public reason, says what will happen, and does it. */
export function SuspendDialog() {
  const [agency, choose] = useState(suspending.value);
  const [service, setService] = useState("");
  const [reason, setReason] = useState("system_down");
  const [minutes, setMinutes] = useState("");
  const leave = () => { suspending.value = null; refused.value = null; };
  const confirm = async (event) => {
    event.preventDefault();
    if (agency && (await suspend({ agency, reason, ...(service && { service }), ...(minutes && { back_at: backAt(minutes) }) }))) leave();
  };
  return html`<${Dialog} title=${t("board-suspend-title")} onLeave=${leave}>
    <form class="suspend-form" onSubmit=${confirm}>
      <div class="field"><label for="suspend-agency">${t("common-agency")}</label>
        <select id="suspend-agency" data-first required value=${agency} onChange=${(event) => { choose(event.currentTarget.value); setService(""); }}>
          <option value="">–</option>
          ${choices().map(({ code, short, name }) => html`<option key=${code} value=${code}>${pick(short)} · ${pick(name)}</option>`)}
        </select></div>
      ${agency && html`<div class="field"><label for="suspend-service">${t("common-service")}</label>
        <select id="suspend-service" value=${service} onChange=${(event) => setService(event.currentTarget.value)}>
          <option value="">${t("board-suspend-agency", { agency: agencyName(agency) })}</option>
          ${servicesOf(agency).map(({ id, name }) => html`<option key=${id} value=${id}>${pick(name)}</option>`)}
        </select></div>`}
      <fieldset><legend>${t("board-suspend-reason")}</legend>
        ${Object.entries(REASONS).map(([name, words]) => html`<label class="choice"><input type="radio" name="reason" value=${name} checked=${reason === name} onChange=${() => setReason(name)} /><span>${t(words)}</span></label>`)}
      </fieldset>
      <div class="field"><label for="suspend-back">${t("board-suspend-back")}</label>
        <select id="suspend-back" value=${minutes} onChange=${(event) => setMinutes(event.currentTarget.value)}>
          <option value="">${t("board-suspend-back-unknown")}</option>
          ${BACK_MINUTES.map((of) => html`<option key=${of} value=${of}>${timeOfDay(backAt(of))} · ${t("common-minutes-range", { range: of })}</option>`)}
        </select></div>
      <p class="lead">${t("board-suspend-effect")}</p>
      ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
      <div class="ends"><button type="button" class="btn tall" onClick=${leave}>${t("common-cancel")}</button>
        <button class="btn stop tall" aria-disabled=${!agency || busy.value !== null}>${icon("player-pause")}${busy.value !== null ? t("common-working") : t("board-suspend-confirm")}</button></div>
    </form>
  </${Dialog}>`;
}

const BACK_MINUTES = [15, 30, 60, 120];

// The whole five minutes, for nobody knows it better.
const backAt = (minutes) => Math.ceil((centreNow() + Number(minutes) * 60_000) / 300_000) * 300_000;

const servicesOf = (agency) => {
  const off = new Set(view.value.suspended.map(({ service }) => service));
  return catalogue.value.services.filter((service) => service.agency === agency && !off.has(service.id));
};

// Agencies with a service here that are not suspended as a whole.
function choices() {
  const off = new Set(view.value.suspended.filter(({ service }) => !service).map(({ agency }) => agency));
  const offered = new Set(catalogue.value.services.map(({ agency }) => agency));
  return catalogue.value.agencies.filter(({ code }) => offered.has(code) && !off.has(code));
}
