"""smartmotion.generate: each move goes its way, near moves more than far, no edge is seen, lengths, sound and refusals."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from studio.contracts.cannon.finishing import MOTIONS
from studio.engine.render.smartmotion.moves import PRESETS, CameraMove, asked_move
from studio.engine.render.smartmotion.smartmotion import smart_motion
from studio.engine.render.smartmotion.view import MovedView
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.footage import (
    RATE,
    Rgb,
    heard,
    lasts,
    moving_portrait,
    pictures,
    portrait,
    tone,
    write_clip,
    write_sound,
)


def task_of(folder: Path, media: Path, /, **values: object) -> RenderTask:
    return RenderTask("cannon:smartmotion.generate", {"file_url": "it", **values}, {"it": str(media)}, str(folder))


def run(folder: Path, media: Path, /, **values: object) -> RenderOutput:
    return smart_motion(task_of(folder, media, **values), RenderControl(folder))


def face(folder: Path, side: int = 128) -> Path:
    path = folder / "face.png"
    Image.fromarray(portrait()).resize((side, side)).save(path)
    return path


def chart(width: int = 240, height: int = 160) -> Rgb:
    """Smooth blobs everywhere: something to follow."""
    noise = np.random.default_rng(2).uniform(0, 255, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 4.0)
    return np.asarray(np.clip((soft - soft.mean()) * 6 + 128, 0, 255), np.uint8)


def seen_move(move: CameraMove, moments: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float, float, float]:
    """How the content goes from one moment to another: right, down (pixels), growth (factor), turn (degrees)."""
    view = MovedView(move, 240, 160, 2.0, 1)
    first, last = (cv2.cvtColor(view.frame(chart(), at, 0.5), cv2.COLOR_RGB2GRAY) for at in moments)
    points = cv2.goodFeaturesToTrack(first, 80, 0.01, 8)
    assert points is not None
    found, status, _ = cv2.calcOpticalFlowPyrLK(first, last, points, points.copy(), winSize=(31, 31), maxLevel=4)
    good = status.ravel() == 1
    matrix, _ = cv2.estimateAffinePartial2D(points[good], found[good], ransacReprojThreshold=1.5)
    middle = matrix @ np.array([120.0, 80.0, 1.0])
    growth, turn = float(np.hypot(*matrix[:, 0])), float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    return float(middle[0] - 120), float(middle[1] - 80), growth, turn


def test_presets_are_those_of_the_contract() -> None:
    assert tuple(PRESETS) == MOTIONS


@pytest.mark.parametrize(("move", "way"), [
    (CameraMove(pan=40), "left"), (CameraMove(pan=-40), "right"), (CameraMove(tilt=40), "down"), (CameraMove(tilt=-40),
    "up"),
    (CameraMove(horizontal=60), "left"), (CameraMove(vertical=60), "down"), (PRESETS["pan_left"], "right"),
    (PRESETS["tilt_up"], "down"),
])
def test_the_content_goes_against_the_camera(move: CameraMove, way: str) -> None:
    right, down, _, turn = seen_move(move, (0.42, 0.58))
    along = {"left": -right, "right": right, "up": -down, "down": down}[way]
    across = down if way in ("left", "right") else right
    assert along > 1.5
    assert abs(across) < 0.7
    assert abs(turn) < 1.5


def test_zoom_and_roll_by_their_numbers() -> None:
    assert seen_move(CameraMove(zoom=50))[2] == pytest.approx(2**0.5, rel=0.03)
    assert seen_move(CameraMove(zoom=-50))[2] == pytest.approx(2**-0.5, rel=0.03)
    right, down, growth, turn = seen_move(CameraMove(roll=50))
    assert turn == pytest.approx(-10, abs=0.7)  # the camera turns clockwise, so the picture turns against it
    assert growth == pytest.approx(1.0, abs=0.02)
    assert abs(right) + abs(down) < 2


def test_near_moves_more_than_far() -> None:
    view = MovedView(CameraMove(horizontal=80), 240, 160, 2.0, 1)
    near, far = (view.places(1.0, depth)[0] - view.places(0.0, depth)[0] for depth in (1.0, 0.0))
    assert near.mean() > 4 * far.mean() > 0
    ahead = MovedView(PRESETS["dolly_zoom"], 240, 160, 2.0, 1)
    grow_near, grow_far = (np.ptp(ahead.places(0.0, depth)[0]) / np.ptp(ahead.places(1.0, depth)[0]) for depth in (0.8, 0.3))
    assert grow_near == pytest.approx(1.0, abs=0.12)
    assert grow_far < grow_near - 0.08


@pytest.mark.parametrize("name", MOTIONS)
def test_no_edge_is_ever_seen(name: str) -> None:
    view = MovedView(PRESETS[name].scaled(1.5), 200, 120, 4.0, 9)
    for progress in np.linspace(0, 1, 9):
        for depth in (0.0, 0.6, 1.0):
            x, y = view.places(float(progress), depth)
            assert float(np.abs(x).max()) < 100 + 2
            assert float(np.abs(y).max()) < 60 + 2


def test_moves_are_understood() -> None:
    def move(**given: object) -> CameraMove:
        return asked_move(given, 1).move

    assert move(motion="Zoom In") == PRESETS["zoom_in"]
    assert move(motion="zoom-in", motion_scale=0.5).zoom == PRESETS["zoom_in"].zoom / 2
    assert move(motion_scale=0, motion="roll") == CameraMove()
    numbers = {"zoom": 18.0, "pan": -4.0}
    assert move(control_mode="camera_control", camera_control=numbers) == CameraMove(zoom=18, pan=-4)
    assert move(motion="roll", camera_control={"tilt": 7.0}) == CameraMove(roll=45, tilt=7)
    assert move(motion="pan_left", prompt="very slowly").pan == PRESETS["pan_left"].pan * 0.6
    assert move(prompt="the camera pans left").pan < 0
    assert move(prompt="tilt down over the town").tilt < 0
    assert move(prompt="roll counterclockwise").roll < 0
    assert move(prompt="a vertigo effect") == PRESETS["dolly_zoom"]
    assert move(prompt="roll to the right", negative_prompt="roll").roll == 0
    assert move(motion="zoom_in", negative_prompt="zooming") == CameraMove(dolly=8)
    assert move(motion="handheld", negative_prompt="no shaky camera").shake == 0
    assert asked_move({}, 5) == asked_move({}, 5)
    assert asked_move({}, 5).move != CameraMove()
    assert asked_move({"prompt": "zoom in"}, 5).understood == "prompt: zoom in"


@pytest.mark.parametrize(("values", "field", "words"), [
    ({"motion": "wobble"}, "motion", ", ".join(MOTIONS)), ({"control_mode": "levers"}, "control_mode", "camera_control"),
])
def test_unknown_words_are_refused_with_the_list(tmp_path: Path, values: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(RenderRefusedError) as caught:
        run(tmp_path, face(tmp_path), **values)
    assert caught.value.field_name == field
    assert words in caught.value.message


def test_a_picture_becomes_a_film(tmp_path: Path) -> None:
    out = run(tmp_path, face(tmp_path), motion="zoom_in", duration=1.5, seed=4, content_type="video/mp4", file_name="face")
    assert out.extra["notes"] == ["The file is image/png, not video/mp4 as was said."]
    assert (out.width, out.height, out.duration_s) == (128, 128, 1.5)
    frames = pictures(out.main)
    assert len(frames) == 36
    assert lasts(out.main)[0] == pytest.approx(1.5)
    whole = np.asarray(Image.open(tmp_path / "face.png"), np.int16)
    assert np.abs(frames[0].astype(int) - whole).mean() < 6
    small = cv2.resize(frames[-1], (92, 92), interpolation=cv2.INTER_AREA)
    inner = cv2.matchTemplate(whole.astype(np.uint8), small, cv2.TM_CCOEFF_NORMED)
    assert float(inner.max()) > 0.8


@pytest.mark.parametrize(("size", "mode"), [((1, 1), "RGB"), ((33, 7), "L"), ((40, 61), "RGBA"), ((3, 400), "RGB")])
def test_odd_pictures(tmp_path: Path, size: tuple[int, int], mode: str) -> None:
    path = tmp_path / "odd.png"
    Image.new(mode, size).save(path)
    out = run(tmp_path, path, motion="orbit", duration=1)
    assert out.width is not None
    assert out.height is not None
    assert out.width % 2 == 0
    assert out.height % 2 == 0
    assert len(pictures(out.main)) == 24


@pytest.mark.slow
def test_a_clip_keeps_its_motion_sound_and_length(tmp_path: Path) -> None:
    sound = tone(1.0)
    sound[: RATE // 2] = 0
    clip = write_clip(tmp_path / "clip.mp4", moving_portrait(24, 96, 96), sound=sound)
    out = run(tmp_path, clip, motion="pan_right")
    assert (out.width, out.height, out.duration_s) == (96, 96, 1.0)
    volume = np.abs(heard(out.main))
    assert volume[: RATE // 2 - 2400].max() < 0.05 < 0.2 < volume[RATE // 2 + 2400 :].max()
    held = run(tmp_path, clip, motion="pan_right", duration=1.5)
    frames = pictures(held.main)
    assert len(frames) == 36
    assert np.abs(frames[30].astype(int) - frames[26]).mean() > 0.2  # the camera goes on over the last picture
    assert len(pictures(run(tmp_path, clip, duration=1.0, motion="roll").main)) == 24


@pytest.mark.slow
def test_the_same_seed_gives_the_same_film(tmp_path: Path) -> None:
    media = face(tmp_path, 64)
    films = [run(tmp_path, media, motion="handheld", duration=1, seed=seed).main.read_bytes() for seed in (3, 3, 4)]
    assert films[0] == films[1] != films[2]


@pytest.mark.parametrize("kind", ["text", "sound"])
def test_bad_files_are_refused_by_field(tmp_path: Path, kind: str) -> None:
    media = tmp_path / "given.png"
    media.write_text("nothing")
    if kind == "sound":
        media = write_sound(tmp_path / "given.wav", tone(0.1))
    with pytest.raises(RenderRefusedError) as caught:
        run(tmp_path, media)
    assert caught.value.field_name == "file_url"


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    control = RenderControl(tmp_path)
    task = task_of(tmp_path, face(tmp_path))
    control.check = lambda: (_ for _ in ()).throw(RenderCancelledError) if control._last > 0.2 else None  # type: ignore[method-assign]
    with pytest.raises(RenderCancelledError):
        smart_motion(task, control)
    assert not list(tmp_path.glob("motion*"))
