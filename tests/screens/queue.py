"""A long queue as the screens show it: a thousand waiting jobs, a filter, the details of one, many at once."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from PySide6.QtWidgets import QMenu

from studio.domain.account import Account, Service
from studio.domain.errors import Cost, JobFailedError
from studio.domain.event import JobChanged
from studio.domain.job import Credits, Job, JobError, JobRequest, now
from studio.domain.remote import Change
from studio.domain.state import JobState, WaitReason
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.ui.queue.order import Part
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit

SCENES = ("A night tram crossing a rain-soaked square", "Harbour at dusk, the boats come home", "Steel workshop, slow pan",
          "Aurora over the fjord, long exposure", "Portrait, soft window light", "A fox in the first snow",
          "Lighthouse on the cliff, storm", "Meadow in the morning haze, two horses", "Desert dunes, a caravan far away")
LABELS = ("Spring campaign", "Trailer, second cut", None, None, "Moodboard")
_MOST = 1000


async def make_queue(paths: Paths, url: str) -> None:
    """An account with prices, and one job in the store that came to nothing, with every step of its life."""
    paths.create()
    AccountBook(paths).add(Account("Team", Service.CANNON_STUDIO, url, colour="#3FA66B"))
    db = await asyncio.to_thread(Database.open, paths.store)
    try:
        await _failed_job(SqlJobStore(db))
    finally:
        await asyncio.to_thread(db.close)


async def _failed_job(store: SqlJobStore) -> None:
    sent = {"prompt": "Aurora over the fjord, long exposure, someone stands at the shore and looks up", "duration": 10,
            "resolution": "1080p", "aspect_ratio": "16:9", "seed": 48213, "audio": True,
            "image_url": "file:///media/inputs/3f9ae1c2d7b84c0b9a64c1de5f02b7719be0a1f4d5b9a1187f33b1a4c29c1b2e.jpg"}
    moment = now() - timedelta(minutes=6)
    job = Job.new(JobRequest("video.generate", "Team", sent, "Spring campaign")).changed(
        created_at=moment, credits=Credits(estimated=60))
    await store.add(job, "Written down")
    error = JobFailedError("The service stopped the job: its model was overloaded.", code="model_overloaded", cost=Cost.NONE)
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        ("1 file uploaded to the media host", {"state": JobState.UPLOADING}),
        ("", {"state": JobState.SUBMITTING, "submitted_at": moment + timedelta(seconds=3)}),
        ("Sent, accepted as req_8f3k2m1n9x7c4v5b", {"state": JobState.RUNNING, "remote_id": "req_8f3k2m1n9x7c4v5b"}),
        (error.message, {"state": JobState.FAILED, "error": JobError.of(error), "finished_at": moment + timedelta(minutes=2),
                         "credits": Credits(60, 0)}),
    )
    for note, changes in steps:
        stored = await store.change(job, Change(job.changed(**changes), note))
        if stored is None:
            raise RuntimeError("the job was not written")
        job = stored


def thousand() -> list[Job]:
    """Two that run, a thousand that wait, some that ended."""
    chance, moment = random.Random(5), now()

    def job(number: int, state: JobState, **changes: object) -> Job:
        account = "local" if number % 7 == 0 else "Team"
        label = LABELS[number // 12 % len(LABELS)]
        prompt = f"{SCENES[number % len(SCENES)]}, take {number}"
        operation = chance.choice(("video.generate", "image.generate", "video.generate", "music.generate"))
        made = Job.new(JobRequest(operation, account, {"prompt": prompt}, label))
        price = {"video.generate": 45.0, "image.generate": 8.0}.get(operation, 18.0)
        return made.changed(state=state, position=float(number), credits=Credits(price), **changes)

    sent = {"submitted_at": moment - timedelta(seconds=41)}
    in_line = WaitReason.CONCURRENCY_LIMIT
    answer = [job(1, JobState.RUNNING, progress=0.64, eta_s=21.0, **sent),
              job(2, JobState.RUNNING, progress=0.2, eta_s=90.0, **sent),
              job(7, JobState.DOWNLOADING, progress=0.9, eta_s=4.0, **sent)]
    answer += [job(10 + n, JobState.QUEUED, waiting_for=in_line if n < 3 else None) for n in range(_MOST)]
    answer += [job(2000 + n, JobState.DONE, finished_at=moment - timedelta(minutes=n)) for n in range(40)]
    return answer


class Queue(Visit):
    """The panel with much in it."""

    _jobs: list[Job] | None = None

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.start()
        panel = window.create_page.queue
        panel.filter.reset()
        await self._details(window)
        await self._thousand(window)
        await self._batch(window)

    async def _details(self, window: MainWindow) -> None:
        panel = window.create_page.queue
        panel.refresh()
        await self.until(lambda: panel.model.rowCount() > 0, "the failed job is listed")
        panel.select(next(job.id for job in panel.model.all_jobs() if job.state is JobState.FAILED))
        panel.details.set_open(True)
        await self.until(lambda: panel.details.facts is not None and len(panel.details.facts.steps.lines()) > 3, "its steps")
        await self.keep(window, "queue", "details", 0.5)
        facts = panel.details.facts
        if facts is not None:
            facts.verticalScrollBar().setValue(facts.verticalScrollBar().maximum())
            await self.keep(panel, "queue", "sent", 0.3)
        menu = panel._open_job_menu(panel.mapToGlobal(panel.rect().center()))
        if menu is not None:
            await self.keep(menu, "queue", "job-menu", 0.3)
            menu.close()
        panel.details.set_open(False)
        await self.keep(panel, "queue", "one", 0.3)

    async def _thousand(self, window: MainWindow) -> None:
        panel = window.create_page.queue
        self._jobs = self._jobs or thousand()
        window._bridge.jobsChanged.emit([JobChanged(job, is_new=True) for job in self._jobs])
        await self.until(lambda: len(panel.model.all_jobs()) > _MOST, "all are there")
        panel.view.clearSelection()
        panel.view.scrollToTop()
        await self.keep(window, "queue", "thousand", 0.6)
        panel.filter.field.setText("tram")
        panel.filter.parts.set_value(Part.WAITING)
        panel.filter.set_label("Spring campaign")
        rows = panel.view.selectionModel()
        for row in range(3):
            rows.select(panel.model.index(row), rows.SelectionFlag.Select)
        await self.keep(window, "queue", "filtered", 0.5)
        panel._open_queue_menu()
        menu = panel.findChild(QMenu, "queueActions")
        if menu is None:
            raise TimeoutError("the menu did not open")
        await self.keep(menu, "queue", "menu", 0.3)
        menu.close()
        await self._editing(window)
        panel.filter.reset()
        panel.view.clearSelection()

    async def _editing(self, window: MainWindow) -> None:
        """A waiting job in the composer."""
        composer, panel = window.create_page.composer, window.create_page.queue
        panel.filter.reset()
        job = next(one for one in panel.model.jobs() if one.state is JobState.QUEUED and one.request.account == "local"
                   and one.request.operation == "video.generate")
        panel.select(job.id)
        composer.sending.edit(job)
        await self.until(lambda: composer.sending.bar.isVisible() and composer.prompt.text() == job.prompt, "it is loaded")
        await self.keep(window, "queue", "editing", 0.5)
        composer.sending.leave()
        await asyncio.sleep(0.2)

    async def _batch(self, window: MainWindow) -> None:
        composer = window.create_page.composer
        window.switch_account("Team")
        await self.until(lambda: window.account.name == "Team", "the account was switched")
        await self.until(lambda: composer.picker.choose("video.generate"), "its operations are there")
        composer.prompt.set_text(SCENES[0])
        composer.foot.set_count(4)
        await self.until(lambda: "credits" in composer.foot.generate.cost(), "the price is known")
        await self.keep(window, "queue", "count", 0.5)
        composer.sending.open_batch()
        dialog = composer.sending.dialog
        if dialog is None:
            raise TimeoutError("the batch did not open")
        dialog.axes[0].choose("resolution")
        dialog.axes[1].choose("duration")
        await asyncio.sleep(0.1)
        if dialog.axes[1].edit.isVisible():
            dialog.axes[1].set_values((5, 10, 15))
        await self.until(dialog.send.isEnabled, "the jobs are listed")
        await self.keep(dialog, "queue", "batch", 0.4)
        dialog.prompts.setPlainText("\n".join(SCENES[:5]))
        dialog.ways.buttons()[2].click()
        await asyncio.sleep(0.4)
        await self.until(dialog.send.isEnabled, "the jobs are listed")
        await self.keep(dialog, "queue", "prompts", 0.3)
        dialog.ways.buttons()[1].click()
        await self.keep(dialog, "queue", "folder", 0.5)
        dialog.reject()
        composer.foot.set_count(1)
        window.switch_account("local")
        await self.until(lambda: window.account.name == "local", "the account was switched back")
