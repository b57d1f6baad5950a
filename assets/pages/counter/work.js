// The work page: the ticket, how it ends, what to do next, and who waits.
import { html, useEffect, useState } from "../vendor/foleni-vendor.js";
import { timeOfDay } from "../shared/clock.js";
import { Clock } from "../shared/parts.js";
import { State, icon, shape } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Languages, keepFocus } from "../staff/parts.js";
import { signOut, who, wordsOf } from "../staff/who.js";
import { ASKING, OTHERS, OUTCOMES, TILES, keyOf, primary, standing, whyNot } from "./acts.js";
import { Question } from "./ask.js";
import { Side } from "./side.js";
import { act, actPrimary, behind, busy, catalogue, counter, fresh, leave, linkState, outcome, refused, say, told, view } from "./store.js";
import { Current, Papers } from "./ticket.js";
import { needsOutcome } from "./visit.js";

/** The page of an officer at a counter. */
export function Work() {
  const [asking, setAsking] = useState(null);
  const ask = (name) => {
    if (busy.value) return;
    const reason = fresh.value ? whyNot(name, view.value) : "counter-why-stale";
    if (reason) say(reason);
    else setAsking(name);
  };
  useKeys(asking, ask);
  const seen = view.value;
  return html`<div class=${`work ${seen ? standing(seen) : "starting"}`}>
    <${Head} ask=${ask} />
    <${Stale} />
    ${seen ? html`<main>
        <${Current} view=${seen} ask=${ask} />
        <${Papers} view=${seen} />
        <${Ends} view=${seen} />
        <${Acts} view=${seen} ask=${ask} />
      </main>
      <${Side} view=${seen} ask=${ask} />` : html`<main class="wait"><p class="lead">${t("common-connecting")}</p></main>`}
    <${Foot} ask=${ask} />
    ${asking && html`<${Question} name=${asking} view=${seen} leave=${() => setAsking(null)} />`}
  </div>`;
}

const entryOf = (number) => catalogue.value.counters.find((entry) => entry.counter === number);
const zoneOf = (entry) => catalogue.value.zones.find((zone) => zone.id === entry?.zone);

function Head({ ask }) {
  const entry = entryOf(counter.value);
  const since = view.value?.counter.since;
  const zone = pick(zoneOf(entry)?.name);
  return html`<header class="head">
    <span class="plate num" aria-label=${t("common-counter-number", { counter: counter.value })}>${counter.value}</span>
    <div class="who"><b>${pick(entry?.label)}</b><small>${who.value.shown}<span class="wide-only"> · ${since ? t("counter-hall-since", { zone, time: timeOfDay(since) }) : zone}</span></small></div>
    <${LinkState} /><${Clock} class="clock" /><${Languages} />
    <span class="leaving"><${LeaveButtons} ask=${ask} /></span>
  </header>`;
}

function LinkState() {
  const state = linkState.value.name === "connected" && behind.value ? "connecting" : linkState.value.name;
  const words = { connected: "common-connected", connecting: "common-connecting", out_of_touch: "common-not-connected" };
  return html`<span class="link"><${State} state=${state} word=${t(words[state])} /></span>`;
}

const BREAK = OTHERS.find(({ name }) => name === "break");

function LeaveButtons({ ask }) {
  const seen = view.value;
  const held = seen?.ticket || busy.value || !fresh.value;
  const noBreak = !seen || !fresh.value || whyNot("break", seen) !== null;
  return html`<button class="btn" data-act="break" aria-disabled=${noBreak} onMouseDown=${keepFocus} onClick=${() => ask("break")}>${icon(BREAK.icon)}${t(BREAK.words)}<span class="key">${BREAK.key}</span></button>
    <button class="btn" aria-disabled=${Boolean(held)} onMouseDown=${keepFocus} onClick=${closeCounter}>${icon("power")}${t("counter-close")}</button>
    <button class="btn" aria-disabled=${Boolean(seen?.ticket)} onMouseDown=${keepFocus} onClick=${leavePage}>${icon("logout")}${t("counter-sign-out")}</button>`;
}

async function closeCounter() {
  if (await act("close")) leave();
}

// Signing out leaves no counter open behind the officer.
async function leavePage() {
  if (busy.value) return;
  if (view.value?.ticket) { say("counter-why-ticket"); return; }
  if (view.value && !(await act("close"))) return;
  leave();
  try { await signOut(); } catch (error) { refused.value = wordsOf(error); }
}

