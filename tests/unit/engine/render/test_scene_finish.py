"""The last step: tone curve, grain, styles."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.render.scene.canvas import Canvas
from studio.engine.render.scene.compose import compose_scene
from studio.engine.render.scene.finish import finish_frame, finish_is_pointwise, flatten, tone
from studio.engine.render.scene.layers import Finish
from studio.engine.render.scene.particles import draw_particles
from studio.engine.render.scene.styles import LOOKS
from studio.engine.render.scene.words import read_prompt


def test_tone_curve_rises_and_rolls_off() -> None:
    light = np.linspace(0, 6, 600, dtype=np.float32)
    curve = tone(light)
    assert (np.diff(curve) > 0).all()
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1.0, abs=0.01)
    assert tone(np.array([0.18], np.float32))[0] == pytest.approx(0.18, abs=0.02)


def test_grain_moves_with_the_frame_and_stays_small() -> None:
    flat = np.full((48, 64, 3), 0.2, np.float32)
    finish = Finish(vignette=0.0)
    first, again, next_one = (finish_frame(flat, finish, seed=1, frame=frame) for frame in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, next_one)
    assert 0.5 < float(first.std()) < 6
    assert first.dtype == np.uint8
    assert float(flat.min()) == float(flat.max()) == np.float32(0.2), "the caller's frame is left alone"


@pytest.mark.slow
@pytest.mark.parametrize("style", sorted(LOOKS))
def test_each_style_is_deterministic_and_its_own(style: str) -> None:
    scene = compose_scene(read_prompt("lake at dusk", style), 120, 80, 2)
    first = flatten(scene)
    assert first.shape == (80, 120, 3)
    assert np.array_equal(first, flatten(scene))
    other = "natural" if style != "natural" else "noir"
    plain = flatten(compose_scene(read_prompt("lake at dusk", other), 120, 80, 2))
    assert np.abs(first.astype(np.int16) - plain).mean() > 4.5


def test_black_and_white_styles_have_no_colour() -> None:
    for style in ("noir", "pencil"):
        spread = np.ptp(flatten(compose_scene(read_prompt("desert at dusk", style), 96, 64, 2)).astype(np.int16), axis=-1)
        assert np.percentile(spread, 95) < 16, style


def test_pointwise_styles_are_named() -> None:
    assert finish_is_pointwise(Finish(style="film"))
    assert not finish_is_pointwise(Finish(style="watercolour"))


@pytest.mark.parametrize("kind", ["rain", "snow", "leaves", "petals", "embers", "fireflies", "dust"])
def test_particles_fall_over_time(kind: str) -> None:
    canvas = Canvas.of_frame(160, 90, 0)
    first, later = draw_particles(kind, canvas, 1, 0.0), draw_particles(kind, canvas, 1, 0.4)
    assert first[..., :3].max() > 0
    assert not np.array_equal(first, later)
    assert np.array_equal(first, draw_particles(kind, canvas, 1, 0.0))
