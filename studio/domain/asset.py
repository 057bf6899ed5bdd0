"""What came out (or was brought in): an asset, and the recipe that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studio.domain.job import now
from studio.domain.kinds import MediaKind

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")
"""The person's colour labels, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that made an asset, without secrets: by allow-list, so that no key and no private path gets in."""

    operation: str
    service: str
    input: Mapping[str, object]
    model: str | None = None
    seed: int | None = None
    job_id: str | None = None
    parents: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The words that it was given, by which a person knows what came of it."""
        given = (self.input.get(name) for name in ("prompt", "text", "title", "name"))
        return next((value.strip() for value in given if isinstance(value, str) and value.strip()), "")


@dataclass(frozen=True, slots=True)
class Asset:
    """A media file of the library. `path` is absolute; sizes in pixels and bytes, `duration_s` in seconds.

    `tags` are sorted, and no two differ in case only. `label`, `account` and `credits` are those of its job; `credits` is
    what the job was charged, also where it made several assets. `missing_since`: when a rescan first did not find its file.
    """

    id: str
    kind: MediaKind
    path: Path
    mime: str
    sha256: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    prompt: str = ""
    job_id: str | None = None
    output_index: int = 0
    recipe: Recipe | None = None
    created_at: datetime = field(default_factory=now)
    deleted_at: datetime | None = None
    thumbnail: Path | None = None
    starred: bool = False
    colour: str | None = None
    tags: tuple[str, ...] = ()
    label: str | None = None
    missing_since: datetime | None = None
    operation: str | None = None
    account: str | None = None
    model: str | None = None
    credits: float | None = None
