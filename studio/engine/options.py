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

    `webhook_secret` signs the events (several of them with commas between; None: the one that belongs to `key`);
    `webhook_url` is where events of the Canvas Labs contract go, as its service has it set in a dashboard.

    `models`: folders with models of the person's (diffusion, voices, recognizers), beside `home`/models and those that the
    studio's settings name.

    `cluster`: the address of a Dask scheduler ("dask://HOST:PORT") whose workers render; see `studio.engine.cluster`.

    `renderers`, `executor` and `places` (renders at once) are for tests: None is what ships.
    """

    home: Path
    port: int = 0
    key: str | None = field(default=None, repr=False)
    detached: bool = False
    plan: str | None = None
    credits: int | None = None
    faults: Path | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_url: str | None = None
    models: tuple[Path, ...] = ()
    cluster: str | None = None
    renderers: Mapping[str, str] | None = None
    executor: Executor | None = None
    places: int | None = None

    @property
    def folder(self) -> Path:
        return self.home.expanduser().absolute() / "engine"
