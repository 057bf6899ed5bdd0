"""video.upscale: sharper than bicubic and true to its source, steady motion in between, sound and length kept, refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.render.clip.reading import frames_at, open_clip
from studio.engine.render.enlarge.between import at_rate
from studio.engine.render.enlarge.detail import enlarged_luma, noise_of, quietened
from studio.engine.render.enlarge.upscale import upscale
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
    return RenderTask("cannon:video.upscale", {"video_url": "clip", **values}, {"clip": str(media)}, str(folder))


def run(folder: Path, media: Path, /, **values: object) -> RenderOutput:
    return upscale(task_of(folder, media, **values), RenderControl(folder))


def disc(count: int, speed: float, width: int = 160, height: int = 96) -> list[Rgb]:
    """A white disc on a textured ground that moves `speed` pixels a frame."""
    rng = np.random.default_rng(3)
    ground = cv2.GaussianBlur(rng.uniform(40, 90, (height, width, 3)).astype(np.float32), (0, 0), 2.0)
    y, x = np.mgrid[0:height, 0:width]
    frames = []
    for index in range(count):
        inside = np.clip(15 - np.hypot(x - 30 - speed * index, y - height / 2) + 0.5, 0, 1)[..., None]
        frames.append((ground * (1 - inside) + 235 * inside).astype(np.uint8))
    return frames


def middle(frame: Rgb) -> float:
    """Column of the disc's centre of gravity."""
    bright = np.clip(frame[..., 1].astype(float) - 130, 0, None).sum(axis=0)
    return float((bright * np.arange(len(bright))).sum() / bright.sum())


