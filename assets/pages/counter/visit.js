// What a visit carries besides its service, as plain functions: what was also done, what follows, an appointment, an outcome.

/** How often one thing can be noted in a visit. */
export const COUNT_MAX = 99;

/** Small letters without accents: what is typed in a hurry finds what is written properly. */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** The services that hold every word typed, in their name, agency or code. */
export function servicesLike(typed, { services, agencies }) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const textOf = (service) => {
    const agency = agencies.find(({ code }) => code === service.agency);
    return plain([service.name.en, service.name.sw, service.agency, agency?.short.en ?? "", agency?.short.sw ?? ""].join(" "));
  };
  return services.filter((service) => { const text = textOf(service); return words.every((word) => text.includes(word)); });
}

/** The services that are likely done besides: the ticket's own once more, then those of the counter. */
export function likelyBesides(ticket, counter, { services, counters }) {
  const here = counters.find((entry) => entry.counter === counter)?.services ?? [];
  const ids = [ticket.service, ...here.filter((id) => id !== ticket.service)];
  return ids.map((id) => services.find((service) => service.id === id)).filter(Boolean);
}

/** How often a service was done in this visit besides. */
export const countOf = (ticket, service) => ticket.delivered?.find((one) => one.service === service)?.count ?? 0;

/** The count after a step up or down, within what can be noted. */
export const stepped = (ticket, service, by) => Math.min(COUNT_MAX, Math.max(0, countOf(ticket, service) + by));

/** The service that a ticket goes on to when this one ends so; `null` when the visit ends. */
export const onwardTo = (ticket, outcome) => (outcome === "served" && ticket?.then?.length ? ticket.then[0] : null);

/** The counters that serve a service, as it is said: `3, 13–15`. */
export function countersOf(service, { counters }) {
  const numbers = counters.filter((entry) => entry.services.includes(service)).map((entry) => entry.counter);
  return spans(numbers);
}

/** Numbers with those in a row drawn together: `2–6, 8`. */
export function spans(numbers) {
  const runs = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else if (!last || number > last[1]) runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

/** The pools that could serve a service: those with a counter for it. */
export function poolsFor(service, { pools = [], counters }) {
  const serves = (number) => counters.find((entry) => entry.counter === number)?.services.includes(service);
  return pools.filter((pool) => pool.counters.some(serves));
}

/** Who may call a ticket, from the choice in a list: `""`, `me`, `counter:7` or `pool:id`. */
export function targetOf(choice, me) {
  const [kind, name] = choice.split(/:(.*)/s);
  switch (kind) {
    case "me":
      return { officer: me };
    case "counter":
      return { counter: Number(name) };
    case "pool":
      return { pool: name };
    default:
      return "anyone";
  }
}

/** Whether what the citizen said of the class is for the officer to confirm: priority, or an appointment of their own slip. */
export const isSaid = (ticket) => !ticket.classed && (ticket.class === "priority" || ticket.class === "appointment");

/** The acts on a ticket's class: what can be confirmed, given or taken away now. */
export function classActs(ticket) {
  const { class: of, classed } = ticket;
  if (of === "appointment") return classed ? [] : ["appointment-confirm", "appointment-remove"];
  if (of === "priority") return classed ? ["priority-remove"] : ["priority-confirm", "priority-remove"];
  return ["priority-give"];
}

/** Whether an act that ends a service still has to be told how it ended. */
export const needsOutcome = (name, outcome) => (name === "finish" || name === "finish-next") && outcome === null;
