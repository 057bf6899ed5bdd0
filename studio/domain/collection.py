"""Collections of assets: put together by hand, or by a query that is asked anew each time; tags, and values to filter by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studio.domain.query import AssetQuery

LONGEST_TITLE = 120
LONGEST_TAG = 60


@dataclass(frozen=True, slots=True)
class Collection:
    """With a `query` it is smart: a search that was saved. `count` is None where it is not known without searching."""

    id: str
    title: str
    query: AssetQuery | None
    count: int | None
    created_at: datetime

    @property
    def is_smart(self) -> bool:
        return self.query is not None


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many assets out of the trash bear it."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that occur among the assets out of the trash, each list sorted."""

    operations: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
