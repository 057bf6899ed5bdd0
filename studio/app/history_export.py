"""Jobs as a file, page by page: CSV for spreadsheets, or JSON with the keys of `studio jobs list --json`."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from studio.app.job_documents import job_document, moment
from studio.app.spreadsheet import cell
from studio.domain.errors import LocalError
from studio.domain.history import HistoryQuery
from studio.domain.job import Job
from studio.store.history import Result, SqlHistory

COLUMNS = ("id", "created_at", "submitted_at", "finished_at", "state", "operation", "account", "label", "prompt", "seed",
           "estimated", "charged", "seconds", "error", "results", "remote_id")
_PAGE = 500


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"


async def export_jobs(
    store: SqlHistory, to: Path, form: Form, query: HistoryQuery, report: Callable[[int, int], None]
) -> int:
    """See HistoryService.export."""
    part = _Part(to, form)
    total = (await store.outline(query)).total
    count = 0
    try:
        await asyncio.to_thread(part.begin)
        page = await store.page(query, limit=_PAGE)
        while page.jobs:
            results = await store.results([name for job in page.jobs for name in job.asset_ids])
            await asyncio.to_thread(part.append, page.jobs, results)
            count += len(page.jobs)
            report(count, max(total, count))
            page = await store.page(query, after=page.last, limit=_PAGE)
        await asyncio.to_thread(part.end)
    except OSError as error:
        part.discard()
        words = f"{to} cannot be written: {error.strerror or error}."
        raise LocalError(words, advice="Choose another folder, or make room.") from error
    except BaseException:  # cancelled too: nothing half-written stays
        part.discard()
        raise
    return count


class _Part:
    """The file while it is written, under another name. Written on threads that go on when whoever waited was cancelled: a
    lock keeps them from writing what was discarded."""

    def __init__(self, to: Path, form: Form) -> None:
        self._to, self._form = to, form
        self._path = to.with_name(f"{to.name}.{os.getpid()}.part")
        self._lock = threading.Lock()
        self._discarded = False
        self._is_empty = True

    def begin(self) -> None:
        if self._form is Form.JSON:
            self._write('{"jobs": [', "w", "utf-8")
            return
        text = io.StringIO(newline="")
        csv.writer(text).writerow(COLUMNS)
        self._write(text.getvalue(), "w", "utf-8-sig")  # spreadsheets know UTF-8 by its mark

    def append(self, jobs: Sequence[Job], results: Mapping[str, Result]) -> None:
        """One write for each page, so that a full disk is met between two of them."""
        found = [(job, [results[name] for name in job.asset_ids if name in results]) for job in jobs]
        text = io.StringIO(newline="")
        if self._form is Form.JSON:
            lines = [json.dumps(job_document(job, made), default=str) for job, made in found]
            text.write(("\n" if self._is_empty else ",\n") + ",\n".join(lines))
        else:
            csv.writer(text).writerows(_row(job, made) for job, made in found)
        self._is_empty = False
        self._write(text.getvalue(), "a", "utf-8")

    def end(self) -> None:
        """Now it is the file that was asked for."""
        if self._form is Form.JSON:
            self._write("\n]}\n", "a", "utf-8")
        with self._lock:
            if not self._discarded:
                os.replace(self._path, self._to)

    def discard(self) -> None:
        """Leave nothing of it; waits for a write that is under way."""
        with self._lock:
            self._discarded = True
            self._path.unlink(missing_ok=True)

    def _write(self, text: str, mode: str, encoding: str) -> None:
        with self._lock:
            if not self._discarded:
                with self._path.open(mode, encoding=encoding, errors="replace", newline="") as stream:
                    stream.write(text)


def _row(job: Job, made: Sequence[Result]) -> tuple[str, ...]:
    request, seed = job.request, job.request.input.get("seed")
    took = None if job.finished_at is None else job.finished_at - (job.submitted_at or job.created_at)
    seconds = "" if took is None else f"{took.total_seconds():.1f}"
    words = (job.id, moment(job.created_at), moment(job.submitted_at), moment(job.finished_at), job.state.value,
             request.operation, request.account, request.label, job.prompt, None if seed is None else str(seed))
    ends = ("" if job.error is None else job.error.message, "\n".join(str(one.path) for one in made), job.remote_id)
    numbers = tuple("" if amount is None else f"{amount:.6f}".rstrip("0").rstrip(".")
                    for amount in (job.credits.estimated, job.credits.charged))
    return (*(cell(text or "") for text in words), *numbers, seconds, *(cell(text or "") for text in ends))