def psnr(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


@pytest.mark.parametrize("factor", [2, 4])
def test_sharper_than_bicubic_and_true_to_the_source(factor: int) -> None:
    small = cv2.resize(portrait(), (256, 256), interpolation=cv2.INTER_AREA)
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    size = 256 * factor
    made = np.clip(enlarged_luma(luma, size, size), 0, 255)
    plain = cv2.resize(luma, (size, size), interpolation=cv2.INTER_CUBIC)
    sharpness = [float(cv2.Laplacian(image.astype(np.float32), cv2.CV_32F).var()) for image in (made, plain)]
    assert sharpness[0] > 1.5 * sharpness[1]
    assert psnr(cv2.resize(made, (256, 256), interpolation=cv2.INTER_AREA), luma) > 38


def test_light_noise_is_taken_off_and_edges_stay() -> None:
    clean = np.full((80, 80), 90, np.uint8)
    clean[:, 40:] = 180
    noisy = np.clip(clean + np.random.default_rng(1).normal(0, 4, clean.shape), 0, 255).astype(np.uint8)
    assert noise_of(noisy.astype(np.float32)) == pytest.approx(4, abs=0.8)
    quiet = quietened(noisy)
    assert np.abs(quiet - clean)[:, 10:30].std() < 0.6 * 4
    assert float(quiet[:, 42].mean() - quiet[:, 37].mean()) > 80


def test_motion_is_made_in_between() -> None:
    frames = disc(9, 8.0)
    made = list(at_rate(iter(frames), Fraction(12), Fraction(48)))
    assert len(made) == 36
    for index in range(32):
        assert middle(made[index]) == pytest.approx(30 + 2.0 * index, abs=0.8)
    truth = disc(36, 2.0)
    ghosts = [np.abs(made[k].astype(int) - truth[k]).mean() for k in range(32)]
    mixed = [(frames[k // 4].astype(int) + frames[k // 4 + 1]) // 2 for k in range(2, 32, 4)]
    blends = [np.abs(mix - truth[k]).mean() for mix, k in zip(mixed, range(2, 32, 4), strict=True)]
    assert np.mean(ghosts[2:32:4]) < 0.5 * np.mean(blends)


def test_a_cut_stays_a_cut() -> None:
    dark, light = np.full((64, 96, 3), 20, np.uint8), np.full((64, 96, 3), 220, np.uint8)
    made = list(at_rate(iter([dark, dark, light, light]), Fraction(10), Fraction(40)))
    assert {int(frame.mean()) for frame in made} == {20, 220}


@pytest.mark.parametrize(("given", "wanted", "count"), [
    (24, 12, 5), (24, 30, 12), (24, Fraction(60000, 1001), 25), (30, 1, 1),
])
def test_any_rate_keeps_the_length(given: int, wanted: int | Fraction, count: int) -> None:
    frames = disc(10, 1.0, 32, 32)
    assert len(list(at_rate(iter(frames), Fraction(given), Fraction(wanted)))) == count


@pytest.mark.slow
def test_a_clip_twice_as_large(tmp_path: Path) -> None:
    sound = tone(0.5)
    sound[: RATE // 4] = 0
    clip = write_clip(tmp_path / "small.mp4", moving_portrait(12, 128, 96), sound=sound)
    out = run(tmp_path, clip, video_title="Anna")
    assert (out.kind, out.width, out.height, out.duration_s) == ("video", 256, 192, 0.5)
    assert out.extra["upscale_factor"] == 2.0
    assert lasts(out.main)[0] == pytest.approx(0.5)
    assert lasts(out.main)[1] == pytest.approx(0.5, abs=1 / 24)
    content = out.main.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    frames = pictures(out.main)
    assert frames[0].shape == (192, 256, 3)
    given = list(frames_at(open_clip(task_of(tmp_path, clip), "video_url"), Fraction(24)))[6]
    seen, source = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in (frames[6], given))
    assert psnr(cv2.resize(seen, (128, 96), interpolation=cv2.INTER_AREA), source) > 34
    plain = cv2.resize(source, (256, 192), interpolation=cv2.INTER_CUBIC)
    assert cv2.Laplacian(seen, cv2.CV_32F).var() > 1.5 * cv2.Laplacian(plain, cv2.CV_32F).var()
    volume = np.abs(heard(out.main))
    assert volume[: RATE // 4 - 2400].max() < 0.05 < 0.2 < volume[RATE // 4 + 2400 : RATE // 2 - 2400].max()
    assert not list(tmp_path.glob("*silent*")) + list(tmp_path.glob("*.part"))


@pytest.mark.slow
@pytest.mark.parametrize(("values", "size", "fps"), [
    ({"target_resolution": "720p"}, (960, 720), 24), ({"upscale_factor": 1.0, "target_fps": 48.0}, (64, 48), 48),
    ({"upscale_factor": 1.5}, (96, 72), 24), ({"upscale_factor": 4, "target_fps": 10.0}, (256, 192), 10),
])
def test_sizes_and_rates(tmp_path: Path, values: dict[str, object], size: tuple[int, int], fps: int) -> None:
    clip = write_clip(tmp_path / "small.mp4", moving_portrait(5, 64, 48))
    out = run(tmp_path, clip, **values)
    assert (out.width, out.height) == size
    assert out.extra["fps"] == fps
    assert out.duration_s == pytest.approx(5 / 24, abs=1 / fps)
    assert lasts(out.main)[0] == pytest.approx(out.duration_s)


def test_variable_rate_and_other_containers(tmp_path: Path) -> None:
    frames = [np.full((36, 64, 3), 20 * index, np.uint8) for index in range(8)]
    times = [0, 30, 90, 400, 420, 700, 900, 1000]
    clip = write_clip(tmp_path / "odd.mkv", frames, times=times, sound=tone(1.0), codecs=("libx264", "libopus"))
    task = task_of(tmp_path, clip)
    steady = [int(frame.mean()) for frame in frames_at(open_clip(task, "video_url"), Fraction(20))]
    assert steady[:2] == pytest.approx([0, 20], abs=3)
    assert steady[3:8] == pytest.approx([40] * 5, abs=3)
    assert steady[18] == pytest.approx(120, abs=3)
    out = run(tmp_path, clip)
    assert out.duration_s == pytest.approx(1.0, abs=0.2)
    assert float(np.abs(heard(out.main)).max()) > 0.2


@pytest.mark.parametrize("shape", [(2, 2), (1, 1), (3, 51), (35, 17)])
def test_odd_sizes(tmp_path: Path, shape: tuple[int, int]) -> None:
    clip = write_clip(tmp_path / "tiny.mkv", [np.full((*shape, 3), 90, np.uint8)] * 2, codecs=("ffv1",
                                                                                               "aac"), pix_fmt="yuv444p")
    out = run(tmp_path, clip)
    assert (out.height, out.width) == tuple(2 * side for side in shape)


def test_grey_and_alpha(tmp_path: Path) -> None:
    for pix_fmt in ("gray", "bgra"):
        clip = write_clip(tmp_path / f"{pix_fmt}.mkv", disc(2, 1.0), codecs=("ffv1", "aac"), pix_fmt=pix_fmt)
        out = run(tmp_path, clip)
        assert (out.width, out.height) == (320, 192)
        assert float(pictures(out.main)[0].max()) > 200


@pytest.mark.parametrize(("values", "field"), [
    ({"target_resolution": "720p"}, "target_resolution"), ({"upscale_factor": 4.0}, "upscale_factor"),
])
def test_what_is_large_enough_is_refused(tmp_path: Path, values: dict[str, object], field: str) -> None:
    clip = write_clip(tmp_path / "large.mp4", [np.zeros((720, 1280, 3), np.uint8)])
    with pytest.raises(RenderRefusedError) as caught:
        run(tmp_path, clip, **values)
    assert caught.value.field_name == field
    assert "1280 × 720" in caught.value.message


@pytest.mark.parametrize("kind", ["text", "sound", "cut", "missing"])
def test_bad_clips_are_refused_by_field(tmp_path: Path, kind: str) -> None:
    media = tmp_path / "given.mp4"
    if kind == "text":
        media.write_text("no video")
    elif kind == "sound":
        media = write_sound(tmp_path / "given.wav", tone(0.2))
    elif kind == "cut":
        write_clip(media, moving_portrait(12, 64, 64))
        media.write_bytes(media.read_bytes()[:3000])
    task = task_of(tmp_path, media) if kind != "missing" else RenderTask("x", {"video_url": "clip"}, {}, str(tmp_path))
    with pytest.raises(RenderRefusedError) as caught:
        upscale(task, RenderControl(tmp_path))
    assert caught.value.field_name == "video_url"
    assert not list(tmp_path.glob("upscaled*"))


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "small.mp4", moving_portrait(12, 64, 64))
    (tmp_path / RenderControl.CANCEL).touch()
    control = RenderControl(tmp_path)
    control.progress = lambda fraction: control.check() if fraction > 0 else None  # type: ignore[method-assign]
    with pytest.raises(RenderCancelledError):
        upscale(task_of(tmp_path, clip), control)
    assert not list(tmp_path.glob("upscaled*"))
