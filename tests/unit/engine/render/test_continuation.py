"""A film that goes on from a clip: no jump at the seam, the same speed, moving things on their way, what stirs goes on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data as skimage_data

from studio.engine.render.clip.reading import clip_of, probe_input
from studio.engine.render.continuation.drift import SIDE, drift_of
from studio.engine.render.continuation.film import ContinuationFilm
from studio.engine.render.continuation.tail import Tail, read_tail, small_grey
from studio.engine.render.motion.camera import choose_move
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from studio.engine.render.video import render_video
from studio.media.colour import yuv420_to_rgb
from tests.unit.engine.render.footage import heard, moving_portrait, pictures, tone, write_clip, write_sound
from tests.unit.engine.render.photos import portrait

data: Any = skimage_data
Rgb = NDArray[np.uint8]
W, H = 256, 144


def panned(index: int) -> Rgb:
    """A camera that goes right over a table: 0.1 widths a second."""
    left = 20 + 2 * index
    part = np.ascontiguousarray(data.coffee()[60:330, left : left + 480])
    return np.asarray(cv2.resize(part, (W, H), interpolation=cv2.INTER_AREA), np.uint8)


def zoomed(index: int) -> Rgb:
    side = 380 - 2 * index
    top, left = (400 - side) // 2, (600 - side * 16 // 9 * 85 // 100) // 2
    part = np.ascontiguousarray(data.coffee()[top : top + side, max(left, 0) : left + side * 16 // 9 * 85 // 100])
    return np.asarray(cv2.resize(part, (W, H), interpolation=cv2.INTER_AREA), np.uint8)


def night() -> Rgb:
    return np.asarray(cv2.resize(data.rocket()[:360, :, :3], (W, H), interpolation=cv2.INTER_AREA), np.uint8)


def walked(index: int) -> Rgb:
    """A face that crosses a night scene which stands still, 2 pixels a frame; water below it that runs."""
    picture = night()
    head = cv2.resize(portrait(512)[0:220, 140:320], (36, 46), interpolation=cv2.INTER_AREA)
    oval = np.zeros((46, 36), np.uint8)
    cv2.ellipse(oval, (18, 23), (16, 22), 0, 0, 360, 1, -1)
    x = 10 + 2 * index
    part = picture[40:86, x : x + 36]
    cover = oval[:, : part.shape[1], None]
    part[:] = part * (1 - cover) + head[:, : part.shape[1]] * cover
    return picture


def rippled(index: int) -> Rgb:
    """A still picture with water in its lower part."""
    rng = np.random.default_rng(index % 16)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (40, W)).astype(np.float32), (0, 0), 2.0)
    picture = night().astype(np.float32)
    picture[104:] += (noise / noise.std() * 22)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def tail(of: Callable[[int], Rgb], count: int = 40) -> Tail:
    frames = [of(index) for index in range(count)]
    return Tail(frames[-1], tuple(frames), 1 / 24)


def film(of: Callable[[int], Rgb], seconds: int = 2, prompt: str | None = None, **more: object) -> ContinuationFilm:
    move = choose_move(prompt, 1) if prompt else None
    return ContinuationFilm(tail(of), move, frames=24 * seconds, fps=24, seed=1, **more)  # type: ignore[arg-type]


def shown(of: ContinuationFilm, index: int) -> Rgb:
    return yuv420_to_rgb(*of.planes(index))


def flow(one: Rgb, other: Rgb) -> NDArray[np.float32]:
    greys = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in (one, other)]
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(finder.calc(*greys, None), np.float32)  # type: ignore[call-overload]


@pytest.mark.slow
def test_the_cameras_speed_is_measured() -> None:
    drift = drift_of([small_grey(panned(index), SIDE) for index in range(20)], 1 / 24)
    assert drift.camera.right == pytest.approx(-2 * 24 / 480, rel=0.1)
    assert abs(drift.camera.down) < 0.004
    assert abs(drift.camera.growth) < 0.01
    closer = drift_of([small_grey(zoomed(index), SIDE) for index in range(20)], 1 / 24).camera
    assert closer.growth == pytest.approx(2 * 24 / 350, rel=0.2)
    assert closer.moves


@pytest.mark.slow
def test_a_pan_goes_on_at_its_speed_and_comes_to_rest() -> None:
    going = film(panned, 3)
    sequence = [panned(38), panned(39), *(shown(going, index) for index in range(3))]
    speeds = [float(np.median(flow(one, other)[20:-20, 30:-30, 0])) for one, other in pairwise(sequence)]
    assert all(speed == pytest.approx(speeds[0], rel=0.35) for speed in speeds), "no jump and no stop at the seam"
    late = float(np.median(flow(shown(going, 69), shown(going, 71))[..., 0])) / 2
    assert abs(late) < 0.2 * abs(speeds[0]), "at rest where nothing more is known"
    # The true next frame, which the clip never showed in full, is met where both can be compared.
    truth = panned(42)
    assert float(np.abs(shown(going, 2).astype(int) - truth)[8:-8, 8 : W - 24].mean()) < 9


@pytest.mark.slow
def test_a_move_closer_goes_on() -> None:
    going = film(zoomed)
    field = flow(shown(going, 0), shown(going, 4))
    assert float(field[H // 2, W - 40, 0] - field[H // 2, 40, 0]) > 1.0, "what is right goes right, what is left goes left"


@pytest.mark.slow
def test_a_moving_thing_goes_on_over_what_was_behind_it() -> None:
    going = film(walked)
    assert going.movers == 1
    assert not going.camera.moves
    head = walked(39)[48:78, 92:120]
    for index in (0, 11, 23):
        picture = shown(going, index)
        _, sure, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(picture, head, cv2.TM_CCOEFF_NORMED))
        assert abs(x - (92 + 2 * (index + 1))) <= 4
        assert abs(y - 48) <= 2
        assert sure > 0.85
    # Where it was, the scene behind it is seen, also the rocket that the clip's last picture did not show.
    left = np.s_[40:86, 86:126]
    assert float(np.abs(shown(going, 34)[left].astype(int) - night()[left]).mean()) < 8


@pytest.mark.slow
def test_what_stirs_goes_on_stirring_and_the_rest_stands_still() -> None:
    going = film(rippled)
    frames = [shown(going, index).astype(float) for index in range(8, 40, 4)]
    restless = np.std(frames, axis=0).mean(axis=2)
    assert float(restless[114:140].mean()) > 5
    assert float(restless[10:90].mean()) < 1.0


def test_a_single_picture_is_held_and_may_be_moved_by_the_prompt() -> None:
    one = Tail(night(), (night(),), 1 / 24)
    held = ContinuationFilm(one, None, frames=24, fps=24, seed=1)
    assert float(np.abs(shown(held, 20).astype(int) - night()).mean()) < 2
    led = ContinuationFilm(one, choose_move("dolly in", 1), frames=24, fps=24, seed=1)
    assert float(np.abs(shown(led, 0).astype(int) - night()).mean()) < 3
    assert float(np.abs(shown(led, 23).astype(int) - night()).mean()) > 4
    snowy = ContinuationFilm(one, None, frames=48, fps=24, seed=1, particles="snow")
    assert float(np.abs(shown(snowy, 40).astype(int) - night()).max()) > 60


@pytest.mark.parametrize("prompt", ["pan left", "dolly out", "zoom out", "orbit", "truck right"])
def test_no_rim_is_ever_bare(prompt: str) -> None:
    # A bright picture: a rim that is not covered would be mirrored at most by a few pixels, never black.
    bright = Tail(np.full((H, W, 3), 200, np.uint8), (np.full((H, W, 3), 200, np.uint8),) * 6, 1 / 24)
    going = ContinuationFilm(bright, choose_move(f"fast {prompt}", 1), frames=24, fps=24, seed=1)
    for index in (0, 12, 23):
        assert shown(going, index).min() > 190


def clip_at(path: Path) -> Tail:
    return read_tail(clip_of(path, "source_video_url", probe_input(path, "source_video_url")), W, H, lambda: None)


def test_only_the_end_of_a_long_clip_is_read(tmp_path: Path) -> None:
    frames = [np.full((72, 128, 3), 20 + index // 2, np.uint8) for index in range(24 * 12)]
    end = clip_at(write_clip(tmp_path / "long.mp4", frames))
    assert len(end.frames) == 48
    assert end.step == pytest.approx(1 / 24)
    assert abs(float(end.last.mean()) - frames[-1].mean()) < 3
    assert abs(float(end.frames[0].mean()) - frames[-48].mean()) < 4


@pytest.mark.slow
def test_any_clip_gives_a_tail(tmp_path: Path) -> None:
    one = clip_at(write_clip(tmp_path / "one.mp4", moving_portrait(1, 96, 64)))
    assert len(one.frames) == 1
    quick = clip_at(write_clip(tmp_path / "quick.mp4", moving_portrait(60, 96, 64), fps=96))
    assert quick.step == pytest.approx(1 / 24)
    times = [0, 40, 90, 130, 300, 320, 400]
    uneven = clip_at(write_clip(tmp_path / "uneven.mp4", moving_portrait(7, 96, 64), times=times))
    assert uneven.last.shape == (H, W, 3)
    for end in (one, quick, uneven):
        ContinuationFilm(end, None, frames=24, fps=24, seed=1).planes(23)


@pytest.mark.slow
def test_another_shot_before_the_end_says_nothing(tmp_path: Path) -> None:
    frames = [panned(index) for index in range(30)] + [walked(index) for index in range(20)]
    end = clip_at(write_clip(tmp_path / "cut.mp4", frames))
    assert len(end.frames) == 20
    assert ContinuationFilm(end, None, frames=24, fps=24, seed=1).movers == 1


@pytest.mark.slow
def test_the_clips_sound_goes_on_unless_another_is_given(tmp_path: Path) -> None:
    path = str(write_clip(tmp_path / "clip.mp4", moving_portrait(48, 96, 64), sound=tone(2.0)))
    other = str(write_sound(tmp_path / "other.wav", tone(2.0, 990.0)))
    for given, pitch, how in (({}, 440, "continued"), ({"audio_url": "o"}, 990, "trimmed")):
        folder = tmp_path / how
        folder.mkdir()
        values = {"prompt": "x", "duration": 1, "resolution": "96p", "source_video_url": "c", **given}
        media = {"c": path, "o": other}
        output = render_video(RenderTask("cannon:video.generate", values, media, str(folder)), RenderControl(folder))
        sound = heard(output.main)[9600 : 9600 + 8192]
        assert np.argmax(np.abs(np.fft.rfft(sound * np.hanning(8192)))) * 48_000 / 8192 == pytest.approx(pitch, abs=8)
        assert output.extra["soundtrack"] == how
        assert output.extra["has_sound"] is True


def rendered(folder: Path, media: dict[str, str], **values: object) -> tuple[list[Rgb], dict[str, object]]:
    given = {"prompt": "she smiles", "duration": 1, "resolution": "144p", "seed": 1, **values}
    output = render_video(RenderTask("cannon:video.generate", given, media, str(folder)), RenderControl(folder))
    return pictures(output.main), dict(output.extra)


@pytest.mark.slow
@pytest.mark.parametrize("field", ["source_video_url", "first_clip_url"])
def test_the_video_goes_on_from_the_clips_last_picture(tmp_path: Path, field: str) -> None:
    frames = moving_portrait(51, 256, 144)
    path = write_clip(tmp_path / "clip.mp4", frames[:50], sound=tone(1.0))
    seen, extra = rendered(tmp_path, {"c": str(path)}, **{field: "c"})
    assert len(seen) == 24
    truth, last = frames[50].astype(int), frames[49].astype(int)
    step = float(np.abs(truth - last).mean())
    assert float(np.abs(seen[0] - truth).mean()) < 0.7 * step, "nearer to what would have come than to what was there"
    assert float(np.abs(seen[0] - last).mean()) < 1.5 * step
    assert extra["continued"] == {"field": field, "source_seconds": pytest.approx(50 / 24, abs=0.01), "moving_camera": True,
                                  "moving_things": 0}


def test_what_is_no_clip_is_refused_by_its_field(tmp_path: Path) -> None:
    cut = write_clip(tmp_path / "cut.mp4", moving_portrait(24, 96, 64))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 3])
    sound = write_sound(tmp_path / "sound.wav", tone(0.5))
    for field in ("source_video_url", "first_clip_url"):
        for path in (cut, sound):
            with pytest.raises(RenderRefusedError) as refused:
                rendered(tmp_path, {"c": str(path)}, **{field: "c"})
            assert refused.value.field_name == field
            assert not list(tmp_path.glob("video*"))


def test_a_cancel_is_heard_while_the_clip_is_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", moving_portrait(24, 96, 64))
    control = RenderControl(tmp_path)
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        read_tail(clip_of(path, "x", probe_input(path, "x")), W, H, control.check)
