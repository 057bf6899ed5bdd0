"""sora2.video.extend: the clip stays, and what comes after it goes on without a seam, in pictures and in sound."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.engine.render.changes.flow import camera_step, flow_to, small_grey
from studio.engine.render.changes.sound_onward import went_on
from studio.engine.render.changes.wishes import read_wishes
from studio.engine.render.sound.soundscape import soundscape
from tests.unit.engine.render.changes.clips import differences, panned, run, seen, shimmering, with_ball
from tests.unit.engine.render.footage import RATE, Rgb, Samples, heard, lasts, pictures, tone, write_clip

FPS = 12
MORE = 4 * FPS


def _camera_x(frames: list[Rgb]) -> list[float]:
    """The camera's way sideways from frame to frame, in pixels."""
    greys = [small_grey(frame) for frame in frames]
    return [camera_step(-flow_to(now, before)).x * frames[0].shape[1] for now, before in zip(greys[1:], greys, strict=False)]


def _grey(frame: Rgb) -> Samples:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.float32)


@pytest.mark.slow
def test_the_clip_is_kept_and_the_camera_goes_on_and_comes_to_rest(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(18), fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt="it goes on", duration=4)
    frames, before = pictures(out.main), seen(source)
    assert len(frames) == 18 + MORE
    assert out.duration_s == pytest.approx(1.5 + 4)
    assert lasts(out.main)[0] == pytest.approx(5.5)
    off = [float(np.square(_grey(one) - _grey(other)).mean()) for one, other in zip(before, frames, strict=False)]
    assert 10 * np.log10(255**2 / max(off)) > 38  # dB: what encoding costs, and nothing else
    change = differences(frames)
    around = np.concatenate([change[11:17], change[18:22]])
    assert change[17] < 1.15 * around.max()
    assert change[17] > 0.4 * around.mean()
    way = _camera_x(frames)
    assert np.mean(way[18:20]) == pytest.approx(np.mean(way[12:16]), rel=0.35)
    assert abs(np.mean(way[-6:])) < 0.3 * abs(np.mean(way[12:16]))
    assert (out.extra["source_seconds"], out.extra["added_seconds"]) == (1.5, 4)


