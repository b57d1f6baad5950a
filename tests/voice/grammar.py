"""The sentences a call can be, and the one nearest to what a recogniser wrote.

A call is a row of slots (heading, letter, three digits, counter), each with alternatives. The nearest sentence is found by
edit distance over that lattice, forwards and backwards, so that each slot also knows its runner-up: a tie is not a guess.
"""

import re
from dataclasses import dataclass

from words import ENGLISH, KISWAHILI, LETTERS, Language, english_number, kiswahili_number

# Ways in which a recogniser writes a letter or a number word that was said well.
_EN_LETTER_SPELLINGS = (
    "a ay|b be bee|c see sea|d dee|e|f ef eff|g gee|h aitch|i eye|j jay|k kay|l el ell|m em|n en|o oh|p pee|q queue cue|r are|"
    "s es ess|t tea tee|u you|v vee|w double-u|x ex|y why|z zed"
).split("|")
# Words that a recogniser spells otherwise; for Kiswahili by ear, with the letters it knows from English.
_SPELLED_OTHERWISE = {
    "en": {"two": ["to", "too"], "four": ["for"], "eight": ["ate"]},
    "sw": {"nne": ["ne"], "mbili": ["bili"], "thelathini": ["selasini", "thelasini"]},
}
COUNTERS = range(1, 100)

Vector = list[float]


@dataclass(frozen=True)
class Slot:
    """One place in the sentence: each value with the ways of writing it."""

    name: str
    spellings: dict[str, list[str]]


@dataclass(frozen=True)
class Heard:
    """What a call was understood as; a part is None when two values fit equally well."""

    language: str
    form: str | None
    letter: str | None
    digits: str | None
    counter: int | None
    distance: float  # edits per character of the transcription: 0 is word for word


def nearest(text: str, language: Language) -> Heard:
    """Returns the call of the language's grammar that is nearest to a transcription."""
    plain = _folded(normalised(text, language))
    slots = [_folded_slot(slot) for slot in _slots(language)]
    forward = _forward(plain, slots)
    backward = _forward(plain[::-1], [_mirrored(s) for s in reversed(slots)])[::-1]
    chosen, best = {}, float("inf")
    for i, slot in enumerate(slots):
        chosen[slot.name], best = _choose(plain, slot, forward[i], backward[i + 1])
    digits = [chosen[f"digit{place}"] for place in range(3)]
    return Heard(
        language=language.code,
        form=chosen["heading"],
        letter=chosen["letter"],
        digits=None if None in digits else "".join(digits),
        counter=None if chosen["counter"] is None else int(chosen["counter"]),
        distance=round(best / max(1, len(plain)), 3),
    )


def normalised(text: str, language: Language) -> str:
    """Writes figures as words (a counter's as a number, a ticket's one by one) and drops punctuation."""
    name = kiswahili_number if language.code == "sw" else english_number
    counter_word = language.short_counter.split()[0]

    def counter(match: re.Match) -> str:
        return f"{match[1]}{name(int(match[2]))} "

    text = text.lower()
    if language is ENGLISH:
        text = re.sub(r"(\b[a-z])'s\b", r"\1", text)  # "J zero" comes out as "J's zero"
    text = re.sub(rf"({counter_word}\W+(?:nambari\W+)?)(\d\d?)\b", counter, text)
    text = re.sub(r"\d", lambda m: f" {language.digits[int(m[0])]} ", text)
    text = re.sub(r"[^a-z']+", " ", text)
    return text.strip() + " "


def _slots(language: Language) -> list[Slot]:
    number = {str(n): _spellings(language, language.number(n)) for n in COUNTERS}
    digits = {str(d): _spellings(language, word) for d, word in enumerate(language.digits)}
    to_counter = [language.counter_sentence.format("").strip(" .").lower() + " ", language.short_counter.format("")]
    return [
        Slot("heading", {"long": [language.heading + " "], "short": [language.short_heading + " "]}),
        Slot("letter", {c: [f"{s} " for s in _letter_spellings(language, c)] for c in LETTERS}),
        *(Slot(f"digit{place}", digits) for place in range(3)),
        Slot("to_counter", {"": to_counter}),
        Slot("counter", number),
    ]


def _letter_spellings(language: Language, letter: str) -> list[str]:
    english = [s.replace("-", " ") for s in _EN_LETTER_SPELLINGS[LETTERS.index(letter)].split()]
    return [language.letter_names[letter], *english] if language is KISWAHILI else english


def _spellings(language: Language, words: str) -> list[str]:
    """Returns the words as they are written and, word by word, as they may be misspelled."""
    others = _SPELLED_OTHERWISE[language.code]
    ways = [""]
    for word in words.split():
        ways = [f"{way}{spelling} " for way in ways for spelling in [word, *others.get(word, [])]]
    return ways


def _folded(text: str) -> str:
    """Writes each run of a letter once: how often it is doubled is the speller's whim."""
    return re.sub(r"([a-z])\1+", r"\1", text)


def _folded_slot(slot: Slot) -> Slot:
    return Slot(slot.name, {value: [_folded(s) for s in spellings] for value, spellings in slot.spellings.items()})


def _mirrored(slot: Slot) -> Slot:
    return Slot(slot.name, {value: [s[::-1] for s in spellings] for value, spellings in slot.spellings.items()})


def _forward(text: str, slots: list[Slot]) -> list[Vector]:
    """Returns, before each slot and after the last, the edits needed to have written the text up to each place."""
    costs = [[float(i) for i in range(len(text) + 1)]]
    costs[0] = _edits(text, "", [0.0] + [float("inf")] * len(text))
    for slot in slots:
        ways = [_edits(text, s, costs[-1]) for spellings in slot.spellings.values() for s in spellings]
        costs.append([min(column) for column in zip(*ways)])
    return costs


def _choose(text: str, slot: Slot, before: Vector, after: Vector) -> tuple[str | None, float]:
    totals: dict[str, float] = {}
    for value, spellings in slot.spellings.items():
        ways = (zip(_edits(text, s, before), reversed(after)) for s in spellings)
        totals[value] = min(a + b for way in ways for a, b in way)
    best = min(totals.values())
    winners = [value for value, total in totals.items() if total == best]
    return (winners[0] if len(winners) == 1 else None), best


def _edits(text: str, word: str, start: Vector) -> Vector:
    """Continues an edit distance: `start[i]` edits have been spent up to place i; returns the same after `word`."""
    row = list(start)
    for i in range(1, len(row)):
        row[i] = min(row[i], row[i - 1] + 1)
    for letter in word:
        previous, row = row, [row[0] + 1]
        for i, written in enumerate(text, start=1):
            row.append(min(previous[i - 1] + (letter != written), previous[i] + 1, row[i - 1] + 1))
    return row
