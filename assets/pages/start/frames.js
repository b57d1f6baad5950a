// The real pages, scaled into frames; each opens in its own window. And the slips as they are printed.
import { html, useEffect, useRef } from "../vendor/foleni-vendor.js";
import { timeOfDay } from "../shared/clock.js";
import { State, icon } from "../shared/states.js";
import { otherLanguage, t } from "../shared/text.js";

/** The right side of the page. */
export function Frames({ state }) {
  const { pages, faults, server_up: up } = state;
  const counter = counterOf(pages.counter);
  const served = up ? "connected" : "out_of_touch";
  return html`<main class="frames">
    <div class="column"><${Frame} name="kiosk" src=${pages.kiosk} width=${1080} height=${1920} drawing="hand-finger" state=${faults.paper.out ? "near" : "connected"} word=${faults.paper.out ? "state-paper-out" : null} />
      <${Slips} slips=${state.slips} /></div>
    <div class="column"><${Frame} name="display" src=${pages.display} width=${1920} height=${1080} drawing="device-tv" state=${faults.cable.cut || !up ? "out_of_touch" : "connected"} />
      <${Frame} name="counter" src=${pages.counter} width=${1366} height=${768} drawing="headset" state=${served} args=${{ counter }} />
      <${Try} counter=${counter} /></div>
    <div class="column"><${Frame} name="board" src=${pages.board} width=${1920} height=${1080} drawing="device-desktop-analytics" state=${served} />
      <${Frame} name="board-phone" src=${pages.board} width=${390} height=${844} drawing="device-mobile" state=${served} hint=${null} /></div>
  </main>`;
}

function counterOf(address) {
  try { return new URL(address, location.href).searchParams.get("counter") ?? ""; } catch { return ""; }
}

function Frame({ name, src, width, height, drawing, state, word = null, args = undefined, hint = `start-${name}-hint` }) {
  const box = useRef(null);
  useScale(box, width, height);
  const title = t(`start-${name}`, args);
  const said = word ? t(word) : t(state === "connected" ? "start-live" : "state-out-of-touch");
  return html`<a class="frame" href=${src} target="_blank" rel="noopener">
    <span ref=${box} class=${`glass ${name}`}><iframe src=${src} title=${title} tabindex="-1" aria-hidden="true" loading="eager"></iframe></span>
    <b>${icon(drawing)}<span>${title}<span class="aside">. ${t("start-open")}</span></span><${State} state=${state} word=${said} /></b>
    ${hint && html`<small>${t(`start-${name}`, args, otherLanguage())}: ${t(hint)}</small>`}
  </a>`;
}

// A page keeps its own size and is scaled as a whole, so that it is drawn as on its own screen.
function useScale(box, width, height) {
  useEffect(() => {
    const page = box.current.firstElementChild;
    page.style.width = `${width}px`;
    page.style.height = `${height}px`;
    const watch = new ResizeObserver(([{ contentRect }]) => { page.style.transform = `scale(${contentRect.width / width})`; });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [width, height]);
}

function Slips({ slips }) {
  const [newest, ...earlier] = slips;
  return html`<div class="frame slips"><div class="glass slip">${newest
      ? html`<a href=${newest.url} target="_blank" rel="noopener" key=${newest.id}><img src=${newest.url} alt=${`${t("start-slip")} ${newest.number}, ${timeOfDay(newest.at)}`} /></a>`
      : html`<p class="lead">${t("start-no-slip")}</p>`}</div>
    <b>${icon("receipt")}<span>${t("start-slip")}</span>${newest && html`<span class="num">${newest.number}</span>`}</b>
    <small>${earlier.length > 0 ? html`${earlier.slice(0, 4).map((slip) => html`<a key=${slip.id} href=${slip.url} target="_blank" rel="noopener">${slip.number}</a> `)}` : t("start-slip-hint")}</small></div>`;
}

const Try = ({ counter }) => html`<p class="try"><b>${t("start-try")}</b> ${t("start-try-kiosk")} ${t("start-try-counter", { counter })} ${t("start-try-display")} ${t("start-try-break")}</p>`;
