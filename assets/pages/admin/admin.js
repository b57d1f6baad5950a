// The manager's settings: devices that ask to belong here, devices that do, printers, the attendant PIN, appointments, closed days, and accounts for
// the administrator.
import { html, render, useEffect } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setClock, setUtcOffset } from "../shared/clock.js";
import { Mark } from "../shared/parts.js";
import { icon, loadIcons } from "../shared/states.js";
import { loadText, t } from "../shared/text.js";
import { Languages, RefusalLine, SignIn } from "../staff/parts.js";
import { mayAs, recallWho, signOut, who, wordsOf } from "../staff/who.js";
import { Accounts } from "./accounts.js";
import { AttendantPin } from "./attendant.js";
import { Bookings } from "./bookings.js";
import { ClosedDays } from "./closed.js";
import { Devices, Waiting } from "./devices.js";
import { Printers } from "./printers.js";
import { catalogue, refused, watch } from "./store.js";

function Page() {
  document.title = `Foleni · ${t("admin-title")}`;
  if (!catalogue.value || who.value === undefined) return html`<p class="starting">${t("common-connecting")}</p>`;
  if (who.value === null) return html`<${SignIn} title=${t("admin-sign-in-title")} note=${t("board-sign-in-note")} />`;
  return html`<div class="admin"><${Head} />${mayAs("manager") ? html`<${Settings} />` : html`<main><${RefusalLine} text=${wordsOf({ code: "not-allowed" })} /></main>`}</div>`;
}

function Head() {
  const leave = () => signOut().catch((error) => { refused.value = wordsOf(error); });
  return html`<header class="head night"><${Mark} /><b class="title">${t("admin-title")}</b><span class="centre">${catalogue.value.centre}</span><span class="grow"></span>
    <a class="btn" href="/board">${t("board-short")}</a><${Languages} />
    <span class="name">${who.value.shown} · ${t(`admin-role-${who.value.role}`)}</span>
    <button class="btn" onClick=${leave}>${icon("logout")}${t("counter-sign-out")}</button>
  </header>`;
}

function Settings() {
  useEffect(() => watch(), []);
  // Beside the accounts where there are some, else where they would be.
  const administrator = mayAs("administrator");
  return html`<main>
    ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
    <div class="columns">
      <div class="column"><${Waiting} /><${Devices} /><${Printers} /></div>
      <div class="column"><${Bookings} /><${ClosedDays} /><${AttendantPin} />${administrator && html`<${Accounts} />`}<p class="lead">${t("admin-privacy")}</p></div>
    </div>
  </main>`;
}

await loadText({ remember: "admin", usual: "en" });
loadIcons("logout", "eye", "hand-finger", "device-tv", "user-plus", "trash", "check", "files", "calendar-event", "calendar-off", "printer", "plus", "lock");
render(html`<${Page} />`, document.getElementById("page"));
const [known] = await Promise.all([get("/api/v1/catalogue"), recallWho()]);
setUtcOffset(known.utc_offset_minutes);
catalogue.value = known;
// No link tells this page the time: it is asked once, and carried on.
get("/healthz", { triesMax: 3 }).then(({ now, pace }) => setClock(now, pace)).catch(() => { /* then it is this computer's own */ });
