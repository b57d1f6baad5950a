// The manager's settings, a section at a time: devices, printers, how slips look, appointments, closed days, the attendant PIN, and accounts for
// the administrator.
import { html, render, signal, useEffect } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setClock, setUtcOffset } from "../shared/clock.js";
import { Mark } from "../shared/parts.js";
import { icon, loadIcons, shape } from "../shared/states.js";
import { loadText, t } from "../shared/text.js";
import { Languages, RefusalLine, SignIn } from "../staff/parts.js";
import { mayAs, recallWho, signOut, who, wordsOf } from "../staff/who.js";
import { Accounts } from "./accounts.js";
import { AttendantPin } from "./attendant.js";
import { Bookings } from "./bookings.js";
import { ClosedDays } from "./closed.js";
import { Devices, Waiting } from "./devices.js";
import { Printers } from "./printers.js";
import { Slip } from "./slip.js";
import { catalogue, pairings, printers, refused, watch } from "./store.js";

// One section at a time: its name stands in the address, so that it can be linked to, and the browser's way back leads there.
const SECTIONS = [
  { id: "devices", words: "admin-devices", picture: "device-tv", show: () => html`<${Waiting} /><${Devices} />`,
    attention: () => pairings.value?.length > 0 && t("admin-section-waiting", { count: pairings.value.length }) },
  { id: "printers", words: "admin-print-title", picture: "printer", show: () => html`<${Printers} />`,
    attention: () => printers.value?.some(({ trouble }) => trouble) && t("admin-section-printer") },
  { id: "slip", words: "admin-slip", picture: "ticket", show: () => html`<${Slip} />` },
  { id: "appointments", words: "booking-title", picture: "calendar-event", show: () => html`<${Bookings} />` },
  { id: "closed-days", words: "admin-closed-days", picture: "calendar-off", show: () => html`<${ClosedDays} />` },
  { id: "attendant", words: "admin-attendant-title", picture: "lock", show: () => html`<${AttendantPin} />` },
  { id: "staff", words: "admin-people", picture: "users", role: "administrator", show: () => html`<${Accounts} />` },
];

const place = signal(location.hash.slice(1));

function Page() {
  document.title = `Foleni · ${t("admin-title")}`;
  if (!catalogue.value || who.value === undefined) return html`<p class="starting">${t("common-connecting")}</p>`;
  if (who.value === null) return html`<${SignIn} title=${t("admin-sign-in-title")} note=${t("board-sign-in-note")} />`;
  return html`<div class="admin"><${Head} />${mayAs("manager") ? html`<${Settings} />` : html`<main><${RefusalLine} text=${wordsOf({ code: "not-allowed" })} /></main>`}</div>`;
}

function Head() {
  const leave = () => signOut().catch((error) => { refused.value = wordsOf(error); });
  return html`<header class="head night"><${Mark} /><h1 class="title">${t("admin-title")}</h1><span class="centre">${catalogue.value.centre}</span><span class="grow"></span>
    <a class="btn" href="/board">${t("board-short")}</a><${Languages} />
    <span class="name">${who.value.shown} · ${t(`admin-role-${who.value.role}`)}</span>
    <button class="btn" onClick=${leave}>${icon("logout")}${t("counter-sign-out")}</button>
  </header>`;
}

function Settings() {
  useEffect(() => watch(), []);
  const sections = SECTIONS.filter(({ role = "manager" }) => mayAs(role));
  const shown = sections.find(({ id }) => id === place.value) ?? sections[0];
  return html`<main>
    <nav class="sections" aria-label=${t("admin-title")}>${sections.map((section) => html`<${Way} key=${section.id} section=${section} here=${section === shown} />`)}</nav>
    <div class="section" id=${shown.id} data-section=${shown.id} tabindex="-1">
      ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
      ${shown.show()}
      <p class="lead privacy">${t("admin-privacy")}</p>
    </div>
  </main>`;
}

// What waits for a manager is told here too, so that no section needs to be opened to see that nothing is wrong.
function Way({ section: { id, words, picture, attention }, here }) {
  const said = attention?.();
  return html`<a class="btn" href=${`#${id}`} aria-current=${here ? "page" : null}>${icon(picture)}<span>${t(words)}${said && html`<small class="st warn">${shape("near")}<span>${said}</span></small>`}</span></a>`;
}

// Another section begins at its top, and whoever goes by keys or by ear is there.
addEventListener("hashchange", () => {
  place.value = location.hash.slice(1);
  refused.value = null;
  requestAnimationFrame(() => {
    document.querySelector(".section")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
});

await loadText({ remember: "admin", usual: "en" });
loadIcons("logout", "eye", "hand-finger", "device-tv", "user-plus", "trash", "check", "files", "calendar-event", "calendar-off", "printer", "plus", "lock", "x", "rotate", "ticket", "users");
render(html`<${Page} />`, document.getElementById("page"));
const [known] = await Promise.all([get("/api/v1/catalogue"), recallWho()]);
setUtcOffset(known.utc_offset_minutes);
catalogue.value = known;
// No link tells this page the time: it is asked once, and carried on.
get("/healthz", { triesMax: 3 }).then(({ now, pace }) => setClock(now, pace)).catch(() => { /* then it is this computer's own */ });
