"""What the command line starts but may not import: the window's tour and the engine. `studio.__main__` hands them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """How the engine is asked to run; see `studio engine --help`."""

    home: Path
    port: int = 0
    key_stdin: bool = False
    faults: Path | None = None
    plan: str | None = None
    credits: int | None = None
    detached: bool = False
    models: tuple[Path, ...] = ()
    executor: str | None = None
    webhook_url: str | None = None
    webhook_secret_stdin: bool = False


@dataclass(frozen=True, slots=True)
class Programs:
    """Each returns its exit code; `stop_engine` whether there was one for that data folder."""

    tour: Callable[[Path], int]
    engine: Callable[[EngineRequest], int]
    stop_engine: Callable[[Path], bool]
