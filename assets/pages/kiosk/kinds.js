// Of which kind a service is, for those who choose by pictures: several services of an office have its picture, and differ in what is done.

// From the English keywords of the catalogue; the first that fits.
const KINDS = [
  ["status", "info-circle", ["status", "statement", "enquiry", "contributions"]],
  ["lost", "files", ["lost", "duplicate"]],
  ["change", "pencil", ["change", "correction", "amend", "update", "dependants"]],
  ["renew", "refresh", ["renew", "renewal"]],
  ["late", "hourglass", ["late"]],
  ["money", "coins", ["loan", "claim", "fund", "cash", "returns", "pay"]],
  ["new", "plus", ["first", "new", "register", "apply", "baby", "smart"]],
];

/** `{ kind, picture }` of a service, or null where its own picture says all. */
export function kindOf({ collection, keywords }) {
  if (collection) return { kind: "collect", picture: "file-check" };
  const [kind, picture] = KINDS.find(([, , words]) => words.some((word) => keywords.includes(word))) ?? [];
  return kind ? { kind, picture } : null;
}
