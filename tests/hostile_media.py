"""Media as nobody should make them: cut, mutated, absurd, lying about size or kind. Each with how it must end."""

from __future__ import annotations

import random
import struct
import wave
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from studio.domain.media_suffixes import kind_of_name
from tests.media_files import write_clip, write_picture

SHOWN, REFUSED, EITHER = "shown", "refused", "either"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Specimen:
    """`ends`: whether it must be shown, refused with a reason, or may be either."""

    path: Path
    kind: str
    ends: str = EITHER


def odd_but_good(folder: Path) -> Iterator[Specimen]:
    """What is unusual and has to be shown."""
    rgb = Image.open(write_picture(folder / "base.png", 320, 200)).convert("RGB")
    rgb.convert("CMYK").save(folder / "cmyk.jpg")
    yield Specimen(folder / "cmyk.jpg", "image", SHOWN)
    deep = (np.linspace(0, 65535, 200 * 320).reshape(200, 320)).astype(np.uint16)
    Image.fromarray(deep).save(folder / "deep.png")
    yield Specimen(folder / "deep.png", "image", SHOWN)
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb.save(folder / "turned.jpg", exif=exif)
    yield Specimen(folder / "turned.jpg", "image", SHOWN)
    rgb.save(folder / "a picture.mp4", format="PNG")
    yield Specimen(folder / "a picture.mp4", "image", SHOWN)
    yield Specimen(uneven_clip(folder / "uneven.mp4"), "video", SHOWN)


def bad(folder: Path) -> Iterator[Specimen]:
    """What has to be refused with a reason."""
    (folder / "empty.png").write_bytes(b"")
    yield Specimen(folder / "empty.png", "image", REFUSED)
    (folder / "words.jpg").write_bytes(b"This is no picture at all. " * 40)
    yield Specimen(folder / "words.jpg", "image", REFUSED)
    yield Specimen(png_of(folder / "bomb.png", 30_000, 30_000), "image", REFUSED)
    yield Specimen(png_of(folder / "endless.png", 2**31 - 1, 2**31 - 1), "image", REFUSED)
    yield Specimen(png_of(folder / "flat.png", 0, 10), "image", REFUSED)
    yield Specimen(packed_text_bomb(folder / "text-bomb.png"), "image", EITHER)
    yield Specimen(no_pictures(folder / "no video stream.mp4"), "video", REFUSED)
    yield Specimen(boasting_gif(folder / "boasting.gif", MILLION), "image", EITHER)
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    (folder / "lying.mp4").write_bytes(head + struct.pack(">I4sQ", 1, b"moov", 2**62))
    yield Specimen(folder / "lying.mp4", "video", REFUSED)


def mutated(seeds: list[Path], folder: Path, count: int, chance: random.Random) -> Iterator[Specimen]:
    """Good files with bytes changed, lost, doubled or cut off."""
    for number in range(count):
        seed = chance.choice(seeds)
        data = bytearray(seed.read_bytes())
        for _ in range(chance.choice((1, 1, 2, 8, 40))):
            at = min(int(chance.random() ** chance.choice((1, 3)) * len(data)), len(data) - 1)  # often near the header
            how = chance.randrange(5)
            if how == 0:
                data[at] = chance.randrange(256)
            elif how == 1:
                data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0"))
            elif how == 2:
                del data[at : at + chance.randrange(1, 60)]
            elif how == 3:
                data[at:at] = data[at : at + chance.randrange(1, 60)]
            else:
                data[at] ^= 1 << chance.randrange(8)
            if len(data) < 2:
                break
        if chance.random() < 0.15:
            del data[chance.randrange(len(data)) :]
        path = folder / f"{number:06d}{seed.suffix}"
        path.write_bytes(data)
        kind = kind_of_name(seed.name)
        yield Specimen(path, kind.value if kind else "image")


def seeds(folder: Path) -> list[Path]:
    """One small good file of each kind that is read."""
    endings = ("png", "jpg", "webp", "gif", "tiff", "bmp", "avif")
    made = [write_picture(folder / f"seed.{ending}", 96, 64) for ending in endings]
    Image.open(made[0]).save(folder / "progressive.jpg", progressive=True)
    frames = [Image.open(write_picture(folder / f"frame{n}.png", 48, 32, hue=n)).convert("P") for n in range(6)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:], duration=40)
    clip = write_clip(folder / "seed.mp4", seconds=0.4, sound=True)
    write_clip(folder / "seed.webm", seconds=0.3, codec="libvpx")
    write_clip(folder / "seed.mov", seconds=0.3)
    for ending, codec in (("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus"), ("m4a", "aac")):
        write_tone(folder / f"seed.{ending}", codec)
    with wave.open(str(folder / "seed.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(4000))
    return [*made, folder / "progressive.jpg", folder / "moving.gif", clip, *sorted(
        path for path in folder.glob("seed.*") if path.suffix in (".webm", ".mov", ".mp3", ".flac", ".ogg", ".m4a", ".wav"))]


def write_tone(path: Path, codec: str, seconds: float = 0.3) -> Path:
    """A tone of 440 Hz, half as loud as it may be, at 48 kHz."""
    moments = np.arange(round(48_000 * seconds)) / 48_000
    samples = (16_000 * np.sin(2 * np.pi * 440 * moments)).astype(np.int16)[None]
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "mono"
        resampler = av.AudioResampler(stream.codec_context.format, "mono", 48_000, stream.codec_context.frame_size or 960)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 48_000
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def png_of(path: Path, width: int, height: int, data: bytes = b"\0") -> Path:
    """A PNG whose header says this size, whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(data * 1000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
    return path


def packed_text_bomb(path: Path) -> Path:
    """A good PNG with half a gigabyte of text in 500 kB."""
    good = write_picture(path, 64, 48).read_bytes()
    text = zlib.compress(bytes(500 * MILLION), 9)
    words = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + text) + chunk(b"zTXt", b"Comment\0\0" + text)
    path.write_bytes(good[:33] + words + good[33:])
    return path


def boasting_gif(path: Path, frames: int) -> Path:
    """A GIF of very many tiny frames on a large canvas."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 4000, 4000, 0x80, 0, 0) + bytes(6)
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    path.write_bytes(screen + frame * frames + b"\x3b")
    return path


def no_pictures(path: Path) -> Path:
    """An MP4 with sound alone."""
    return write_tone(path, "aac")


def uneven_clip(path: Path) -> Path:
    """Frames that last from a hundredth of a second to two seconds."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=100)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        moment = 0
        for number in range(20):
            pixels = np.full((64, 96, 3), 40 + 10 * number, np.uint8)
            pixels[:, : 4 * number] = (200, 90, 30)
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            frame.pts, frame.time_base = moment, Fraction(1, 1000)
            moment += (10, 40, 2000)[number % 3]
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
