// Why no ticket was given, and what to do next.
import { html } from "../vendor/foleni-vendor.js";
import { isoDate, moment, timeOfDay, today } from "../shared/clock.js";
import { shape } from "../shared/states.js";
import { both, has, pick, textOf, Two } from "../shared/text.js";
import { checkInFrom } from "./entry.js";
import { Act } from "./frame.js";
import { appointmentRules, catalogue, chooseOrdinary, chosen, issueOrdinary, refusal } from "./flow.js";

/** The refusal, kindly, with the next step where there is one. */
export function Refusal() {
  if (!refusal.value) return null;
  const { code, title } = refusal.value;
  return html`<section class="refused" role="alert" data-refusal=${code}>
    ${shape("near")}<div><${Two} text=${title ?? textOf(has(`refusal-${code}`) ? `refusal-${code}` : "refusal-unknown")} /><${Next} refused=${refusal.value} /></div>
  </section>`;
}

function Next({ refused: { code, booked } }) {
  const rules = appointmentRules();
  switch (code) {
    case "appointment-early":
      return booked?.at ? html`<p class="next">${both("kiosk-appointment-from", (tag) => ({ time: fromWhen(checkInFrom(booked.at, rules), tag) }))}</p>`
        : html`<p class="next">${both("kiosk-appointment-from-minutes", { count: rules.early_minutes })}</p>`;
    case "appointment-late": return html`<${Ordinary} id=${booked?.service ?? chosen.value} />`;
    case "appointment-used": return html`<p class="next">${both("kiosk-appointment-used-advice")}</p>`;
    case "unknown-booking": return html`<p class="next">${both("kiosk-appointment-unknown-advice")}</p>`;
    case "no-return-ticket": return html`<p class="next">${both("kiosk-return-advice")}</p><${Act} class="primary instead" picture="ticket" words="kiosk-ordinary" act=${chooseOrdinary} />`;
    default: return null;
  }
}

// On another day the time of day alone would have people wait here today.
const fromWhen = (time, tag) => (isoDate(time) === today.value ? timeOfDay(time) : moment(time, tag));

// The ordinary ticket for what was booked, in one touch.
function Ordinary({ id }) {
  const entry = catalogue.value.services.find((service) => service.id === id);
  if (!entry) return html`<${Act} class="primary instead" picture="ticket" words="kiosk-ordinary" act=${chooseOrdinary} />`;
  return html`<${Act} class="primary instead" picture="ticket" words="kiosk-ordinary-ticket" args=${(tag) => ({ service: pick(entry.name, tag) })} act=${() => issueOrdinary(id)} />`;
}
