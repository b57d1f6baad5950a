// The officer's page: sign in, open a counter, work. One key for each act, and never stale without saying so.
import { effect, html, render, untracked } from "../vendor/foleni-vendor.js";
import { get } from "../shared/api.js";
import { setUtcOffset } from "../shared/clock.js";
import { loadIcons } from "../shared/states.js";
import { language, loadText, t } from "../shared/text.js";
import { SignIn } from "../staff/parts.js";
import { recallWhenOutOfTouch, recallWho, who } from "../staff/who.js";
import { Choose, asked } from "./choose.js";
import { catalogue, counter, lastCounter, leave, linkState, lookAt, looking, view } from "./store.js";
import { Work } from "./work.js";

function Page() {
  document.title = `Foleni · ${counter.value ? t("common-counter-number", { counter: counter.value }) : t("counter-title")}`;
  if (!catalogue.value || who.value === undefined) return html`<p class="starting" lang=${language.value}>${t("common-connecting")}</p>`;
  if (who.value === null) return html`<${SignIn} title=${t("counter-sign-in-title")} note=${t("counter-sign-in-note")} />`;
  if (looking.value && !view.value && linkState.value.name !== "out_of_touch") return html`<p class="starting">${t("common-connecting")}</p>`;
  return counter.value === null ? html`<${Choose} />` : html`<${Work} />`;
}

await loadText({ remember: "counter", usual: "en" });
loadIcons("arrow-narrow-right", "check", "volume", "x", "coffee", "files", "arrow-right", "plug-connected-x", "message", "user", "logout", "player-play", "power", "file-check", "star", "calendar-event", "eye", "pencil", "plus", "minus", "clipboard-check", "transfer", "hourglass", "arrow-back-up", "ticket", "sun", "archive", "users", "tool");
render(html`<${Page} />`, document.getElementById("page"));
const [known] = await Promise.all([get("/api/v1/catalogue"), recallWho()]);
setUtcOffset(known.utc_offset_minutes);
recallWhenOutOfTouch(linkState);
catalogue.value = known;

// Whoever signs in goes on at the counter where they are, if they are at one.
let before = null;
effect(() => {
  const name = who.value?.name ?? null;
  if (name === before) return;
  before = name;
  untracked(() => {
    if (name === null) { leave(); return; }
    const likely = who.value.counter ?? asked() ?? lastCounter();
    if (known.counters.some((entry) => entry.counter === likely)) lookAt(likely);
  });
});
