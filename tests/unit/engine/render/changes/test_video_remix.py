"""sora2.video.remix: another scene in the same timing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.render.changes.timing import Shot, watch
from studio.engine.render.clip.reading import clip_of, probe_input
from studio.engine.render.harmony import lab_of
from studio.engine.render.task import Origin, RenderControl, RenderTask
from studio.engine.render.video import render_video
from tests.unit.engine.render.changes.clips import WARP, panned, run, seen
from tests.unit.engine.render.footage import RATE, Rgb, heard, pictures, portrait, tone, write_clip


def _shots(path: Path) -> tuple[Shot, ...]:
    return watch(clip_of(path, "x", probe_input(path, "x")), lambda share: None)


def _energy(path: Path) -> NDArray[np.float64]:
    """How much moves at each frame: the camera and what moves beside it."""
    return np.concatenate([
        [np.hypot(step.x, step.y) * 1000 + abs(step.grow) * 500 + own
         for step, own in zip(shot.steps, shot.energy, strict=True)]
        for shot in _shots(path)
    ])


def _uneven(count: int, width: int = 160, height: int = 90) -> list[Rgb]:
    """A pan that comes in two pushes with a rest between them."""
    frames, place = [], 0.0
    picture = cv2.GaussianBlur(portrait(), (0, 0), 0.8)
    for index in range(count):
        place += 2.6 * max(np.sin(2 * np.pi * index / count * 2), 0.0)
        matrix = np.array([[1.2, 0, 20 + place], [0, 1.2, 80]], np.float64)
        frames.append(np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=WARP,
                                                borderMode=cv2.BORDER_REFLECT_101), np.uint8))
    return frames


def _palette(frames: list[Rgb]) -> NDArray[np.float32]:
    return np.asarray(lab_of(frames[len(frames) // 2]).reshape(-1, 3).mean(axis=0), np.float32)


@pytest.mark.slow
def test_motion_comes_and_goes_as_in_the_source_in_another_scene(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", _uneven(48))
    out = run("remix", source, tmp_path / "out", prompt="a desert with dunes at sunset")
    assert (len(pictures(out.main)), out.duration_s) == (48, 2.0)
    before, after = _energy(source), _energy(out.main)
    assert float(np.corrcoef(before[1:], after[1:])[0, 1]) > 0.8
    other = run("remix", source, tmp_path / "other", prompt="a snowy mountain at noon")
    desert, snow = _palette(pictures(out.main)), _palette(pictures(other.main))
    assert np.linalg.norm(desert - _palette(seen(source))) > 8
    assert np.linalg.norm(desert - snow) > 8
    assert out.extra["scene"]["place"] == "desert"  # type: ignore[index]
    assert float(np.corrcoef(before[1:], _energy(other.main)[1:])[0, 1]) > 0.8


@pytest.mark.slow
def test_cuts_stay_where_they_are(tmp_path: Path) -> None:
    other = [np.asarray(cv2.flip(255 - frame, 1), np.uint8) for frame in panned(14, 128, 72)]
    source = write_clip(tmp_path / "in.mp4", [*panned(10, 128, 72), *other])
    assert [shot.begin for shot in _shots(source)] == [0, 10]
    out = run("remix", source, tmp_path / "out", prompt="a forest in autumn")
    assert [shot.begin for shot in _shots(out.main)] == [0, 10]
    assert out.extra["cuts"] == 1
    slower = run("remix", source, tmp_path / "slow", prompt="a forest in autumn", duration=4)
    assert [shot.begin for shot in _shots(slower.main)] == [0, 40]
    assert slower.duration_s == 4.0


@pytest.mark.slow
def test_a_clip_of_this_engine_gives_its_seed_move_and_negative_words(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    given = {"prompt": "a lake at dawn, pan right", "duration": 1, "resolution": "144p", "aspect_ratio": "16:9", "seed": 3,
             "negative_prompt": "birds"}
    first = render_video(RenderTask("cannon:video.generate", given, {}, str(tmp_path / "first")),
                         RenderControl(tmp_path / "first"))
    origin = Origin("cannon:video.generate", given, 3, changed=False)
    out = run("remix", first.main, tmp_path / "out", origin, prompt="a desert at sunset")
    assert (out.extra["camera"], out.extra["from_origin"], out.extra["seed"]) == ("pan right", True, 3)
    assert float(np.corrcoef(_energy(first.main)[1:], _energy(out.main)[1:])[0, 1]) > 0.8
    changed = Origin("cannon:video.generate", given, 3, changed=True)
    again = run("remix", first.main, tmp_path / "again", changed, prompt="a desert at sunset with birds")
    assert again.extra["camera"] == "as measured in the video"
    assert "bird" not in again.extra["scene"]["subjects"]  # type: ignore[index]


@pytest.mark.slow
def test_the_new_sound_is_loud_when_the_old_one_was(tmp_path: Path) -> None:
    beat = tone(2.0) * (np.sin(2 * np.pi * 1.0 * np.arange(2 * RATE) / RATE) > 0)[:, None].astype(np.float32)
    source = write_clip(tmp_path / "in.mp4", panned(48, 96, 54, speed=0.5), sound=beat)
    out = run("remix", source, tmp_path / "out", prompt="waves on a beach")
    old, new = (_level(heard(path)) for path in (source, out.main))
    size = min(len(old), len(new))
    assert float(np.corrcoef(old[:size], new[:size])[0, 1]) > 0.8
    assert float(np.abs(heard(out.main)).max()) > 0.02


def _level(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    block = round(0.1 * RATE)
    count = len(sound) // block
    return np.asarray(np.sqrt(np.mean(np.square(sound[: count * block].reshape(count, block), dtype=np.float64), axis=1)))


@pytest.mark.slow
def test_without_sound_there_is_none_and_the_shape_can_be_another(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(6, 128, 72))
    out = run("remix", source, tmp_path / "out", prompt="a city at night", aspect_ratio="9:16", model="sora-2-pro")
    assert (out.width, out.height, out.extra["has_sound"]) == (72, 128, False)
    assert out.extra["requested_model"] == "sora-2-pro"


@pytest.mark.slow
def test_a_fade_to_black_stays_one(tmp_path: Path) -> None:
    frames = panned(24, 128, 72, speed=0.5)
    faded = [np.asarray(frame * max(1 - max(index - 12, 0) / 10, 0.0), np.uint8) for index, frame in enumerate(frames)]
    out = pictures(run("remix", write_clip(tmp_path / "in.mp4", faded), tmp_path / "out", prompt="a meadow").main)
    assert out[-1].mean() < 12
    assert out[5].mean() > 50


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_short_clips(count: int, tmp_path: Path) -> None:
    out = run("remix", write_clip(tmp_path / "in.mp4", panned(count, 64, 36)), tmp_path / "out", prompt="a lake")
    assert len(pictures(out.main)) == count
