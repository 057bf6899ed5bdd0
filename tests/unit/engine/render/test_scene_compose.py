"""Scenes as layers: geometry, holes, sizes, determinism, and what must look different."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.render.scene.canvas import Field
from studio.engine.render.scene.compose import compose_scene, particles_of
from studio.engine.render.scene.finish import Bytes, flatten
from studio.engine.render.scene.layers import Motion
from studio.engine.render.scene.places import PLACES
from studio.engine.render.scene.words import read_prompt


def picture(prompt: str, seed: int = 1, size: tuple[int, int] = (96, 64), style: str | None = None) -> Bytes:
    return flatten(compose_scene(read_prompt(prompt, style), *size, seed))


def distance(first: Bytes, second: Bytes) -> float:
    """Mean difference of two pictures in screen values, after a little blur by halving."""
    small = [p.reshape(p.shape[0] // 4, 4, p.shape[1] // 4, 4, 3).mean((1, 3)) for p in (first, second)]
    return float(np.abs(small[0] - small[1]).mean())


@pytest.mark.slow
@pytest.mark.parametrize("place", sorted(PLACES))
def test_layers_cover_the_frame_and_its_margin(place: str) -> None:
    scene = compose_scene(read_prompt(place.replace("room", "living room")), 96, 64, 3, margin=10)
    assert (scene.width, scene.height, scene.margin) == (96, 64, 10)
    covered = np.zeros((84, 116), np.float32)
    for layer in scene.layers:
        assert layer.pixels.shape == (84, 116, 4)
        assert layer.pixels.dtype == np.float32
        assert np.isfinite(layer.pixels).all()
        assert layer.pixels[..., 3].min() >= 0
        assert layer.pixels[..., 3].max() <= 1.001
        assert layer.pixels[..., :3].min() >= -1e-3
        if not layer.emissive:
            covered = covered * (1 - layer.pixels[..., 3]) + layer.pixels[..., 3]
    assert covered.min() > 0.995, "a hole would show when the camera moves"
    assert flatten(scene).shape == (64, 96, 3)


def test_layers_have_depth_and_motion_for_a_camera() -> None:
    scene = compose_scene(read_prompt("two deer by a lake at dusk, a sailboat on the water"), 96, 64, 3, margin=8)
    depths = [layer.depth for layer in scene.layers]
    assert depths[0] == 0.0
    assert max(depths) > 0.6
    assert {Motion.STILL, Motion.DRIFT, Motion.WATER, Motion.SWAY, Motion.WALK} <= {layer.motion for layer in scene.layers}
    assert scene.sound["place"] == "lake"
    assert scene.sound["subjects"] == ["deer", "sailboat"]


def test_margin_does_not_change_the_frame() -> None:
    words = read_prompt("mountain at dawn")
    plain, wide = flatten(compose_scene(words, 96, 64, 5)), flatten(compose_scene(words, 96, 64, 5, margin=12))
    assert distance(plain, wide) < 4


@pytest.mark.slow
def test_same_seed_same_bytes_other_seed_other_picture() -> None:
    assert np.array_equal(picture("forest at dusk", 4), picture("forest at dusk", 4))
    assert distance(picture("forest at dusk", 4), picture("forest at dusk", 5)) > 3


@pytest.mark.slow
def test_one_composition_at_every_size() -> None:
    small, large = picture("lake at dusk", 9, (192, 128)), picture("lake at dusk", 9, (576, 384))
    shrunk = large.reshape(128, 3, 192, 3, 3).mean((1, 3))
    assert distance(small, shrunk.astype(np.uint8)) < 7


@pytest.mark.parametrize("size", [(64, 112), (112, 64), (80, 80), (128, 54)])
def test_every_aspect_ratio(size: tuple[int, int]) -> None:
    assert picture("a lighthouse by the sea at night", 2, size).shape == (size[1], size[0], 3)


@pytest.mark.slow
def test_places_times_and_weathers_look_different() -> None:
    for group in (
        ["sea at day", "mountain at day", "forest at day", "desert at day", "city at day", "living room at day"],
        [f"meadow {word}" for word in ("at dawn", "at noon", "at dusk", "at night", "at golden hour", "at blue hour")],
        [f"meadow, {word}" for word in ("clear", "rain", "snow", "fog", "storm", "overcast")],
    ):
        pictures = [picture(prompt, 1) for prompt in group]
        for at, first in enumerate(pictures):
            for other, second in enumerate(pictures[:at]):
                assert distance(first, second) > 8, (group[at], group[other])


@pytest.mark.slow
def test_a_subject_is_seen() -> None:
    for subject in ("a tram", "a dog", "a lighthouse", "a hot air balloon", "a woman"):
        place = "street" if subject == "a tram" else "meadow"
        empty, full = picture(f"{place} at noon", 3, (144, 96)), picture(f"{subject} in a {place} at noon", 3, (144, 96))
        changed = np.abs(empty.astype(np.int16) - full).max(-1) > 24
        assert changed.mean() > 0.004, subject


def test_step_hears_progress_and_may_stop() -> None:
    heard: list[float] = []
    compose_scene(read_prompt("desert"), 64, 48, 1, step=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0

    class Stop(Exception):  # noqa: N818 - a stand-in for a cancel
        pass

    def stop(_share: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        compose_scene(read_prompt("desert"), 64, 48, 1, step=stop)


def test_too_small_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="16×16"):
        compose_scene(read_prompt("desert"), 8, 48, 1)


def test_particles_follow_weather_and_words() -> None:
    assert particles_of(read_prompt("rain in the city")) == "rain"
    assert particles_of(read_prompt("snowfall in the forest")) == "snow"
    assert particles_of(read_prompt("a park, falling autumn leaves")) == "leaves"
    assert particles_of(read_prompt("fireflies in a meadow at night")) == "fireflies"
    assert particles_of(read_prompt("rain seen from a room")) is None


def thumbnail(prompt: str, seed: int) -> Field:
    """A picture of 192×128 as a 64-pixel-wide thumbnail, flat."""
    whole = picture(prompt, seed, (192, 128))
    small = whole[:126].reshape(42, 3, 64, 3, 3).mean((1, 3))
    return np.asarray(small.ravel() / 255, np.float32)


def recognised(places: list[str], learn: list[int], ask: list[int]) -> tuple[float, float]:
    """Shares of (place, time) that a nearest-centroid classifier tells right on seeds that it has not seen."""
    prompts = {
        (place, time): f"{place} {time}" for place in places for time in ("at dawn", "at midday", "at dusk", "at night")
    }
    keys = list(prompts)
    centroids = np.stack([np.mean([thumbnail(prompts[key], seed) for seed in learn], axis=0) for key in keys])
    right = []
    for key in keys:
        for seed in ask:
            nearest = keys[int(((centroids - thumbnail(prompts[key], seed)) ** 2).sum(1).argmin())]
            right.append((nearest[0] == key[0], nearest[1] == key[1]))
    place, time = np.mean(right, axis=0)
    return float(place), float(time)


@pytest.mark.slow
def test_setting_can_be_told_from_a_thumbnail_fast() -> None:
    place, time = recognised(["sea", "desert", "mountain"], [1, 2], [101])
    assert place >= 0.8
    assert time >= 0.9


@pytest.mark.slow
def test_setting_can_be_told_from_a_thumbnail() -> None:
    place, time = recognised(["sea", "mountain", "forest", "desert", "city", "living room"], [1, 2, 3], [101, 102])
    assert place >= 0.8
    assert time >= 0.9
