"""Drums and small percussion, each stroke made from a falling tone and shaped noise. A kit says how they are tuned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.sound.filters import equalize, high_shelf
from studio.engine.render.sound.noise import RATE, decay, shaped_noise

Mono = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kit:
    """`kick` and `snare` in Hz, `ring` multiplies how long the skins ring, `soft` (0 to 1) takes the edge off."""

    kick: float = 52.0
    snare: float = 190.0
    ring: float = 1.0
    soft: float = 0.0
    noise: float = 1.0


KITS = {
    "acoustic": Kit(), "rock": Kit(58, 205, 1.1), "metal": Kit(62, 220, 0.7), "soft": Kit(50, 175, 0.8, 0.6, 0.7),
    "brushes": Kit(55, 180, 0.7, 0.8, 0.8), "electronic": Kit(48, 185, 0.9), "808": Kit(42, 170, 2.6, 0.2),
    "dusty": Kit(54, 165, 0.7, 0.75, 0.8), "chip": Kit(60, 240, 0.4, 0.0, 1.3), "taiko": Kit(46, 95, 3.0, 0.3, 0.3),
}
PANS = {"kick": 0.0, "snare": 0.03, "clap": -0.05, "rim": 0.2, "hat": 0.28, "open": 0.28, "ride": -0.32, "crash": -0.2,
        "low tom": 0.35, "tom": -0.1, "shaker": -0.45, "tambourine": 0.45, "conga": -0.3, "cowbell": 0.25, "brush": -0.1}
_METAL = (1.0, 1.342, 1.678, 2.14, 2.93, 3.87)


@lru_cache(maxsize=400)
def stroke(kit_name: str, drum: str, level: int, take: int) -> Mono:
    """One stroke: `level` 1 to 10, `take` one of a few that differ slightly. Not to be changed."""
    kit = KITS[kit_name]
    rng = np.random.default_rng([*drum.encode(), level, take])
    force = level / 10
    sound: Mono = _skin(kit, drum, rng) if drum in _SKINS else _metal_or_noise(kit, drum, rng)
    if kit.soft:
        sound = equalize(sound, high_shelf(2500, -14 * kit.soft))
    level_in_kit = np.float32(force**1.4 * _LEVELS.get(drum, 0.5))
    played: Mono = np.multiply(sound, level_in_kit, dtype=np.float32)
    played.flags.writeable = False
    return played


_SKINS = {"kick", "snare", "tom", "low tom", "conga", "rim"}
_LEVELS = {"kick": 0.95, "snare": 0.7, "clap": 0.55, "rim": 0.4, "hat": 0.2, "open": 0.2, "ride": 0.2, "crash": 0.34,
           "tom": 0.7,
           "low tom": 0.75, "shaker": 0.14, "tambourine": 0.18, "conga": 0.5, "cowbell": 0.22, "brush": 0.22}


def _skin(kit: Kit, drum: str, rng: np.random.Generator) -> Mono:
    tone, sweep, life, noise, band = {
        "kick": (kit.kick, 2.4, 0.085, 0.25, (900, 5000)),
        "snare": (kit.snare, 0.45, 0.045, 0.9 * kit.noise, (1100, 9000)),
        "tom": (kit.kick * 2.6, 0.5, 0.13, 0.12, (300, 2500)),
        "low tom": (kit.kick * 1.7, 0.5, 0.17, 0.12, (250, 2000)),
        "conga": (kit.snare * 1.25, 0.15, 0.07, 0.15, (600, 3000)),
        "rim": (kit.snare * 2.4, 0.0, 0.012, 0.5, (1500, 6000)),
    }[drum]
    life *= kit.ring
    count = int(min(life * 9 + 0.05, 3.0) * RATE)
    time = np.arange(count) / RATE
    bent = tone * (1 + sweep * np.exp(-time / 0.028))
    body = np.sin(2 * np.pi * np.cumsum(bent) / RATE + rng.uniform(0, 0.1)) * decay(count, life, 0.0015)
    if drum == "snare":
        body *= 0.6
        body += 0.3 * np.sin(2 * np.pi * tone * 1.58 * time) * decay(count, life * 0.6, 0.001)
    rattle_life = {"kick": 0.004, "snare": 0.055, "rim": 0.006}.get(drum, 0.015)
    rattle = shaped_noise(rng, count, *band, 1.0) * decay(count, rattle_life, 0.0008)
    out = body + noise * 0.45 * rattle
    return np.asarray(out * np.clip((count - np.arange(count)) / 400, 0, 1), np.float32)


def _metal_or_noise(kit: Kit, drum: str, rng: np.random.Generator) -> Mono:
    low, high, life, attack, metal = {
        "hat": (6500, 14_000, 0.016, 0.0008, 0.35), "open": (6000, 14_000, 0.12, 0.0008, 0.35),
        "ride": (3800, 12_000, 0.32, 0.001, 0.6), "crash": (2600, 13_000, 0.6, 0.002, 0.45),
        "shaker": (5000, 12_000, 0.02, 0.018, 0.0), "tambourine": (6000, 14_000, 0.05, 0.002, 0.5),
        "clap": (900, 6000, 0.055, 0.001, 0.0), "cowbell": (500, 3000, 0.07, 0.001, 1.0),
        "brush": (1500, 8000, 0.06, 0.03, 0.0),
    }[drum]
    count = int(min(life * 8 + 0.03, 3.5) * RATE)
    time = np.arange(count) / RATE
    out = shaped_noise(rng, count, low, high) * (1 - metal)
    if metal:
        root = 540.0 if drum == "cowbell" else low * 0.55
        parts = _METAL[:2] if drum == "cowbell" else _METAL
        ring = np.zeros(count)
        for ratio in parts:
            ring += np.sign(np.sin(2 * np.pi * root * ratio * time + rng.uniform(0, 6)))
        ring -= ring.mean()
        out = out + metal * ring / max(float(ring.std()), 1e-6)
    shape = decay(count, life, attack)
    if drum == "clap":
        for late in (0.009, 0.019):  # several hands
            at = int(late * RATE)
            shape[at:] = np.maximum(shape[at:], decay(count - at, life, attack))
        shape[: int(0.019 * RATE)] *= 0.55 + 0.45 * np.cos(np.arange(int(0.019 * RATE)) / RATE / 0.0095 * 2 * np.pi)
    return np.asarray(out * shape * np.clip((count - np.arange(count)) / 400, 0, 1), np.float32)
