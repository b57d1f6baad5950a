// The board's link, what it is asked to do, and whether its figures can be believed.
import { batch, computed, effect, signal, untracked } from "../vendor/foleni-vendor.js";
import { NoAnswer, Refused, post } from "../shared/api.js";
import { nowSignal } from "../shared/clock.js";
import { Link } from "../shared/link.js";
import { pick } from "../shared/text.js";
import { forgetWhenSignedOut, mayAs, wordsOf } from "../staff/who.js";

/** The centre's catalogue, once it is here. */
export const catalogue = signal(null);
/** The act under way, such as `resume NTSA`. */
export const busy = signal(null);
/** What was refused, in both languages; stays until the next act. */
export const refused = signal(null);
/** What to call something suspended: the service alone, or the agency. */
export const suspendedName = ({ agency, service }) => (service ? serviceName(service) : agencyName(agency));
/** The agency that is about to be suspended: `null` for no question, `""` for a question without one chosen. */
export const suspending = signal(null);
/** Ids of the groups whose services are shown. */
export const opened = signal(new Set());

// The link of a manager; none while nobody is signed in who may see the board.
const link = signal(null);
const awaited = signal(0);
const mayReload = () => busy.value === null && suspending.value === null;

effect(() => {
  const allowed = mayAs("manager");
  const old = untracked(() => link.value);
  if (allowed === (old !== null)) return;
  old?.stop();
  link.value = allowed ? new Link({ topic: "board", mayReload }).start() : null;
});

/** How the link stands. */
export const linkState = computed(() => link.value?.state.value ?? { name: "connecting", since: null, reason: null });
/** The view, `null` before the first one. */
export const view = computed(() => (link.value?.parts.value.totals ? link.value.parts.value : null));
/** Whether the figures are those of this moment. */
export const fresh = computed(() => linkState.value.name === "connected");
/** The moment the figures are of: now, or when the server was last heard. A stale wait does not grow. */
export const moment = computed(() => (fresh.value ? nowSignal.value : linkState.value.since ?? nowSignal.value));
/** Whether an act is done but not on the board yet. */
export const settling = computed(() => (link.value?.seq.value ?? 0) < awaited.value);

/** Shows or hides a group's services. */
export function toggle(group) {
  const next = new Set(opened.value);
  if (!next.delete(group)) next.add(group);
  opened.value = next;
}

/** Suspends an agency's services, or one of them, for a public reason; resolves with whether it is done. */
export const suspend = (what) => ask(`suspend ${nameOf(what)}`, "/api/v1/suspensions", what);

/** Lets an agency's services go on, or the one that was suspended alone. */
export const resume = ({ agency, service }) => ask(`resume ${nameOf({ agency, service })}`, `/api/v1/suspensions/${encodeURIComponent(agency)}/resume`, service ? { service } : {});

/** Believes the clock of the server's machine as it is. */
export const acceptClock = () => ask("clock", "/api/v1/clock/accept", {});

/** A suspension by name: `NTSA`, or `NTSA ntsa-dl`. */
export const nameOf = ({ agency, service }) => (service ? `${agency} ${service}` : agency);

async function ask(name, path, body) {
  if (busy.value !== null) return false;
  batch(() => { busy.value = name; refused.value = null; });
  try {
    const done = await post(path, body, { triesMax: 5 });
    awaited.value = Math.max(awaited.value, done.seq ?? 0); // not every act stands in the journal
    return true;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof NoAnswer)) throw error;
    forgetWhenSignedOut(error);
    refused.value = wordsOf(error);
    return false;
  } finally {
    busy.value = null;
  }
}

/** A group's short name. */
export const groupName = (id) => pick(catalogue.value.groups.find((group) => group.id === id)?.short) || id;
/** An agency's short name. */
export const agencyName = (code) => pick(catalogue.value.agencies.find((agency) => agency.code === code)?.short) || code;
/** A service's name. */
export const serviceName = (id) => pick(catalogue.value.services.find((service) => service.id === id)?.name) || id;
