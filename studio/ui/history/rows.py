"""The rows of the history as far as they are in memory: which pages, and what stands where. No Qt.

Of however many jobs there are, a number and the keys of the pages are kept, and the jobs of the pages looked at last.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

from studio.domain.history import PAGE, Key
from studio.domain.job import Job

MOST_PAGES = 30
"""Pages in memory: 3,000 jobs."""


class HistoryRows:
    """`head`: jobs that came in on top since the pages were counted."""

    def __init__(self) -> None:
        self.head: list[Job] = []
        self.marks: Sequence[Key] = ()
        self._counted = 0
        self._pages: OrderedDict[int, list[Job]] = OrderedDict()
        self._where: dict[str, tuple[int, int]] = {}  # job id: its page, and its place there

    def __len__(self) -> int:
        return len(self.head) + self._counted

    def clear(self) -> None:
        """Know nothing any more."""
        self.head, self.marks, self._counted = [], (), 0
        self._pages.clear()
        self._where.clear()

    def count(self, total: int, marks: Sequence[Key]) -> None:
        """So many rows there are below the head, and their pages begin with these keys. What is in memory stays."""
        self._counted, self.marks = total, marks

    def put(self, page: int, jobs: Sequence[Job]) -> None:
        """Keep a page; the one that was looked at longest ago goes."""
        self._drop(page)
        self._pages[page] = list(jobs)
        for place, job in enumerate(jobs):
            self._where[job.id] = page, place
        while len(self._pages) > MOST_PAGES:
            self._drop(next(iter(self._pages)))

    def _drop(self, page: int) -> None:
        for job in self._pages.pop(page, ()):
            if self._where.get(job.id, (None,))[0] == page:
                del self._where[job.id]

    def page_of(self, row: int) -> int | None:
        """Which page a row stands on; None for one of the head, which is always there."""
        return None if row < len(self.head) else (row - len(self.head)) // PAGE

    def has(self, page: int) -> bool:
        return page in self._pages

    def at(self, row: int) -> Job | None:
        """The job of a row; None where it is not in memory."""
        if not 0 <= row < len(self):
            return None
        if row < len(self.head):
            return self.head[row]
        page, place = divmod(row - len(self.head), PAGE)
        jobs = self._pages.get(page)
        if jobs is None:
            return None
        self._pages.move_to_end(page)
        return jobs[place] if place < len(jobs) else None

    def row_of(self, job_id: str) -> int | None:
        """The row of a job that is in memory."""
        where = self._where.get(job_id)
        if where is not None:
            return len(self.head) + where[0] * PAGE + where[1]
        return next((row for row, job in enumerate(self.head) if job.id == job_id), None)

    def replace(self, job: Job) -> int | None:
        """Put another state of a job in its place; its row, None where it is not in memory."""
        row = self.row_of(job.id)
        if row is None:
            return None
        where = self._where.get(job.id)
        if where is None:
            self.head[row] = job
        else:
            self._pages[where[0]][where[1]] = job
        return row

    def rows_of(self, page: int) -> tuple[int, int]:
        """The first and the last row of a page."""
        first = len(self.head) + page * PAGE
        return first, min(first + PAGE, len(self)) - 1

    def known(self) -> Iterator[Job]:
        """All that is in memory."""
        yield from self.head
        for jobs in self._pages.values():
            yield from jobs
