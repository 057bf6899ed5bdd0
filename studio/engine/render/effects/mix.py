"""Makes the sounds of all cues and lays them together in stereo, near or far, in a room or outdoors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.effects.footage import Footage
from studio.engine.render.effects.timing import Moment, seen_moments, spoken_moments, swell, window
from studio.engine.render.effects.words import Cue, Heard
from studio.engine.render.sound.filters import equalize, low_pass
from studio.engine.render.sound.life import room
from studio.engine.render.sound.loudness import SILENCE, integrated_loudness, true_peak_db
from studio.engine.render.sound.mastering import fade, limit
from studio.engine.render.sound.noise import RATE, place
from studio.engine.render.sound.reverb import ROOMS, reverberate
from studio.engine.render.sound.weather import breeze

Samples = NDArray[np.float32]
LOUDNESS_LUFS, CEILING_DB = -18.0, -1.0
_MOST_LIMITING_DB = 4.0
_CROSSFADE_S = 0.4
_TAKES = 12
_USUAL_INFLUENCE = 0.7


@dataclass(frozen=True, slots=True)
class Made:
    """A sound as it was made: its name, and the seconds of its hits (none for a bed)."""

    name: str
    times: tuple[float, ...]


def mix(heard: Heard, seconds: float, seed: int, footage: Footage | None, influence: float,
        progress: Callable[[float], None]) -> tuple[Samples, list[Made]]:
    """(n, 2) float32 at 48 kHz of exactly `seconds`, at about -18 LUFS, and what is in it."""
    count = round(seconds * RATE)
    dry, send = np.zeros((count, 2), np.float32), np.zeros(count, np.float32)
    cues = list(heard.cues)
    seen = seen_moments(cues, footage, seconds, influence) if footage is not None else {}
    made: list[Made] = []
    for number, cue in enumerate(cues):
        progress(number / (len(cues) + 1))
        rng = np.random.default_rng([seed, number, *cue.sound.name.encode()])
        layer = np.zeros((count, 2), np.float32)
        if cue.sound.single is not None:
            moments = seen.get(number) or spoken_moments(cue, seconds, rng)
            times = _place_singles(layer, cue, moments, rng)
        else:
            _lay_bed(layer, cue, seconds, rng, footage)
            times = ()
        _add_layer(dry, send, layer, cue)
        made.append(Made(cue.sound.name, times))
    _ambience(dry, cues, seconds, seed, influence, heard.room)
    if "reverb" not in heard.left_out:
        place_name = heard.room or "outdoors"
        dry += reverberate(send, ROOMS[place_name]) * np.float32(0.55 if heard.room else 0.2)
    progress(1.0)
    return levelled(dry), made


def levelled(sound: Samples) -> Samples:
    """At -18 LUFS, or softer where that would bend the peaks of a short sound by more than a little; clean ends."""
    loudness, peak = integrated_loudness(sound), true_peak_db(sound)
    if loudness > SILENCE:
        gain = min(LOUDNESS_LUFS - loudness, CEILING_DB - 0.3 + _MOST_LIMITING_DB - peak)
        sound = limit(np.asarray(sound * np.float32(10 ** (gain / 20)), np.float32), CEILING_DB - 0.3)
    return fade(sound, 0.003, min(0.25, len(sound) / RATE * 0.1))


def _place_singles(layer: Samples, cue: Cue, moments: list[Moment], rng: np.random.Generator) -> tuple[float, ...]:
    """Put a take of the sound at each moment so that its hit falls there; returns the times of the hits in the clip."""
    sound = cue.sound
    assert sound.single is not None  # noqa: S101  the caller chose it by that
    takes = [sound.single(rng, cue.touch) for _ in range(min(_TAKES, max(1, len(moments))))]
    times: list[float] = []
    for number, moment in enumerate(moments):
        take = takes[number % len(takes)]
        peak = float(np.abs(take).max(initial=0.0))
        start = moment.at_s - sound.hit_share * len(take) / RATE
        skip = 0
        if start < 0:
            skip, start = int(-start * RATE), 0.0
        pan = cue.pan if cue.pan is not None else float(rng.uniform(-0.3, 0.3))
        if sound.name in ("footsteps", "hooves") and cue.pan is None:
            pan = 0.12 if number % 2 else -0.12
        if peak > 0 and moment.at_s < len(layer) / RATE:
            place(layer, take[skip:], start, pan, moment.strength * sound.level * cue.gain / peak)
            times.append(moment.at_s)
    return tuple(round(at, 3) for at in times)


def _lay_bed(layer: Samples, cue: Cue, seconds: float, rng: np.random.Generator, footage: Footage | None) -> None:
    """A lasting sound over its stage, crossfaded with its neighbours; with a clip it swells with the motion."""
    assert cue.sound.bed is not None  # noqa: S101  the caller chose it by that
    start, end = window(cue, seconds)
    first, last = round(start * RATE), round(end * RATE)
    length = max(last - first, 1)
    bed = cue.sound.bed(rng, max(length / RATE, 0.5))[:length]
    loudness = float(np.sqrt(np.mean(np.square(bed)))) + 1e-9
    # A sparse bed (birds) is set by its peaks, or one call would be as loud as a sea.
    loudness = max(loudness, float(np.abs(bed).max(initial=0.0)) / 7.0)
    bed = bed * np.float32(0.16 * cue.sound.level * cue.gain / loudness)
    if cue.stages > 1:
        bed = fade(bed, _CROSSFADE_S if cue.stage else 0.0, _CROSSFADE_S if cue.stage + 1 < cue.stages else 0.0)
    if cue.pan is not None:
        angle = (cue.pan + 1) * np.pi / 4
        bed = bed * np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(1.4)
    layer[first : first + len(bed)] += bed
    if footage is not None:
        layer *= swell(footage, len(layer), RATE, 0.72 if cue.sound.moves else 0.25)[:, None]


def _add_layer(dry: Samples, send: Samples, layer: Samples, cue: Cue) -> None:
    """Far sounds come duller, softer and mostly by way of their surroundings."""
    if cue.far > 0:
        layer = equalize(layer, low_pass(9000 * (1 - cue.far) + 750 * cue.far))
        layer = layer * np.float32(1 - 0.72 * cue.far)
    dry += layer
    wet = 0.25 if cue.sound.bed is not None else 0.5
    send += layer.mean(axis=1) * np.float32(wet + 1.2 * cue.far)


def _ambience(dry: Samples, cues: list[Cue], seconds: float, seed: int, influence: float, room_name: str | None) -> None:
    """Where the words need not be followed closely, a little air of the place is added to single sounds."""
    share = (_USUAL_INFLUENCE - influence) / _USUAL_INFLUENCE
    if share <= 0 or any(cue.sound.bed is not None for cue in cues):
        return
    rng = np.random.default_rng([seed, 999])
    bed = (room if room_name else breeze)(rng, max(seconds, 0.5))[: len(dry)]
    dry[: len(bed)] += bed * np.float32(0.035 * share / (float(bed.std()) + 1e-9))
