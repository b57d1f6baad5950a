// What the fairness page asked for and what it was told.
import { batch, signal } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, get } from "../shared/api.js";
import { pick, textOf } from "../shared/text.js";
import { forgetWhenSignedOut, wordsOf } from "../staff/who.js";
import { numberOf } from "./figures.js";

/** The centre's catalogue, once it is here. */
export const catalogue = signal(null);
/** The day's report; `null` before the first one. */
export const report = signal(null);
/** What is told of the number asked for; `null` when none was. */
export const told = signal(null);
/** Whether an answer is awaited. */
export const busy = signal(false);
/** What was refused, in both languages. */
export const refused = signal(null);

const asked = new URLSearchParams(location.search);

/** What the fields hold when the page is opened: a link may bring both. */
export const first = { number: asked.get("number") ?? "", date: asked.get("date") ?? "" };

/** Asks for a day, and for one number of it when one is typed. */
export async function ask(typed, date) {
  if (busy.value) return;
  const number = numberOf(typed);
  if (typed.trim() && !number) { refused.value = textOf("fair-no-number"); return; }
  batch(() => { busy.value = true; refused.value = null; told.value = null; });
  try {
    const query = date ? `?${new URLSearchParams({ date })}` : "";
    report.value = await get(`/api/v1/reports/fairness${query}`, OPTIONS);
    remember(number, report.value.date);
    if (number) told.value = await get(`/api/v1/tickets/${number}/why?${new URLSearchParams({ date: report.value.date })}`, OPTIONS);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    if (error.code === "unknown-day") report.value = null;
    if (!forgetWhenSignedOut(error)) refused.value = error.code === "unknown-ticket" ? textOf("fair-no-ticket", { number }) : wordsOf(error);
  } finally {
    busy.value = false;
  }
}

const OPTIONS = { triesMax: 4, timeoutMs: 20_000 };

/** The address says what is shown, so that it can be opened again. */
function remember(number, date) {
  const query = new URLSearchParams(number ? { number, date } : { date });
  history.replaceState(null, "", `${location.pathname}?${query}`);
}

/** The name of a pool of counters. */
export const poolName = (id) => pick(catalogue.value?.pools?.find((pool) => pool.id === id)?.name) || id;

/** A service's name. */
export const serviceName = (id) => pick(catalogue.value?.services.find((service) => service.id === id)?.name) || id;
