"""Files that a person brings for a job: copied at once, checked, and known from then on by the hash of their content."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from studio.domain.errors import InputError
from studio.library.content import of_brought
from studio.library.files import copy_hashed, disk_errors, flush_file, flush_folder, hash_of, write_new


def take_in(path: Path, inputs: Path, shown: str = "") -> Path:
    """Copy a picture, video or sound into `inputs` as <sha256><extension by content>; blocks. The original is not needed
    after that. `shown` is what messages call it.

    Raises InputError for a folder, a file that may not be read, is no media, is damaged or too large; DiskFullError or
    LocalError.
    """
    check_file(path)
    shown = shown or path.name
    with reading(shown):
        of_brought(path, shown)  # before copying gigabytes of something else
    return _keep(inputs, shown, lambda part: copy_hashed(path, part))


def take_in_bytes(data: bytes, name: str, inputs: Path) -> Path:
    """The same for data from the clipboard; `name` is what the person is told it is called."""
    if not data:
        raise InputError(f"“{name}” is empty.", advice="Copy it again.", code="not_usable_media")
    return _keep(inputs, name, lambda part: write_new(data, part))


def take_made(inputs: Path, shown: str, make: Callable[[Path], None]) -> Path:
    """The same for what `make` writes to the path it is given: a file that is converted or changed on its way in."""

    def write(part: Path) -> str:
        make(part)
        flush_file(part)
        return hash_of(part)

    return _keep(inputs, shown, write)


def _keep(inputs: Path, shown: str, write: Callable[[Path], str]) -> Path:
    part = inputs / f".{os.getpid()}-{os.urandom(6).hex()}.part"
    try:
        with disk_errors(f"“{shown}” could not be copied"):
            inputs.mkdir(parents=True, exist_ok=True)
            sha256 = write(part)
            known = next((path for path in inputs.glob(f"{sha256}.*") if path.suffix != ".part"), None)
            if known is not None and known.stat().st_size == part.stat().st_size:
                return known
            content = of_brought(part, shown, fully=True)
            target = inputs / f"{sha256}{content.extension}"
            os.replace(part, target)
            flush_folder(inputs)
            return target
    finally:
        part.unlink(missing_ok=True)


def check_file(path: Path) -> None:
    """InputError unless `path` is an ordinary file (a pipe would be waited on for ever)."""
    with reading(path.name):
        mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise InputError(f"“{path.name}” is a folder.", advice="Choose the files in it.", code="not_usable_media")
    if not stat.S_ISREG(mode):
        raise InputError(f"“{path.name}” is no file.", advice="Choose a picture, video or sound.", code="not_usable_media")


@contextmanager
def reading(shown: str) -> Iterator[None]:
    """The system's errors about a file of the person's, in words."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"“{shown}” is not there.", advice="Check its name and place.", code="no_such_file") from error
    except OSError as error:
        words = f"“{shown}” cannot be read: {error.strerror or error}."
        raise InputError(words, advice="Check its rights, or choose another file.", code="not_readable") from error
    except ValueError as error:  # a null character in the name
        raise InputError("That is no file name.", advice="Choose another file.", code="no_such_file") from error


def path_of_uri(value: str, folders: tuple[Path, ...]) -> Path | None:
    """The file behind a `file:` URI; None if `value` is none. Only files inside `folders`, hidden ones left out, are given.

    Raises InputError for a file elsewhere, however the way there is written, and for one that is gone.
    """
    if value[:5].lower() != "file:":
        return None
    try:
        parts = urlsplit(value)
        if parts.netloc not in ("", "localhost"):
            raise ValueError("a file of another computer")
        path = Path(url2pathname(parts.path)).resolve()
    except (ValueError, OSError) as error:
        raise InputError(f"{value} is no file address.", advice="Attach the file again.", code="not_ours") from error
    inside = next((path.relative_to(folder) for folder in map(Path.resolve, folders) if path.is_relative_to(folder)), None)
    if inside is None or any(part.startswith(".") for part in inside.parts):
        raise InputError(f"{path} is no file of the library.", advice="Attach the file again.", code="not_ours")
    if not path.is_file():
        raise InputError(f"{path.name} is no longer there.", advice="Attach the file again.", code="no_such_file")
    return path
