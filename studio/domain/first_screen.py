"""What a window can show at once, before the store is opened as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.domain.asset import Asset
from studio.domain.job import Job


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What the window shows before anything heavy is loaded. `counts`: assets by kind, and `all`."""

    jobs: tuple[Job, ...] = ()
    assets: tuple[Asset, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
