"""From a first to a last picture: both are met, and what moves between them moves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data as skimage_data
from skimage import metrics as skimage_metrics

from studio.engine.render.inbetween.film import BetweenFilm, whole_move
from studio.engine.render.inbetween.fitting import cover, fitted, picture_at
from studio.engine.render.inbetween.flow import motion_between
from studio.engine.render.inbetween.morph import Morph
from studio.engine.render.motion.camera import choose_move
from studio.engine.render.task import RenderControl, RenderRefusedError, RenderTask
from studio.engine.render.video import render_video
from studio.media.colour import yuv420_to_rgb
from tests.unit.engine.render.footage import pictures
from tests.unit.engine.render.photos import portrait, saved, still_life

data: Any = skimage_data
metrics: Any = skimage_metrics
Rgb = NDArray[np.uint8]
W, H = 256, 144
STILL = choose_move("static", 1)


def ssim(one: Rgb, other: Rgb) -> float:
    return float(metrics.structural_similarity(one, other, channel_axis=2))


def night() -> Rgb:
    """A rocket at dusk, towers beside it."""
    return np.asarray(cv2.resize(data.rocket()[:360, :, :3], (W, H), interpolation=cv2.INTER_AREA), np.uint8)


def with_thing(x: int, size: int = 52) -> Rgb:
    """A face in a box before the rocket, its left side at x."""
    picture = night()
    face = portrait(512)[0:220, 120:340]
    picture[44 : 44 + size, x : x + size] = cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA)
    return picture


def moved_camera() -> tuple[Rgb, Rgb]:
    coffee = data.coffee()
    first, last = coffee[40:340, 40:573], coffee[90:370, 110:608]
    return tuple(np.asarray(cv2.resize(np.ascontiguousarray(one), (W, H), interpolation=cv2.INTER_AREA), np.uint8)
                 for one in (first, last))  # type: ignore[return-value]


def place_of(thing: Rgb, picture: Rgb) -> tuple[int, float]:
    """Where a thing is found again: x, and how surely."""
    _, best, _, where = cv2.minMaxLoc(cv2.matchTemplate(picture, thing, cv2.TM_CCOEFF_NORMED))
    return where[0], best


@pytest.mark.slow
def test_both_ends_are_the_pictures_themselves() -> None:
    first, last = moved_camera()
    morph = Morph(first, last, motion_between(first, last))
    assert np.array_equal(morph.at(0.0), first)
    assert np.array_equal(morph.at(1.0), last)
    near = [ssim(morph.at(share), picture) for share, picture in ((0.02, first), (0.98, last))]
    assert min(near) > 0.85, "and there is no jump beside them"


def test_a_camera_that_moved_moves_all_the_way() -> None:
    first, last = moved_camera()
    motion = motion_between(first, last)
    assert motion.found_by == "features"
    assert motion.trusted > 0.6
    morph = Morph(first, last, motion)
    coffee = data.coffee()
    # The true view half way: the window of the camera between its two ends.
    window = np.ascontiguousarray(coffee[65:355, 75:590])
    truth = np.asarray(cv2.resize(window, (W, H), interpolation=cv2.INTER_AREA), np.uint8)
    half = morph.at(0.5)
    mixed = np.asarray(cv2.addWeighted(first, 0.5, last, 0.5, 0), np.uint8)
    inside = np.s_[10:-10, 10:-10]
    assert ssim(half[inside], truth[inside]) > 0.8
    assert ssim(half[inside], truth[inside]) > ssim(mixed[inside], truth[inside]) + 0.2, "no crossfade"


@pytest.mark.slow
def test_a_thing_moves_through_a_scene_that_stands_still() -> None:
    first, last = with_thing(30), with_thing(120)
    morph = Morph(first, last, motion_between(first, last))
    thing = first[50:90, 36:76]
    found = [place_of(thing, morph.at(share)) for share in (0.25, 0.5, 0.75)]
    for (x, sure), wanted in zip(found, (36 + 22, 36 + 45, 36 + 68), strict=True):
        assert abs(x - wanted) <= 3
        assert sure > 0.8
    # One thing, not two pale ones: nothing is left of it where it was, and the towers stand.
    half = morph.at(0.5)
    assert ssim(half[:, :24], night()[:, :24]) > 0.9
    assert ssim(half[:, 200:], night()[:, 200:]) > 0.9
    assert place_of(thing, half[:, :70])[1] < 0.6


@pytest.mark.slow
def test_pictures_with_nothing_in_common_dissolve_while_they_move() -> None:
    first = np.asarray(cv2.resize(portrait(256)[:144], (W, H)), np.uint8)
    last = np.asarray(cv2.resize(still_life(300), (W, H)), np.uint8)
    film = BetweenFilm(first, last, choose_move("fast dolly in", 1), frames=25, fps=24, seed=1)
    assert film.found_by == "move"
    assert film.trusted == 0
    frames = [yuv420_to_rgb(*film.planes(index)) for index in range(0, 25, 4)]
    towards = [float(np.abs(frame.astype(int) - last).mean()) for frame in frames]
    assert all(later < earlier for earlier, later in pairwise(towards[2:]))
    early = film.planes(6)
    assert float(np.abs(early[0].astype(int) - film.planes(0)[0]).mean()) > 2, "it moves before it dissolves"


@pytest.mark.slow
def test_faces_are_laid_on_each_other() -> None:
    whole = portrait(512)
    first = np.asarray(cv2.resize(np.ascontiguousarray(whole[0:288]), (384, 216)), np.uint8)
    # The same face, mirrored and in other light: no features match, but there is a face in both.
    last = np.asarray(cv2.resize(np.ascontiguousarray(whole[0:240, 60:487][:, ::-1] // 2 + 90), (384, 216)), np.uint8)
    motion = motion_between(first, last)
    assert motion.found_by in {"faces", "features", "flow"}
    if motion.found_by == "faces":
        assert motion.trusted == 0
        assert float(np.abs(motion.forth).max()) > 5


def test_exposure_alone_is_no_motion() -> None:
    first = night()
    last = np.clip(first.astype(int) + 30, 0, 255).astype(np.uint8)
    motion = motion_between(first, last)
    assert float(np.median(np.abs(motion.forth))) < 0.5


def test_a_move_as_a_matrix_keeps_the_middle_or_shifts_it() -> None:
    middle = np.array([0.5, 0.5, 1.0])
    assert whole_move(choose_move("dolly in", 1)) @ middle == pytest.approx(middle)
    assert (whole_move(choose_move("pan left", 1)) @ middle)[0] > 0.55, "what is seen goes right"
    assert whole_move(STILL) == pytest.approx(np.eye(3))


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["dolly in", "zoom out", "pan left", "tilt up"])
def test_between_the_same_picture_the_camera_goes_there_and_back(prompt: str) -> None:
    bright = np.maximum(night(), 40)
    film = BetweenFilm(bright, bright, choose_move(prompt, 1), frames=25, fps=24, seed=1)
    frames = [yuv420_to_rgb(*film.planes(index)).astype(int) for index in (0, 6, 12, 24)]
    assert float(np.abs(frames[0] - frames[3]).max()) == 0, "a loop"
    assert float(np.abs(frames[2] - frames[0]).mean()) > float(np.abs(frames[1] - frames[0]).mean()) > 2
    assert frames[2].min() > 15, "no bare rim"
    still = BetweenFilm(bright, bright, STILL, frames=25, fps=24, seed=1)
    assert float(np.abs(yuv420_to_rgb(*still.planes(12)).astype(int) - frames[0]).mean()) < 1


@pytest.mark.slow
def test_what_falls_leaves_both_ends_free() -> None:
    first, last = moved_camera()
    snowy, dry = (BetweenFilm(first, last, STILL, frames=13, fps=24, seed=1, particles=kind) for kind in ("snow", None))
    for index in (0, 12):
        assert np.array_equal(snowy.planes(index)[0], dry.planes(index)[0])
    assert float(np.abs(snowy.planes(6)[0].astype(int) - dry.planes(6)[0]).max()) > 40


@pytest.mark.slow
def test_the_video_begins_and_ends_as_its_pictures(tmp_path: Path) -> None:
    first, last = moved_camera()
    media = {"a": saved(tmp_path, first, "a.png"), "b": saved(tmp_path, last, "b.png")}
    values: dict[str, object] = {"prompt": "a cup of coffee", "duration": 1, "resolution": "144p", "aspect_ratio": "16:9",
                                 "image_url": "a", "last_frame_url": "b", "seed": 3}
    output = render_video(RenderTask("cannon:video.generate", values, media, str(tmp_path)), RenderControl(tmp_path))
    frames = pictures(output.main)
    assert len(frames) == 24
    assert (output.width, output.height, output.duration_s) == (256, 144, 1.0)
    assert ssim(frames[0], first) >= 0.95
    assert ssim(frames[-1], last) >= 0.95
    assert output.extra["between"] == {"motion": "features", "matched": pytest.approx(0.76, abs=0.15)}
    steps = [float(np.abs(one.astype(int) - other).mean()) for one, other in pairwise(frames)]
    assert max(steps) < 6 * float(np.median(steps)), "no jump anywhere"
    assert min(steps[4:-4]) > 0.3, "no standstill on the way"


@pytest.mark.slow
def test_the_same_input_gives_the_same_frames() -> None:
    first, last = moved_camera()
    films = [BetweenFilm(first, last, STILL, frames=9, fps=24, seed=1) for _ in range(2)]
    assert all(np.array_equal(one, other) for one, other in zip(films[0].planes(4), films[1].planes(4), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(300, 100), (100, 300), (1, 1), (257, 145)])
def test_pictures_of_any_shape_cover_the_frame(tmp_path: Path, size: tuple[int, int]) -> None:
    whole = np.asarray(cv2.resize(portrait(256), size, interpolation=cv2.INTER_AREA), np.uint8)
    path = Path(saved(tmp_path, whole))
    assert picture_at(path, "image_url", W, H).shape == (H, W, 3)
    assert cover(whole, W, H).shape == fitted(whole, W, H).shape == (H, W, 3)


def test_clear_places_are_black_and_greys_are_colours(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (64, 36), (200, 100, 50, 0))
    clear.save(tmp_path / "clear.png")
    Image.new("L", (64, 36), 77).save(tmp_path / "grey.png")
    assert picture_at(tmp_path / "clear.png", "x", 64, 36).max() == 0
    assert (picture_at(tmp_path / "grey.png", "x", 64, 36) == 77).all()


def test_what_is_no_picture_is_refused_by_its_field(tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    media = {"a": saved(tmp_path, night()), "b": str(bad)}
    for field in ("end_image_url", "last_frame_url"):
        values: dict[str, object] = {"prompt": "x", "duration": 1, "resolution": "144p", "image_url": "a", field: "b"}
        with pytest.raises(RenderRefusedError) as refused:
            render_video(RenderTask("cannon:video.generate", values, media, str(tmp_path)), RenderControl(tmp_path))
        assert refused.value.field_name == field
        assert not list(tmp_path.glob("*.mp4*"))
