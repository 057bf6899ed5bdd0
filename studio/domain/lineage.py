"""Where an asset came from and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.domain.asset import Asset

REFERENCE, CHAIN, EXTEND, FRAME = "reference", "chain", "extend", "frame"
"""How something was made from something else."""
FRAME_GRAB = "frame.grab"
"""What the recipe of a grabbed frame says instead of a service's operation."""


@dataclass(frozen=True, slots=True)
class Link:
    """The child was made from the parent: as its reference, in a chain, as its continuation, or it is a frame of it."""

    parent: str
    child: str
    how: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """What can be reached from `root` by links. `assets` by id, the root among them; `truncated`: there is more."""

    root: str
    assets: Mapping[str, Asset]
    links: tuple[Link, ...] = ()
    truncated: bool = False

    def parents(self, asset_id: str) -> list[Asset]:
        """What an asset was made from, as far as it was reached."""
        found = (self.assets.get(link.parent) for link in self.links if link.child == asset_id)
        return [asset for asset in found if asset is not None]

    def children(self, asset_id: str) -> list[Asset]:
        """What was made from an asset, as far as it was reached."""
        found = (self.assets.get(link.child) for link in self.links if link.parent == asset_id)
        return [asset for asset in found if asset is not None]


@dataclass(frozen=True, slots=True)
class Need:
    """Why an asset is protected from deletion. `reason` is for people; `by_job`: no "delete anyway" helps."""

    asset_id: str
    reason: str
    by_job: bool