@pytest.mark.slow
def test_what_shimmers_goes_on_shimmering_and_what_stands_stands(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", shimmering(30), fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt="the water goes on", duration=4)
    frames = pictures(out.main)
    water, land = [frame[50:] for frame in frames], [frame[:40] for frame in frames]
    usual = differences(water[:30]).mean()
    late = differences(water[-24:])
    assert late.mean() > 0.6 * usual
    assert differences(water)[29] < 1.3 * differences(water[20:30]).max()
    assert differences(land[30:]).max() < 1.5
    # At no frame does it jump: rounds of the same moments are joined.
    assert differences(water[30:]).max() < 1.6 * differences(water[:30]).max()


@pytest.mark.slow
def test_a_thing_on_its_way_goes_on_in_its_direction(tmp_path: Path) -> None:
    still = [panned(1)[0]] * 16
    source = write_clip(tmp_path / "in.mp4", with_ball(still, (20, 30), (2.5, 1.0), radius=11), fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt="on and on", duration=4)
    frames = pictures(out.main)

    def ball(frame: Rgb) -> tuple[float, float]:
        yellow = (frame[..., 0] > 180) & (frame[..., 1] > 170) & (frame[..., 2] < 120)
        y, x = np.nonzero(yellow)
        return float(np.median(x)), float(np.median(y))

    last, soon, later = ball(frames[15]), ball(frames[18]), ball(frames[30])
    assert soon[0] - last[0] == pytest.approx(7.5, abs=3.5)
    assert soon[1] - last[1] == pytest.approx(3.0, abs=2.0)
    assert later[0] > soon[0] + 2


@pytest.mark.parametrize(("prompt", "grows"), [("slow zoom in", True), ("zoom out", False)])
def test_the_camera_goes_where_the_words_say(prompt: str, grows: bool, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", [panned(1)[0]] * 8, fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt=prompt, duration=4)
    frames = pictures(out.main)
    step = camera_step(-flow_to(small_grey(frames[-1]), small_grey(frames[-13])))
    assert (step.grow > 0.01) if grows else (step.grow < -0.005)
    assert differences(frames)[7] < 1.0


@pytest.mark.slow
def test_snow_begins_light_goes_and_the_end_is_black(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", [panned(1)[0]] * 8, fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt="it begins to snow, night falls, fade to black", duration=4)
    frames = pictures(out.main)
    assert differences(frames[8 + 20 : 8 + 30]).min() > 0.3
    assert frames[8 + 24].mean() < 0.85 * frames[7].mean()
    assert frames[-1].mean() < 12
    told = " ".join(str(word) for word in out.extra["understood"])  # type: ignore[attr-defined]
    assert all(word in told for word in ("snow", "night", "black"))


def test_words_of_no_event_change_nothing_but_are_told(tmp_path: Path) -> None:
    wishes = read_wishes("two friends talk about philosophy")
    assert (wishes.move, wishes.particles, wishes.steps, wishes.fade) == (None, None, (), "")
    source = write_clip(tmp_path / "in.mp4", [panned(1)[0]] * 4, fps=FPS)
    out = run("extend", source, tmp_path / "out", prompt="two friends talk about philosophy")
    assert out.extra["not_understood"] == ["two friends talk about philosophy"]


def test_weather_and_light_that_are_there_do_not_begin_again() -> None:
    wishes = read_wishes("a village in the snow at dusk, pan left", already="a village in the snow at dusk")
    assert (wishes.particles, wishes.steps) == (None, ())
    assert wishes.move is not None
    later = read_wishes("night falls, it begins to rain", already="a village in the snow at dusk")
    assert later.particles == "rain"
    assert [step.value for step in later.steps] == ["night"]


def test_lengths_are_brought_to_the_allowed_ones_and_wrong_ones_are_told(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(6, 64, 36), fps=6)
    out = run("extend", source, tmp_path / "out", prompt="on", duration=5, source_duration=9.0)
    assert (out.extra["added_seconds"], out.duration_s) == (8, 9.0)
    assert len(out.extra["notes"]) == 2  # type: ignore[arg-type]


@pytest.mark.slow
def test_an_extension_can_be_extended(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(8, 96, 54), fps=8, sound=tone(1.0))
    first = run("extend", source, tmp_path / "one", prompt="on")
    second = run("extend", first.main, tmp_path / "two", prompt="on")
    assert second.duration_s == pytest.approx(9.0)
    assert differences(pictures(second.main)).max() < 1.5 * differences(seen(source)).max() + 0.5


@pytest.mark.slow
def test_the_sound_goes_on_without_a_step_or_a_hole(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(24, 64, 36), fps=FPS, sound=tone(2.0, 330))
    out = run("extend", source, tmp_path / "out", prompt="on")
    sound = heard(out.main)
    assert len(sound) / RATE == pytest.approx(6.0, abs=0.05)
    steps = np.abs(np.diff(sound))
    seam = slice(round(1.9 * RATE), round(2.1 * RATE))
    assert steps[seam].max() < 1.1 * steps[RATE : round(1.8 * RATE)].max()
    assert _levels(sound[round(1.8 * RATE) : round(5.2 * RATE)]).min() > 0.85 * 0.3 / np.sqrt(2)
    assert np.abs(sound[round(5.98 * RATE) : round(5.995 * RATE)]).max() < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("words", ["waves on a beach", "rain in a city street", "a forest with birds"])
def test_a_soundscape_that_was_faded_out_goes_on_instead(words: str) -> None:
    source = soundscape(words, 3.0, 5)
    longer = went_on(source, 3 * RATE, 5)
    assert len(longer) == 6 * RATE
    kept = round(2.0 * RATE)
    assert np.array_equal(longer[:kept], source[:kept])
    before = _levels(source[RATE : round(2.5 * RATE)].mean(axis=1))
    seam = _levels(longer[round(2.4 * RATE) : round(3.6 * RATE)].mean(axis=1))
    assert seam.mean() > 0.5 * before.mean()
    assert seam.min() > 0.35 * before.min()
    steps = np.abs(np.diff(longer[:, 0]))
    assert steps[3 * RATE - 4800 :].max() <= 1.2 * steps[: 3 * RATE].max()


def _levels(sound: Samples) -> Samples:
    block = round(0.05 * RATE)
    count = len(sound) // block
    return np.asarray(np.sqrt(np.mean(np.square(sound[: count * block].reshape(count, block)), axis=1)), np.float32)


def test_silence_stays_silent_and_none_stays_none(tmp_path: Path) -> None:
    assert float(np.abs(went_on(np.zeros((RATE, 2), np.float32), RATE, 1)).max()) == 0
    mute = write_clip(tmp_path / "mute.mp4", panned(5, 64, 36), fps=FPS)
    out = run("extend", mute, tmp_path / "out", prompt="on")
    assert out.extra["has_sound"] is False


@pytest.mark.slow
def test_odd_clips_go_on_too(tmp_path: Path) -> None:
    """One frame only; odd sides; a rate that varies; four pixels; grey."""
    one = write_clip(tmp_path / "one.mp4", panned(1, 64, 36), fps=FPS)
    assert len(pictures(run("extend", one, tmp_path / "a", prompt="on").main)) == 1 + MORE
    odd = write_clip(tmp_path / "odd.mp4", panned(4, 63, 35), fps=FPS, pix_fmt="yuv444p")
    assert pictures(run("extend", odd, tmp_path / "b", prompt="zoom in").main)[0].shape[:2] == (36, 64)
    tiny = write_clip(tmp_path / "tiny.mp4", [np.full((2, 2, 3), 90, np.uint8)] * 4, fps=FPS)
    assert run("extend", tiny, tmp_path / "c", prompt="snow, night falls").width == 2
    varying = write_clip(tmp_path / "vfr.mp4", panned(6, 64, 36), times=[0, 40, 250, 300, 500, 900])
    assert run("extend", varying, tmp_path / "d", prompt="on").extra["added_seconds"] == 4
    grey = write_clip(tmp_path / "grey.mp4", panned(4, 64, 36), fps=FPS, pix_fmt="gray")
    last = pictures(run("extend", grey, tmp_path / "e", prompt="on").main)[-1]
    assert float(last.astype(np.int16).std(axis=2).max()) < 6


@pytest.mark.slow
def test_two_shots_go_on_from_the_second(tmp_path: Path) -> None:
    other = [np.asarray(cv2.flip(255 - frame, 1), np.uint8) for frame in panned(8)]
    source = write_clip(tmp_path / "in.mp4", [*panned(10), *other], fps=FPS)
    frames = pictures(run("extend", source, tmp_path / "out", prompt="on").main)
    last = frames[17].astype(np.int16)
    assert all(np.abs(frame - last).mean() < np.abs(frame - frames[5].astype(np.int16)).mean() for frame in frames[18::6])
