// First start: the code from the server's log makes the first administrator; nothing works with a default password.
import { html, render, signal, useState } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, get, postPlain } from "../shared/api.js";
import { Mark } from "../shared/parts.js";
import { icon, loadIcons, shape } from "../shared/states.js";
import { loadText, t } from "../shared/text.js";
import { Field, Languages, PASSWORD_MIN, Password, PasswordRule, RefusalLine } from "../staff/parts.js";
import { wordsOf } from "../staff/who.js";

/** `asking` the server, a `form` to fill in, `done`, or `already` set up. */
const stage = signal("asking");

function Page() {
  document.title = `Foleni · ${t("setup-title")}`;
  return html`<main class="sign-in"><div class="sign-in-head"><span class="night"><${Mark} /></span><b>Foleni</b><${Languages} /></div><${Body} /></main>`;
}

function Body() {
  switch (stage.value) {
    case "form":
      return html`<${Form} />`;
    case "done":
      return html`<${End} words="setup-done"><p class="lead">${t("setup-done-next")}</p></${End}>`;
    case "already":
      return html`<${End} words="setup-already" />`;
    default:
      return html`<p class="panel">${t("common-connecting")}</p>`;
  }
}

const End = ({ words, children }) => html`<div class="panel"><h1 class="st ok">${shape("on_time")}<span>${t(words)}</span></h1>${children}
  <a class="btn primary tall" href="/admin">${t("setup-go-to-settings")}${icon("arrow-narrow-right")}</a></div>`;

function Form() {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(null);
  const differ = again !== "" && again !== password;
  const ready = [...password].length >= PASSWORD_MIN && again === password;
  const send = async (event) => {
    event.preventDefault();
    if (busy || !ready) return;
    const data = new FormData(event.currentTarget);
    const of = (name) => data.get(name).trim();
    setBusy(true);
    setRefused(null);
    try {
      await postPlain("/api/v1/setup", { code: of("code"), name: of("name"), shown: of("shown"), password }, { triesMax: 3 });
      stage.value = "done";
    } catch (error) {
      if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
      if (error.code === "already-set-up") stage.value = "already";
      else setRefused(wordsOf(error));
    }
    setBusy(false);
  };
  return html`<form class="panel setup" onSubmit=${send}>
    <h1>${t("setup-title")}</h1>
    <h2><b class="step num">1</b>${t("setup-step", { step: 1, steps: 3 })}</h2>
    <${Field} id="code" name="code" label=${t("setup-code")} hint=${t("setup-code-where")} required autocomplete="one-time-code" spellcheck="false" autocapitalize="none" autofocus maxlength="64" />
    <h2><b class="step num">2</b>${t("setup-step", { step: 2, steps: 3 })}: ${t("setup-administrator")}</h2>
    <div class="pair"><${Field} id="name" name="name" label=${t("setup-user-name")} required maxlength="32" pattern="[A-Za-z0-9\\-_.:]+" title="a-z 0-9 - _ . :" autocapitalize="none" spellcheck="false" autocomplete="username" />
      <${Field} id="shown" name="shown" label=${t("admin-person-display-name")} required maxlength="60" autocomplete="name" /></div>
    <h2><b class="step num">3</b>${t("setup-step", { step: 3, steps: 3 })}</h2>
    <${Password} id="password" label=${t("setup-password")} value=${password} onInput=${(event) => setPassword(event.currentTarget.value)} autocomplete="new-password" />
    <${PasswordRule} password=${password} />
    <${Password} id="again" label=${t("setup-password-again")} value=${again} wrong=${differ ? t("admin-password-differ") : null} onInput=${(event) => setAgain(event.currentTarget.value)} autocomplete="new-password" />
    ${refused && html`<${RefusalLine} text=${refused} />`}
    <button class="btn primary tall" aria-disabled=${!ready || busy}>${busy ? t("common-working") : t("setup-finish")}</button>
  </form>`;
}

await loadText({ remember: "setup", usual: "en" });
loadIcons("eye", "arrow-narrow-right");
render(html`<${Page} />`, document.getElementById("page"));
stage.value = (await get("/api/v1/setup")).needed ? "form" : "already";
