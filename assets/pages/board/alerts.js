// What needs the manager, worst first: a fact, and the act where there is one.
import { html } from "../vendor/foleni-vendor.js";
import { centreNow, timeOfDay } from "../shared/clock.js";
import { Plate } from "../shared/parts.js";
import { icon, shape, stateColour } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { alertSays, lengthOf } from "./figures.js";
import { acceptClock, busy, catalogue, fresh, groupName, nameOf, resume, settling, suspendedName, suspending } from "./store.js";

/** The card of alerts, and the way to suspend a service. */
export function Alerts({ view }) {
  const alerts = view.alerts.map((alert) => ({ alert, says: alertSays(alert) })).filter(({ says }) => says);
  return html`<section class="card alerts">
    <div class="alerts-head"><h2>${t("board-needs-you")} <span role="status">${alerts.length}</span></h2>
      <button class="btn small suspend" aria-disabled=${!fresh.value} onClick=${() => fresh.value && (suspending.value = "")}>${icon("player-pause")}${t("board-act-suspend")}</button></div>
    <div class="alert-list">
      ${alerts.length === 0 && html`<p class="calm st ok">${shape("on_time")}<span>${t("board-needs-nothing")}</span></p>`}
      ${alerts.map(({ alert, says }) => html`<${Alert} key=${`${alert.type} ${alert.group ?? (alert.agency ? nameOf(alert) : alert.device)}`} alert=${alert} says=${says} view=${view} />`)}
      ${(view.resumed ?? []).map((one) => html`<${Resumed} key=${`resumed ${nameOf(one)}`} one=${one} />`)}
    </div>
  </section>`;
}

// Good news needs no act: it stands for as long as the hall is told.
const Resumed = ({ one }) => html`<div class="alert ok" data-resumed=${nameOf(one)}>${shape("on_time")}
  <div><b>${t("board-resumed", { group: suspendedName(one), time: timeOfDay(one.since), waiting: one.waiting })}</b></div></div>`;

function Alert({ alert, says, view }) {
  const named = alert.agency ? suspendedName(alert) : alert.group ? groupName(alert.group) : "";
  const off = lengthOf(alert.by ?? 0);
  const words = t(says.key, {
    group: named, late: alert.late ?? 0, waiting: alert.waiting ?? 0, station: alert.device ?? "",
    time: alert.since ? timeOfDay(alert.since) : "", length: t(off.key, { count: off.count }),
  });
  return html`<div class=${`alert ${stateColour(says.state)}`}>${shape(says.state)}
    <div><b>${words}</b><${Detail} alert=${alert} says=${says} view=${view} /></div>
    <${Act} alert=${alert} says=${says} />
  </div>`;
}

function Detail({ alert, says, view }) {
  if (alert.type === "clock") return html`<p>${t(says.act === "accept_clock" ? "board-clock-accept-detail" : "board-clock-set-detail")}</p>`;
  if (says.act === "open") return html`<p>${t("board-advice-counter", { counter: alert.counter })}</p>`;
  if (alert.type === "suspended") {
    const one = view.suspended.find((other) => nameOf(other) === nameOf(alert));
    if (!one) return null;
    const back = one.back_at > centreNow() ? ` ${t("board-suspend-back-at", { time: timeOfDay(one.back_at) })}.` : "";
    return html`<p>${t(REASONS[one.reason] ?? "board-suspend-reason-system")}.${back} ${t("board-place-kept")}</p>`;
  }
  return null;
}

/** Public reasons and their words. */
export const REASONS = {
  system_down: "board-suspend-reason-system", network_down: "board-suspend-reason-network",
  no_officer: "board-suspend-reason-officer", no_material: "board-suspend-reason-materials",
};

function Act({ alert, says }) {
  if (says.act === "open") {
    const entry = catalogue.value.counters.find(({ counter }) => counter === alert.counter);
    return html`<span class="which"><small>${t("common-counter")}</small><${Plate} counter=${alert.counter} /><span class="aside">${pick(entry?.label)}</span></span>`;
  }
  if (says.act === "accept_clock") {
    const under = busy.value === "clock";
    return html`<button class="btn" aria-disabled=${!fresh.value || under} onClick=${() => fresh.value && !under && void acceptClock()}>${under ? t("common-working") : t("board-act-accept-clock")}</button>`;
  }
  if (says.act !== "resume") return null;
  const under = busy.value === `resume ${nameOf(alert)}` || settling.value;
  return html`<button class="btn" aria-disabled=${!fresh.value || under} onClick=${() => fresh.value && !under && void resume(alert)}>${under ? t("common-working") : t("board-act-resume")}</button>`;
}
