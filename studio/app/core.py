"""The whole studio without a screen: opened by the window on a thread of its own, and by the command line.

Heavy to import (database, HTTP, media); whoever paints first imports it later.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from studio.app.accounts import Accounts
from studio.app.chains import ChainParts, ChainService
from studio.app.costs import Costs
from studio.app.discoveries import Discoveries
from studio.app.engine_ends import EngineEnds
from studio.app.engine_link import EngineLink
from studio.app.estimates import Estimates
from studio.app.events import Events
from studio.app.favourites import FavouriteService
from studio.app.gallery import GalleryService
from studio.app.history import HistoryService
from studio.app.job_service import JobService
from studio.app.ownership import Leases, this_place, this_process
from studio.app.prompts import PromptService
from studio.app.queue import ALL, QueueService
from studio.app.readiness import Readiness
from studio.app.references import ReferenceService
from studio.app.result_marks import ResultMarks
from studio.app.scenes import SceneService
from studio.app.watch import watch
from studio.app.webhooks import Webhooks, checked_secret
from studio.domain.account import LOCAL, LOCAL_ACCOUNT, Account, Balance, Budget, Secret
from studio.domain.asset import Asset
from studio.domain.errors import InputError, LocalError
from studio.domain.event import Listener, ProblemRaised
from studio.domain.job import Job, JobRequest, TimelineEntry
from studio.domain.ledger import Estimate, LedgerEntry, LedgerQuery, Standing
from studio.domain.operation import Operation
from studio.domain.query import AssetQuery, JobQuery, JobTotals
from studio.domain.remote import Pace
from studio.jobs.clock import SystemClock
from studio.jobs.hosting import sweep
from studio.jobs.runner import Runner
from studio.jobs.scheduler import Scheduler
from studio.jobs.tasks import Tasks
from studio.jobs.walk import World
from studio.library.library import Library
from studio.media.workers import stop_busy_workers
from studio.providers.discovery import DocumentBook
from studio.settings import preferences as settings
from studio.settings.accounts import AccountBook
from studio.settings.keys import KeyRing, KeySource
from studio.settings.paths import Paths
from studio.settings.preferences import Preferences
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.history import SqlHistory
from studio.store.hosted_urls import SqlHostedUrls
from studio.store.jobs import SqlJobStore
from studio.store.ledger import SqlLedger
from studio.store.paces import SqlPaceStore
from studio.store.processes import ProcessBook
from studio.store.prompts import SqlPrompts
from studio.store.queue import SqlQueue


class Core:
    """Opened with `open`, set to work with `start`, ended with `close`; all on one asyncio loop.

    Its methods raise from the StudioError tree and from nothing else.
    """

    def __init__(self, paths: Paths, db: Database, preferences: Preferences) -> None:
        self.paths = paths
        self._closed, self.preferences = False, preferences
        self._db = db
        self._events = Events()
        self._tasks = Tasks(self._report)
        emit = self._events.emit
        self._events.subscribe(Readiness(self._tasks).hear)
        self._store, self._ledger = SqlJobStore(db), SqlLedger(db)
        self.costs = Costs(self._ledger)
        self.prompts = PromptService(paths.data, SqlPrompts(db), emit)
        self.favourites = FavouriteService(paths.data, emit)
        scheduler = Scheduler(SqlPaceStore(db, Pace), SystemClock(), self._store.in_flight)
        self._link = EngineLink(paths.engine, emit, self._tasks)
        documents = DocumentBook(paths.data / "operations")
        self._accounts = Accounts(AccountBook(paths), KeyRing(), self._link, emit, scheduler, documents)
        self._discoveries = Discoveries(documents, self._accounts.provider, emit, self._tasks)
        assets = SqlAssetStore(db, paths.media, paths.thumbnails)
        self._events.subscribe(ResultMarks(assets, emit, self._tasks).hear)
        self._library = Library(paths, assets, emit, lambda: self.preferences.embed_recipes)
        self.gallery = GalleryService(paths, db, self._library, emit)
        self.references = ReferenceService(paths, db, self._library, self._store, self.operations)
        self.scenes = SceneService(paths, self._library)
        self._world = world = World(self._store, self._accounts, self._library, SqlHostedUrls(db), scheduler, SystemClock(),
                                    emit, random.random, lambda: Budget(ask_above=self.preferences.ask_above_credits))
        self._leases = Leases(ProcessBook(paths.data / "processes.db"), this_process(), this_place())
        self._runner = Runner(world, self._leases.owner, self._leases.follows, self._leases.has_ended)
        self._events.subscribe(EngineEnds(self._link.known, self._runner.look_now, self._runner.follows, self._tasks).hear)
        self._webhooks = Webhooks(paths.data, self.accounts, self._webhook_secret, self._runner.look_now, emit)
        self._accounts.webhook_url = self._webhooks.address_to_send
        self._estimates = Estimates(self._ledger, self._accounts.provider)
        self._jobs = JobService(self._store, self._runner, self._accounts, self._library, self._events, self._estimates)
        self.queue = QueueService(SqlQueue(db), SqlHostedUrls(db), self._jobs, self._runner, self._estimates, self._events)
        self.history = HistoryService(SqlHistory(db, paths.media), self._store, self._jobs,
                                      lambda: [account.name for account in self.accounts()])
        self.chains = ChainService(db, ChainParts(world, self._runner, self._jobs, self.queue, self._library, self._accounts,
                                                  self._estimates, self.costs, self._events, self._tasks, paths))

    @classmethod
    async def open(cls, paths: Paths) -> Core:
        """Open the store, made or updated where needed. Raises StoreTooNewError, DiskFullError or LocalError."""
        try:
            await asyncio.to_thread(paths.create)
        except OSError as error:
            raise LocalError(f"{error.filename or paths.data} cannot be made: {error.strerror}.",
                             advice="Check its rights, or set STUDIO_HOME to another folder.") from error
        preferences, problem = await asyncio.to_thread(settings.load_with_report, paths.settings)
        core = cls(paths, await asyncio.to_thread(Database.open, paths.store), preferences)
        core.problem_at_start = problem
        return core

    problem_at_start: str | None = None
    """Words about settings that could not be read; raised as ProblemRaised at `start`."""

    async def start(self) -> None:
        """Go on with every unfinished job that nobody follows, and watch for what other processes do."""
        if self.problem_at_start:
            self._events.emit(ProblemRaised(self.problem_at_start))
        await self._webhooks.start(self.preferences)
        await self._tell_model_folders()
        self._discoveries.start()
        await self._leases.beat()
        await self._runner.take_up()
        await self.chains.start_up()
        self._tasks.start(sweep(self._world), "uploads that no job needs")
        look, take_up = self._runner.look_around, self._runner.take_up
        self._tasks.start(watch(self._db.data_version, self._events.emit, look, take_up, self._leases.beat), "watch")

    async def close(self) -> None:
        """Let go of everything in good order; jobs go on at the next start, or in another process at once.

        Calling it again does nothing.
        """
        if self._closed:
            return
        self._closed = True
        self._link.close()
        stop_busy_workers()
        self.scenes.close()
        await self._webhooks.close()
        await self._tasks.close()
        await self._runner.close()
        await self._tasks.close()  # what its last events began
        await self._leases.end()
        await self._accounts.close()
        await asyncio.to_thread(self._db.close)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear every event, on this loop; returns how to stop that."""
        return self._events.subscribe(listener)

    def _report(self, error: BaseException) -> None:
        self._events.emit(ProblemRaised(f"Something in the background failed: {error}. The log has the rest."))

    # -- accounts

    def accounts(self) -> list[Account]:
        """`local` first, which is always there."""
        return list(self._accounts.book.list())

    def account(self, name: str) -> Account:
        """The account of that name, however its letters are put together. Raises NotFoundError."""
        return LOCAL if name == LOCAL_ACCOUNT else self._accounts.book.get(name)

    def default_account(self) -> str:
        """The one that the settings name, if it still exists, else `local`."""
        names = {account.name for account in self.accounts()}
        chosen = self.preferences.default_account
        return chosen if chosen in names else LOCAL_ACCOUNT

    async def add_account(self, account: Account, key: str | None) -> str | None:
        """Store an account; the same name again replaces. Words of warning when its key could not be kept, else None."""
        warning = await self._accounts.add(account, key)
        await self._webhooks.accounts_changed()
        self._discoveries.refresh_if_due(account.name, again=True)
        return warning

    async def remove_account(self, name: str) -> None:
        """Raises NotFoundError, and InputError for `local`."""
        await self._accounts.remove(name)
        await self._webhooks.accounts_changed()

    async def update_account(self, account: Account) -> Account:
        """Change the fields of an account that is there; gives it as it was stored. Its key stays with service and origin.

        Raises NotFoundError, and InputError naming the field.
        """
        stored = await self._accounts.update(account)
        self._discoveries.refresh_if_due(stored.name, again=True)
        self._runner.nudge()  # its budget may allow what it did not
        return stored

    async def test_account(self, account: Account, key: str | None) -> Balance:
        """Ask the service with this key, or with the stored one (None). Stores nothing; raises the service's own reason."""
        return await self._accounts.test(account, key)

    async def test_media_host(self, account: Account) -> None:
        """Put a small object where the account's files go, read it back over its address, delete it. Raises the reason."""
        await self._accounts.test_media_host(account)

    async def set_secret(self, name: str, purpose: Secret, value: str | None) -> str | None:
        """Keep a secret of an account in the keyring, or forget it (None). Words of warning when that could not be done."""
        if purpose is Secret.WEBHOOK and value is not None:
            value = checked_secret(value)
        return await self._accounts.set_secret(name, purpose, value)

    async def has_secret(self, name: str, purpose: Secret) -> bool:
        """Whether the account has such a secret, as far as the keyring can be read."""
        return await self._accounts.secret(name, purpose) is not None

    async def key_hint(self, name: str) -> str | None:
        """The last four characters of the account's key; None without a key, or where it is too short to show any."""
        return await self._accounts.key_hint(name)

    async def key_source(self, name: str) -> KeySource:
        """Where the account's key comes from."""
        return await self._accounts.key_source(name)

    async def balance(self, account: str) -> Balance:
        """Ask the service: the test of an account and its key."""
        balance = await self._accounts.balance(account)
        self._discoveries.refresh_if_due(account)
        return balance

    def operations(self, account: str | None = None) -> list[Operation]:
        """What the account's service can do, by contract and the kept document: offline, without a key. None: local."""
        return list(self._accounts.provider(account or LOCAL_ACCOUNT).operations())

    async def refresh_operations(self, account: str) -> str | None:
        """Ask the service what it can do, and keep it; OperationsChanged tells when that is something else than before.

        Words of a problem, which leaves everything as it was; None where there is none. Raises NotFoundError.
        """
        return await self._discoveries.refresh(account)

    # -- jobs

    async def attach(self, path: Path) -> str:
        """The library's own copy of a file, as the `file:` URI to put into a request. Raises InputError for no media."""
        return await self._library.attach(path)

    async def attach_bytes(self, data: bytes, name: str) -> str:
        """The same for data from the clipboard or a drop."""
        return await self._library.attach_bytes(data, name)

    async def submit(self, request: JobRequest) -> Job:
        """Check the request, write the job as `queued` and return; it goes on by itself from there."""
        job = await self._jobs.submit(request)
        self._discoveries.refresh_if_due(request.account)
        return job

    async def job(self, job_id: str) -> Job:
        return await self._jobs.get(job_id)

    async def jobs(self, query: JobQuery) -> list[Job]:
        return list(await self._store.list(query))

    async def timeline(self, job_id: str) -> list[TimelineEntry]:
        await self._jobs.get(job_id)
        return list(await self._store.timeline(job_id))

    async def totals(self, since: datetime) -> JobTotals:
        return await self._store.totals(since)

    async def cancel(self, job_id: str) -> Job:
        """Stop a job, over there too where the service can; within some seconds. InputError when it has ended."""
        return await self._runner.cancel(job_id)

    async def retry(self, job_id: str) -> Job:
        """Go on with a failed job; of one with an unknown outcome, send it again under the same key."""
        return await self._runner.retry(job_id)

    async def give_up(self, job_id: str) -> Job:
        """Stop asking about a job with an unknown outcome."""
        return await self._runner.give_up(job_id)

    async def approve(self, job_id: str) -> Job:
        """Send a held job whatever its account's budget says. InputError when it has left the queue."""
        return await self._runner.approve(job_id)

    async def wait(self, job_id: str, timeout_s: float | None = None) -> Job:
        """The job once it has ended or waits for the person's word; as it is when the time is over."""
        return await self._jobs.wait(job_id, timeout_s)

    async def wait_sent(self, job_id: str, timeout_s: float | None = None) -> Job:
        """The job once its service has it, or it is known why it cannot be sent now."""
        return await self._jobs.wait_sent(job_id, timeout_s)

    async def idle(self) -> None:
        """Until no job that this process follows can move any more."""
        await self.chains.idle(self._runner.idle)

    # -- costs and holds; `costs` has the ledger

    async def estimate(self, request: JobRequest) -> Estimate:
        """What a job is thought to cost, and how that is known. Raises NotFoundError for an account that is not there."""
        return await self._estimates.of(request)

    async def job_costs(self, job_id: str) -> list[LedgerEntry]:
        """A job's lines of the ledger, newest first."""
        return await self.costs.entries(LedgerQuery(job_id=job_id))

    async def standing(self, account: str) -> Standing:
        """What an account has spent today and this month, and what is reserved. Raises NotFoundError."""
        known = self.account(account)
        return await self.costs.standing(known.name, known.budget)

    async def apply_on_start(self) -> None:
        """What the settings want of the queue when the window opens; a disk that takes nothing is told at `start`."""
        problem = await self.queue.apply_on_start(self.preferences.on_start)
        self.problem_at_start = self.problem_at_start or problem

    async def pause_queue(self) -> None:
        """Nothing leaves the queue any more, in any process and after a restart; what was sent goes on."""
        await self.queue.pause("all")

    async def resume_queue(self) -> None:
        """Let the queue go on."""
        await self.queue.resume("all")

    async def is_paused(self) -> bool:
        """Whether nothing leaves the queue just now."""
        return ALL in await self.queue.pauses()

    # -- assets

    async def assets(self, query: AssetQuery) -> list[Asset]:
        return list(await self._library.list(query))

    async def asset(self, asset_id: str) -> Asset:
        return await self._library.get(asset_id)

    async def asset_counts(self) -> dict[str, int]:
        return await self._library.counts()

    async def import_file(self, path: Path, name: str = "") -> Asset:
        return await self._library.import_file(path, name)

    async def export(self, ids: list[str], to: Path) -> list[Path]:
        return await self._library.export(ids, to)

    async def delete(self, ids: list[str], anyway: bool = False) -> None:
        """Into the trash; `restore` brings them back. InputError "in_use"; "has_children" unless `anyway`."""
        await self._library.delete(ids, anyway)

    async def restore(self, ids: list[str]) -> None:
        await self._library.restore(ids)

    # -- settings

    async def set_preferences(self, prefs: Preferences) -> None:
        """Save and use them from now on. Raises InputError for values that make no sense, LocalError."""
        try:
            await asyncio.to_thread(settings.save, self.paths.settings, prefs)
        except ValueError as error:
            raise InputError(str(error)) from error
        except OSError as error:
            raise LocalError(f"The settings could not be saved: {error.strerror}.", advice="Check the disk.") from error
        before, self.preferences = self.preferences, prefs
        self._runner.nudge()
        if prefs.model_folders != before.model_folders:
            await self._tell_model_folders()
            self._discoveries.refresh_if_due(LOCAL_ACCOUNT, again=True)
        await self._webhooks.preferences_changed(prefs)

    async def _tell_model_folders(self) -> None:
        """The engine finds there what the person set; it looks again at each request, so it need not start anew."""
        from studio.engine.render.diffusion.catalogue import write_folders

        try:
            await asyncio.to_thread(write_folders, self.paths.engine, self.preferences.model_folders)
        except OSError as error:
            self._events.emit(ProblemRaised(f"The engine could not be told of the model folders: {error.strerror}."))

    async def _webhook_secret(self, account: str) -> str | None:
        return await self._accounts.secret(account, Secret.WEBHOOK)

    def webhook_address(self, account: str) -> str | None:
        """What to enter at the service for its events; None while no events are received, and for `local`."""
        return self._webhooks.address(account)

    @property
    def webhook_port(self) -> int | None:
        """Where events are received on this computer; None where they are not."""
        return self._webhooks.port
