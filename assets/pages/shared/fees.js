// What a service costs on a date: the same rule as the server's, so that a catalogue read yesterday is right after midnight.

/**
 * What a service costs on a date such as `2026-11-24`: `{ kes, note }`; `kes` 0 is free of charge, null is "ask at the counter".
 * Dates are written so that they stand in the order of time.
 */
export function feeOn(service, date) {
  const period = (service.fees ?? []).find(({ from, until }) => from <= date && (until == null || date <= until));
  const { kes, note } = period ?? { kes: service.fee_kes, note: service.fee_note };
  return { kes: kes ?? null, note: note ?? null };
}
