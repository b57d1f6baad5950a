// How a paired device stands, for the board and the settings.
import { timeOfDay } from "../shared/clock.js";
import { t } from "../shared/text.js";

const PAPER = {
  paper_out: "state-paper-out", paper_near_end: "state-paper-low", cover_open: "state-cover-open",
  offline: "state-printer-offline", unreachable: "state-printer-offline", cutter_fault: "state-cutter-fault",
  fault: "state-printer-fault", resting: "state-printer-resting", not_allowed: "state-printer-not-allowed",
};

/** What is wrong with a printer, in a word. */
export const troubleWord = (trouble) => t(PAPER[trouble] ?? "state-printer-offline");

/** How a device stands, worst first: a state and its word. */
export function standing({ connected, since, trouble, heard }) {
  if (!connected) return ["out_of_touch", t("common-since", { time: timeOfDay(since) })];
  if (trouble) return [trouble === "paper_near_end" ? "near" : "late", t(PAPER[trouble] ?? "state-printer-offline")];
  if (heard === false) return ["near", t("board-not-heard")];
  return ["connected", t("state-connected")];
}
