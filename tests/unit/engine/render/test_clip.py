"""Reading and writing clips: upright, at a steady rate, with their sound in its place whatever it was wrapped in."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from studio.engine.render.clip.listening import mono
from studio.engine.render.clip.reading import evened, frames_at, open_clip
from studio.engine.render.clip.writing import Sound, Target, tags_of, writing
from studio.engine.render.task import RenderRefusedError, RenderTask
from tests.unit.engine.render.footage import RATE, Rgb, Samples, heard, lasts, pictures, tone, write_clip


def task_of(folder: Path, media: Path) -> RenderTask:
    return RenderTask("cannon:video.upscale", {"video_url": "clip"}, {"clip": str(media)}, str(folder))


def nothing() -> None:
    """No cancel."""


def ramp(count: int, width: int = 48, height: int = 32) -> list[Rgb]:
    return [np.full((height, width, 3), 10 * index, np.uint8) for index in range(count)]


def click(seconds: float, at: float) -> Samples:
    """Silence with a short tone."""
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    place = round(at * RATE)
    sound[place : place + RATE // 20] = tone(0.05, 1000.0, 0.5)
    return sound


def onset(sound: Samples) -> float:
    return float(np.argmax(np.abs(sound) > 0.1) / RATE)


def copied(folder: Path, source: Path, frames: int, fps: Fraction, *, at_pictures: bool = True) -> Path:
    out = folder / "out.mp4"
    with writing(Target(out, 48, 32, fps, Sound(source, at_pictures), {"title": "T"}), nothing) as writer:
        for frame in ramp(frames):
            writer.write_rgb(frame)
    return out


def test_a_turned_clip_is_read_upright(tmp_path: Path) -> None:
    frame = np.zeros((32, 64, 3), np.uint8)
    frame[:, :32] = 220  # bright on the left
    path = write_clip(tmp_path / "turned.mp4", [frame] * 3)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)  # a quarter to the right
    path.write_bytes(data)
    clip = open_clip(task_of(tmp_path, path), "video_url")
    assert (clip.width, clip.height) == (32, 64)
    shown = next(frames_at(clip, clip.fps))
    assert shown.shape == (64, 32, 3)
    assert shown[:28].mean() > 200 > 30 > shown[36:].mean()  # bright above


@pytest.mark.parametrize(("name", "codecs", "rate"), [
    ("a.mp4", ("libx264", "aac"), 48_000), ("b.mkv", ("libx264", "libopus"), 48_000), ("c.mov", ("libx264", "pcm_s16le"),
                                                                                       44_100),
    ("d.mp4", ("libx264", "libmp3lame"), 44_100), ("e.mp4", ("libx264", "aac"), 22_050),
])
@pytest.mark.parametrize("late", [0.0, 0.2])
def test_sound_stays_in_its_place(tmp_path: Path, name: str, codecs: tuple[str, str], rate: int, late: float) -> None:
    sound = click(0.8, 0.4)
    if rate != RATE:
        places = np.arange(round(0.8 * rate)) * (RATE / rate)
        sound = np.stack([np.interp(places, np.arange(len(sound)), sound[:, channel]) for channel in (0, 1)],
                         1).astype(np.float32)
    source = write_clip(tmp_path / name, ramp(24), sound=sound, codecs=codecs, rate=rate, late_s=late)
    out = copied(tmp_path, source, 24, Fraction(24))
    assert onset(heard(out)) == pytest.approx(0.4 + late, abs=0.012)
    assert onset(mono(source, RATE, "video_url", nothing)) == pytest.approx(0.4 + late, abs=0.012)
    assert lasts(out)[1] == pytest.approx(1.0, abs=1 / 24)
    assert tags_of(out)["title"] == "T"


def test_sound_is_cut_to_the_pictures(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "long.mp4", ramp(24), sound=tone(1.0))
    out = copied(tmp_path, source, 12, Fraction(24))
    assert lasts(out)[1] == pytest.approx(0.5, abs=1 / 24)
    with av.open(str(out)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"


@pytest.mark.parametrize("fps", [Fraction(30000, 1001), Fraction(25), Fraction(12), Fraction(119)])
def test_rates_are_exact(tmp_path: Path, fps: Fraction) -> None:
    source = write_clip(tmp_path / "clip.mp4", ramp(5), sound=tone(0.2))
    out = copied(tmp_path, source, 20, fps)
    with av.open(str(out)) as container:
        assert container.streams.video[0].average_rate == fps
    assert len(pictures(out)) == 20


def test_frames_at_another_rate(tmp_path: Path) -> None:
    clip = open_clip(task_of(tmp_path, write_clip(tmp_path / "clip.mp4", ramp(12), fps=12)), "video_url")
    assert clip.fps == 12
    twice = [int(frame.mean()) for frame in frames_at(clip, Fraction(24))]
    assert len(twice) == 24
    assert twice[::2] == pytest.approx([10 * index for index in range(12)], abs=3)
    assert len(list(frames_at(clip, Fraction(3)))) == 3


def test_odd_sides_are_filled(tmp_path: Path) -> None:
    frame = np.arange(3 * 5 * 3, dtype=np.uint8).reshape(3, 5, 3)
    full = evened(frame)
    assert full.shape == (4, 6, 3)
    assert (full[:3, :5] == frame).all()
    assert (full[3, :5] == frame[2]).all()


def test_too_large_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "wide.mkv", [np.zeros((16, 4200, 3), np.uint8)], codecs=("ffv1", "aac"), pix_fmt="yuv420p")
    with pytest.raises(RenderRefusedError) as caught:
        open_clip(task_of(tmp_path, path), "video_url")
    assert caught.value.field_name == "video_url"
    assert "4200" in caught.value.message


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "clip.mp4", ramp(5), sound=tone(0.2))

    def failing() -> None:
        raise RuntimeError("stop")

    def write() -> None:
        with writing(Target(tmp_path / "out.mp4", 48, 32, Fraction(24), Sound(source)), failing) as writer:
            for frame in ramp(4):
                writer.write_rgb(frame)

    with pytest.raises(RuntimeError, match="stop"):
        write()
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4"}
