// The question before an agency's services are suspended: which agency, and what the hall is told.
import { html, useState } from "../vendor/foleni-vendor.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Dialog } from "../staff/dialog.js";
import { RefusalLine } from "../staff/parts.js";
import { REASONS } from "./alerts.js";
import { busy, catalogue, refused, suspend, suspending, view } from "./store.js";

/** Chooses an agency and a public reason, says what will happen, and does it. */
export function SuspendDialog() {
  const [agency, choose] = useState(suspending.value);
  const [reason, setReason] = useState("system_down");
  const leave = () => { suspending.value = null; refused.value = null; };
  const confirm = async (event) => {
    event.preventDefault();
    if (agency && (await suspend(agency, reason))) leave();
  };
  return html`<${Dialog} title=${t("board-suspend-title")} onLeave=${leave}>
    <form class="suspend-form" onSubmit=${confirm}>
      <div class="field"><label for="suspend-agency">${t("common-agency")}</label>
        <select id="suspend-agency" data-first required value=${agency} onChange=${(event) => choose(event.currentTarget.value)}>
          <option value="">–</option>
          ${choices().map(({ code, short, name }) => html`<option key=${code} value=${code}>${pick(short)} · ${pick(name)}</option>`)}
        </select></div>
      <fieldset><legend>${t("board-suspend-reason")}</legend>
        ${Object.entries(REASONS).map(([name, words]) => html`<label class="choice"><input type="radio" name="reason" value=${name} checked=${reason === name} onChange=${() => setReason(name)} /><span>${t(words)}</span></label>`)}
      </fieldset>
      <p class="lead">${t("board-suspend-effect")}</p>
      ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
      <div class="ends"><button type="button" class="btn tall" onClick=${leave}>${t("common-cancel")}</button>
        <button class="btn stop tall" aria-disabled=${!agency || busy.value !== null}>${icon("player-pause")}${busy.value !== null ? t("common-working") : t("board-suspend-confirm")}</button></div>
    </form>
  </${Dialog}>`;
}

// Agencies with a service here that are not suspended yet.
function choices() {
  const off = new Set(view.value.suspended.map(({ agency }) => agency));
  const offered = new Set(catalogue.value.services.map(({ agency }) => agency));
  return catalogue.value.agencies.filter(({ code }) => offered.has(code) && !off.has(code));
}
