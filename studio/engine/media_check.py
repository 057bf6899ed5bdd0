"""Looks at each file that a job takes in before anything renders from it, and refuses what is wrong with the field named."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from studio.contracts.operations import find
from studio.engine.media_inputs import KIND_WORDS, media_values
from studio.engine.pool import WorkerDidNotStartError, WorkerDiedError
from studio.engine.records import JobRecord
from studio.engine.render.task import RenderRefusedError
from studio.media.errors import MediaError

if TYPE_CHECKING:
    from studio.media.probe import MediaInfo

log = logging.getLogger(__name__)
_TRIES = 2
_MOST_KNOWN = 10_000

Look = Callable[[str], Awaitable["MediaInfo"]]
"""Opens a file in a process with limits. Raises MediaError, and WorkerDiedError where the file took that process along."""


class MediaCheck:
    """Remembers the uploads that it found to be sound: they never change."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    async def check(self, job: JobRecord, paths: Mapping[str, str], look: Look) -> None:
        """`paths`: URL -> file. RenderRefusedError names the field; WorkerDidNotStartError where nobody could look."""
        operation = find(job.contract, job.operation)
        if operation is None:
            return
        for field, kinds, url in media_values(operation, job.input):
            if url not in paths:
                continue
            token = job.media.get(url, "")
            kind = self._known.get(token) if token else None
            if kind is None:
                kind = await _kind(field, paths[url], look)
                if token:
                    self._remember(token, kind)
            if kind not in kinds:
                wanted = " or ".join(KIND_WORDS[word] for word in kinds)
                raise RenderRefusedError(f"{field} must be {wanted}; what was found there is {KIND_WORDS[kind]}.", field)

    def _remember(self, token: str, kind: str) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[token] = kind


async def _kind(field: str, path: str, look: Look) -> str:
    """Once more where the worker dies: it may have been ended for another reason than the file."""
    for left in reversed(range(_TRIES)):
        try:
            return (await look(path)).kind
        except MediaError as error:
            raise RenderRefusedError(error.message.replace(f"“{Path(path).name}”", field), field) from None
        except WorkerDidNotStartError:
            raise
        except WorkerDiedError:
            log.warning("a process died over the file of %s", field)
            if not left:
                break
    words = f"{field} takes more time or memory to read than a file may, or breaks what reads it. Use another file."
    raise RenderRefusedError(words, field)