// What the officer sees is never stale without saying so.
function Stale() {
  const { name, since, reason } = linkState.value;
  if (name === "out_of_touch") {
    const known = reason && reason !== "restart" ? t(`refusal-${reason}`) : null;
    const words = since === null ? t("common-no-answer") : t("counter-offline", { time: timeOfDay(since) });
    return html`<p class="stale" role="alert">${shape("out_of_touch")}<span>${words}${known && ` ${known}.`}</span></p>`;
  }
  if (behind.value) return html`<p class="stale" role="alert">${shape("near")}<span>${t("counter-behind")}</span></p>`;
  if (busy.value?.tries > 0) return html`<p class="stale" role="alert">${shape("near")}<span>${t("common-no-answer")}</span></p>`;
  return null;
}

function Ends({ view: seen }) {
  const can = standing(seen) === "serving";
  return html`<section class="ends" aria-label=${t("counter-outcome-ask")}>
    <div class="ask"><h2>${t("counter-outcome-ask")}${can && outcome.value === null && html` <small>${t("counter-outcome-needed")}</small>`}</h2><${Said} /></div>
    <div class="outcomes">${OUTCOMES.map(({ name, key, icon: drawing, words }) => html`<button class=${`btn ${can && outcome.value === name ? "on" : ""}`}
      aria-pressed=${can && outcome.value === name} aria-disabled=${!can} onMouseDown=${keepFocus} onClick=${() => chooseOutcome(name)}>
      ${icon(drawing)}<span>${t(words)}</span><span class="key">${key}</span></button>`)}</div>
  </section>`;
}

function chooseOutcome(name) {
  const reason = whyNot("finish", view.value);
  if (reason) say(reason);
  else { outcome.value = name; refused.value = told.value = null; }
}

// One line that says what was not done, or what is worth knowing of what was, until the next act.
const Said = () => html`<div class="said" role="status">${refused.value ? html`<p class="refusal">${shape("late")}<span>${pick(refused.value)}</span></p>`
  : told.value && html`<p class="refusal told">${shape("on_time")}<span>${pick(told.value)}</span></p>`}</div>`;

function Acts({ view: seen, ask }) {
  const next = primary(seen);
  const off = !fresh.value || next.why_not !== null;
  const word = useSlowly(busy.value !== null);
  return html`<section class="acts" aria-label=${t("counter-keys")}>
    <button class="btn primary" data-act=${next.name} aria-disabled=${off} onMouseDown=${keepFocus} onClick=${() => actPrimary(ask)}>
      ${icon(next.icon)}<span class="grow">${word ? t("common-working") : t(next.words)}${next.why_not && html`<small>${t(next.why_not)}</small>`}</span><span class="key">Enter</span></button>
    ${TILES.map(({ name, key, icon: drawing, words }) => html`<button class="btn" data-act=${name} aria-disabled=${!fresh.value || whyNot(name, seen) !== null}
      onMouseDown=${keepFocus} onClick=${() => tile(name, ask)}>${icon(drawing)}<span class="grow">${t(words)}${name === "undo" && seen.undo && html`<small>${t(`counter-undo-${seen.undo.act}`, { number: seen.undo.number })}</small>`}</span><span class="key">${key}</span></button>`)}
  </section>`;
}

function tile(name, ask) {
  if (ASKING.includes(name) || needsOutcome(name, outcome.value)) ask(name);
  else void act(name);
}

// A centre without marks has no key for them.
const isOffered = (name) => name !== "marks" || catalogue.value.marks?.length > 0;

// A wait over 400 ms is said in words; a shorter one is not said at all.
function useSlowly(waits) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    const timer = waits && setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, [waits]);
  return waits && slow;
}

function useKeys(asking, ask) {
  useEffect(() => {
    if (asking) return undefined;
    const onKey = (event) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !view.value) return;
      const key = keyOf(event);
      const stop = event.target instanceof HTMLElement && event.target.matches("button, a, input, select");
      const end = OUTCOMES.find((of) => of.key === key);
      const one = [...TILES, ...OTHERS].find((of) => of.key === key && isOffered(of.name));
      if (key === "Enter" && !stop) actPrimary(ask);
      else if (end) chooseOutcome(end.name);
      else if (one) tile(one.name, ask);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [asking]);
}

// On a strip the head has no room for these.
const Foot = ({ ask }) => html`<footer class="foot"><${Said} /><div class="foot-acts"><${Languages} /><${LeaveButtons} ask=${ask} /></div></footer>`;
