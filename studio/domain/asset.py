"""What came out (or was brought in): an asset, and the recipe that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studio.domain.job import now
from studio.domain.kinds import MediaKind


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


@dataclass(frozen=True, slots=True)
class Asset:
    """A media file of the library. `path` is absolute; sizes in pixels and bytes, `duration_s` in seconds."""

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
