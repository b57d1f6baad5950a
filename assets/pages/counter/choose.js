// Which counter: plates to press, or its number on the keys and Enter.
import { html, useEffect, useRef, useState } from "../vendor/foleni-vendor.js";
import { clockKnown } from "../shared/clock.js";
import { Clock, Mark } from "../shared/parts.js";
import { icon } from "../shared/states.js";
import { pick, t } from "../shared/text.js";
import { Languages, RefusalLine, keepFocus } from "../staff/parts.js";
import { signOut, who, wordsOf } from "../staff/who.js";
import { keyOf } from "./acts.js";
import { busy, catalogue, lastCounter, open, refused } from "./store.js";

/** The counter that the address names. */
export const asked = () => Number(new URLSearchParams(location.search).get("counter")) || null;

/** The page between signing in and working. */
export function Choose() {
  const counters = catalogue.value.counters;
  const exists = (number) => counters.some((entry) => entry.counter === number);
  const [chosen, choose] = useState(() => [asked(), lastCounter()].find(exists) ?? null);
  const typed = useTyping(exists, choose, () => chosen !== null && void open(chosen));
  const entry = counters.find(({ counter }) => counter === chosen);
  return html`<div class="choose">
    <header class="head"><span class="night"><${Mark} /></span>
      <div class="who"><b>${who.value.shown}</b><small>${catalogue.value.centre}</small></div>
      ${clockKnown.value && html`<${Clock} class="clock" />`}<${Languages} />
      <button class="btn leave" onClick=${leavePage}>${icon("logout")}${t("counter-sign-out")}</button>
    </header>
    <main>
      <h1>${t("counter-choose")}</h1>
      <p class="lead">${t("counter-choose-hint")}${typed && html` <b class="num">${typed}</b>`}</p>
      ${catalogue.value.zones.map((zone) => html`<${Zone} zone=${zone} counters=${counters.filter((of) => of.zone === zone.id)} chosen=${chosen} choose=${choose} />`)}
    </main>
    <footer>
      ${refused.value && html`<${RefusalLine} text=${refused.value} />`}
      ${entry && html`<button class="btn primary tall" aria-disabled=${busy.value !== null} onMouseDown=${keepFocus} onClick=${() => void open(chosen)}>
        <span class="plate num">${chosen}</span><span class="grow">${busy.value ? t("common-working") : t("counter-open")}<small>${pick(entry.label)}</small></span><span class="key">Enter</span></button>`}
    </footer>
  </div>`;
}

function Zone({ zone, counters, chosen, choose }) {
  if (counters.length === 0) return null;
  return html`<section><h2>${pick(zone.name)}</h2><div class="plates">
    ${counters.map(({ counter, label }) => html`<button type="button" class="pick" aria-pressed=${counter === chosen} onMouseDown=${keepFocus} onClick=${() => choose(counter)}>
      <b class="num">${counter}</b><span>${pick(label)}</span></button>`)}
  </div></section>`;
}

// Digits make a number while they come quickly; Enter opens it.
function useTyping(exists, choose, openChosen) {
  const [typed, setTyped] = useState("");
  const now = useRef({});
  now.current = { typed, openChosen };
  useEffect(() => {
    let timer = null;
    const onKey = (event) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      const key = keyOf(event);
      if (key === "Enter" && !isStop(event.target)) { event.preventDefault(); now.current.openChosen(); }
      if (!/^[0-9]$/.test(key)) return;
      event.preventDefault();
      const longer = `${now.current.typed}${key}`;
      const number = exists(Number(longer)) ? longer : key;
      setTyped(number);
      if (exists(Number(number))) choose(Number(number));
      clearTimeout(timer);
      timer = setTimeout(() => setTyped(""), 1500);
    };
    addEventListener("keydown", onKey);
    return () => { removeEventListener("keydown", onKey); clearTimeout(timer); };
  }, []);
  return typed;
}

const isStop = (target) => target instanceof HTMLElement && target.matches("button, a, input");

async function leavePage() {
  try { await signOut(); } catch (error) { refused.value = wordsOf(error); }
}
