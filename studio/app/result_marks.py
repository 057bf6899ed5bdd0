"""What a job's results show of the job: its label and what it was charged. Where those change after a result came in, views
of the library hear of it.

The store itself brings the assets' rows up to date (its trigger assets_follow_jobs); only the word of it is missing.
"""

from __future__ import annotations

from collections import OrderedDict

from studio.app.gallery import MOST_TOLD
from studio.domain.event import AssetChanged, Event, JobChanged, Listener, StoreChanged
from studio.jobs.tasks import Tasks
from studio.store.assets import SqlAssetStore

_MOST_KNOWN = 5000
"""Of jobs heard of longer ago it is not known what was said of them last: their results may be told of once too often."""

_Marks = tuple[str | None, float | None]


class ResultMarks:
    """Hears of jobs. What changes in one moment is told together: one by one as AssetChanged, many by one StoreChanged."""

    def __init__(self, assets: SqlAssetStore, emit: Listener, tasks: Tasks) -> None:
        self._assets = assets
        self._emit = emit
        self._tasks = tasks
        self._known: OrderedDict[str, _Marks] = OrderedDict()
        self._due: dict[str, None] = {}
        self._telling = False

    def hear(self, event: Event) -> None:
        """Cheap: asked of every event."""
        if not isinstance(event, JobChanged):
            return
        job = event.job
        marks = job.request.label, job.credits.charged
        if self._known.get(job.id) == marks:
            return
        self._known[job.id] = marks
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        if job.asset_ids:
            self._due.update(dict.fromkeys(job.asset_ids))
            if not self._telling:
                self._telling = True
                self._tasks.start(self._tell(), "the marks of results")

    async def _tell(self) -> None:
        try:
            while self._due:
                ids, self._due = list(self._due), {}
                if len(ids) > MOST_TOLD:
                    self._emit(StoreChanged())
                else:
                    for asset in await self._assets.many(ids):
                        self._emit(AssetChanged(asset))
        finally:
            self._telling = False
