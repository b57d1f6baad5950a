// The ways to make the kiosk easier to use, behind one button that is on every screen.
import { html } from "../vendor/foleni-vendor.js";
import { icon, shape } from "../shared/states.js";
import { both, t } from "../shared/text.js";
import { Act } from "./frame.js";
import { notice } from "./flow.js";
import { MODES } from "./modes.js";

/** The button. */
export const Access = () => html`<${Act} picture="disabled" words="kiosk-access" act=${() => { notice.value = "access"; }} class="access slim" aria-haspopup="dialog" />`;

/** What it opens. */
export function AccessPanel() {
  return html`<div class="over access-panel" role="dialog" aria-modal="true" aria-label=${t("kiosk-access")} data-screen="access"><div class="box" tabindex="-1">
    ${both("kiosk-access", undefined, { class: "large" })}
    ${both("kiosk-access-lead")}
    <div class="modes">${MODES.map(({ name, on, picture, words }) => html`
      <button type="button" class=${`btn mode ${on.value ? "on" : ""}`} key=${name} data-mode=${name} aria-pressed=${on.value} onClick=${() => { on.value = !on.value; }}>
        ${icon(picture)}<span class="grow">${both(words)}</span>${shape(on.value ? "served" : "free")}
      </button>`)}</div>
    <${Act} words="kiosk-access-done" picture="check" act=${() => { notice.value = null; }} class="primary leave" />
  </div></div>`;
}
