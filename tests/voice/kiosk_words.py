"""What the kiosk says: which words of the screens, what is said besides, and how names with capitals and figures are read.

The one source for making the clips and for hearing them. Words that stand on a screen come from the text files and the catalogue
themselves, so that what is heard is what is written; only what no screen shows is written here.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from words import ENGLISH, KISWAHILI, Language, english_number, kiswahili_number, kiswahili_sounds

ASSETS = Path(__file__).parent / "../../assets"

# Words of the screens that are said as they stand, by their key; those needed first come first.
SCREEN_KEYS = """
kiosk-welcome kiosk-choose-language kiosk-choose-service kiosk-most-requested kiosk-your-number kiosk-ahead kiosk-take-ticket
kiosk-sit-wait kiosk-wait-unknown kiosk-documents-need kiosk-documents-have kiosk-documents-yes kiosk-documents-not-all
kiosk-documents-none kiosk-documents-missing-advice kiosk-fee-ask kiosk-priority kiosk-priority-who kiosk-priority-yes
kiosk-priority-no kiosk-priority-check kiosk-priority-private kiosk-get-ticket kiosk-one-moment kiosk-still-there
kiosk-still-there-yes common-back common-continue common-restart kiosk-finish kiosk-call-officer common-tickets-free
common-do-not-pay kiosk-collect kiosk-collect-choose kiosk-appointment kiosk-popular kiosk-search kiosk-not-sure kiosk-more kiosk-top
kiosk-listen kiosk-listen-stop kiosk-larger-text kiosk-normal-text kiosk-high-contrast kiosk-sign-language kiosk-sign-language-use
kiosk-place-kept kiosk-offline kiosk-offline-wait kiosk-outside kiosk-hall-full slip-keep kiosk-out-of-service common-no-answer
kiosk-locked kiosk-locked-other kiosk-centre-closed kiosk-keep-ticket kiosk-issuing-stopped kiosk-appointment-code kiosk-appointment-no-code
kiosk-appointment-service kiosk-appointment-time kiosk-appointment-check kiosk-return kiosk-return-number kiosk-return-counts
kiosk-return-advice kiosk-ordinary kiosk-appointment-used-advice kiosk-appointment-unknown-advice kiosk-no-wait
kiosk-not-offered kiosk-not-here-advice kiosk-not-here-ask kiosk-choose-agency kiosk-agencies-elsewhere kiosk-search-none
kiosk-add-service kiosk-next-service kiosk-then kiosk-on-ticket common-remove
refusal-service-suspended refusal-service-full refusal-service-closed refusal-service-not-offered refusal-centre-closed
refusal-issuing-stopped refusal-numbers-exhausted refusal-appointment-early refusal-appointment-late refusal-appointment-used
refusal-unknown-booking refusal-no-return-ticket refusal-too-busy refusal-storage refusal-out-of-touch refusal-unknown
kiosk-access kiosk-access-done kiosk-low-controls kiosk-pictures kiosk-more-time kiosk-picture-choose kiosk-picture-collect
kiosk-picture-help kiosk-documents-care kiosk-louder device-searching day-mon day-tue day-wed day-thu day-fri day-sat day-sun
""".split()

# What is said besides, by clip: (English, Kiswahili). One that ends in ":" is carried on by the clip after it.
SPOKEN = {
    "language-press": ("For English, press:", "Kwa Kiswahili, bonyeza:"),
    "press": ("Press:", "Bonyeza:"),
    "choose-by-keys": ("Press the number of your choice.", "Bonyeza nambari ya unachochagua."),
    "move-by-keys": ("Move with the arrow keys, and choose with the round key in the middle.", "Sogea kwa mishale, na uchague kwa kitufe cha katikati."),
    "hear-again": ("To hear this again, press:", "Kusikia tena, bonyeza:"),
    "go-back": ("To go back, press:", "Kurudi nyuma, bonyeza:"),
    "go-on": ("To continue, press:", "Kuendelea, bonyeza:"),
    "hear-more": ("For more choices, press:", "Kwa chaguo zaidi, bonyeza:"),
    "start-again": ("To start again, press:", "Kuanza upya, bonyeza:"),
    "speak-louder": ("For a louder voice, press:", "Kuongeza sauti, bonyeza:"),
    "get-help": ("For help from an officer, press:", "Kupata msaada wa mhudumu, bonyeza:"),
    "key-star": ("star", "nyota"),
    "key-hash": ("hash", "reli"),
    "key-plus": ("plus", "jumlisha"),
    "key-minus": ("minus", "kutoa"),
    "key-enter": ("enter", "ingiza"),
    "key-any": ("any key", "kitufe chochote"),
    "you-chose": ("You have chosen:", "Umechagua:"),
    "fee-free": ("It is free of charge.", "Ni bila malipo."),
    "fee-is": ("The fee is:", "Ada ni:"),
    "fee-on-screen": ("The fee is on the screen.", "Ada imeandikwa kwenye skrini."),
    "wait-from": ("You may wait, in minutes, from:", "Huenda ukasubiri kuanzia dakika:"),
    "wait-about": ("You may wait, in minutes, about:", "Huenda ukasubiri kama dakika:"),
    "to": ("to:", "hadi:"),
    "nobody-ahead": ("Nobody is ahead of you.", "Hakuna mtu mbele yako."),
    "take-below": ("Your ticket comes out of the slot below the screen.", "Tiketi yako inatoka chini ya skrini."),
    "remember-number": ("There is no paper. Please remember your number.", "Hakuna karatasi. Tafadhali kumbuka nambari yako."),
    "paper-finished": ("The ticket paper is finished.", "Karatasi ya tiketi imeisha."),
    "printer-fault": ("The printer has a fault.", "Printa ina hitilafu."),
    "once-more": ("Once more:", "Mara nyingine:"),
    "list-on-screen": (
        "The rest is written on the screen. If you cannot read it, ask an officer.",
        "Mengine yameandikwa kwenye skrini. Ukishindwa kuyasoma, muulize mhudumu.",
    ),
    "all-agencies": ("All agencies", "Mashirika yote"),
    "groups": ("Groups of services:", "Makundi ya huduma:"),
    "priority-chosen": ("You have asked for priority.", "Umeomba kipaumbele."),
    "regular-chosen": ("You are in the regular queue.", "Uko kwenye foleni ya kawaida."),
    "no-more": ("That is the end of the list.", "Huo ndio mwisho wa orodha."),
    "reason-system": ("Its system is down.", "Mtambo wake una hitilafu."),
    "reason-network": ("The network is down.", "Mtandao umekatika."),
    "reason-officer": ("The officer is away.", "Mhudumu hayupo."),
    "reason-material": ("Materials have run out.", "Vifaa vimekwisha."),
    "since": ("since:", "tangu:"),
    "back-at": ("It is expected back at:", "Inatarajiwa kurudi:"),
    "opens-at": ("Tickets are given from:", "Tiketi hutolewa kuanzia:"),
    "come-tomorrow": ("Please come back tomorrow, from:", "Tafadhali rudi kesho, kuanzia:"),
    "come-on-day": ("Please come back on:", "Tafadhali rudi siku ya:"),
    "from": ("from:", "kuanzia:"),
    "before": ("Before:", "Kabla ya:"),
    "after": ("After:", "Baada ya:"),
    "ticket-from": ("You can take your ticket here from:", "Unaweza kuchukua tiketi hapa kuanzia:"),
    "you-typed": ("You have typed:", "Umeandika:"),
    "removed": ("Removed.", "Imefutwa."),
    "speech-on": ("The voice is on.", "Sauti imewashwa."),
    "speech-off": ("The voice is off.", "Sauti imezimwa."),
    "louder": ("Louder.", "Sauti imeongezwa."),
    "quieter": ("Quieter.", "Sauti imepunguzwa."),
    "more-time": ("You have more time now.", "Sasa una muda zaidi."),
    "low-controls": ("The buttons are low on the screen now.", "Vitufe sasa viko chini ya skrini."),
    "pictures-first": ("Pictures are large now.", "Sasa picha ni kubwa."),
    "minutes-past": ("", "na dakika:"),  # English says "eight thirty"
    "language": ("English", "Kiswahili"),
    "free-choice": ("Choose how this machine helps you.", "Chagua jinsi mashine hii itakavyokusaidia."),
}

# Capitals that are said as a word; all others are spelled.
WORDS_IN_CAPITALS = {"HELB": "helb", "NITA": "nita", "KASNEB": "kasneb", "AGPO": "agpo"}
# Words that English reads by Kiswahili spelling.
KISWAHILI_IN_ENGLISH = {"huduma", "uwezo", "inua", "jamii", "ardhisasa", "posta", "helb", "nita", "kasneb", "agpo", "kiswahili"}
# Words of no dictionary, as each language reads them; in Kiswahili by its own spelling.
READ_AS = {
    "en": {"ecitizen": "E citizen", "postapay": "{posta} pay", "café": "cafay", "logbook": "log book", "pin": "pin"},
    "sw": {
        "ecitizen": "isitizen", "postapay": "posta pei", "café": "kafe", "cyber": "saiba", "logbook": "logibuku", "pin": "pini",
        "abstract": "abstrakti", "ombudsman": "ombudsman", "e-filing": "ifailing", "power": "pawa", "ardhisasa": "ardhisasa",
    },
}  # fmt: skip
# Marks several of what is spelled: "IDs".
PLURAL = "~"
FIRST_HOUR, LAST_HOUR = 5, 20


@dataclass(frozen=True)
class Phrase:
    """One clip: its name, the words as a screen has them, and whether more follows in the same breath."""

    name: str
    text: str
    carried_on: bool = False
    also: str | None = None  # a shorter text of the screen that means the same


def phrases(language: Language) -> list[Phrase]:
    """Returns all that is spoken for the kiosk, what is needed most first; the same words are said once."""
    place = 0 if language is ENGLISH else 1
    catalogue = tomllib.loads((ASSETS / "catalogue/national.toml").read_text(encoding="utf-8"))
    popular = [service for service in catalogue["service"] if service.get("popular")]
    name, short = f"name_{language.code}", f"short_{language.code}"

    def named(services: list[dict]) -> list[Phrase]:
        return [Phrase(f"service-{entry['id']}", entry[name]) for entry in services]

    all_of = [
        *(Phrase(key, words) for key, words in screen_words(language).items()),
        *(Phrase(clip, words[place].removesuffix(":"), words[place].endswith(":")) for clip, words in SPOKEN.items() if words[place]),
        *named(popular),
        *(Phrase(f"group-{entry['id']}", entry[name], also=entry[short]) for entry in catalogue["group"]),
        *(Phrase(f"number-{n}", large_number(n, language)) for n in (*range(100, 1000, 100), *range(1000, 10_000, 1000))),
        *(Phrase(f"fee-{amount}", amount_words(amount, language)) for amount in fees(catalogue)),
        *documents(popular, language),
        *named(catalogue["service"]),
        *(Phrase(f"hour-{hour}", hour_words(hour, language)) for hour in range(FIRST_HOUR, LAST_HOUR + 1)),
        *documents(catalogue["service"], language),
        *(Phrase(f"agency-{entry['code']}", entry[name], also=entry[short]) for entry in catalogue["agency"]),
    ]
    seen: set[str] = set()
    return [phrase for phrase in all_of if phrase.text not in seen and not seen.add(phrase.text)]


def screen_words(language: Language) -> dict[str, str]:
    """Returns the words of the screens by their key, as the language's text file has them; a key that is not there is not said."""
    source = (ASSETS / f"text/{language.code}.ftl").read_text(encoding="utf-8")
    known = dict(re.findall(r"^([a-z0-9-]+) = (.+)$", source, re.MULTILINE))
    return {key: known[key] for key in SCREEN_KEYS if key in known}


