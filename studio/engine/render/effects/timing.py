"""When each sound is heard: by the words alone (once, three times, on and on), or by what happens in a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.effects.footage import Accent, Footage
from studio.engine.render.effects.words import Cue

_HEAD_S = 0.05
_MOST_EVENTS = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """A single sound's place: the second at which it is to be felt (its hit) and how strong it is, 0 to 1."""

    at_s: float
    strength: float


def window(cue: Cue, seconds: float) -> tuple[float, float]:
    """The part of the time that belongs to a cue's stage."""
    return seconds * cue.stage / cue.stages, seconds * (cue.stage + 1) / cue.stages


def spoken_moments(cue: Cue, seconds: float, rng: np.random.Generator) -> list[Moment]:
    """When a single sound comes, with no clip to follow: at a pace of its own, as often as the words say, or once."""
    start, end = window(cue, seconds)
    sound = cue.sound
    room = end - start
    first = start + min(_HEAD_S + 0.1 * min(room, 2.0), room * 0.3)
    if sound.every_s:
        every = sound.every_s / cue.touch.pace
        count = cue.count or min(int((end - first) / every) + 1, _MOST_EVENTS)
        places = first + every * np.arange(count)
        places = places + rng.normal(0, sound.loose * every, len(places)) * (np.arange(len(places)) > 0)
        return [Moment(float(at), float(rng.uniform(0.75, 1.0))) for at in np.sort(places) if start <= at < end]
    if cue.count:
        every = min(sound.again_s / cue.touch.pace, (end - first) / cue.count)
        return [Moment(first + i * every, float(rng.uniform(0.85, 1.0))) for i in range(cue.count)]
    found = [Moment(first, 1.0)]
    every = sound.again_s / cue.touch.pace * (0.6 if cue.many else 2.2)
    at = first + every * float(rng.uniform(0.6, 1.4))
    while at < end - min(0.4, room * 0.2) and (cue.many or room > 10.0) and len(found) < _MOST_EVENTS:
        found.append(Moment(at, float(rng.uniform(0.45, 1.0))))
        at += every * float(rng.uniform(0.6, 1.4))
    return found


def seen_moments(cues: list[Cue], footage: Footage, seconds: float, influence: float) -> dict[int, list[Moment]]:
    """For each cue with a single sound that follows pictures (by its place in `cues`): the clip's accents that are its own.

    One such cue gets all of them. Among several, cuts go to the whooshes, and the rest in turn. A stage has the accents of
    its own part of the time. `influence` raises the strength that an accent needs: then fewer sounds come than may.
    """
    floor = 0.15 + 0.3 * max(0.0, influence - 0.7)
    accents = [one for one in footage.accents if one.at_s < seconds and (one.cut or one.strength >= floor)]
    found: dict[int, list[Moment]] = {}
    stages = sorted({(cue.stage, cue.stages) for cue in cues})
    for stage in stages:
        own = [number for number, cue in enumerate(cues) if (cue.stage,
                                                             cue.stages) == stage and cue.sound.single and cue.sound.follows]
        if own:
            start, end = window(cues[own[0]], seconds)
            _share_out(own, cues, [one for one in accents if start <= one.at_s < end], found)
    for number, moments in found.items():
        limit = cues[number].count
        if limit is not None and len(moments) > limit:
            strongest = sorted(moments, key=lambda one: -one.strength)[:limit]
            found[number] = sorted(strongest, key=lambda one: one.at_s)
    return found


def _share_out(own: list[int], cues: list[Cue], accents: list[Accent], found: dict[int, list[Moment]]) -> None:
    passing = [number for number in own if cues[number].sound.hit_share > 0]
    turn = 0
    for accent in accents:
        if accent.cut and passing:
            number = passing[0]
        else:
            choices = [one for one in own if one not in passing] or own
            number = choices[turn % len(choices)]
            turn += 1
        found.setdefault(number, []).append(Moment(accent.at_s, 0.45 + 0.55 * accent.strength))
    if passing and not any(number in found for number in passing) and len(own) > len(passing):
        # Without a cut the whoosh goes ahead of the strongest blow.
        strongest = max(accents, key=lambda one: one.strength, default=None)
        if strongest is not None:
            found[passing[0]] = [Moment(strongest.at_s, 0.8)]


def swell(footage: Footage, count: int, rate: int, depth: float) -> NDArray[np.float32]:
    """A gain for each sample that follows the clip's motion over a third of a second; 1 - `depth` when all is still."""
    if not len(footage.times):
        return np.ones(count, np.float32)
    step = 0.02
    grid = np.arange(0, count / rate + step, step)
    level = np.interp(grid, footage.times, footage.motion)
    width = 17
    smooth = np.convolve(np.pad(level, width // 2, mode="edge"), np.hanning(width + 2)[1:-1] / np.hanning(width + 2).sum(),
                         "valid")
    gain = 1 - depth + depth * np.interp(np.arange(count) / rate, grid, smooth[: len(grid)])
    return np.asarray(gain, np.float32)
