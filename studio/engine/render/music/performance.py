"""Plays a score: places every note and stroke in a stereo mix, sends some of it into a room, and colours the whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.music.drums import PANS, stroke
from studio.engine.render.music.request import MusicBrief
from studio.engine.render.music.score import Note, Score
from studio.engine.render.music.tones import note
from studio.engine.render.music.voice import sung
from studio.engine.render.sound.filters import equalize, high_shelf, low_pass, low_shelf
from studio.engine.render.sound.noise import RATE, arrivals, decay, place, shaped_noise
from studio.engine.render.sound.reverb import ROOMS, reverberate

Samples = NDArray[np.float32]
# Level in the mix, place from left to right, and share that goes into the room.
_PARTS = {"lead": (0.30, 0.12, 0.8), "voice": (0.50, 0.0, 0.8), "chords": (0.15, -0.22, 0.6), "bass": (0.28, 0.0, 0.08),
          "pad": (0.085, 0.0, 1.0), "arp": (0.11, 0.4, 0.8)}
_SPREAD = {"chords": 0.25, "pad": 0.6, "arp": 0.35}
_DRUM_LEVEL, _DRUM_SEND = 0.42, 0.22
_PUMPED = ("four", "techno", "disco")
_MACHINES = ("electronic", "808", "chip")
_LOOSE_S = 0.007


def perform(brief: MusicBrief, score: Score, progress: Callable[[float], None]) -> Samples:
    """The piece as (n, 2) float32 at 48 kHz, exactly `brief.seconds` long, unmastered. `progress` gets 0 to 1."""
    count = round(brief.seconds * RATE)
    mix = np.zeros((count, 2), np.float32)
    send = np.zeros(count, np.float32)
    rng = np.random.default_rng([brief.seed, 3])
    duck = _ducking(brief, score, count)
    loose = 0.0 if brief.signature.kit in _MACHINES else _LOOSE_S
    total = len(score.notes) + len(score.strokes) + 1
    for number, one in enumerate(score.notes):
        if number % 50 == 0:
            progress(0.75 * number / total)
        _play(brief, score, one, mix, send, duck, float(rng.normal(0, loose)))
    kit = brief.signature.kit
    for number, hit in enumerate(score.strokes):
        if number % 100 == 0:
            progress(0.75 * (len(score.notes) + number) / total)
        sound = stroke(kit, hit.drum, max(1, min(10, round(hit.force * 10))), number % 3)
        start = swung(hit.start, brief.swing) * score.beat_s + float(rng.normal(0, loose * 0.5))
        place(mix, sound, max(0.0, start), PANS[hit.drum], _DRUM_LEVEL)
        if hit.drum != "kick":
            _add(send, sound, start, _DRUM_LEVEL * _DRUM_SEND)
    progress(0.8)
    if brief.wet > 0:
        answer = reverberate(send, ROOMS[brief.style.room])
        answer *= np.float32(brief.wet)
        mix += answer
        del answer, send
    progress(0.9)
    return _coloured(brief, mix, rng)


def swung(beat: float, swing: float) -> float:
    """A place in beats moved by swing: the second half of each beat comes late by `swing` of half a beat."""
    whole, part = divmod(beat, 1.0)
    middle = 0.5 * (1 + swing)
    moved = part * (1 + swing) if part < 0.5 else middle + (part - 0.5) * (1 - swing)
    return whole + moved


def _play(brief: MusicBrief, score: Score, one: Note, mix: Samples, send: Samples, duck: Samples | None,
          late: float) -> None:
    seconds = one.length * score.beat_s
    start = max(0.0, swung(one.start, brief.swing) * score.beat_s + late)
    length = max(5, round(seconds * 20) * 5)
    level = max(1, min(10, round(one.force * 10)))
    gain, pan, wet = _PARTS[one.part]
    if one.part == "voice":
        sound = sung(brief.voice or "f", one.pitch, length, level, one.syllable or "a")
    else:
        name = brief.players[one.part]
        sound = note(name, one.pitch, length, level)
        gain *= _evenness(name, one.part)
    if duck is not None and one.part in ("chords", "pad", "arp", "bass"):
        first = int(start * RATE)
        sound = sound[: max(0, len(duck) - first)] * duck[first : first + len(sound)]
    spread = _SPREAD.get(one.part, 0.0)
    pan += spread * (((one.pitch * 7) % 12) / 5.5 - 1)
    place(mix, sound, start, float(np.clip(pan, -0.9, 0.9)), gain)
    _add(send, sound, start, gain * wet)


@lru_cache(maxsize=128)
def _evenness(instrument: str, part: str) -> float:
    """The gain that makes instruments about equally strong: by the RMS of the loudest 0.3 s of a long middle note."""
    sound = note(instrument, 38 if part == "bass" else 64, 250, 7)
    total = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    width = int(0.3 * RATE)
    loudest = float(np.sqrt((total[width:] - total[:-width]).max() / width))
    return 0.16 / max(loudest, 0.02)


def _add(bus: Samples, sound: Samples, start: float, gain: float) -> None:
    first = max(0, int(start * RATE))
    if first < len(bus):
        length = min(len(sound), len(bus) - first)
        bus[first : first + length] += sound[:length] * np.float32(gain)


def _ducking(brief: MusicBrief, score: Score, count: int) -> Samples | None:
    """A gain that dips at every kick, as in dance music; None for styles without it."""
    if not brief.drums or brief.signature.beat not in _PUMPED:
        return None
    gain = np.ones(count, np.float32)
    dip = (1 - 0.65 * np.exp(-np.arange(int(0.3 * RATE)) / RATE / 0.09)).astype(np.float32)
    for hit in score.strokes:
        if hit.drum == "kick":
            first = int(hit.start * score.beat_s * RATE)
            if first < count:
                length = min(len(dip), count - first)
                np.minimum(gain[first : first + length], dip[:length], out=gain[first : first + length])
    return gain


def _coloured(brief: MusicBrief, mix: Samples, rng: np.random.Generator) -> Samples:
    """The treble of style and moods; a worn tape and record for lo-fi."""
    sections = [high_shelf(3200.0, float(np.clip(brief.air_db, -14, 6)))]
    if brief.style.name == "lofi":
        sections += [low_pass(6500.0), low_shelf(180.0, 2.0)]
        for at in arrivals(rng, brief.seconds, 5.0):
            crackle = shaped_noise(rng, 300, 1200, 7000) * decay(300, 0.0008, 0.0002)
            place(mix, crackle, float(at), float(rng.uniform(-0.8, 0.8)), float(rng.uniform(0.01, 0.05)))
        mix += 0.0012 * shaped_noise(rng, len(mix), 400, 8000, 2.0)[:, None]
    return equalize(mix, *sections)
