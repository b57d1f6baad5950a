"""Puts random screens of the kiosk together from the shipped clips, as the page does, and counts what a recogniser understands.

    python kiosk_heard.py --language en --count 40

A service counts as heard when what was written is nearer to its name than to that of any other service; a number when it is nearer
than any other below 200 (in Kiswahili, which the recogniser writes by ear), or stands there as a figure.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import soundfile

from kiosk_words import ASSETS, large_number, spoken
from listen import RATE, Recogniser
from words import LANGUAGES, Language

CLIPS = ASSETS / "voices/kiosk"


def assembled(row: list) -> np.ndarray:
    """Returns a row of clips and pauses as one piece of sound, as the recogniser wants it."""
    parts = []
    for part in row:
        if isinstance(part, str):
            clip, rate = soundfile.read(CLIPS / f"{part}.ogg", dtype="float32")
            parts.append(_at_rate(clip, rate))
        else:
            parts.append(np.zeros(int(part * RATE), np.float32))
    return np.concatenate(parts)


def _at_rate(clip: np.ndarray, rate: int) -> np.ndarray:
    places = np.arange(int(len(clip) * RATE / rate)) * rate / RATE
    smooth = np.convolve(clip, np.hanning(5) / np.hanning(5).sum(), "same")  # what is above the new rate's half would fold back
    return np.interp(places, np.arange(len(clip)), smooth).astype(np.float32)


def plain(text: str, language: Language) -> str:
    """Writes a text as bare words, figures too."""
    text = re.sub(r"(\d),(\d{3})", r"\1\2", text)
    text = re.sub(r"\d+", lambda m: f" {large_number(int(m[0]), language)} " if int(m[0]) < 10_000 else m[0], text)
    return re.sub(r"\s+", " ", re.sub("[^a-z ]+", " ", spoken(text, language).replace("~", "s").lower())).strip()


def likeness(wanted: str, text: str) -> float:
    """Returns how well a text is found somewhere in another, 0 to 1."""
    words, size = text.split(), len(wanted.split())
    spans = (" ".join(words[at : at + length]) for length in range(max(1, size - 1), size + 3) for at in range(max(1, len(words) - length + 1)))
    return max((SequenceMatcher(None, wanted, span).ratio() for span in spans), default=0.0)


def number_heard(n: int, text: str, language: Language) -> bool:
    wanted = likeness(large_number(n, language), text)
    return wanted > 0.99 or (language.code == "sw" and wanted >= 0.75)


def ticket_heard(number: str, text: str, language: Language) -> bool:
    """Looks for the three figures of a ticket's number, however they were grouped."""
    figures = "".join(re.findall(r"\d", re.split(r"(?i)people|watu", text)[0]))
    named = " ".join(language.digits[int(figure)] for figure in number[1:])
    return number[1:] in figures or likeness(named, plain(text, language)) > (0.99 if language.code == "en" else 0.8)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=list(LANGUAGES), default="en")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    language = LANGUAGES[args.language]
    rows = subprocess.run(
        ["node", Path(__file__).parent / "kiosk_rows.mjs", args.language, str(args.count), str(args.seed)], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    clips = json.loads((CLIPS / "speech.json").read_text(encoding="utf-8"))["languages"][language.code]["clips"]
    services = [plain(clip["text"], language) for name, clip in clips.items() if name.startswith("service-")]
    recogniser, right, asked = Recogniser(args.threads), Counter(), Counter()

    def count(kind: str, heard: bool, wanted: object, text: str) -> None:
        asked[kind] += 1
        right[kind] += heard
        if not heard:
            print(f"{kind} {wanted}: {text!r}", flush=True)

    for screen in map(json.loads, rows):
        text = recogniser.write(assembled(screen["row"]), language.code)
        bare = plain(text, language)
        if "name" in screen:
            wanted = plain(screen["name"], language)
            nearest = max(services, key=lambda service: likeness(service, bare))
            count("service", nearest == wanted, screen["name"], text)
        else:
            count("ticket", ticket_heard(screen["number"], text, language), screen["number"], text)
        for n in screen["numbers"]:
            count("number", number_heard(n, bare, language), n, text)
    print({kind: f"{right[kind]} of {asked[kind]}" for kind in asked})
    return 0


if __name__ == "__main__":
    sys.exit(main())
