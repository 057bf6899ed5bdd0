"""Soundscapes: exact length, gentle level, the same for the same seed, and plainly different for different places."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.render.sound.noise import RATE
from studio.engine.render.sound.soundscape import SOURCES, choose_sources, soundscape

PLACES = ("waves on a beach", "a neon city street with traffic", "a forest at night", "heavy rain", "a spaceship in space")


def bands(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of the power in octaves from 31 Hz up, in dB."""
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    edges = 31.0 * 2.0 ** np.arange(10)
    octaves = [power[(frequency >= low) & (frequency < low * 2)].sum() for low in edges]
    return np.asarray(10 * np.log10(np.array(octaves) / np.sum(octaves) + 1e-6))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_each_source_sounds(name: str) -> None:
    sound = SOURCES[name](np.random.default_rng(3), 4.0)
    assert sound.shape == (4 * RATE, 2)
    assert np.isfinite(sound).all()
    assert float(np.abs(sound).max()) > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("prompt", PLACES)
@pytest.mark.parametrize("seconds", [1, 5])
def test_length_level_and_fades(prompt: str, seconds: int) -> None:
    sound = soundscape(prompt, seconds, 7)
    assert sound.shape == (seconds * RATE, 2)
    assert sound.dtype == np.float32
    assert float(np.abs(sound).max()) <= 0.9
    middle = sound[RATE // 3 : -RATE // 3]
    assert -27 < 20 * np.log10(np.sqrt(np.mean(middle**2))) < -15
    assert float(np.abs(sound[:40]).max()) < 0.01
    assert float(np.abs(sound[-40:]).max()) < 0.01


@pytest.mark.slow
def test_the_seed_decides() -> None:
    assert np.array_equal(soundscape(PLACES[0], 2, 1), soundscape(PLACES[0], 2, 1))
    assert not np.allclose(soundscape(PLACES[0], 2, 1), soundscape(PLACES[0], 2, 2), atol=1e-3)


@pytest.mark.slow
def test_places_have_spectra_of_their_own() -> None:
    spectra = {place: [bands(soundscape(place, 5, seed)) for seed in (1, 2)] for place in PLACES}
    for place, (first, second) in spectra.items():
        own = np.abs(first - second).mean()
        for other, (foreign, _) in spectra.items():
            if other != place:
                assert np.abs(first - foreign).mean() > max(own, 3.0), (place, other)


def test_words_of_a_scene_choose_the_sources() -> None:
    assert {"waves", "gulls"} <= choose_sources({"place": "sea", "time": "day", "weather": "clear"}).keys()
    night = choose_sources({"place": "forest", "time": "night", "subjects": ["deer"]})
    assert "crickets" in night
    assert "birds" not in night
    storm = choose_sources({"place": "mountain", "weather": "storm", "time": "day"})
    assert {"rain", "thunder", "wind"} <= storm.keys()
    assert choose_sources("something unheard of")
