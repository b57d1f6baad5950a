"""What the voice says: letters, digits, counter numbers, agencies and sentences in English and Kiswahili, and how they sound.

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


# What a notice calls each agency of the national catalogue: (English, Kiswahili), always some services, so that one sentence fits all.
# A name says what citizens come for, where that is clear; a lone capital is spelled as in English, also in Kiswahili, and {braces}
# are read by Kiswahili spelling.
AGENCIES = {
    "NRB": ("I D card services", "huduma za vitambulisho"),
    "CRS": ("birth and death registration services", "huduma za vizazi na vifo"),
    "NPS": ("police services", "huduma za polisi"),
    "DCI": ("D C I services", "huduma za D C I"),
    "SHA": ("Social Health Authority services", "huduma za bima ya afya"),
    "NSSF": ("N S S F services", "huduma za N S S F"),
    "PEN": ("pension services", "huduma za pensheni"),
    "NTSA": ("N T S A services", "huduma za N T S A"),
    "KRA": ("K R A services", "huduma za K R A"),
    "HELB": ("higher education loan services", "huduma za mikopo ya elimu ya juu"),
    "KUCCPS": ("college placement services", "huduma za kujiunga na vyuo"),
    "KNEC": ("national examination services", "huduma za baraza la mitihani"),
    "KASNEB": ("accountancy examination services", "huduma za mitihani ya uhasibu"),
    "NITA": ("industrial training services", "huduma za mafunzo ya viwanda"),
    "TSC": ("T S C services", "huduma za T S C"),
    "BRS": ("business registration services", "huduma za usajili wa biashara"),
    "ECZ": ("E citizen services", "huduma za isitizen"),
    "IMM": ("immigration services", "huduma za uhamiaji"),
    "AGPO": ("government tender services", "huduma za zabuni za serikali"),
    "DSD": ("social development services", "huduma za ustawi wa jamii"),
    "NCPWD": ("services for persons with disabilities", "huduma za watu wenye ulemavu"),
    "UWEZO": ("{uwezo} Fund services", "huduma za hazina ya uwezo"),
    "WEF": ("Women Enterprise Fund services", "huduma za hazina ya wanawake"),
    "YEDF": ("Youth Fund services", "huduma za hazina ya vijana"),
    "HK": ("customer care services", "huduma kwa wateja"),
    "JUD": ("judiciary services", "huduma za mahakama"),
    "EACC": ("anti corruption commission services", "huduma za tume ya kupambana na ufisadi"),
    "CAJ": ("ombudsman services", "huduma za ombudsman"),
    "LANDS": ("land services", "huduma za ardhi"),
    "CTY": ("county services", "huduma za kaunti"),
    "KPLC": ("Kenya Power services", "huduma za kenya pawa"),
    "POSTA": ("postal services", "huduma za posta"),
    "NCA": ("construction authority services", "huduma za mamlaka ya ujenzi"),
    "PPRA": ("public procurement authority services", "huduma za mamlaka ya ununuzi wa umma"),
    "IEBC": ("elections commission services", "huduma za tume ya uchaguzi"),
    "PSC": ("Public Service Commission services", "huduma za tume ya utumishi wa umma"),
}
# What a notice says of them, by clip: all of an agency's services, or one that the screen names.
_EN_NOTICES = {
    "stopped": "have stopped for the moment. Your place is kept.",
    "one_stopped": "one of them has stopped for the moment. Please look at the screen. Your place is kept.",
    "resumed": "have resumed. Thank you for waiting.",
    "one_resumed": "one of them has resumed. Please look at the screen. Thank you for waiting.",
}
_SW_NOTICES = {
    "stopped": "zimesimamishwa kwa muda. Nafasi zenu zimehifadhiwa.",
    "one_stopped": "moja imesimamishwa kwa muda. Tafadhali tazameni skrini. Nafasi zenu zimehifadhiwa.",
    "resumed": "zimerejea. Asanteni kwa kusubiri.",
    "one_resumed": "moja imerejea. Tafadhali tazameni skrini. Asanteni kwa kusubiri.",
}


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
    before_verb: str  # between a notice's services and its verb: what keeps one sound from running into the other
    agencies: dict[str, str]  # by code: the services that a notice is about
    notices: dict[str, str]  # by clip: what the notice says of them


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


def name_pieces(name: str) -> list[str]:
    """Splits an agency's name into {words in braces}, lone capitals and runs of ordinary words."""
    return [piece.strip() for piece in re.findall(r"\{[a-z]+\}|\b[A-Z]\b|[A-Za-z]{2,}(?: [A-Za-z]{2,})*", name)]


def name_words(name: str) -> list[str]:
    """Returns an agency's name word by word, as the aligner knows them."""
    return [f"={word}" if re.fullmatch("[A-Z]", word) else word.strip("{}").lower() for word in name.split()]


def kiswahili_sounds(text: str) -> str:
    """Writes a Kiswahili text in the voice's phonetic alphabet; the spelling says all."""
    out = ""
    for token in re.findall(r"[a-z']+|[.,;]", text.lower().replace("ea", "eya")):  # "ea" alone comes out as "era"
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
    before_verb=" ",
    agencies={code: english for code, (english, _) in AGENCIES.items()},
    notices=_EN_NOTICES,
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
    before_verb="; ",
    agencies={code: kiswahili for code, (_, kiswahili) in AGENCIES.items()},
    notices=_SW_NOTICES,
)
LANGUAGES = {language.code: language for language in (ENGLISH, KISWAHILI)}
