"""Measures how many calls of a voice are heard right: speaks random calls through the real program and listens to them.

    python rates.py --program ../../target/debug/foleni-display --calls 20
"""

import argparse
import json
import random
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import listen

# The prefixes that a centre has unless it chooses others.
PREFIXES = "JKLGVDSZQ"


def say(args: argparse.Namespace, ticket: str, counter: int, language: str, out: Path) -> None:
    command = [args.program, "say", ticket, str(counter), "--language", language, "--out", out]
    command += ["--short"] if args.short else []
    command += ["--voice", args.voice] if args.voice else []
    subprocess.run(command, check=True)


def measure(args: argparse.Namespace, language: str, recogniser: listen.Recogniser, chime) -> Counter:
    """Returns how often each part was right."""
    right = Counter()
    chance = random.Random(f"{args.seed} {language} {args.short}")
    for number in range(args.calls):
        letter = args.letters[number % len(args.letters)]
        digits, counter = f"{chance.randrange(1000):03}", chance.randint(1, 40)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "call.wav"
            say(args, letter + digits, counter, language, out)
            heard = listen.listen(*listen.read(out), chime, recogniser)
        parts = judge(heard, dict(language=language, letter=letter, digits=digits, counter=counter))
        right.update(part for part, good in parts.items() if good)
        if not parts["all"]:
            texts = " | ".join(h["text"] for h in heard)
            print(json.dumps({"said": f"{letter}{digits} {counter} {language}", "heard": texts}, ensure_ascii=False), flush=True)
    return right


def judge(heard: list[dict], said: dict) -> dict[str, bool]:
    parts = listen.parts_heard(heard[0], said) if len(heard) == 1 else dict.fromkeys(said, False)
    return {**parts, "all": all(parts.values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="foleni-display")
    parser.add_argument("--voice", type=Path, help="the folder of a voice; the built-in one otherwise")
    parser.add_argument("--calls", type=int, default=20, help="calls per language")
    parser.add_argument("--letters", default=PREFIXES)
    parser.add_argument("--languages", default="en,sw")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    recogniser = listen.Recogniser(args.threads)
    chime = listen.at_listening_rate(*listen.read(listen.CHIME))
    for language in args.languages.split(","):
        right = measure(args, language, recogniser, chime)
        shares = {part: f"{right[part]}/{args.calls}" for part in ("language", "letter", "digits", "counter", "all")}
        print(json.dumps({"language": language, "form": "short" if args.short else "long", **shares}), flush=True)


if __name__ == "__main__":
    main()
