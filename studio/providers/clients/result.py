"""What a finished job left: its addresses, its output, its price, and the way to bring its files home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from studio.domain.errors import InputError
from studio.domain.remote import RemoteJob, RemoteResult

Saved = TypeVar("Saved")
Save = Callable[[RemoteResult, Path], Saved]


class Result(Generic[Saved]):
    """Of a sync client `download` gives the path; of an async one it is awaited for it.

    `output` and `raw`: the service's result object and its whole answer, as they came.
    """

    def __init__(self, remote: RemoteJob, save: Save[Saved]) -> None:
        self._remote = remote
        self._save = save

    @property
    def id(self) -> str:
        return self._remote.remote_id

    @property
    def url(self) -> str | None:
        """The first file's address; None where there is none (prompts). It expires: download what is to be kept."""
        return next(iter(self.urls), None)

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of all files, the main one first."""
        return tuple(result.url for result in self._remote.results)

    @property
    def output(self) -> Mapping[str, Any]:
        return self._remote.output or {}

    @property
    def raw(self) -> Mapping[str, Any]:
        return self._remote.raw

    @property
    def credits(self) -> float | int | None:
        """What the job cost, as far as the service says."""
        return charged(self._remote)

    @property
    def credits_used(self) -> float | int | None:
        """The same, under Canvas Labs' name."""
        return self.credits

    @property
    def enhanced_prompt(self) -> str | None:
        """The text that a prompt.enhance operation wrote."""
        text = self.output.get("enhancedPrompt", self.output.get("enhanced_prompt"))
        return text if isinstance(text, str) else None

    def download(self, path: str | Path, *, index: int = 0) -> Saved:
        """Fetches file number `index` to `path`, or into it where it is a folder, under the file's own name.

        A file at `path` is replaced once the new one is whole; in a folder none is. A broken download goes on where it
        broke when called again. Raises ResultExpiredError, UnreachableError, DiskFullError, and InputError where there is
        no such file, or where another download is writing to `path`.
        """
        if not 0 <= index < len(self._remote.results):
            raise InputError(f"The job left {len(self._remote.results)} files; there is none at {index}.", code="no_file",
                             field="index")
        return self._save(self._remote.results[index], Path(path))

    def __repr__(self) -> str:
        return f"Result({self.id}, {len(self.urls)} files)"


def charged(remote: RemoteJob) -> float | int | None:
    """Credits as people write them: whole where they are whole."""
    amount = remote.charged
    return int(amount) if amount is not None and amount.is_integer() else amount
