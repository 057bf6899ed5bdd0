"""Lasting sounds of machines and crowds, as stereo beds: engines, rotors, sirens, hums, applause, boiling water."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.engine.render.effects.airs import drop, spark
from studio.engine.render.effects.blows import applause_clap, crumple
from studio.engine.render.effects.touch import Rng, Touch, sweep
from studio.engine.render.sound.filters import equalize, low_pass, peak
from studio.engine.render.sound.noise import RATE, Stereo, arrivals, place, shaped_noise, wander, wide


def engine(rng: Rng, seconds: float) -> Stereo:
    """A four-cylinder engine that is revved and let go: firing pulses through the exhaust's resonances."""
    count = round(seconds * RATE)
    turns = 22 + 34 * wander(rng, count, 1.8).astype(np.float64) ** 1.5
    return _fired(rng, turns, (130, 260, 610), 0.5)


def motorcycle(rng: Rng, seconds: float) -> Stereo:
    """A twin, rougher and brighter."""
    count = round(seconds * RATE)
    turns = 18 + 60 * wander(rng, count, 1.3).astype(np.float64) ** 1.6
    return _fired(rng, turns, (180, 420, 1150), 0.8)


def idle_truck(rng: Rng, seconds: float) -> Stereo:
    """A diesel at idle: slow, heavy firing with the knock of each stroke."""
    count = round(seconds * RATE)
    return _fired(rng, 13 + 0.8 * wander(rng, count, 0.8).astype(np.float64), (75, 150, 900), 1.0)


def helicopter(rng: Rng, seconds: float) -> Stereo:
    """Blades that slap the air about eleven times a second, and the turbine's whine."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    beat = (0.5 + 0.5 * np.sin(2 * np.pi * 11.3 * time)) ** 6
    slap = wide(rng, count, 40, 320, 3.0, 0.4) * (0.15 + beat)[:, None]
    wash = 0.3 * wide(rng, count, 400, 3500, 3.0) * (0.4 + 0.6 * beat)[:, None]
    whine = 0.05 * np.sin(sweep(2100 + 12 * wander(rng, count, 2.0).astype(np.float64)))
    return np.asarray(slap + wash + whine[:, None], np.float32)


def jet(rng: Rng, seconds: float) -> Stereo:
    """An aircraft passing over: a roar whose pitch and brightness fall as it goes by."""
    count = round(seconds * RATE)
    near = np.exp(-((np.linspace(0, 1, count) - 0.5) / 0.24) ** 2)
    roar = wide(rng, count, 50, 900, 3.0) * (0.08 + near)[:, None]
    hiss = wide(rng, count, 900, 7000, 3.0) * (near**1.8)[:, None]
    return np.asarray(roar + 0.7 * hiss, np.float32)


def hum(rng: Rng, seconds: float) -> Stereo:
    """Mains hum and a fan: a refrigerator, a server room, a spaceship's deck."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    tones = sum(level * np.sin(2 * np.pi * f * time + p) for f, level,
                p in ((50, 0.5, 0), (100, 0.6, 1), (150, 0.2, 2), (200, 0.16, 3), (300, 0.06, 4)))
    return np.asarray(0.45 * wide(rng, count, 120, 1600, 4.0) + np.asarray(tones)[:, None] * 0.4, np.float32)


def vacuum(rng: Rng, seconds: float) -> Stereo:
    """A vacuum cleaner, a hair dryer or a drill: a motor's whine in rushing air."""
    count = round(seconds * RATE)
    pitch = 410 + 25 * wander(rng, count, 0.9).astype(np.float64)
    whine = sum(np.sin(k * sweep(pitch)) / k for k in (1, 2, 3, 4, 6))
    return np.asarray(0.7 * wide(rng, count, 400, 6000, 2.0) + 0.22 * np.asarray(whine)[:, None], np.float32)


def siren(rng: Rng, seconds: float) -> Stereo:
    """A wailing siren that goes up and down every few seconds."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    pitch = 900 + 420 * np.sin(2 * np.pi * 0.28 * time - np.pi / 2 + float(rng.uniform(-0.3, 0.3)))
    wave = np.tanh(1.8 * np.sin(sweep(pitch))) + 0.2 * np.sin(3 * sweep(pitch))
    turn = 0.35 * np.sin(2 * np.pi * 0.07 * time)
    return np.asarray(np.stack([wave * (1 - turn), wave * (1 + turn)], 1) * 0.5, np.float32)


def alarm(rng: Rng, seconds: float) -> Stereo:
    """An alarm: four beeps and a rest, for ever."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    within = time % 1.0
    gate = ((within < 0.56) & (within % 0.14 < 0.08)).astype(np.float64)
    gate = np.convolve(gate, np.ones(96) / 96, "same")
    wave = np.sin(2 * np.pi * 2048 * time) + 0.3 * np.sin(2 * np.pi * 4096 * time)
    return np.repeat((0.6 * wave * gate).astype(np.float32)[:, None], 2, axis=1)


def applause(rng: Rng, seconds: float) -> Stereo:
    """A hall that claps: many pairs of hands, each at its own pace, over the wash of those farther off."""
    count = round(seconds * RATE)
    out = 0.16 * wide(rng, count, 700, 5000, 2.0, 0.9) * wander(rng, count, 1.5, 0.75, 1.0)[:, None]
    for at, clap, level in applause_clap(rng, seconds, 44):
        place(out, clap, at, float(rng.uniform(-0.95, 0.95)), level * 0.7)
    return np.asarray(out, np.float32)


