"""The moving scene: cameras, plates, frames that do not depend on the order they are drawn in, and nothing torn open."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.render.motion.animate import animate, frames_in_order
from studio.engine.render.motion.camera import Camera, Move, choose_move, ease
from studio.engine.render.motion.particles import KINDS, Particles
from studio.engine.render.motion.plates import make_plates
from studio.engine.render.motion.stage import Planes
from studio.engine.render.scene.finish import flatten
from studio.engine.render.scene.layers import Finish, Layer, Motion
from studio.media.colour import yuv420_to_rgb
from tests.unit.engine.render.scenes import small_scene

FRAMES = 24


def rgb(planes: Planes) -> NDArray[np.int16]:
    return yuv420_to_rgb(*planes).astype(np.int16)


@pytest.mark.parametrize(("prompt", "name"), [
    ("a lighthouse at dusk, slow dolly forward", "dolly in"), ("camera pans left over the city", "pan left"),
    ("city, pan to the right", "pan right"), ("zoom out from a castle", "zoom out"), ("slow zoom on a face", "zoom in"),
    ("orbiting around a tower", "orbit"), ("static shot of a lake", "static"), ("pull back from the house", "dolly out"),
    ("tracking left along the wall", "truck left"), ("aerial drone shot of fields", "crane up"),
    ("tilt down to the sea", "tilt down"),
    ("handheld footage of a market", "handheld"), ("flying through the clouds", "dolly in"),
])
def test_words_choose_the_move(prompt: str, name: str) -> None:
    assert {choose_move(prompt, seed).name for seed in range(8)} == {name}


def test_without_words_the_seed_chooses() -> None:
    assert len({choose_move("a meadow", seed).name for seed in range(12)}) > 3
    assert choose_move("a meadow", 5) == choose_move("a meadow", 5)
    assert "pan left" not in {choose_move("pan left", seed, negative="pan left").name for seed in range(8)}
    assert abs(choose_move("slow dolly in", 1).dolly) < abs(choose_move("fast dolly in", 1).dolly)


def test_moves_begin_and_end_softly() -> None:
    steps = np.diff([ease(i / 100) for i in range(101)])
    assert (steps > 0).all()
    assert steps[0] < 0.4 * steps[50] > steps[-1]
    assert (ease(0.0), ease(1.0)) == pytest.approx((0.0, 1.0))


@pytest.mark.parametrize("prompt", ["pan left", "tilt up", "truck right", "orbit", "crane up", "dolly in", "zoom out",
                                    "handheld"])
def test_no_view_leaves_the_margin(prompt: str) -> None:
    width, height, margin = 320, 180, 20
    camera = Camera(choose_move(f"fast {prompt}", 1), width, height, margin, 1)
    for progress in np.linspace(0, 1, 13):
        for depth in (0.0, 0.3, 1.0):
            view = camera.view(float(progress), depth)
            for side, shift in ((width, view.shift_x), (height, view.shift_y)):
                first, last = ((edge - side / 2 - shift) / view.scale + side / 2 for edge in (0, side))
                assert -margin <= first < last <= side + margin


def test_near_layers_move_more_than_far_ones() -> None:
    camera = Camera(Move("truck right", truck=0.9), 320, 180, 20, 1)
    far, near = (camera.view(1.0, depth).shift_x - camera.view(0.0, depth).shift_x for depth in (0.0, 1.0))
    assert abs(near) > 4 * abs(far) > 0


@pytest.mark.parametrize(("style", "tolerance"), [("natural", 5.0), ("film", 7.0), ("neon", 9.0)])
def test_at_rest_the_film_is_the_still_picture(style: str, tolerance: float) -> None:
    scene = small_scene(style=style)
    calm = tuple(Layer(layer.name, layer.pixels, layer.depth, emissive=layer.emissive) for layer in scene.layers)
    still = type(scene)(scene.width, scene.height, scene.margin, scene.seed, calm, Finish(style=style, grain=0.0))
    frame = rgb(animate(still, Move("static"), frames=FRAMES, fps=24).planes(0))
    off = np.abs(frame - flatten(still).astype(np.int16))
    assert off.mean() < tolerance
    assert np.quantile(off, 0.9) < 3 * tolerance


@pytest.mark.parametrize("style", ["watercolour", "pencil", "oil", "flat"])
def test_painted_styles_move_too(style: str) -> None:
    film = animate(small_scene(style=style), choose_move("truck right", 1), frames=FRAMES, fps=24)
    first, last = rgb(film.planes(0)), rgb(film.planes(FRAMES - 1))
    assert first.std() > 12
    assert np.abs(first - last).mean() > 1.5


def test_frames_are_the_same_in_any_order_and_on_any_thread() -> None:
    scene = small_scene(particles="snow")
    film = animate(scene, choose_move("orbit", 2), frames=FRAMES, fps=24)
    ordered = list(frames_in_order(film, 6, workers=3))
    again = animate(small_scene(particles="snow"), choose_move("orbit", 2), frames=FRAMES, fps=24)
    for index in (5, 0, 3):
        for one, other in zip(ordered[index], again.planes(index), strict=True):
            assert np.array_equal(one, other)


def test_other_seeds_move_other_ways() -> None:
    films = [animate(small_scene(seed=seed), Move("static"), frames=FRAMES, fps=24) for seed in (1, 2)]
    assert np.abs(rgb(films[0].planes(9)) - rgb(films[1].planes(9))).mean() > 0.5


@pytest.mark.slow
def test_every_motion_moves_its_own_layer() -> None:
    scene = small_scene()
    for layer in scene.layers:
        pair = (scene.layers[0], layer)
        alone = type(scene)(scene.width, scene.height, scene.margin, 3, pair, Finish(grain=0.0, vignette=0.0))
        film = animate(alone, Move("static"), frames=48, fps=24)
        # Means of some frames, so that the grain, which is never quite none, does not count.
        early, late = (np.mean([film.planes(at + i)[0] for i in range(6)], axis=0) for at in (0, 42))
        moved = int((np.abs(cv2.blur(early, (5, 5)) - cv2.blur(late, (5, 5))) > 0.8).sum())
        assert (moved > 20) == (layer.motion is not Motion.STILL), layer.name


def test_no_holes_open_at_the_extremes() -> None:
    """A bright opaque backdrop must fill every pixel, whatever the camera does before it."""
    scene = small_scene(margin=16)
    rows, columns = scene.layers[0].pixels.shape[:2]
    white = Layer("sky", np.ones((rows, columns, 4), np.float32), 0.0)
    plain = type(scene)(160, 90, 16, 1, (white,), Finish(grain=0.0, vignette=0.0))
    for prompt in ("fast pan left", "fast tilt up", "fast orbit", "fast zoom out", "handheld", "fast crane up"):
        film = animate(plain, choose_move(prompt, 1), frames=12, fps=24)
        for index in (0, 5, 11):
            luma = film.planes(index)[0]
            assert int(luma.min()) > int(luma.max()) - 12, (prompt, index)


def test_hidden_layers_are_skipped_without_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    film = animate(small_scene(), choose_move("dolly in", 1), frames=FRAMES, fps=24)
    quick = film.planes(7)
    monkeypatch.setattr(film, "_first_visible", lambda placed, top, rows: 0)
    for one, other in zip(quick, film.planes(7), strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 1


def test_empty_layers_make_no_plate() -> None:
    empty = Layer("nothing", np.zeros((60, 80, 4), np.float32), 0.5)
    assert list(make_plates([empty], Finish(), 1, 4)) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_particles_move_and_repeat(kind: str) -> None:
    def drawn(seconds: float, seed: int = 4) -> Planes:
        y, u, v = np.full((180, 320), 60, np.uint8), np.full((90, 160), 128, np.uint8), np.full((90, 160), 128, np.uint8)
        Particles(kind, 320, 180, seed).draw(seconds, y, u, v)
        return y, u, v

    first, same, later, other = drawn(1.0), drawn(1.0), drawn(1.4), drawn(1.0, 5)
    assert all(np.array_equal(one, two) for one, two in zip(first, same, strict=True))
    for changed in (later, other):
        assert int(np.abs(first[0].astype(int) - changed[0].astype(int)).max()) > 8
    touched = float((first[0] != 60).mean())
    assert 0.0005 < touched < 0.6
