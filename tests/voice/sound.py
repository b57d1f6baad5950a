"""Shaping of finished clips: hall equaliser, level, fades, the chime, and writing OGG Vorbis."""

from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, lfilter, resample_poly, sosfilt

RATE = 48_000  # what players and sound cards run at, so that nothing is resampled in the hall
LEVEL_DB = -20.0  # active RMS of every spoken clip
PEAK = 0.89  # -1 dBFS
CHIME_PEAK = 0.355  # -9 dBFS: heard, without making anyone jump
FADE_SECONDS = 0.006
# Vorbis quality 5 of -1..10. libsndfile counts the other way round, from 0 (best) to 1.
VORBIS_COMPRESSION = 0.5


def finish(raw: np.ndarray, raw_rate: int) -> np.ndarray:
    """Makes a clip from a piece of raw speech: 48 kHz, equalised for a noisy hall, at the common level, faded at both ends."""
    clip = resample_poly(raw, RATE // raw_rate, 1)
    clip = hall_equaliser(clip)
    clip = clip * 10 ** (LEVEL_DB / 20) / active_level(clip)
    clip = clip * min(1.0, PEAK / np.abs(clip).max())
    return faded(clip)


def hall_equaliser(x: np.ndarray) -> np.ndarray:
    """Removes rumble below 200 Hz, lifts consonants by 6 dB above 1.5 kHz and compresses 3:1, so that speech cuts through babble."""
    x = sosfilt(butter(2, 200, "high", fs=RATE, output="sos"), x)
    b, a = butter(1, 1500, "high", fs=RATE)
    x = x + lfilter(b, a, x)
    x = x / np.abs(x).max()
    return x * _compressor_gain(x, threshold_db=-26.0, ratio=3.0)


def _compressor_gain(x: np.ndarray, threshold_db: float, ratio: float) -> np.ndarray:
    window = int(0.005 * RATE)
    quick = np.sqrt(np.convolve(x**2, np.ones(window) / window, "same") + 1e-9)
    keep = np.exp(-1 / (0.03 * RATE))
    slow = lfilter([1 - keep], [1, -keep], quick)
    level_db = 20 * np.log10(np.maximum(quick, slow) + 1e-6)
    over_db = np.maximum(level_db - threshold_db, 0.0)
    return 10 ** (-over_db * (1 - 1 / ratio) / 20)


def active_level(x: np.ndarray) -> float:
    """Returns the RMS of the sounding parts: 20 ms frames within 20 dB of the loudest."""
    frame = RATE // 50
    energy = (x[: len(x) // frame * frame].reshape(-1, frame) ** 2).mean(axis=1)
    return float(np.sqrt(energy[energy > energy.max() / 100].mean()))


def faded(x: np.ndarray) -> np.ndarray:
    """Starts and ends at exactly zero, along half a cosine."""
    n = int(FADE_SECONDS * RATE)
    slope = 0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)
    y = x.copy()
    y[:n] *= slope
    y[-n:] *= slope[::-1]
    return y


def chime() -> np.ndarray:
    """Draws the two-tone attention chime: E5 then C5, bell-like."""

    def bell(hertz: float, seconds: float) -> np.ndarray:
        t = np.arange(int(seconds * RATE)) / RATE
        partials = ((1, 1.0), (2, 0.35), (3, 0.12))
        tone = sum(gain * np.sin(2 * np.pi * hertz * k * t) for k, gain in partials)
        return tone * np.exp(-3.2 * t) * np.minimum(1, t / 0.008)

    out = np.zeros(int(1.25 * RATE))
    for start, tone in ((0.0, bell(659.3, 0.75)), (0.4, bell(523.3, 0.85))):
        at = int(start * RATE)
        out[at : at + len(tone)] += tone
    out *= CHIME_PEAK / np.abs(out).max()
    tail = int(0.05 * RATE)
    out[-tail:] *= np.linspace(1, 0, tail)
    return out


def write(path: Path, clip: np.ndarray) -> float:
    """Writes one OGG Vorbis clip and returns its length in seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, clip.astype(np.float32), RATE, format="OGG", subtype="VORBIS", compression_level=VORBIS_COMPRESSION)
    return round(len(clip) / RATE, 3)
