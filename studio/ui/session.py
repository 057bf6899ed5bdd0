"""What the window remembers between two starts: the draft in the composer and where the panels are. Never anything secret.

One small JSON file, written by rename on a thread of its own at most a quarter of a second after a change.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

DELAY_MS = 250
FILE_NAME = "window.json"


def read(path: Path) -> dict[str, object]:
    """What was kept; empty when there is nothing or the file is damaged (it is set aside as .broken)."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("the window's last state could not be read: %s", error)
        try:
            path.replace(path.with_suffix(".broken"))
        except OSError:
            log.exception("and it could not be set aside")
        return {}
    return kept if isinstance(kept, dict) else {}


def write(path: Path, values: Mapping[str, object]) -> None:
    """Replace the file in one step. OSError if the disk refuses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Session(QObject):
    """`get` and `keep` values by name. `failed` says in words that nothing can be kept, once."""

    failed = Signal(str)

    def __init__(self, path: Path, values: Mapping[str, object] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._values = dict(values or {})
        self._told = False
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._write)

    @cached_property
    def _writer(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor  # nothing is written before the first paint

        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio-session")

    def get(self, name: str) -> object:
        return self._values.get(name)

    def keep(self, name: str, value: object) -> None:
        """Keep a JSON value. It is on disk after a quarter of a second, however long the typing goes on."""
        if self._closed or self._values.get(name) == value:
            return
        self._values[name] = value
        if not self._timer.isActive():
            self._timer.start()

    def close(self) -> Future[None]:
        """Write what is not written yet; the answer is set when it is on disk. Nothing is kept after that."""
        self._closed = True
        pending = self._timer.isActive()
        self._timer.stop()
        future = self._writer.submit(write, self._path, dict(self._values)) if pending else self._writer.submit(_nothing)
        self._writer.shutdown(wait=False)
        return future

    def _write(self) -> None:
        self._writer.submit(write, self._path, dict(self._values)).add_done_callback(self._written)

    def _written(self, future: Future[None]) -> None:
        error = future.exception()
        if error is None:
            self._told = False
        elif not self._told:
            self._told = True
            log.error("the draft could not be kept", exc_info=error)
            self.failed.emit(
                self.tr("Your draft could not be saved: {reason}. Make room on the disk or check its permissions.").format(
                    reason=error
                )
            )


def _nothing() -> None:
    return None