def documents(services: list[dict], language: Language) -> list[Phrase]:
    """Returns the documents to bring, those that most services ask for first."""
    counts: dict[tuple[str, str], int] = {}
    for paper in (paper for service in services for paper in service["documents"]):
        counts[paper["en"], paper["sw"]] = counts.get((paper["en"], paper["sw"]), 0) + 1
    by_need = sorted(counts, key=lambda paper: -counts[paper])
    return [Phrase(f"document-{slug(paper[0])}", paper[0 if language is ENGLISH else 1]) for paper in by_need]


def fees(catalogue: dict) -> list[int]:
    """Returns every amount that a service of the catalogue costs."""
    dated = [fee.get("kes") for service in catalogue["service"] for fee in service.get("fees", [])]
    return sorted({fee for fee in [service.get("fee_kes") for service in catalogue["service"]] + dated if fee})


def slug(text: str) -> str:
    """Returns a text as part of a file's name."""
    return re.sub("[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


def large_number(n: int, language: Language) -> str:
    """Names a number below 10,000."""
    if n < 100:
        return (english_number if language is ENGLISH else kiswahili_number)(n)
    if language is ENGLISH:
        head, rest = (f"{english_number(n // 1000)} thousand", n % 1000) if n >= 1000 else (f"{english_number(n // 100)} hundred", n % 100)
        return head + ("" if rest == 0 else " " if rest >= 100 else " and ") + (large_number(rest, language) if rest else "")
    head, rest = (f"elfu {kiswahili_number(n // 1000)}", n % 1000) if n >= 1000 else (f"mia {kiswahili_number(n // 100)}", n % 100)
    return head + ("" if rest == 0 else ", " if rest >= 100 else " na ") + (large_number(rest, language) if rest else "")


def amount_words(amount: int, language: Language) -> str:
    """Names an amount of Kenya shillings."""
    return f"{large_number(amount, language)} shillings" if language is ENGLISH else f"shilingi {large_number(amount, language)}"


def hour_words(hour: int, language: Language) -> str:
    """Names an hour of the day as people say it: in Kiswahili 8 in the morning is the second hour."""
    if language is ENGLISH:
        part = "in the morning" if hour < 12 else "noon" if hour == 12 else "in the afternoon" if hour < 17 else "in the evening"
        return f"{english_number((hour - 1) % 12 + 1)} o'clock {part}"
    part = "asubuhi" if hour < 12 else "mchana" if hour < 16 else "jioni" if hour < 19 else "usiku"
    return f"saa {kiswahili_number((hour - 7) % 12 + 1)} {part}"


def spoken(text: str, language: Language) -> str:
    """Writes a text of the screen as it is read: figures in words, signs as pauses; capitals to be spelled stay capitals, and
    {braces} are read by Kiswahili spelling."""
    either = " or " if language is ENGLISH else " au "
    text = re.sub(r"[“”\"]", "", text).replace("’", "'")
    text = re.sub(r"\s*/\s*", either, text)
    text = re.sub(r"\s*[(:–]\s*", ", ", text).replace(")", "")
    text = re.sub(r"([A-Z])(\d+)", r"\1 \2", text)
    text = re.sub(r"\d+", lambda figures: large_number(int(figures[0]), language), text)
    text = re.sub(r"[^\s.,;?!]+", lambda word: _read(word[0], language), text)
    return re.sub(r"\s+", " ", re.sub(r",\s*,", ",", text)).strip()


def _read(word: str, language: Language) -> str:
    if word.lower() in READ_AS[language.code]:
        return READ_AS[language.code][word.lower()]
    one = word.removesuffix("s")
    if re.fullmatch("[A-Z]{2,}", one):
        if one.lower() in READ_AS[language.code]:
            return f"{READ_AS[language.code][one.lower()]}s"
        if one in WORDS_IN_CAPITALS:
            return f"{{{WORDS_IN_CAPITALS[one]}}}"
        return " ".join(one) + ("" if one == word else PLURAL)
    if language is ENGLISH and word.lower() in KISWAHILI_IN_ENGLISH:
        return f"{{{word.lower()}}}"
    return word


def sounds(phrase: Phrase, language: Language, english: Callable[[str], str]) -> str:
    """Writes a phrase in the voice's phonetic alphabet; `english` turns ordinary English words into sounds."""
    text = spoken(phrase.text, language).rstrip(".")
    said = " ".join(_sounded(piece.strip(), language, english) for piece in _PIECES.findall(text))
    said = re.sub(r"\s+([,;.?!])", r"\1", re.sub(r"\s+", " ", said)).strip()
    said = re.sub(r"([,;.])(?=\S)", r"\1 ", re.sub(r"[,;]([,;])", r"\1", said))
    return said + ("," if phrase.carried_on else "" if said[-1:] in tuple("?!") else ".")


# {Words in braces}, lone capitals, signs, and runs of ordinary words.
_PIECES = re.compile(rf"\{{[a-z]+\}}|\b[A-Z]\b(?!'){PLURAL}?|[,;.?!]|(?:(?!\{{|\b[A-Z]\b(?!')|[,;.?!]).)+")


def _sounded(piece: str, language: Language, english: Callable[[str], str]) -> str:
    if piece.startswith("{"):
        return kiswahili_sounds(piece.strip("{}"))
    if re.fullmatch(f"[A-Z]{PLURAL}?", piece):
        return ENGLISH.letter_sounds[piece[0]] + ("z" if piece.endswith(PLURAL) else "")
    if not re.search("[A-Za-z]", piece):
        return piece
    return english(piece) if language is ENGLISH else kiswahili_sounds(piece)
