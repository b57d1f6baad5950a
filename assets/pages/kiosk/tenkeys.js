// What the keys of a ten-key pad mean, and which nine choices have a figure. Pure, so that it can be tested.

const NUMPAD = { NumpadDecimal: ".", NumpadComma: ".", NumpadEnter: "enter", NumpadAdd: "+", NumpadSubtract: "-", NumpadMultiply: "*", NumpadDivide: "/", NumpadBackspace: "erase" };
const PLAIN = { Enter: "enter", Backspace: "erase", ".": ".", ",": ".", "+": "+", "-": "-", "*": "*", "/": "/" };

/** What a key means: a figure, an operator, `enter` or `erase`; null for any other. A pad's figures are read by their place, so that its number lock does not matter. */
export function keyOf({ code = "", key = "" }) {
  const figure = code.match(/^Numpad(\d)$/)?.[1];
  if (figure) return figure;
  if (code in NUMPAD) return NUMPAD[code];
  if (code === "NumpadEqual" || code === "NumLock") return null;
  return /^\d$/.test(key) ? key : PLAIN[key] ?? null;
}

/** The choices by nines; what is in the list and what is around it never share a nine, so that a figure is easy to find. */
export function pagesOf(...kinds) {
  return kinds.flatMap((choices) => Array.from({ length: Math.ceil(choices.length / 9) }, (_, nine) => choices.slice(nine * 9, nine * 9 + 9)));
}

/** One of the nines; the last where there are fewer by now. */
export const pageOf = (pages, place) => pages[Math.min(place, pages.length - 1)] ?? [];