def cheering(rng: Rng, seconds: float) -> Stereo:
    """A stadium: many long open vowels that rise and fall together, whistles among them."""
    count = round(seconds * RATE)
    swell = wander(rng, count, 2.0, 0.45, 1.0)[:, None]
    out = np.zeros((count, 2), np.float32)
    for low, high, level in ((300, 900, 1.0), (900, 1800, 0.8), (2200, 3600, 0.3)):
        out += level * wide(rng, count, low, high, 1.0, 0.85) * wander(rng, count, 0.2, 0.6, 1.0)[:, None]
    for at in arrivals(rng, seconds, 0.5):
        length = int(0.5 * RATE)
        time = np.arange(length) / RATE
        tone = np.sin(sweep(2300 + 700 * np.sin(2 * np.pi * 1.6 * time))) * np.hanning(length)
        place(out, tone.astype(np.float32), float(at), float(rng.uniform(-0.9, 0.9)), 0.35)
    return np.asarray(out * swell, np.float32)


def boiling(rng: Rng, seconds: float) -> Stereo:
    """Boiling water: bubbles without number over a low rumble."""
    count = round(seconds * RATE)
    out = 0.4 * wide(rng, count, 90, 700, 4.0)
    takes = [drop(rng, Touch(float(rng.uniform(1.2, 3.4)))) for _ in range(20)]
    for at in arrivals(rng, seconds, 45):
        place(out, takes[int(rng.integers(20))], float(at), float(rng.uniform(-0.7, 0.7)), float(rng.uniform(0.2, 0.9)))
    return np.asarray(out, np.float32)


def electricity(rng: Rng, seconds: float) -> Stereo:
    """A high-voltage buzz with sparks."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    buzz = np.tanh(4 * np.sin(2 * np.pi * 100 * time)) * wander(rng, count, 0.2, 0.4, 1.0)
    out = np.repeat((0.25 * buzz).astype(np.float32)[:, None], 2, axis=1) + 0.1 * wide(rng, count, 2000, 9000)
    for at in arrivals(rng, seconds, 2.2):
        place(out, spark(rng, Touch()), float(at), float(rng.uniform(-0.7, 0.7)), 0.6)
    return np.asarray(out, np.float32)


def rustle(rng: Rng, seconds: float) -> Stereo:
    """Paper or clothes being handled."""
    out = 0.03 * wide(rng, round(seconds * RATE), 1200, 6000)
    at = 0.1
    while at < seconds:
        place(out, crumple(rng, Touch()), at, float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.4, 1.0)))
        at += float(rng.uniform(0.4, 1.1))
    return np.asarray(out, np.float32)


def static(rng: Rng, seconds: float) -> Stereo:
    """A radio between stations, or an old record."""
    count = round(seconds * RATE)
    out = 0.5 * wide(rng, count, 300, 6000, 1.0, 0.2) * wander(rng, count, 0.4, 0.6, 1.0)[:, None]
    for at in arrivals(rng, seconds, 8):
        snap = shaped_noise(rng, 400, 1500, 9000) * 0.5 ** (np.arange(400) / RATE / 0.001)
        place(out, snap.astype(np.float32), float(at), float(rng.uniform(-0.5, 0.5)), 1.2)
    return np.asarray(out, np.float32)


def insects(rng: Rng, seconds: float) -> Stereo:
    """Bees or flies: wing beats with their harmonics, each insect on its own wandering way."""
    count = round(seconds * RATE)
    out = np.zeros((count, 2), np.float32)
    for _ in range(5):
        pitch = float(rng.uniform(150, 260)) * (1 + 0.1 * wander(rng, count, 0.4, -1, 1).astype(np.float64))
        phase = sweep(pitch)
        wave = sum(np.sin(k * phase) / k**0.8 for k in range(1, 9))
        near = wander(rng, count, 0.9).astype(np.float64) ** 2
        place(out, np.asarray(np.asarray(wave) * near, np.float32), 0.0, float(rng.uniform(-0.9, 0.9)), 0.3)
    return out


def _fired(rng: Rng, turns: NDArray[np.float64], resonances: tuple[int, int, int], rough: float) -> Stereo:
    """Two firings a turn (`turns` a second, sample by sample) as pulses, shaped by pipes, with the rush of the intake."""
    count = len(turns)
    phase = np.cumsum(turns * 2) / RATE
    pulse = np.exp(-(phase % 1.0) * 5.0) - 0.2
    cylinder = np.array([1.0, 0.82, 0.95, 0.74])[np.floor(phase).astype(int) % 4]
    wave = pulse * cylinder * (1 + 0.15 * rough * rng.standard_normal(count))
    # Pipes let little through above their resonances.
    sound = equalize(np.asarray(wave, np.float32), *(peak(f, 10.0, 2.0) for f in resonances), low_pass(resonances[2] * 2.0))
    load = (turns / turns.max())[:, None]
    rush = 0.12 * wide(rng, count, 300, 4500, 3.0) * load
    sound = sound - sound.mean()
    return np.asarray(sound[:, None] / (sound.std() + 1e-6) * (0.45 + 0.55 * load) + rush, np.float32)
