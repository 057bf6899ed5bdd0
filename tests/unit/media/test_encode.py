"""The MP4 writer: exact length, size, tags, sound and index place; and what happens when it goes wrong."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.media.colour import rgb_to_yuv420, yuv420_to_rgb
from studio.media.encode import VideoWriter, encode_audio
from studio.media.probe import probe

FRAMES, FPS = 36, 24


def rgb_frame(index: int, width: int = 160, height: int = 90) -> NDArray[np.uint8]:
    frame = np.zeros((height, width, 3), np.uint8)
    frame[..., 0] = np.linspace(20, 220, width, dtype=np.uint8)
    frame[..., 1] = np.linspace(200, 30, height, dtype=np.uint8)[:, None]
    frame[20:60, index * 2 : index * 2 + 30] = (30, 60, 240)
    return frame


def tone(seconds: float, rate: int = 48_000) -> NDArray[np.float32]:
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([np.sin(2 * np.pi * 440 * time) * 0.3] * 2, axis=1).astype(np.float32)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "made.mp4"
    with VideoWriter(path, 160, 90, fps=FPS, audio=tone(1.0)) as writer:  # shorter than the film: silence follows
        for index in range(FRAMES):
            writer.write_rgb(rgb_frame(index))
    return path


def test_length_size_and_codecs(video: Path) -> None:
    info = probe(video)
    assert (info.kind, info.mime, info.width, info.height) == ("video", "video/mp4", 160, 90)
    assert info.duration_s == pytest.approx(FRAMES / FPS, abs=1e-3)
    assert (info.fps, info.video_codec, info.audio_codec, info.has_audio) == (24.0, "h264", "aac", True)
    with av.open(str(video)) as container:
        assert float((container.duration or 0) / av.time_base) == pytest.approx(1.5, abs=1 / FPS)
        audio = container.streams.audio[0]
        assert audio.duration is not None
        assert float(audio.duration * (audio.time_base or 0)) == pytest.approx(1.5, abs=0.03)
        frames = list(container.decode(video=0))
    assert len(frames) == FRAMES
    assert {(int(frame.colorspace), int(frame.color_range)) for frame in frames} == {(1, 1)}
    assert {frame.format.name for frame in frames} == {"yuv420p"}


def test_the_index_lies_in_front_and_no_part_file_stays(video: Path) -> None:
    content = video.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    assert [path.name for path in video.parent.iterdir()] == ["made.mp4"]


def test_colours_come_back(video: Path) -> None:
    with av.open(str(video)) as container:
        frame = next(container.decode(video=0))
    planes = [np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size) for plane in frame.planes]
    decoded = yuv420_to_rgb(planes[0][:90, :160], planes[1][:45, :80], planes[2][:45, :80]).astype(int)
    assert np.abs(decoded - rgb_frame(0)).mean() < 4.0
    assert np.abs(decoded[40, 15] - (30, 60, 240)).max() < 14


def test_sound_is_there_and_then_silence(video: Path) -> None:
    with av.open(str(video)) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert np.sqrt(np.mean(sound[:, 9600:38400] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
    assert np.abs(sound[:, 52_000:]).max() < 0.01


def test_bt709_of_known_colours() -> None:
    known = {(0, 0, 0): (16, 128, 128), (255, 255, 255): (235, 128, 128),
             (255, 0, 0): (63, 102, 240), (0, 0, 255): (32, 240, 118)}
    for rgb, yuv in known.items():
        planes = rgb_to_yuv420(np.full((4, 4, 3), rgb, np.uint8))
        assert tuple(int(plane[0, 0]) for plane in planes) == pytest.approx(yuv, abs=1)


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "never.mp4"

    def interrupted() -> None:
        with VideoWriter(path, 160, 90) as writer:
            for index in range(20):
                writer.write_rgb(rgb_frame(index))
            raise KeyError("stop")

    with pytest.raises(KeyError):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_wrong_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        VideoWriter(tmp_path / "odd.mp4", 161, 90)
    with VideoWriter(tmp_path / "a.mp4", 160, 90) as writer:
        with pytest.raises(ValueError, match="does not fit"):
            writer.write_rgb(np.zeros((90, 80, 3), np.uint8))
        writer.write_rgb(rgb_frame(0))
    assert probe(tmp_path / "a.mp4").duration_s == pytest.approx(1 / 24, abs=1e-3)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        VideoWriter(tmp_path / "missing" / "a.mp4", 160, 90)


@pytest.mark.parametrize("mime", ["audio/mpeg", "audio/wav", "audio/mp4"])
def test_sound_files(tmp_path: Path, mime: str) -> None:
    path = tmp_path / "sound"
    encode_audio(path, tone(1.2), 48_000, mime)
    info = probe(path)
    assert (info.kind, info.mime) == ("audio", mime)
    assert info.duration_s == pytest.approx(1.2, abs=0.06)
