// Accounts: who may work here, and a new one.
import { html, useState } from "../vendor/foleni-vendor.js";
import { postPlain } from "../shared/api.js";
import { icon, shape } from "../shared/states.js";
import { t } from "../shared/text.js";
import { Field, PASSWORD_MIN, Password, PasswordRule } from "../staff/parts.js";
import { accounts, attempt } from "./store.js";

const ROLES = ["officer", "manager", "administrator"];

/** The list of accounts and the form for one more. */
export function Accounts() {
  return html`<section class="panel halves"><h2>${t("admin-people")}</h2>
    <ul class="list persons">${accounts.value?.map(({ name, shown, role, counter }) => html`<li key=${name}><b>${shown}</b><span class="sec">${name}</span><span>${t(`admin-role-${role}`)}${counter ? ` · ${t("common-counter-number", { counter })}` : ""}</span></li>`)}</ul>
    <${NewAccount} />
  </section>`;
}

function NewAccount() {
  const [password, setPassword] = useState("");
  const [made, setMade] = useState(null);
  const [busy, setBusy] = useState(false);
  const make = async (event) => {
    event.preventDefault();
    if (busy || [...password].length < PASSWORD_MIN) return;
    const form = event.currentTarget;
    const data = new FormData(form);
    const account = { name: data.get("name").trim(), shown: data.get("shown").trim(), role: data.get("role"), password };
    setBusy(true);
    setMade(null);
    if (await attempt(() => postPlain("/api/v1/accounts", account, { triesMax: 3 }))) { setMade(account.shown); form.reset(); setPassword(""); }
    setBusy(false);
  };
  return html`<form class="new-account" onSubmit=${make}>
    <h3>${t("admin-person-add")}</h3>
    <div class="pair"><${Field} id="new-name" name="name" label=${t("admin-user-name")} required maxlength="32" pattern="[A-Za-z0-9\\-_.:]+" title="a-z 0-9 - _ . :" autocapitalize="none" spellcheck="false" autocomplete="off" />
      <${Field} id="new-shown" name="shown" label=${t("admin-person-display-name")} required maxlength="60" autocomplete="off" /></div>
    <fieldset class="roles"><legend>${t("admin-person-role")}</legend>${ROLES.map((role, place) => html`<label><input type="radio" name="role" value=${role} defaultChecked=${place === 0} /><span>${t(`admin-role-${role}`)}</span></label>`)}</fieldset>
    <${Password} id="new-password" label=${t("admin-password-first")} value=${password} onInput=${(event) => setPassword(event.currentTarget.value)} autocomplete="new-password" />
    <${PasswordRule} password=${password} />
    <button class="btn primary tall" aria-disabled=${busy || [...password].length < PASSWORD_MIN}>${icon("user-plus")}${busy ? t("common-working") : t("admin-person-add")}</button>
    <p role="status">${made && html`<span class="st ok">${shape("on_time")}<span>${t("admin-person-added", { name: made })}</span></span>`}</p>
  </form>`;
}
