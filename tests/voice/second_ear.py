"""A second recogniser for Kiswahili: PocketSphinx, which knows the grammar of calls and no other words.

It hears digits far better than the free recogniser and large counter numbers worse, so the two together hear what one
alone does not. It needs clean sound.
"""

import os
import re
import tempfile

import numpy as np

from words import LETTERS, Language, kiswahili_arpabet

NUMBERS = range(1, 100)


class SecondEar:
    """Hears a call as the likeliest sentence of the grammar."""

    def __init__(self, language: Language):
        from pocketsphinx import Decoder, get_model_path

        self._language = language
        with tempfile.NamedTemporaryFile("w", suffix=".dict", delete=False) as f:
            f.writelines(f"{word} {sounds}\n" for word, sounds in _dictionary(language).items())
        self._decoder = Decoder(hmm=get_model_path("en-us/en-us"), dict=f.name, lm=None, loglevel="FATAL")
        os.unlink(f.name)
        self._decoder.add_jsgf_string("call", _grammar(language))
        self._decoder.activate_search("call")

    def hear(self, samples: np.ndarray) -> dict | None:
        """Returns letter, digits and counter of 16 kHz sound, or None if it is no call."""
        silence = np.zeros(3_200)
        x = np.concatenate([silence, samples, silence])
        x = x + np.random.default_rng(0).standard_normal(len(x)) * 3e-4  # digital silence confuses it
        self._decoder.start_utt()
        self._decoder.process_raw((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return self._parts(hypothesis.hypstr) if hypothesis else None

    def _parts(self, sentence: str) -> dict | None:
        counter_word = self._language.short_counter.split()[0]
        found = re.search(rf"letter_(\w) (\w+) (\w+) (\w+) .*{counter_word} (?:nambari )?(.+)$", sentence)
        if found is None:
            return None
        digits = "".join(str(self._language.digits.index(found[place])) for place in (2, 3, 4))
        counter = next(n for n in NUMBERS if self._language.number(n) == found[5].strip())
        return {"letter": found[1], "digits": digits, "counter": counter}


def _dictionary(language: Language) -> dict[str, str]:
    spoken = f"{language.heading} {language.counter_sentence.format('')} {' '.join(language.digits)} "
    spoken += " ".join(language.number(n) for n in NUMBERS)
    words = {word: kiswahili_arpabet(word) for word in set(re.findall("[a-z]+", spoken.lower()))}
    return words | {f"letter_{letter}": language.letter_arpabet[letter] for letter in LETTERS}


def _grammar(language: Language) -> str:
    to_counter = language.counter_sentence.format("").strip(" .").lower()
    return f"""#JSGF V1.0;
grammar call;
public <call> = ({language.heading} | {language.short_heading}) <letter> <digit> <digit> <digit>
  ({to_counter} | {language.short_counter.format("")}) <number>;
<letter> = {" | ".join(f"letter_{letter}" for letter in LETTERS)};
<digit> = {" | ".join(language.digits)};
<number> = {" | ".join(language.number(n) for n in NUMBERS)};
"""
