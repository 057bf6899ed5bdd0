"""Steps on files that survive a crash: hashed, flushed to the disk, moved by rename, never over another file."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.domain.errors import DiskFullError, LocalError
from studio.library.names import numbered

_BLOCK = 1 << 20
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
# What file systems without hard links answer.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL})
_MOST_NAMES = 10_000


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn the system's errors into DiskFullError or LocalError; `what` begins the sentence ("The result was not saved")."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(f"{what}: the disk is full.") from error
        where = f" ({error.filename})" if error.filename else ""
        advice = "Check the folder and its rights, then try again."
        raise LocalError(f"{what}: {error.strerror or error}{where}.", advice=advice) from error


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copy the bytes of a file to the new file `target`, on the disk when this returns; SHA-256 of what was written."""
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, target.open("xb") as writer:
            while block := reader.read(_BLOCK):
                digest.update(block)
                writer.write(block)
            writer.flush()  # what Python still holds is not in what fsync flushes
            flush(writer.fileno())
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def write_new(data: bytes, target: Path) -> str:
    """Write a new file, on the disk when this returns; SHA-256 of the data."""
    try:
        with target.open("xb") as writer:
            writer.write(data)
            writer.flush()
            flush(writer.fileno())
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return hashlib.sha256(data).hexdigest()


def flush(descriptor: int) -> None:
    """To the medium itself: macOS' fsync stops at the drive's cache, F_FULLFSYNC does not."""
    os_flush = os.fsync
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            os_flush(descriptor)  # network volumes know no F_FULLFSYNC
        return
    os_flush(descriptor)


def flush_file(path: Path) -> None:
    with path.open("rb+") as stream:
        flush(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Make a rename inside `folder` lasting. Windows has no such call: NTFS keeps renames in its journal."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, so that a power cut cannot take it with what is put there next."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def move_new(source: Path, folder: Path, stem: str, extension: str) -> Path:
    """Move a file of the same disk into `folder` under the first free name; nothing is ever written over."""
    make_folder(folder)
    target = _first_free(folder, stem, extension, lambda path: rename_new(source, path))
    flush_folder(folder)
    if source.parent != folder:
        flush_folder(source.parent)
    return target


def copy_new(source: Path, folder: Path, stem: str, extension: str) -> Path:
    """Copy a file into `folder`, on whatever disk, under the first free name; it appears there when it is complete."""
    make_folder(folder)
    part = folder / f".{os.getpid()}-{os.urandom(6).hex()}.part"
    try:
        copy_hashed(source, part)
        with contextlib.suppress(OSError):
            shutil.copystat(source, part)  # the times are a courtesy
        return move_new(part, folder, stem, extension)
    finally:
        part.unlink(missing_ok=True)


def _first_free(folder: Path, stem: str, extension: str, take: Callable[[Path], None]) -> Path:
    for number in range(1, _MOST_NAMES):
        target = folder / numbered(stem, extension, number)
        try:
            take(target)
        except FileExistsError:
            continue
        return target
    raise OSError(errno.EEXIST, "too many files of that name", str(folder / f"{stem}{extension}"))


def rename_new(source: Path, target: Path) -> None:
    """Rename, or FileExistsError. POSIX rename replaces silently, so the new name is made as a hard link first."""
    if os.name == "nt":
        os.rename(source, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No links here (exFAT, some network drives): reserve the name with an empty file, then replace that one.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        os.replace(source, target)
        return
    try:
        os.unlink(source)
    except FileNotFoundError:
        return  # renamed by another at the same moment, or a network's answer came late: it has its new name either way
    except OSError:
        if os.path.lexists(source):
            os.unlink(target)
        raise


def hide(folder: Path) -> None:
    """Make an internal folder; a leading dot hides it everywhere but on Windows, where it is an attribute."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import ctypes

        hidden = 0x02
        ctypes.windll.kernel32.SetFileAttributesW(str(folder), hidden)
