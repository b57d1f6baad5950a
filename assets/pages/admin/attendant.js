// The attendant PIN: whether there is one, and a new one.
import { html, useState } from "../vendor/foleni-vendor.js";
import { put } from "../shared/api.js";
import { dateOf, timeOfDay } from "../shared/clock.js";
import { icon } from "../shared/states.js";
import { t } from "../shared/text.js";
import { Field } from "../staff/parts.js";
import { attempt, attendantPin } from "./store.js";

/** The section. What is typed is shown: it is told to colleagues in any case, and a slip of the finger would lock them out. */
export function AttendantPin() {
  const [state, become] = useState("idle");
  const known = attendantPin.value;
  const set = async (event) => {
    event.preventDefault();
    if (state === "busy") return;
    const form = event.currentTarget;
    become("busy");
    const done = await attempt(() => put("/api/v1/attendant-pin", { pin: new FormData(form).get("pin").trim() }, { triesMax: 3 }));
    if (done) form.reset();
    become(done ? "done" : "idle");
  };
  return html`<section class="panel attendant-pin"><h2>${t("admin-attendant-title")}</h2>
    <p class="lead">${t("admin-attendant-lead")}</p>
    ${known && html`<p class="next">${known.set ? t("admin-attendant-set-by", { name: known.by ?? "", date: `${dateOf(known.at)} ${timeOfDay(known.at)}` }) : html`<b>${t("admin-attendant-none")}</b>`}</p>`}
    <form onSubmit=${set}>
      <${Field} id="attendant-pin" name="pin" label=${t("admin-attendant-pin")} required inputmode="numeric" pattern="[0-9]{4,8}" maxlength="8" autocomplete="off" spellcheck="false" />
      <button class="btn primary tall" aria-disabled=${state === "busy"}>${icon("lock")}${state === "busy" ? t("common-working") : t("admin-attendant-set")}</button>
    </form>
    <p role="status">${state === "done" && t("admin-attendant-done")}</p>
  </section>`;
}
