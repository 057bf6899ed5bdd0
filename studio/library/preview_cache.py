"""Holds the folder of previews to its size: what was not looked at for longest goes, and is made again if asked for."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

CACHE_BYTES = 6_000_000_000
"""About 100,000 pictures in all sizes."""
_LEAVE = 0.9  # of the limit after a sweep, so that the next one is not due at once
_SWEEP_EVERY_BYTES = 128_000_000
_TOUCH_EVERY_S = 86_400.0

_lock = threading.Lock()
_written: dict[Path, int] = {}


def touch(path: Path) -> None:
    """Note that a preview is used: once a day is enough, and the access times of some systems say nothing."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _TOUCH_EVERY_S:
            os.utime(path)


def count_written(thumbnails: Path, size: int) -> None:
    """Sweep, on a thread of its own, when this process has written enough that the limit may be passed."""
    with _lock:
        total = _written.get(thumbnails)
        _written[thumbnails] = size + (_SWEEP_EVERY_BYTES // 2 if total is None else total)
        if _written[thumbnails] < _SWEEP_EVERY_BYTES:
            return
        _written[thumbnails] = 0
    threading.Thread(target=sweep_previews, args=(thumbnails,), name="preview-sweep", daemon=True).start()


def sweep_previews(thumbnails: Path, limit: int = CACHE_BYTES) -> int:
    """Remove the previews that were used longest ago until the rest takes less than `limit` bytes; how many went. Blocks.

    The sizes of one picture are judged each for itself: the small ones of a long list outlive the large ones.
    """
    found: list[tuple[float, int, str]] = []
    for folder in _folders(thumbnails):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    told = entry.stat(follow_symlinks=False)
                    if entry.is_file(follow_symlinks=False):
                        found.append((max(told.st_atime, told.st_mtime), told.st_size, entry.path))
        time.sleep(0)  # others want the interpreter too
    total, removed = sum(size for _, size, _ in found), 0
    if total <= limit:
        return 0
    found.sort()
    for _, size, path in found:
        if total <= limit * _LEAVE:
            break
        with suppress(OSError):
            os.unlink(path)
            total, removed = total - size, removed + 1
    log.info("%d previews that were not looked at for long were removed", removed)
    return removed


def _folders(thumbnails: Path) -> list[str]:
    try:
        with os.scandir(thumbnails) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False) and len(entry.name) == 2]
    except OSError:
        return []
