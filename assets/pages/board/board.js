// The manager's board: sees trouble before the hall does, and says what can be done.
import { html, render, signal, useState } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { clockKnown, dateOf, nowSignal, setUtcOffset, timeOfDay, weekday } from "../shared/clock.js";
import { Clock, Mark } from "../shared/parts.js";
import { State, icon, loadIcons, shape } from "../shared/states.js";
import { loadText, t } from "../shared/text.js";
import { Languages, RefusalLine, SignIn } from "../staff/parts.js";
import { mayAs, recallWhenOutOfTouch, recallWho, signOut, who, wordsOf } from "../staff/who.js";
import { Alerts } from "./alerts.js";
import { Chart } from "./chart.js";
import { Counters, Devices } from "./grid.js";
import { Rows } from "./rows.js";
import { catalogue, fresh, linkState, refused, suspending, view } from "./store.js";
import { SuspendDialog } from "./suspend.js";
import { Totals } from "./totals.js";

const narrowScreen = matchMedia("(max-width: 699px)");
const narrow = signal(narrowScreen.matches);
narrowScreen.addEventListener("change", () => { narrow.value = narrowScreen.matches; });

function Page() {
  document.title = `Foleni · ${t("board-title")}`;
  if (who.value !== undefined && !mayAs("manager")) {
    const told = who.value ? wordsOf({ code: "not-allowed" }) : null;
    return html`<${SignIn} title=${t("admin-sign-in-title")} note=${t("board-sign-in-note")} told=${told} />`;
  }
  if (!catalogue.value || !view.value) return html`<div class="board empty"><${Head} /><${Stale} /><p class="starting">${t("common-connecting")}</p></div>`;
  return narrow.value ? html`<${Phone} />` : html`<${Wide} />`;
}

function Wide() {
  return html`<div class=${`board ${fresh.value ? "" : "old"}`}>
    <${Head} /><${Stale} />
    <main>
      <${Totals} view=${view.value} />
      <div class="left"><${Rows} view=${view.value} /><${Chart} view=${view.value} /></div>
      <div class="right"><${Alerts} view=${view.value} /><${Counters} view=${view.value} /><${Devices} view=${view.value} /></div>
    </main>
    ${suspending.value !== null && html`<${SuspendDialog} />`}
  </div>`;
}

const TABS = [["board", "clock", "board-short"], ["counters", "users", "board-counters"], ["suspend", "player-pause", "admin-service-suspend"], ["devices", "device-tv", "admin-devices"]];

function Phone() {
  const [tab, choose] = useState("board");
  const pressed = (name) => { if (name === "suspend") { if (fresh.value) suspending.value = ""; } else { choose(name); scrollTo(0, 0); } };
  return html`<div class=${`board phone ${fresh.value ? "" : "old"}`}>
    <${Head} /><${Stale} />
    <main>
      ${tab === "board" && html`<${Alerts} view=${view.value} /><${Totals} view=${view.value} /><${Rows} view=${view.value} narrow /><${Chart} view=${view.value} />`}
      ${tab === "counters" && html`<${Counters} view=${view.value} />`}
      ${tab === "devices" && html`<${Devices} view=${view.value} /><${Account} />`}
    </main>
    <nav class="tabs" aria-label=${t("board-title")}>${TABS.map(([name, drawing, words]) => html`<button aria-current=${tab === name ? "page" : undefined} onClick=${() => pressed(name)}>${icon(drawing)}<span>${t(words)}</span></button>`)}</nav>
    ${suspending.value !== null && html`<${SuspendDialog} />`}
  </div>`;
}

function Head() {
  const known = catalogue.value;
  const devices = view.value?.devices ?? [];
  const connected = devices.filter((device) => device.connected).length;
  return html`<header class="head night">
    <${Mark} /><b class="title">${t("board-title")}</b>
    ${known && clockKnown.value && html`<span class="place"><span class="centre">${known.centre}</span>
      <span class="date">${weekday(nowSignal.value)} ${dateOf(nowSignal.value)}, ${t("board-open-hours", { from: known.opens, to: known.closes })}</span></span>`}
    <span class="grow"></span>
    ${fresh.value && devices.length > 0 && html`<${State} class="stations" state=${connected === devices.length ? "connected" : "near"} word=${t("board-stations", { connected, all: devices.length })} />`}
    <a class="btn wide-only" href="/fairness">${icon("scale")}${t("fair-title")}</a>
    <span class="wide-only"><${Languages} /></span><span class="wide-only"><${Account} /></span>
    ${clockKnown.value && html`<${Clock} class="clock" />`}
  </header>`;
}

function Account() {
  if (!who.value) return null;
  const leave = () => signOut().catch((error) => { refused.value = wordsOf(error); });
  return html`<div class="account"><span class="narrow-only"><${Languages} /></span><span class="name">${who.value.shown}</span><a class="btn small narrow-only" href="/fairness">${icon("scale")}${t("fair-title")}</a><button class="btn small" onClick=${leave}>${icon("logout")}${t("counter-sign-out")}</button></div>`;
}

function Stale() {
  const { name, since } = linkState.value;
  const words = since === null ? t("common-no-answer") : t("board-offline", { time: timeOfDay(since) });
  return html`${name === "out_of_touch" && html`<p class="stale" role="alert">${shape("out_of_touch")}<span>${words}</span></p>`}
    ${refused.value && suspending.value === null && html`<${RefusalLine} text=${refused.value} class="told" />`}`;
}

await loadText({ remember: "board", usual: "en" });
loadIcons("scale", "clock", "users", "player-pause", "device-tv", "logout", "chevron-right", "eye", "printer", "hand-finger");
render(html`<${Page} />`, document.getElementById("page"));
recallWhenOutOfTouch(linkState);
const [known] = await Promise.all([get("/api/v1/catalogue"), recallWho()]);
setUtcOffset(known.utc_offset_minutes);
catalogue.value = known;
