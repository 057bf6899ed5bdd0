"""Rooms: a made impulse response (first reflections, then noise that dies away, the treble first) and its use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.filters import convolve
from studio.engine.render.sound.noise import RATE, shaped_noise

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Room:
    """`seconds` until the sound has fallen by 60 dB, `before_s` until the first reflection, `bright` 0 (felt) to 1."""

    seconds: float
    before_s: float = 0.015
    bright: float = 0.5


ROOMS = {
    "room": Room(0.35, 0.006, 0.5), "studio": Room(0.7, 0.01, 0.5), "hall": Room(1.9, 0.025, 0.5),
    "church": Room(3.4, 0.04, 0.4), "cave": Room(2.6, 0.05, 0.25), "plate": Room(1.4, 0.005, 0.9),
    "tunnel": Room(2.0, 0.02, 0.6), "bathroom": Room(0.9, 0.004, 1.0), "outdoors": Room(0.6, 0.09, 0.2),
    "space": Room(4.0, 0.05, 0.6),
}


def reverberate(send: Samples, room: Room) -> Samples:
    """The room's answer alone, stereo (n, 2), to a mono `send`; its power equals that of the send."""
    left, right = _impulses(room)
    return np.stack([convolve(send, left), convolve(send, right)], axis=1)


@lru_cache(maxsize=8)
def _impulses(room: Room) -> tuple[Samples, Samples]:
    """A pair of responses of energy 1, the same for the same room."""
    rng = np.random.default_rng(20_771)
    count = int((room.seconds + room.before_s) * RATE) + 1
    time = np.arange(count) / RATE - room.before_s
    pair = []
    for _ in range(2):
        tail = np.zeros(count)
        for low, high, share in ((90, 700, 1.0), (700, 3200, 0.55 + 0.3 * room.bright),
                                 (3200, 11_000, 0.2 + 0.55 * room.bright)):
            band = shaped_noise(rng, count, low, high, 2.0)
            tail += band * share * 10 ** (-3 * np.maximum(time, 0) / (room.seconds * (0.4 + 0.6 * share)))
        tail *= np.clip(time / 0.02, 0, 1)
        for number in range(7):
            at = int((room.before_s + float(rng.uniform(0.001, 0.06)) * min(room.seconds, 1.5)) * RATE)
            if at < count:
                tail[at] += float(rng.choice([-1, 1])) * 6.0 * 0.75**number
        pair.append((tail / np.sqrt(np.sum(np.square(tail)))).astype(np.float32))
    return pair[0], pair[1]
