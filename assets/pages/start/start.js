// The demonstration's front door: a whole centre in live frames, its clock, and the things that can go wrong.
import { html, render } from "../vendor/foleni-vendor.js";
import { dateOf, nowSignal, timeOfDay, weekday } from "../shared/clock.js";
import { Band, Mark } from "../shared/parts.js";
import { icon, loadIcons, shape } from "../shared/states.js";
import { language, loadText, otherLanguage, t } from "../shared/text.js";
import { Languages } from "../staff/parts.js";
import { Frames } from "./frames.js";
import { answers, breakIt, busy, setPace, state, watch } from "./store.js";

function Page() {
  document.title = `Foleni · ${t("start-title")}`;
  return html`<div class="start"><${Left} />${state.value ? html`<${Frames} state=${state.value} />` : html`<main class="frames"><p class="lead">${t("common-connecting")}</p></main>`}</div>`;
}

function Left() {
  const known = state.value;
  return html`<section class="left night"><${Band} />
    <div class="brand"><${Mark} /><h1>Foleni</h1></div>
    <p>${t("start-lead")}</p><p class="other" lang=${otherLanguage()}>${t("start-lead", undefined, otherLanguage())}</p>
    ${known && html`<${ClockBlock} known=${known} /><${Faults} faults=${known.faults} up=${known.server_up} /><${Accounts} accounts=${known.accounts} />`}
    <div class="foot"><${Languages} />${known && html`<a href=${known.pages.admin} target="_blank" rel="noopener">${t("start-admin")}</a>`}</div>
  </section>`;
}

const PACES = [0, 1, 10, 60];

function ClockBlock({ known }) {
  const now = nowSignal.value;
  return html`<div class="clock-block"><time class="num">${timeOfDay(now)}</time>
    <small>${weekday(now)} ${dateOf(now)}, ${known.centre}<br />${t("start-so-far", { count: known.issued.toLocaleString("en"), waiting: known.waiting.toLocaleString("en") })}</small>
    <div class="paces" role="group" aria-label=${t("start-pace")}>${PACES.map((pace) => html`<button class="btn" aria-pressed=${known.pace === pace} aria-label=${pace === 0 ? t("start-pause") : undefined} onClick=${() => setPace(pace)}>${pace === 0 ? icon("player-pause") : `${pace}×`}</button>`)}</div>
    ${known.waiting_for && html`<p class="st warn">${shape("near")}<span>${known.waiting_for}</span></p>`}
    ${!answers.value && html`<p class="st warn" role="alert">${shape("out_of_touch")}<span>${t("start-no-answer")}</span></p>`}
  </div>`;
}

function Faults({ faults, up }) {
  const { agency, paper, cable, server } = faults;
  const off = server.down || !up;
  return html`<div class="faults" role="group" aria-label=${t("start-break-something")}><h2>${t("start-break-something")}</h2>
    <${Fault} name="agency" drawing=${agency.down ? "player-play" : "player-pause"} broken=${agency.down} body=${{ down: !agency.down }} words=${t(agency.down ? "start-mend-agency" : "start-break-agency", { agency: agency.code })} />
    <${Fault} name="paper" drawing=${paper.out ? "printer" : "printer-off"} broken=${paper.out} body=${{ out: !paper.out }} words=${t(paper.out ? "start-mend-paper" : "start-break-paper", { kiosk: paper.kiosk.replace(/^kiosk-/, "") })} />
    <${Fault} name="cable" drawing=${cable.cut ? "plug" : "plug-connected-x"} broken=${cable.cut} body=${{ cut: !cable.cut }} words=${t(cable.cut ? "start-mend-screen" : "start-break-screen")} />
    <${Fault} name="server" drawing="power" broken=${off} blocked=${off} body=${{}} words=${t(off ? "start-server-off" : "start-break-server")} />
  </div>`;
}

function Fault({ name, drawing, broken, blocked = false, body, words }) {
  const off = blocked || busy.value === name;
  return html`<button class=${`btn ${broken ? "broken" : ""}`} aria-disabled=${off} onClick=${() => !off && breakIt(name, body)}>
    ${broken ? shape("near") : icon(drawing)}<span>${words}</span></button>`;
}

const Accounts = ({ accounts }) => html`<div class="accounts"><h2>${t("start-sign-in")}</h2>
  <dl>${accounts.map(({ name, password, role }) => html`<div key=${name}><dt>${t(`admin-role-${role}`)}</dt><dd><b>${name}</b> <span>${password}</span></dd></div>`)}</dl></div>`;

await loadText({ remember: "start", usual: "en" });
loadIcons("player-pause", "player-play", "printer", "printer-off", "plug", "plug-connected-x", "power", "hand-finger", "receipt", "device-tv", "headset", "device-desktop-analytics", "device-mobile");
document.documentElement.lang = language.value;
render(html`<${Page} />`, document.getElementById("page"));
watch();
