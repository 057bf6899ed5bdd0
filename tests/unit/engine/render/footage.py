"""Clips made on the fly: a moving portrait, drawn scenes, tones and flashes, in the containers that people bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Samples = NDArray[np.float32]
RATE = 48_000
_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@lru_cache(maxsize=1)
def portrait() -> Rgb:
    """A real face: scikit-image's portrait, 512×512."""
    from skimage import data

    return np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]


def moving_portrait(count: int, width: int = 256, height: int = 256, *, sway: float = 0.04) -> list[Rgb]:
    """The upper part of the portrait, swaying and turning a little, as a held camera sees a person."""
    picture = portrait()
    frames = []
    for index in range(count):
        phase = index * 0.13
        scale = 320 / min(width, height) * (1 + 0.02 * np.sin(phase * 0.7))
        matrix = cv2.getRotationMatrix2D((0, 0), 2.0 * np.sin(phase * 0.9), scale)
        middle = matrix[:, :2] @ np.array([width / 2, height / 2])
        matrix[:, 2] = (np.array([230.0, 165.0]) + 320 * sway * np.array([np.sin(phase), 0.5 * np.cos(phase)])) - middle
        frames.append(np.asarray(cv2.warpAffine(picture, matrix, (width, height), flags=_WARP,
                                                borderMode=cv2.BORDER_REFLECT_101), np.uint8))
    return frames


def tone(seconds: float, hz: float = 440.0, level: float = 0.3) -> Samples:
    """A stereo sine, (n, 2)."""
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def write_clip(path: Path, frames: Iterable[Rgb], *, fps: int = 24, sound: Samples | None = None,
               times: Sequence[int] | None = None, codecs: tuple[str, str] = ("libx264", "aac"), pix_fmt: str = "yuv420p",
               rate: int = RATE, late_s: float = 0.0, tags: dict[str, str] | None = None, crf: int = 12) -> Path:
    """Frames and sound as a file; `times` are in ms for a rate that varies; the sound begins `late_s` after the pictures."""
    with av.open(str(path), "w") as container:
        container.metadata.update(tags or {})
        video: VideoStream | None = None
        audio = _sound_stream(container, codecs[1], rate) if sound is not None else None
        for index, frame in enumerate(frames):
            if video is None:
                video = cast(VideoStream, container.add_stream(codecs[0], rate=fps))
                video.width, video.height, video.pix_fmt = frame.shape[1], frame.shape[0], pix_fmt
                video.options = {"crf": str(crf)} if codecs[0] == "libx264" else {}
                video.codec_context.time_base = Fraction(1, 1000) if times else Fraction(1, fps)
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts = times[index] if times else index
            picture.time_base = Fraction(1, 1000) if times else Fraction(1, fps)
            container.mux(video.encode(picture))
        if video is not None:
            container.mux(video.encode(None))
        if audio is not None and sound is not None:
            _mux_sound(container, audio, sound, rate, late_s)
    return path


def _sound_stream(container: av.container.OutputContainer, codec: str, rate: int) -> AudioStream:
    stream = cast(AudioStream, container.add_stream(codec, rate=rate))
    stream.codec_context.layout = "stereo"
    return stream


def _mux_sound(container: av.container.OutputContainer, audio: AudioStream, sound: Samples, rate: int,
               late_s: float) -> None:
    resampler = av.AudioResampler(format=audio.codec_context.format, layout="stereo", rate=rate,
                                  frame_size=audio.codec_context.frame_size or 1024)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, round(late_s * rate), Fraction(1, rate)
    for block in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(audio.encode(block))
    container.mux(audio.encode(None))


def write_sound(path: Path, sound: Samples, codec: str = "pcm_s16le", rate: int = RATE) -> Path:
    """A sound file by the name's ending."""
    with av.open(str(path), "w") as container:
        _mux_sound(container, _sound_stream(container, codec, rate), sound, rate, 0.0)
    return path


def pictures(path: Path) -> list[Rgb]:
    """All frames of a file as RGB by BT.709, as the engine writes them."""
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24", src_colorspace=1, dst_colorspace=1), np.uint8)
                for frame in container.decode(video=0)]


def heard(path: Path) -> Samples:
    """The sound of a file, mono at 48 kHz, placed by its times: index 0 is the file's zero."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        blocks: list[Samples] = []
        begin = None
        for frame in container.decode(audio=0):
            if begin is None and frame.pts is not None and frame.time_base is not None:
                begin = float(frame.pts * frame.time_base)
            frame.pts = None
            blocks += [np.asarray(block.to_ndarray()[0], np.float32) for block in resampler.resample(frame)]
        blocks += [np.asarray(block.to_ndarray()[0], np.float32) for block in resampler.resample(None)]
    whole = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    late = round((begin or 0.0) * RATE)
    return np.concatenate([np.zeros(late, np.float32), whole]) if late > 0 else whole[-late:] if late < 0 else whole


def lasts(path: Path) -> tuple[float, float]:
    """Length in seconds of a file's pictures, by its frames and rate, and of the file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate
        assert rate is not None
        length = (container.duration or 0) / av.time_base
        return float(sum(1 for _ in container.decode(stream)) / rate), length
