"""Costs and budgets as the screens show them: a ledger of some months, and an engine that plays a paid service."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

from PySide6.QtWidgets import QScrollArea
from sqlalchemy import Connection, insert

from studio.domain.account import Account, Budget, Service
from studio.domain.job import Credits, Job, JobRequest
from studio.domain.ledger import EntryKind, Grouping
from studio.domain.state import JobState
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.store.database import Database
from studio.store.jobs import SqlJobStore
from studio.store.rows import to_ms
from studio.store.tables import ledger
from studio.ui.accounts.accounts_dialog import AccountsDialog
from studio.ui.dialogs.settings_dialog import SettingsDialog
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit

_SHOTS = (
    ("video.generate", {"prompt": "A night tram crossing a square", "resolution": "1080p", "duration": 10}, 45.0),
    ("image.generate", {"prompt": "a lighthouse in a storm, noir", "resolution": "2K"}, 8.0),
    ("prompt.enhance.video", {"prompt": "a tram at night"}, 1.0),
    ("music.generate", {"prompt": "slow piano, rain", "duration_seconds": 45}, 18.0),
    ("narration.generate", {"text": "Once there was a lighthouse at the end of the world."}, 2.0),
)
_LABELS = ("Spring campaign", "Trailer", None)


async def make_costs(paths: Paths, url: str) -> None:
    """Two accounts, and what they paid in the last four months."""
    paths.create()
    book = AccountBook(paths)
    book.add(Account("Team", Service.CANNON_STUDIO, url, colour="#3FA66B", budget=Budget(20, 120, 2500)))
    # nobody is there: its prices are known from what was charged before, or not at all
    book.add(Account("Own", Service.CANVAS_LABS, "http://127.0.0.1:9/v1", colour="#C9793B", budget=Budget(per_month=600)))
    db = await asyncio.to_thread(Database.open, paths.store)
    try:
        await _pay(SqlJobStore(db), db)
    finally:
        await asyncio.to_thread(db.close)


async def _pay(store: SqlJobStore, db: Database) -> None:
    chance, today = random.Random(7), datetime.now().astimezone()
    for back in range(120, 0, -1):
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
            operation, given, price = chance.choice(_SHOTS)
            account = "Own" if operation == "video.generate" and chance.random() < 0.4 else "Team"
            at = today - timedelta(days=back, minutes=chance.randrange(600))
            state = chance.choices((JobState.DONE, JobState.FAILED, JobState.UNKNOWN), (30, 3, 1))[0]
            request = JobRequest(operation, account, given, chance.choice(_LABELS))
            charged = None if state is JobState.UNKNOWN else 0.0 if state is JobState.FAILED else price
            job = Job.new(request).changed(created_at=at, submitted_at=at, state=state, finished_at=at,
                                           credits=Credits(None, charged))
            await store.add(job.changed(credits=Credits(), state=JobState.QUEUED))
            await db.write(lambda connection, job=job, price=price: _enter(connection, job, price))  # type: ignore[misc]


def _enter(connection: Connection, job: Job, price: float) -> None:
    """The lines as they would have been written then."""
    given: list[tuple[EntryKind, float | None]] = [(EntryKind.ESTIMATED, price)]
    if job.state is JobState.UNKNOWN:
        given.append((EntryKind.UNKNOWN, price))
    else:
        given.append((EntryKind.CHARGED, price))
    if job.state is JobState.FAILED:
        given.append((EntryKind.REFUNDED, price))
    for kind, amount in given:
        connection.execute(insert(ledger).values(
            job_id=job.id, intent=job.idempotency_key, account=job.request.account, operation=job.request.operation,
            label=job.request.label, at=to_ms(job.created_at), kind=kind.value, amount=amount))
    connection.exec_driver_sql(
        "UPDATE jobs SET state = ?, charged = ?, estimated = ?, finished_at = created_at WHERE id = ?",
        (job.state.value, job.credits.charged, price, job.id))


class Costs(Visit):
    """The price before a job is sent, held jobs, the costs, an account's budget."""

    async def states(self, window: MainWindow) -> None:
        page, composer = window.create_page, window.create_page.composer
        window.show_page(CREATE)
        window.switch_account("Team")
        await self.until(lambda: window.account.name == "Team", "the account was switched")
        await asyncio.sleep(0.5)
        composer.picker.choose("video.generate")
        composer.prompt.set_text("A night tram crossing a rain-soaked square, neon reflections")
        await self.until(lambda: "credits" in composer.foot.generate.cost(), "the price is known")
        await self.keep(window, "composer", "price", 0.6)
        before = len(window.hold_bar.held)
        for words in ("A night tram crossing a rain-soaked square", "The same square at dawn"):
            composer.prompt.set_text(words)
            composer.submit()
            before += 1
            await self.until(lambda wanted=before: len(window.hold_bar.held) >= wanted, "the job is held")  # type: ignore[misc]
        page.queue.select(window.hold_bar.held[0].id)
        await self.keep(window, "queue", "held", 0.6)
        held = [job.id for job in window.hold_bar.held]  # while the queue is held, they wait for that and not for a word
        window.pause_queue()
        await asyncio.sleep(0.5)
        await self.keep(window, "queue", "paused", 0.4)
        window.resume_queue()
        for job_id in held:
            await window._bridge.call(lambda core, job_id=job_id: core.cancel(job_id))  # type: ignore[misc]
        await self.until(lambda: not window.hold_bar.isVisible(), "nothing is held")
        window.switch_account("Own")
        await self.until(lambda: window.account.name == "Own", "the account was switched")
        await self.until(lambda: composer.picker.choose("video.generate"), "its operations are there")
        await asyncio.sleep(0.3)
        composer.load(JobRequest("video.generate", "Own", {**_SHOTS[0][1], "duration": 15}))
        await self.until(lambda: "earlier" in composer.foot.cost_words(), "the price is known from earlier jobs")
        await self.keep(window, "composer", "earlier", 0.6)
        composer.picker.choose("image.generate")
        await self.keep(window, "composer", "unpriced", 0.8)
        await self._costs(window)
        await self._budget(window)
        window.open_settings()
        settings = window.findChild(SettingsDialog, "settingsDialog")
        if settings is None:
            raise TimeoutError("the settings did not open")
        for scroll in settings.findChildren(QScrollArea):
            scroll.ensureWidgetVisible(settings.queue, 0, 40)
        await self.keep(settings, "settings", "queue", 0.6)
        settings.reject()
        await asyncio.sleep(0.1)

    async def _costs(self, window: MainWindow) -> None:
        window.show_costs()
        if window.history is None:
            raise TimeoutError("there is no history")
        costs = window.history.costs
        await self.until(lambda: bool(costs.model.rows), "the sums are there")
        await self.keep(window, "history", "costs", 0.6)
        costs.groups.set_value(Grouping.OPERATION)
        costs.period.setCurrentIndex(2)
        costs.refresh()
        costs.chart.setFocus()
        await self.keep(window, "history", "costs-operations", 0.8)
        costs.groups.set_value(Grouping.DAY)
        costs.period.setCurrentIndex(0)
        window.history.show_view("jobs")

    async def _budget(self, window: MainWindow) -> None:
        window.open_accounts()
        dialog = window.findChild(AccountsDialog, "accountsDialog")
        if dialog is None:
            raise TimeoutError("the accounts did not open")
        await self.until(lambda: dialog.list.count() > 2, "the accounts are listed")
        dialog.list.setCurrentRow(1)
        await asyncio.sleep(1.0)
        if dialog.details is not None:
            for scroll in dialog.details.findChildren(QScrollArea):
                scroll.ensureWidgetVisible(dialog.details.budget, 0, 24)
        await self.keep(dialog, "accounts", "budget", 0.5)
        dialog.reject()
