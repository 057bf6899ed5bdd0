"""A lock between processes on one file. The system frees it when its holder dies, however it dies."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

_PAUSE_S = 0.03


class LockTimeoutError(TimeoutError):
    """Another process held the lock for the whole time."""


class FileLock:
    """`acquire` waits up to `timeout_s` seconds; as a context manager it raises LockTimeoutError when that is over."""

    def __init__(self, path: Path, *, timeout_s: float = 0.0) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._fd: int | None = None

    def acquire(self) -> bool:
        """Whether the lock is held now. The file itself is left behind: removing it would let two hold it at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_CLOEXEC is Python's default here: no child keeps the lock alive.
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        end = time.monotonic() + self._timeout_s
        while not _try_lock(fd):
            if time.monotonic() >= end:
                os.close(fd)
                return False
            time.sleep(_PAUSE_S)
        self._fd = fd
        return True

    def release(self) -> None:
        if self._fd is not None:
            _unlock(self._fd)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> FileLock:
        if not self.acquire():
            raise LockTimeoutError(f"{self._path.name} is held by another process")
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, 0, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
