"""The history as the screens show it: some weeks of jobs, a few real results, a failure, and a service's raw answers."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

from sqlalchemy import Connection

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.domain.errors import Cost, JobFailedError
from studio.domain.history import HistoryOrder
from studio.domain.job import Credits, Job, JobError, JobRequest
from studio.domain.state import JobState
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.rows import to_json, to_ms
from studio.ui.history.page import HistoryPage
from studio.ui.window import HISTORY, MainWindow
from tests.screens.visits import Visit

_SHOTS = (
    ("video.generate", "A night tram crossing a rain-soaked square, neon reflections", 45.0, 70),
    ("video.generate", "Harbour at dusk, cranes like herons", 45.0, 95),
    ("image.generate", "A fox in the first snow, low sun", 8.0, 14),
    ("image.edit", "Warmer light, and less of the car", 8.0, 18),
    ("music.generate", "Slow piano, rain on a tin roof", 18.0, 40),
    ("narration.generate", "Once there was a lighthouse at the end of the world.", 2.0, 6),
)
_LABELS = ("Spring campaign", "Trailer", "Client B", None)
_REFUSED = JobError.of(JobFailedError("The service refused the prompt: a brand is named in it.", cost=Cost.NONE,
                                      advice="Take the name out and send it again.", code="content_policy"))


async def make_history(paths: Paths, url: str) -> None:
    """Six weeks of jobs at a paid service, and some of today made here."""
    paths.create()
    AccountBook(paths).add(Account("Team", Service.CANNON_STUDIO, url, colour="#3FA66B"))
    db = await asyncio.to_thread(Database.open, paths.store)
    try:
        await _past(SqlJobStore(db), db)
    finally:
        await asyncio.to_thread(db.close)
    core = await Core.open(paths)
    try:
        await core.start()
        for account, operation, given in (
            ("local", "image.generate", {"prompt": "Solar flare over a quiet sea", "resolution": "1K", "count": 3}),
            ("Team", "image.generate", {"prompt": "Meadow, morning haze", "resolution": "1K"}),
            ("local", "image.generate", {"prompt": "Steel workshop, sparks in the dark", "resolution": "1K"}),
        ):
            known = next(one for one in core.operations(account) if one.id == operation)
            names = {parameter.name for parameter in known.parameters}
            values = {name: value for name, value in given.items() if name in names}
            job = await core.submit(JobRequest(operation, account, values))
            await core.wait(job.id, 120)
    finally:
        await core.close()


async def _past(store: SqlJobStore, db: Database) -> None:
    chance, today = random.Random(7), datetime.now().astimezone().replace(hour=0, minute=0)
    for back in range(42, -1, -1):
        at = today - timedelta(days=back) + timedelta(hours=8.5)
        for _ in range(chance.choice((0, 3, 5, 8, 12, 20)) if back else 4):
            operation, words, price, seconds = chance.choice(_SHOTS)
            at += timedelta(minutes=chance.choice((0, 1, 2, 6, 40, 75)) + chance.random())
            if at > datetime.now().astimezone() - timedelta(minutes=12):
                break
            state = chance.choices((JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.UNKNOWN), (30, 3, 2, 1))[0]
            account = chance.choice(("Team", "Team", "local"))
            job = Job.new(JobRequest(operation, account, {"prompt": words, "seed": chance.randrange(9999)},
                                     chance.choice(_LABELS)))
            await store.add(job.changed(created_at=at))
            sent = at + timedelta(seconds=chance.choice((2, 5, 240, 600)))
            ended = sent + timedelta(seconds=seconds * chance.uniform(0.7, 9))
            cost = Credits(price, {JobState.DONE: price, JobState.FAILED: 0.0}.get(state))
            await db.write(lambda c, job=job, when=(sent, ended), state=state, cost=cost:  # type: ignore[misc]
                           _end(c, job, when, state, cost))


def _end(connection: Connection, job: Job, when: tuple[datetime, datetime], state: JobState, cost: Credits) -> None:
    error = to_json({"kind": _REFUSED.kind, "code": _REFUSED.code, "message": _REFUSED.message, "retryable": False,
                     "advice": _REFUSED.advice, "cost": "none"}) if state is JobState.FAILED else None
    connection.exec_driver_sql(
        "UPDATE jobs SET state = ?, submitted_at = ?, finished_at = ?, estimated = ?, charged = ?, error = ?, remote_id = ?"
        " WHERE id = ?",
        (state.value, to_ms(when[0]), None if state is JobState.UNKNOWN else to_ms(when[1]), cost.estimated,
         cost.charged, error, f"req_{job.id[-8:]}", job.id))


class History(Visit):
    """Table, timeline, details with the raw answer, a failed job, sorted by cost, nothing found."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(HISTORY)
        page = window.history
        if page is None:
            raise TimeoutError("there is no history")
        page.show_view("jobs")
        page.close_details()
        await self.until(lambda: page.model.is_counted and page.filters.labels.count() > 2, "the jobs are counted")
        await self.keep(window, "history", "table", 1.0)
        page.table.selectRow(1)
        await self.keep(window, "history", "job", 0.8)
        page.details.raw_button.setChecked(True)
        page.details.raw.parts.set_value("answers")
        await self.until(lambda: page.details.raw.answers.count() > 0, "the answers are there")
        await self.keep(window, "history", "answers", 0.5)
        page.details.raw_button.setChecked(False)
        page.close_details()
        await self._export(window, page)
        await self._timeline(window, page)
        page.filters.set_order(HistoryOrder.COST)
        await self.keep(window, "history", "by-cost", 0.8)
        page.filters.clear()
        page.search.setText("xylophone")
        await self.until(lambda: page.message.isVisible(), "nothing is found")
        await self.keep(window, "history", "none-found", 0.4)
        page.search.clear()
        page.filters.states.setCurrentIndex(page.filters.states.findData(JobState.FAILED.value))
        page.filters.changed.emit()
        await self.until(lambda: page.model.query.states != () and page.model.rowCount() > 0, "the failed ones are there")
        page.table.selectRow(0)
        await self.keep(window, "history", "failed", 0.8)
        page.close_details()
        page.filters.clear()
        await self.until(lambda: page.model.query.is_open, "all are there again")

    async def _export(self, window: MainWindow, page: HistoryPage) -> None:
        """Half written, as a large one would be; then a small real one, with what is said of it."""
        bar = page.export
        bar.words.setText("12,480 of 31,204 jobs written")
        bar.progress.setValue(400)
        bar.show()
        await self.keep(window, "history", "exporting")
        bar.hide()
        said: list[str] = []
        bar.said.connect(said.append)
        bar.start(self._out / "home" / "studio-jobs.csv", page.filters.query(""))
        await self.until(lambda: bool(said), "the jobs are written")
        bar.said.disconnect(said.append)
        self.keeps_notice = True
        await self.keep(window, "history", "exported")
        self.keeps_notice = False

    async def _timeline(self, window: MainWindow, page: HistoryPage) -> None:
        page.show_view("timeline")
        line = page.timeline
        await self.until(lambda: line.days.is_counted and bool(line.days.placed(line.days.layout.days[0].day)), "bars")
        await self.keep(window, "history", "timeline", 1.0)
        line.set_zoom(3.0, line.viewport().width() // 2)
        placed = line.days.placed(line.days.layout.days[0].day) or ()
        line._select(line.days.layout.days[0].day, placed[-1])
        await self.keep(window, "history", "timeline-job", 1.0)
        line.set_zoom(1.0)
        page.close_details()
        page.show_view("jobs")
