"""What the tests of sounds measure: onsets, spectra, pitch classes, tempo; and clips with events planted at known times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.task import RenderControl, Renderer, RenderOutput, RenderTask
from studio.media.encode import Samples, VideoWriter

RATE = 48_000
URL = "http://127.0.0.1/clip"
Sound = NDArray[np.float32]


def rendered(renderer: Renderer, operation: str, folder: Path, media: Path | None = None, /,
             **values: object) -> RenderOutput:
    """Render one input in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    task = RenderTask(operation, values, {URL: str(media)} if media else {}, str(folder))
    return renderer(task, RenderControl(folder))


def centroid(sound: Sound) -> float:
    """The mean frequency in Hz, weighted by magnitude."""
    magnitude = np.abs(np.fft.rfft(sound.mean(axis=1)))
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float((frequency * magnitude).sum() / magnitude.sum())


def band_share(sound: Sound, low: float, high: float) -> float:
    """The share of the power that lies in a band."""
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(power[(frequency >= low) & (frequency < high)].sum() / power.sum())


def envelope(sound: Sound, step_s: float = 0.01) -> NDArray[np.float64]:
    """The peak of each step."""
    step = round(step_s * RATE)
    whole = np.abs(sound).max(axis=1)
    return np.asarray(whole[: len(whole) // step * step].reshape(-1, step).max(axis=1), np.float64)


def onsets(sound: Sound, threshold: float = 0.25) -> list[float]:
    """Seconds at which the level jumps: over `threshold` of the loudest peak and twice what it was in the 0.1 s before."""
    level = envelope(sound)
    found: list[float] = []
    for place in range(1, len(level)):
        at = place * 0.01
        before = level[max(0, place - 10) : place].max()
        apart = not found or at - found[-1] > 0.12
        if apart and level[place] > max(threshold * level.max(), 2 * before):
            found.append(at)
    return found


def tempo(sound: Sound, low: float = 50, high: float = 200) -> list[float]:
    """The three likeliest tempi by autocorrelation of the spectral flux, in beats a minute."""
    mono = sound.mean(axis=1)
    hop, size = 480, 2048
    frames = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop] * np.hanning(size)
    spectrum = np.log1p(50 * np.abs(np.fft.rfft(frames, axis=1)))
    flux = np.maximum(np.diff(spectrum, axis=0), 0).sum(axis=1)
    flux -= flux.mean()
    flat = np.correlate(flux, flux, "full")[len(flux) - 1 :]
    lags = np.arange(int(60 / high * 100), int(60 / low * 100) + 1)
    strength = flat[lags] / (len(flux) - lags)
    peaks = [i for i in range(1, len(lags) - 1) if strength[i] >= strength[i - 1] and strength[i] >= strength[i + 1]]
    best = sorted(peaks, key=lambda i: -strength[i])[:3]
    return [6000 / float(lags[i]) for i in best]


def pitch_classes(sound: Sound) -> NDArray[np.float64]:
    """The share of each of the twelve pitch classes (C first) between 100 and 2000 Hz."""
    size = 1 << 15
    shares = np.zeros(12)
    mono = sound.mean(axis=1)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    inside = (frequency > 100) & (frequency < 2000)
    note = np.rint(12 * np.log2(frequency[inside] / 440) + 69).astype(int) % 12
    for start in range(0, len(mono) - size, size // 2):
        power = np.abs(np.fft.rfft(mono[start : start + size] * np.hanning(size)))[inside] ** 2
        shares += np.bincount(note, power, 12)
    return np.asarray(shares / shares.sum())


def planted_clip(path: Path, *, seconds: float = 4.0, dashes: tuple[float, ...] = (1.0, 2.0), cuts: tuple[float, ...] = (),
                 fps: int = 24, audio: Samples | None = None, size: tuple[int, int] = (160, 96)) -> Path:
    """A red box that dashes to the other side at each of `dashes`, before a still background that changes at each cut."""
    width, height = size
    rng = np.random.default_rng(1)
    grounds = [rng.integers(40, 80, (height, width, 3)), rng.integers(150, 210, (height, width, 3))]
    with VideoWriter(path, width, height, fps=fps, audio=audio, repeatable=True, preset="ultrafast") as writer:
        for number in range(round(seconds * fps)):
            time = number / fps + 1e-6
            picture = grounds[sum(time >= cut for cut in cuts) % 2].copy()
            past = [dash for dash in dashes if time >= dash]
            gone = min(1.0, (time - past[-1] + 1 / fps) / 0.17) if past else 0.0
            share = (gone if len(past) % 2 else 1 - gone) if past else 0.0
            left = int(width * (0.1 + 0.6 * share))
            picture[height // 3 : height * 2 // 3, left : left + width // 6] = (240, 30, 30)
            writer.write_rgb(picture.astype(np.uint8))
    return path
