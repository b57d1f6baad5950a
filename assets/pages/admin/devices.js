// Devices: those that ask, with the code on their screens, and those that belong here.
import { html, useState } from "../vendor/foleni-vendor.js";
import { post, postPlain, remove } from "../shared/api.js";
import { State, icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { standing } from "../staff/device.js";
import { Dialog } from "../staff/dialog.js";
import { Field } from "../staff/parts.js";
import { answered, attempt, catalogue, devices, numbers, pairings } from "./store.js";

const KIND = { kiosk: ["hand-finger", "device-kind-kiosk"], display: ["device-tv", "device-kind-display"] };
const Kind = ({ of }) => html`<span class="kind">${icon(KIND[of]?.[0] ?? "device-tv")}${t(KIND[of]?.[1] ?? "admin-devices")}</span>`;

/** Devices that wait for a manager's word. */
export function Waiting() {
  return html`<section class="panel waiting"><h2>${t("admin-device-waiting")}</h2>
    ${!answered.value && html`<p class="st warn" role="alert">${t("common-no-answer")}</p>`}
    ${pairings.value?.length === 0 && html`<p class="lead">${t("admin-device-none")}. ${t("admin-device-how")}</p>`}
    ${pairings.value?.map((pairing) => html`<${Pairing} key=${pairing.code} pairing=${pairing} />`)}
  </section>`;
}

function Pairing({ pairing }) {
  const [busy, setBusy] = useState(false);
  const zones = catalogue.value.zones;
  const approve = async (event) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const zone = pairing.kind === "display" ? form.get("zone") : null;
    await attempt(() => postPlain("/api/v1/pairings/approve", { code: pairing.code, device: form.get("device").trim() || null, zone }, { triesMax: 3 }));
    setBusy(false);
  };
  const id = `pair-${pairing.code}`;
  return html`<form class="pairing" onSubmit=${approve}>
    <p class="code"><small>${t("device-pairing-code")}</small><b class="num">${pairing.code.slice(0, 3)} ${pairing.code.slice(3)}</b><${Kind} of=${pairing.kind} /></p>
    <${Field} id=${id} name="device" label=${t("admin-device-name")} defaultValue=${pairing.device} required maxlength="40" pattern="[A-Za-z0-9\\-_.:]+" title="a-z 0-9 - _ . :" spellcheck="false" autocapitalize="none" />
    ${pairing.kind === "display" && html`<div class="field"><label for=${`${id}-zone`}>${t("admin-device-zone")}</label>
      <select id=${`${id}-zone`} name="zone">${zones.map((zone) => html`<option value=${zone.id}>${pick(zone.name)}</option>`)}</select></div>`}
    <button class="btn primary tall" aria-disabled=${busy}>${icon("check")}${busy ? t("common-working") : t("admin-device-approve")}</button>
  </form>`;
}

/** Devices that belong to the centre. */
export function Devices() {
  const [leaving, ask] = useState(null);
  const [starting, askRestart] = useState(null);
  const restart = async () => {
    const device = starting;
    askRestart(null);
    await attempt(() => order(device, "restart"));
  };
  const revoke = async () => {
    const device = leaving;
    ask(null);
    await attempt(() => remove(`/api/v1/devices/${encodeURIComponent(device)}`, { triesMax: 3 }));
  };
  return html`<section class="panel"><h2>${t("admin-devices")}</h2>
    ${devices.value?.length === 0 && html`<p class="lead">${t("common-none")}</p>`}
    <ul class="list machines">${devices.value?.map((of) => html`<${Device} key=${of.device} of=${of} ask=${ask} askRestart=${askRestart} />`)}${devices.value && html`<${Gone} />`}</ul>
    ${starting && html`<${Dialog} title=${t("admin-device-restart-ask", { name: starting })} onLeave=${() => askRestart(null)}>
      <p class="lead">${t("admin-device-restart-effect")}</p>
      <div class="ends"><button class="btn tall" data-first onClick=${() => askRestart(null)}>${t("common-cancel")}</button><button class="btn primary tall" onClick=${restart}>${t("admin-device-restart")}</button></div></${Dialog}>`}
    ${leaving && html`<${Dialog} title=${t("admin-device-revoke-ask", { name: leaving })} onLeave=${() => ask(null)}>
      <p class="lead">${t("admin-device-revoke-effect")}</p>
      <div class="ends"><button class="btn tall" data-first onClick=${() => ask(null)}>${t("common-cancel")}</button><button class="btn stop tall" onClick=${revoke}>${t("admin-device-revoke")}</button></div></${Dialog}>`}
  </section>`;
}

const order = (device, what) => post(`/api/v1/devices/${encodeURIComponent(device)}/orders`, { order: what });

// What a kiosk may give, and gave, while the server is away. Of the day before only what may still come back on paper.
function Numbers({ kiosk }) {
  const days = numbers.value?.filter((one) => one.kiosk === kiosk) ?? [];
  const told = days.filter(({ open }, place) => place === 0 || open > 0);
  return told.map(({ date, reserved, used, open }) => html`<br /><small class="numbers" data-numbers=${date}>${t("admin-device-numbers", { date, reserved, used, open })}</small>`);
}

// Kiosks that are off the list, and whose numbers somebody may still hold.
function Gone() {
  const here = new Set(devices.value?.map((of) => of.device));
  const gone = new Set(numbers.value?.filter((one) => one.open > 0 && !here.has(one.kiosk)).map((one) => one.kiosk));
  return [...gone].map((kiosk) => html`<li data-gone=${kiosk}><b>${kiosk}</b><${Kind} of="kiosk" /><span><${State} state="closed" word=${t("admin-device-gone")} /><${Numbers} kiosk=${kiosk} /></span></li>`);
}

function Device({ of, ask, askRestart }) {
  const [state, word] = standing(of);
  const lock = () => attempt(() => order(of.device, { lock: !of.locked }));
  const lockWord = t(of.locked ? "admin-device-unlock" : "admin-device-lock");
  return html`<li data-device=${of.device}><b>${of.device}</b><${Kind} of=${of.kind} /><span><${State} state=${state} word=${word} />${of.locked && html`<br /><${State} state="closed" word=${t("admin-device-locked")} />`}<${Numbers} kiosk=${of.device} /></span>
    <span class="acts">${of.kind === "kiosk" && html`<button class="btn small" aria-label=${`${t("admin-device-restart")}: ${of.device}`} onClick=${() => askRestart(of.device)}>${t("admin-device-restart")}</button>
      <button class="btn small" aria-label=${`${lockWord}: ${of.device}`} onClick=${lock}>${lockWord}</button>`}
      <button class="btn small" aria-label=${`${t("admin-device-revoke")}: ${of.device}`} onClick=${() => ask(of.device)}>${t("admin-device-revoke")}</button></span></li>`;
}
