"""What a file is by content, and pictures that are cut, oversized, turned or no pictures at all."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.media.errors import MediaError, MediaTooLargeError, NotMediaError, TruncatedMediaError
from studio.media.pictures import PictureLimits, open_picture, probe_picture
from studio.media.sniffing import sniff, sniff_file


def picture(width: int = 64, height: int = 40) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    return Image.fromarray(np.dstack([x * 3 % 256, y * 5 % 256, (x + y) % 256]).astype(np.uint8))


def huge_png(path: Path, width: int, height: int) -> Path:
    """A PNG that declares many pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(bytes(100))), chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


@pytest.mark.parametrize(("suffix", "mime"), [
    ("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp"), ("gif", "image/gif"), ("bmp", "image/bmp"),
    ("tiff", "image/tiff"), ("avif", "image/avif"),
])
def test_formats_are_told_by_content_and_decoded(tmp_path: Path, suffix: str, mime: str) -> None:
    path = tmp_path / f"misnamed.{suffix}"
    picture().save(path)
    renamed = path.rename(tmp_path / "no-suffix")
    assert sniff_file(renamed) == mime
    info = probe_picture(renamed)
    assert (info.mime, info.width, info.height) == (mime, 64, 40)
    opened = open_picture(renamed)
    assert opened.mode in ("RGB", "RGBA")
    assert opened.size == (64, 40)


def test_heic_is_read(tmp_path: Path) -> None:
    import pillow_heif

    path = tmp_path / "photo.jpg"
    pillow_heif.from_pillow(picture()).save(path, format="HEIF")
    assert sniff_file(path) == "image/heic"
    assert open_picture(path).size == (64, 40)


@pytest.mark.parametrize(("head", "mime"), [
    (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "video/mp4"),
    (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video/quicktime"),
    (b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
    (b"ID3\x04\x00\x00", "audio/mpeg"), (b"\xff\xfb\x90\x64", "audio/mpeg"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"OggS\x00\x02", "audio/ogg"), (b"fLaC\x00\x00", "audio/flac"),
    (b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),
    (b"<html><body>", None), (b"BM is how this sentence begins", None), (b"", None),
    (b"\xff", None), (b"\xff\xff\xff\xff", None),
])
def test_sniff(head: bytes, mime: str | None) -> None:
    assert sniff(head) == mime


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    image = Image.new("RGB", (60, 20), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 30, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    path = tmp_path / "turned.jpg"
    image.save(path, exif=exif, quality=95)
    assert (probe_picture(path).width, probe_picture(path).height) == (20, 60)
    upright = open_picture(path)
    assert upright.size == (20, 60)
    top, bottom = upright.getpixel((10, 10)), upright.getpixel((10, 50))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 200 > top[0]
    assert bottom[0] > 200 > bottom[2]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "bmp", "tiff"])
@pytest.mark.parametrize("share", [0.35, 0.8])
def test_cut_files_are_refused(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"cut.{suffix}"
    picture(300, 200).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(TruncatedMediaError, match="damaged"):
        open_picture(path)


def test_a_header_is_read_without_the_pixels_and_a_damaged_png_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "whole.png"
    picture().save(path)
    info = probe_picture(path)
    assert (info.width, info.height) == (64, 40)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(TruncatedMediaError):
        probe_picture(path)


def test_a_turn_that_stands_behind_the_pixels_counts(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.png"
    picture().save(path)
    data = path.read_bytes()
    turn = exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(turn)) + b"eXIf" + turn + struct.pack(">I", zlib.crc32(b"eXIf" + turn))
    path.write_bytes(data[:-12] + chunk + data[-12:])
    info = probe_picture(path)
    assert (info.width, info.height) == (40, 64) == open_picture(path).size


def test_a_bomb_is_refused_before_decoding(tmp_path: Path) -> None:
    with pytest.raises(MediaTooLargeError) as caught:
        open_picture(huge_png(tmp_path / "bomb.png", 30_000, 30_000))
    assert "smaller copy" in caught.value.message
    with pytest.raises(MediaTooLargeError):
        probe_picture(huge_png(tmp_path / "long.png", 40_000, 100))


def test_limits_are_the_callers(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture().save(path)
    with pytest.raises(MediaTooLargeError, match="64 × 40"):
        open_picture(path, limits=PictureLimits(max_pixels=2000))
    with pytest.raises(MediaTooLargeError):
        open_picture(path, limits=PictureLimits(max_bytes=50))


@pytest.mark.parametrize("content", [b"", b"hello, this is text and no picture at all" * 3, b"OggS" + bytes(100)])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(NotMediaError) as caught:
        open_picture(path)
    assert "photo.jpg" in caught.value.message


def modes() -> list[Callable[[], Image.Image]]:
    grey16 = np.linspace(0, 65535, 400).reshape(20, 20).astype(np.uint16)
    return [lambda: Image.fromarray(grey16), lambda: picture().convert("P"), lambda: picture().convert("L"),
            lambda: picture().convert("LA"), lambda: picture().convert("1"), lambda: picture().convert("RGBA")]


@pytest.mark.parametrize("make", modes())
def test_every_mode_becomes_rgb_or_rgba(tmp_path: Path, make: Callable[[], Image.Image]) -> None:
    path = tmp_path / "mode.png"
    make().save(path)
    opened = open_picture(path)
    assert opened.mode in ("RGB", "RGBA")
    assert np.asarray(opened.convert("L")).std() > 10  # not clipped to one tone


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of broken metadata and reads on
def test_mutated_files_give_media_errors_only(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    path = tmp_path / "fuzz"
    for suffix in ("png", "jpg", "webp", "gif", "tiff", "bmp"):
        source = tmp_path / f"whole.{suffix}"
        picture().save(source)
        whole = np.frombuffer(source.read_bytes(), np.uint8)
        for _ in range(40):
            damaged = whole.copy()
            damaged[rng.integers(0, len(whole), 6)] = rng.integers(0, 256, 6)
            path.write_bytes(damaged.tobytes())
            with contextlib.suppress(MediaError):  # anything else that it raises fails the test
                assert open_picture(path).mode in ("RGB", "RGBA")
