// What the staff pages share on screen: the language switch, fields, the sign-in form and the line that says a refusal.
import { html, useRef, useState } from "../vendor/foleni-vendor.js";
import { Mark } from "../shared/parts.js";
import { icon, shape } from "../shared/states.js";
import { chooseLanguage, language, pick, t } from "../shared/text.js";
import { signIn, wordsOf } from "./who.js";

/** The switch between the two languages. */
export const Languages = () => html`<div class="langs" role="group" aria-label=${t("common-language")}>
  ${[["en", "English"], ["sw", "Kiswahili"]].map(([tag, name]) => html`<button type="button" lang=${tag}
    aria-pressed=${language.value === tag} onClick=${() => chooseLanguage(tag)} onMouseDown=${keepFocus}>${name}</button>`)}
</div>`;

/** A press of the mouse leaves the keyboard where it was, so that Enter stays the green button's. */
export const keepFocus = (event) => event.preventDefault();

/** A field with its label above and a hint or a refusal under it. */
export function Field({ label, hint = null, wrong = null, id, ...input }) {
  const below = hint || wrong ? `${id}-below` : undefined;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} aria-describedby=${below} aria-invalid=${wrong ? "true" : undefined} ...${input} />
    ${below && html`<p id=${below} class=${wrong ? "wrong" : "hint"}>${wrong ? html`${shape("late")} ` : null}${wrong ?? hint}</p>`}
  </div>`;
}

/** A password with a button that shows it. */
export function Password({ id, label, hint = null, wrong = null, ...input }) {
  const [shown, show] = useState(false);
  return html`<div class="secret">
    <${Field} id=${id} label=${label} hint=${hint} wrong=${wrong} type=${shown ? "text" : "password"} required maxlength="200" ...${input} />
    <button type="button" class="peek" aria-pressed=${shown} aria-controls=${id} onClick=${() => show(!shown)}>${icon("eye")}${t("common-show")}</button>
  </div>`;
}

/** The shortest password the server takes. */
export const PASSWORD_MIN = 10;

/** How a password stands against the rule, while it is typed. */
export function PasswordRule({ password }) {
  const length = [...password].length;
  const enough = length >= PASSWORD_MIN;
  return html`<p class=${`rule st ${enough ? "ok" : ""}`} role="status">${shape(enough ? "on_time" : "free")}
    <span>${t("admin-password-rule", { count: PASSWORD_MIN })} <b class="nowrap">${length} / ${PASSWORD_MIN}</b></span></p>`;
}

/** A request that was not granted, in words; stays until the next act. */
export const RefusalLine = ({ text, class: more = "" }) => html`<p class=${`refusal ${more}`} role="alert">${shape("late")}<span>${pick(text)}</span></p>`;

/** Name and password, alone on the page. */
export function SignIn({ title, note = null, told = null }) {
  const form = useRef(null);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(told);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const [name, password] = [form.current.elements["sign-in-name"], form.current.elements["sign-in-password"]];
    setBusy(true);
    setRefused(null);
    try {
      await signIn(name.value, password.value);
    } catch (error) {
      setRefused(wordsOf(error));
      password.value = "";
      password.focus();
      setBusy(false);
    }
  };
  return html`<main class="sign-in">
    <div class="sign-in-head"><span class="night"><${Mark} /></span><b>Foleni</b><${Languages} /></div>
    <form ref=${form} class="panel" onSubmit=${submit}>
      <h1>${title}</h1>
      ${note && html`<p class="lead">${note}</p>`}
      <${Field} id="sign-in-name" label=${t("counter-user-name")} autocomplete="username" autocapitalize="none" spellcheck="false" autofocus required maxlength="32" />
      <${Password} id="sign-in-password" label=${t("counter-password")} autocomplete="current-password" />
      ${refused && html`<${RefusalLine} text=${refused} />`}
      <button class="btn primary tall" aria-disabled=${busy}>${busy ? t("common-working") : t("counter-sign-in")}<span class="key">Enter</span></button>
    </form>
  </main>`;
}
