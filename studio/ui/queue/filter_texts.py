"""Which jobs a filter lets through. The texts that its words are looked for in are made before anybody types, a few at a
time, so that each letter costs a look through them and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer

from studio.domain.job import Job
from studio.ui.queue.order import JobFilter, Key, Part, search_text

_AT_A_TIME, _REST_MS = 40, 20


class FilterTexts(QObject):
    """Of the jobs in `jobs`, by id; `title_of` gives a job's operation as people read it."""

    def __init__(self, jobs: Mapping[str, Job], title_of: Callable[[Job], str], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._title_of = jobs, title_of
        self._texts: dict[str, str] = {}
        self._ahead = QTimer(self, singleShot=True, interval=_REST_MS)
        self._ahead.timeout.connect(self._prepare_some)

    def forget(self, job_id: str) -> None:
        """Its words are others now, or it is gone."""
        self._texts.pop(job_id, None)

    def clear(self) -> None:
        """All words are others now."""
        self._texts.clear()

    def prepare_soon(self) -> None:
        """Make those that are missing while nothing else is to be done."""
        if len(self._texts) < len(self._jobs) and not self._ahead.isActive():
            self._ahead.start()

    def accepts(self, wanted: JobFilter, job: Job) -> bool:
        """Whether one job is let through."""
        if wanted.is_open:
            return True
        text = self._texts.get(job.id)
        if text is None:
            text = self._texts[job.id] = search_text(job, self._title_of(job))
        return wanted.accepts(job, text)

    def chosen(self, wanted: JobFilter, keys: Sequence[Key]) -> list[Key]:
        """Those of `keys` whose jobs are let through, in their order: word by word over what is left."""
        found = list(keys)
        if wanted.part is not Part.ALL or wanted.label is not None:
            rest = JobFilter("", wanted.part, wanted.label)
            found = [key for key in found if rest.accepts(self._jobs[key[-1]], "")]
        words = wanted.words.casefold().split()
        if words:
            self._prepare(len(self._jobs))
        for word in words:
            found = [key for key in found if word in self._texts[key[-1]]]
        return found

    def _prepare(self, most: int) -> None:
        if len(self._texts) < len(self._jobs):
            missing = [job for job_id, job in self._jobs.items() if job_id not in self._texts]
            self._texts.update((job.id, search_text(job, self._title_of(job))) for job in missing[:most])

    def _prepare_some(self) -> None:
        self._prepare(_AT_A_TIME)
        self.prepare_soon()
