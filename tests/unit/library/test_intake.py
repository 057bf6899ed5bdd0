"""What people bring: copied, checked by content, refused in words that say what to do."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from studio.domain.errors import DiskFullError, InputError, LocalError
from studio.library.library import Library
from studio.settings.paths import Paths
from tests.unit.library.conftest import picture


def file_of(library: Library, uri: str) -> Path:
    found = library.local_file(uri)
    assert found is not None
    return found


def leftovers(paths: Paths) -> list[Path]:
    return [path for path in paths.inputs.iterdir() if path.suffix == ".part" or path.name.startswith(".")]


@pytest.mark.parametrize("name", ["photo.jpg", "a b%20ü.png", "x.webp", "x.gif", "x.tiff", "x.bmp", "x.avif", "x.heic"])
async def test_a_picture_is_copied_as_it_is(library: Library, paths: Paths, tmp_path: Path, name: str) -> None:
    original = picture(tmp_path / name)
    uri = await library.attach(original)
    copy = file_of(library, uri)
    assert uri.startswith("file://")
    assert copy.parent == paths.inputs
    assert copy.suffix == original.suffix
    assert copy.read_bytes() == original.read_bytes()
    original.unlink()
    assert file_of(library, uri).is_file()
    assert leftovers(paths) == []


async def test_the_content_decides_what_it_is(library: Library, tmp_path: Path, clip: Path) -> None:
    disguised = picture(tmp_path / "real.jpg").rename(tmp_path / "lie.png")
    assert file_of(library, await library.attach(disguised)).suffix == ".jpg"
    assert file_of(library, await library.attach(clip.rename(tmp_path / "clip"))).suffix == ".mp4"


async def test_the_same_content_is_kept_once(library: Library, paths: Paths, tmp_path: Path) -> None:
    one = picture(tmp_path / "one.png")
    two = tmp_path / "two.png"
    two.write_bytes(one.read_bytes())
    pasted = await library.attach_bytes(one.read_bytes(), "pasted image")
    assert await library.attach(one) == await library.attach(two) == pasted
    assert len(list(paths.inputs.iterdir())) == 1


def large_png(path: Path) -> Path:
    """A PNG that says 30,000 × 30,000 and is a few bytes long."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 90_001)), (b"IEND", b"")]
    data = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


def truncated(path: Path) -> Path:
    whole = picture(path, (1200, 800)).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


Make = Callable[[Path], Path]
REFUSED: dict[str, tuple[Make, str]] = {
    "notes": (lambda f: written(f / "notes.txt", b"Buy milk."), "“notes.txt” is not a picture, video or sound that Studio"),
    "empty": (lambda f: written(f / "e.png", b""), "“e.png” is empty"),
    "large": (lambda f: large_png(f / "vast.png"), "million pixels"),
    "truncated": (lambda f: truncated(f / "cut.jpg"), "“cut.jpg” is cut off or damaged"),
    "truncated png": (lambda f: truncated(f / "cut.png"), "“cut.png” is cut off or damaged"),
    "folder": (lambda f: f, "is a folder"),
    "missing": (lambda f: f / "none.png", "“none.png” is not there"),
    "fake": (lambda f: written(f / "f.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 500), "“f.mp4”"),
    "null": (lambda f: f / "a\0b.png", "no file name"),
}


@pytest.mark.parametrize(("make", "words"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_sound_media_is_refused_in_words(
    library: Library, paths: Paths, tmp_path: Path, make: Make, words: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(InputError) as told:
        await library.attach(path)
    assert words in told.value.message
    assert ".part" not in told.value.message
    assert told.value.advice
    assert list(paths.inputs.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in the file system")
async def test_a_pipe_is_not_waited_on(library: Library, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InputError, match="no file"):
        await library.attach(tmp_path / "pipe.png")


@pytest.mark.skipif(os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may read everything")
async def test_a_file_that_may_not_be_read(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "secret.png")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        await library.attach(path)


async def test_pasted_data_is_checked_too(library: Library, paths: Paths) -> None:
    buffer = BytesIO()
    Image.effect_noise((64, 64), 90).save(buffer, "PNG")
    assert file_of(library, await library.attach_bytes(buffer.getvalue(), "pasted image")).suffix == ".png"
    for data in (b"", b"text", buffer.getvalue()[:2000]):
        with pytest.raises(InputError, match="“pasted image”"):
            await library.attach_bytes(data, "pasted image")
    assert leftovers(paths) == []


FAULTS = [(errno.ENOSPC, DiskFullError), (errno.EIO, LocalError), (errno.EROFS, LocalError)]


@pytest.mark.parametrize(("number", "expected"), FAULTS)
async def test_a_failing_disk_is_told_and_leaves_nothing(
    library: Library, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[LocalError]
) -> None:
    path = picture(tmp_path / "photo.png")

    def fail(source: object, target: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("studio.library.intake.os.replace", fail)
    with pytest.raises(expected, match=r"photo\.png"):
        await library.attach(path)
    assert list(paths.inputs.iterdir()) == []


async def test_only_the_library_s_files_are_given(library: Library, paths: Paths, tmp_path: Path) -> None:
    outside = picture(tmp_path / "outside.png")
    inside = picture(paths.media / "2026-11" / "in side%.png")
    (paths.media / ".trash").mkdir()
    hidden = picture(paths.media / ".trash" / "gone.png")
    link = paths.inputs / "link.png"
    assert library.local_file(inside.as_uri()) == inside.resolve()
    assert library.local_file("https://example.org/x.png") is None
    assert library.local_file("a prompt about file: things") is None
    climbing = paths.inputs / ".." / ".." / "outside.png"
    tricks = [outside.as_uri(), "file:///etc/passwd", f"file://{climbing.as_posix()}",
              "file:%2Fetc%2Fpasswd", "file://evil.example/share/x.png", hidden.as_uri(), "file:", "file:///%00", "FILE:///etc/passwd",
              (paths.inputs / "gone.png").as_uri(), paths.media.as_uri(), paths.inputs.as_uri() + "-evil/x"]
    if os.name != "nt":
        link.symlink_to(outside)
        tricks.append(link.as_uri())
    for uri in tricks:
        with pytest.raises(InputError):
            library.local_file(uri)
