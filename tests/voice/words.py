"""What the voice says: letters, digits, counter numbers and sentences in English and Kiswahili, and how they sound.

The builder speaks these words; the listening check recognises the same ones. Change a word here and both follow.
"""

import re
from dataclasses import dataclass
from typing import Callable

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_EN_BELOW_20 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SW_DIGITS = "sifuri moja mbili tatu nne tano sita saba nane tisa".split()
_SW_TENS = "kumi ishirini thelathini arobaini hamsini sitini sabini themanini tisini".split()

# British letter names in the voice's phonetic alphabet, A to Z.
_EN_LETTER_SOUNDS = (
    "ˈA bˈiː sˈiː dˈiː ˈiː ˈɛf ʤˈiː ˈAʧ ˈI ʤˈA kˈA ˈɛl ˈɛm ˈɛn ˈQ pˈiː kjˈuː ˈɑː ˈɛs tˈiː jˈuː vˈiː dˈʌbᵊljuː ˈɛks wˈI zˈɛd"
).split()
# The same names in the aligner's alphabet (ARPAbet).
_EN_LETTER_ARPABET = (
    "EY|B IY|S IY|D IY|IY|EH F|JH IY|EY CH|AY|JH EY|K EY|EH L|EH M|EH N|OW|P IY|K Y UW|AA|EH S|T IY|Y UW|V IY|"
    "D AH B AH L Y UW|EH K S|W AY|Z EH D"
).split("|")
# Letter names in Kiswahili spelling, as borrowed from English. To be confirmed by a native speaker.
_SW_LETTER_NAMES = (
    "ei bii sii dii ii efu jii echi ai jei kei elu emu enu oo pii kyuu ara esi tii yuu vii dabliu eksi wai zedi"
).split()

# Kiswahili spelling to sounds: (spelling, the voice's phonetic alphabet, ARPAbet). Longer spellings come first.
_SW_SOUNDS = [
    ("ng'", "ŋ", "NG"), ("ch", "ʧ", "CH"), ("sh", "ʃ", "SH"), ("th", "θ", "TH"), ("dh", "ð", "DH"), ("gh", "ɣ", "G"),
    ("kh", "χ", "K"), ("ny", "ɲ", "N Y"), ("ng", "ŋɡ", "NG G"), ("nj", "nʤ", "N JH"), ("a", "a", "AA"), ("e", "ɛ", "EH"),
    ("i", "i", "IY"), ("o", "ɔ", "AO"), ("u", "u", "UW"), ("j", "ʤ", "JH"), ("y", "j", "Y"), ("g", "ɡ", "G"),
    ("r", "ɾ", "R"), ("h", "h", "HH"),
] + [(c, c, c.upper()) for c in "bdfklmnpstvwz"]  # fmt: skip
_VOWELS = "aɛiɔu"


@dataclass(frozen=True)
class Language:
    """One spoken language: its words, its sentences and how both are pronounced."""

    code: str
    digits: list[str]
    heading: str  # before the letter, long form
    short_heading: str  # before the letter, short form
    number: Callable[[int], str]  # a counter's number in words
    counter_sentence: str  # long form, with {} for the number
    short_counter: str
    letter_sounds: dict[str, str]  # the voice's phonetic alphabet
    letter_names: dict[str, str]  # written words
    letter_arpabet: dict[str, str]


def english_number(n: int) -> str:
    """Names 0 to 99 in English: 41 is "forty one"."""
    if n < 20:
        return _EN_BELOW_20[n]
    tens, ones = divmod(n, 10)
    return _EN_TENS[tens - 2] + (f" {_EN_BELOW_20[ones]}" if ones else "")


def kiswahili_number(n: int) -> str:
    """Names 0 to 99 in Kiswahili: 41 is "arobaini na moja"."""
    if n < 10:
        return _SW_DIGITS[n]
    tens, ones = divmod(n, 10)
    return _SW_TENS[tens - 1] + (f" na {_SW_DIGITS[ones]}" if ones else "")


def kiswahili_sounds(text: str) -> str:
    """Writes a Kiswahili text in the voice's phonetic alphabet; the spelling says all."""
    out = ""
    for token in re.findall(r"[a-z']+|[.,;]", text.lower()):
        if token in ".,;":
            out += token
        else:
            out += (" " if out else "") + _stressed(_spelled(token, 1))
    return out


def kiswahili_arpabet(word: str) -> str:
    """Writes a Kiswahili word in the aligner's alphabet; doubled sounds count once."""
    phones = " ".join(part for part in _split(word, 2)).split()
    kept = [p for i, p in enumerate(phones) if i == 0 or p != phones[i - 1]]
    return " ".join(kept)


def _split(word: str, column: int) -> list[str]:
    parts, rest = [], word.lower()
    while rest:
        row = next((r for r in _SW_SOUNDS if rest.startswith(r[0])), None)
        if row is None:
            raise ValueError(f"no Kiswahili sound for {rest!r} in {word!r}")
        parts.append(row[column])
        rest = rest[len(row[0]) :]
    return parts


def _spelled(word: str, column: int) -> str:
    return "".join(_split(word, column))


def _stressed(sounds: str) -> str:
    """Marks stress and length on the last syllable but one. A word such as "nne" has a nasal for its first syllable."""
    vowels = [i for i, sound in enumerate(sounds) if sound in _VOWELS]
    if len(vowels) > 1:
        at = vowels[-2]
        return f"{sounds[:at]}ˈ{sounds[at]}ː{sounds[at + 1:]}"
    nasal_syllable = len(sounds) > 1 and sounds[0] in "mn" and sounds[1] not in _VOWELS + "jw"
    if nasal_syllable:
        return f"ˈ{sounds[0]}ː{sounds[1:].removeprefix(sounds[0])}"
    return f"{sounds[:vowels[0]]}ˈ{sounds[vowels[0]:]}"


ENGLISH = Language(
    code="en",
    digits=_EN_BELOW_20[:10],
    heading="ticket number",
    short_heading="ticket",
    number=english_number,
    counter_sentence="Please proceed to counter {}.",
    short_counter="counter {}",
    letter_sounds=dict(zip(LETTERS, _EN_LETTER_SOUNDS, strict=True)),
    letter_names={c: c for c in LETTERS},
    letter_arpabet=dict(zip(LETTERS, _EN_LETTER_ARPABET, strict=True)),
)
KISWAHILI = Language(
    code="sw",
    digits=_SW_DIGITS,
    heading="tiketi nambari",
    short_heading="tiketi",
    number=kiswahili_number,
    counter_sentence="Tafadhali nenda kaunta nambari {}.",
    short_counter="kaunta {}",
    letter_sounds={c: kiswahili_sounds(n) for c, n in zip(LETTERS, _SW_LETTER_NAMES, strict=True)},
    letter_names=dict(zip(LETTERS, _SW_LETTER_NAMES, strict=True)),
    letter_arpabet={c: kiswahili_arpabet(n) for c, n in zip(LETTERS, _SW_LETTER_NAMES, strict=True)},
)
LANGUAGES = {language.code: language for language in (ENGLISH, KISWAHILI)}
