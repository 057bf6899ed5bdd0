"""Small media files for tests, made on the fly; without Qt."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image


def write_picture(path: Path, width: int = 64, height: int = 48, hue: int = 0) -> Path:
    """A small PNG or JPEG with a gradient, another one for each `hue`."""
    rows = np.linspace(0, 255, height, dtype=np.float32)[:, None]
    columns = np.linspace(0, 255, width, dtype=np.float32)[None, :]
    rgb = np.stack([(rows + hue * 37) % 256 + 0 * columns, columns + 0 * rows, (rows + columns + hue * 91) % 256], -1)
    Image.fromarray(rgb.astype(np.uint8)).save(path)
    return path


def write_clip(
    path: Path, *, seconds: float = 1.0, fps: int = 25, width: int = 160, height: int = 96, sound: bool = False,
    codec: str = "libx264",
) -> Path:
    """A small MP4 (H.264 if nothing else is said) whose picture moves in every frame; with `sound` also AAC."""
    columns = np.arange(width)[None, :]
    rows = np.arange(height)[:, None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        track = container.add_stream("aac", rate=44100, layout="mono") if sound else None
        for number in range(round(seconds * fps)):
            red = (columns * 2 + number * 9 + 0 * rows) % 256
            picture = np.stack([red, (rows * 2 + 0 * columns) % 256, np.full_like(red, number * 5 % 256)], -1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture.astype(np.uint8), "rgb24")))
        container.mux(stream.encode())
        if track is not None:
            _write_tone(container, track, seconds)
    return path


def _write_tone(container: av.container.OutputContainer, track: av.AudioStream, seconds: float) -> None:
    moments = np.arange(round(seconds * 44100)) / 44100
    wave = (0.2 * np.sin(2 * np.pi * 440 * moments)).astype(np.float32)
    for start in range(0, len(wave), 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate = 44100
        frame.pts = start
        container.mux(track.encode(frame))
    container.mux(track.encode())
