"""How one engine is asked to run."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`home` is the data folder; the engine lives in `home`/engine. `key` None: made anew. `detached`: it ends by itself
    when nobody needs it. `plan` and `credits` make it play a paid service; `faults` is a file of fault drills.

    `renderers`, `executor` and `places` (renders at once) are for tests and for clusters: None is what ships.
    """

    home: Path
    port: int = 0
    key: str | None = field(default=None, repr=False)
    detached: bool = False
    plan: str | None = None
    credits: int | None = None
    faults: Path | None = None
    renderers: Mapping[str, str] | None = None
    executor: Executor | None = None
    places: int | None = None

    @property
    def folder(self) -> Path:
        return self.home.expanduser().absolute() / "engine"
