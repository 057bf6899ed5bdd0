"""Chains as the person deals with them: the shipped ones and their own, what they ask for and cost, their runs and files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.app.accounts import Accounts
from studio.app.costs import Costs
from studio.app.estimates import Estimates
from studio.app.events import Events
from studio.app.job_service import JobService
from studio.app.lineage import Lineage
from studio.app.queue import QueueService
from studio.domain.chain import Chain, Step, id_from
from studio.domain.chain_check import Asked, check, check_answers, check_shape, operation_of, questions
from studio.domain.chain_file import LONGEST_FILE, as_object, from_text
from studio.domain.chain_run import ChainEstimate, ChainRun, RunState
from studio.domain.chain_values import rehearsed, without_references
from studio.domain.errors import InputError, LocalError, NotFoundError
from studio.domain.event import ChainRunChanged, Event, JobChanged
from studio.domain.job import JobRequest
from studio.domain.ledger import Estimate, refusal
from studio.domain.operation import Operation
from studio.jobs.chains import ChainRunner, ChainWorld
from studio.jobs.runner import Runner
from studio.jobs.tasks import Tasks
from studio.jobs.walk import World
from studio.library.library import Library
from studio.settings.files import write_object
from studio.settings.paths import Paths
from studio.settings.shipped import shipped
from studio.store.assets import SqlAssetStore
from studio.store.chains import SqlChainStore
from studio.store.database import Database

FOLDER = "chains"
SHIPPED = ("talking-portrait", "clip-with-sound", "idea-to-clip")
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class ChainParts:
    """What chains need of the rest of the core."""

    world: World
    runner: Runner
    jobs: JobService
    queue: QueueService
    library: Library
    accounts: Accounts
    estimates: Estimates
    costs: Costs
    events: Events
    tasks: Tasks
    paths: Paths


class ChainService:
    """All of it on the core's loop; raises from the StudioError tree."""

    def __init__(self, db: Database, parts: ChainParts) -> None:
        self._store = SqlChainStore(db)
        world = parts.world
        self._queue = parts.queue
        self._runner = ChainRunner(ChainWorld(
            self._store, parts.runner, parts.jobs.operations, parts.jobs.prepared, parts.library.get, self._hold,
            world.clock, world.emit), parts.tasks)
        assets = SqlAssetStore(db, parts.paths.media, parts.paths.thumbnails)
        self._lineage = Lineage(world.store, assets, parts.library, parts.jobs.operations)
        self._estimates = parts.estimates
        self._costs = parts.costs
        self._events = parts.events
        self._provider_of = parts.accounts.provider
        self._usual_budget = world.usual_budget
        self._shipped: list[Chain] | None = None

    async def _hold(self, job_id: str, held: bool) -> None:
        await (self._queue.pause("job", job_id) if held else self._queue.resume("job", job_id))

    async def start_up(self) -> None:
        """Go on with every run that can, and hear of what happens to their jobs from now on."""
        self._events.subscribe(self._runner.hear)
        await self._runner.look()

    async def idle(self, jobs_idle: Callable[[], Awaitable[None]]) -> None:
        """Until no job can move any more (`jobs_idle`), nor a run by the end of one."""
        await jobs_idle()
        while await self._runner.settled():
            await jobs_idle()

    # -- the chains

    async def list(self) -> list[Chain]:
        """Those that come with the program, then the person's own by their titles."""
        return [*await self._shipped_ones(), *await self._store.chains()]

    async def get(self, chain_id: str) -> Chain:
        """By id, or by title however its letters are put together. Raises NotFoundError."""
        known = await self.list()
        found = next((chain for chain in known if chain.id == chain_id), None) or next(
            (chain for chain in known if chain.title.casefold() == chain_id.strip().casefold()), None)
        if found is None:
            raise NotFoundError(f"There is no chain {chain_id}.", advice="See `studio chains list`.")
        return found

    async def _shipped_ones(self) -> Sequence[Chain]:
        if self._shipped is None:
            self._shipped = await asyncio.to_thread(_read_shipped)
        return self._shipped

    async def save(self, chain: Chain) -> Chain:
        """Keep a chain of the person's own; gives it as it was kept. Without an id, or of a shipped one, it is a new one.

        Raises InputError naming the step and the field for what makes no sense whatever the account. LocalError.
        """
        check_shape(chain)
        taken = {known.id for known in await self.list()}
        own = {known.id for known in await self._store.chains()}
        chain_id = chain.id if chain.id in own else id_from(chain.title, taken)
        kept = chain.changed(id=chain_id, title=chain.title.strip(), shipped=False)
        await self._store.save(kept)
        return kept

    async def remove(self, chain_id: str) -> None:
        """Runs go on with the copy that they began with. Raises NotFoundError, and InputError for a shipped one."""
        chain = await self.get(chain_id)
        if chain.shipped:
            raise InputError(f"“{chain.title}” comes with Studio and stays.", code="shipped", advice="Leave it where it is.")
        await self._store.remove(chain.id)

    async def import_file(self, path: Path) -> Chain:
        """Keep the chain of a file, under an id of its own. Raises InputError, LocalError."""
        text = await asyncio.to_thread(_read, path)
        return await self.save(from_text(text, ""))

    async def export(self, chain_id: str, to: Path) -> Path:
        """Write a chain to a file, without accounts, keys or paths of this computer; into a folder under its own name.

        Raises NotFoundError, LocalError.
        """
        chain = await self.get(chain_id)
        target = to / f"{chain.id}.json" if await asyncio.to_thread(to.is_dir) else to
        try:
            await asyncio.to_thread(write_object, target, as_object(chain))
        except OSError as error:
            raise LocalError(f"{target} cannot be written: {error.strerror or error}.",
                             advice="Choose another folder.") from error
        return target

    async def of_asset(self, asset_id: str) -> Chain:
        """The steps that made an asset, as a chain that is not kept yet. Raises NotFoundError, InputError without any."""
        return await self._lineage.chain_of(asset_id)

    # -- before a run

    def _operations_of(self, account: str) -> Callable[[str | None], Sequence[Operation]]:
        return lambda name: self._provider_of(name or account).operations()

    def questions(self, chain: Chain, account: str) -> Sequence[Asked]:
        """What is asked before the first step. Raises NotFoundError (account), UnknownOperationError, InputError."""
        return questions(chain, self._operations_of(account))

    def check(self, chain: Chain, account: str) -> None:
        """Whether it can be run on this account. Raises InputError naming the step and the field ("clip.prompt")."""
        operations_of = self._operations_of(account)
        check(chain, operations_of)
        for step in chain.steps:
            values = rehearsed(step, operation_of(step, operations_of))
            try:
                self._provider_of(step.account or account).validate(step.operation, values)
            except InputError as error:
                raise _of_step(step, error) from error

    async def estimate(self, chain: Chain, account: str, answers: Mapping[str, object] | None = None) -> ChainEstimate:
        """What all of it is thought to cost, and whether the budgets of its accounts allow that. Raises NotFoundError."""
        steps = []
        for step in chain.steps:
            values = without_references(step, answers or {})
            steps.append(await self._estimates.of(JobRequest(step.operation, step.account or account, values)))
        return ChainEstimate(tuple(steps), await self._warning(chain, account, steps))

    async def _warning(self, chain: Chain, account: str, steps: Sequence[Estimate]) -> str:
        names = [step.account or account for step in chain.steps]
        for name in dict.fromkeys(names):
            budget = self._provider_of(name).account.budget.or_else(self._usual_budget())
            ours = [(step, one) for step, owner, one in zip(chain.steps, names, steps, strict=True) if owner == name]
            total = sum(one.amount or 0.0 for _, one in ours)
            standing = await self._costs.standing(name, budget)
            held = refusal(replace(budget, ask_above=None), standing, total) if total else None
            if held is not None:
                return f"{held.message} A step that does not fit any more waits in the queue."
            asking = [step.name for step, one in ours if refusal(replace(budget, per_day=None, per_month=None), standing,
                                                                 one.amount) is not None]
            if asking:
                return f"Waits for your word before: {', '.join(asking)}."
        return ""

    # -- runs

    async def start(self, chain: Chain, account: str, answers: Mapping[str, object]) -> ChainRun:
        """Check all that can be checked before the first credit is spent, write the run, and begin it.

        Raises InputError with the question as its field, or the step and its field ("clip.prompt"); NotFoundError.
        """
        self._provider_of(account)
        self.check(chain, account)
        operations_of = self._operations_of(account)
        given = check_answers(chain, answers, operations_of)
        for step in chain.steps:
            operation = operation_of(step, operations_of)
            try:
                self._provider_of(step.account or account).validate(step.operation, rehearsed(step, operation, given))
            except InputError as error:
                raise _of_step(step, error) from error
        estimate = await self.estimate(chain, account, given)
        return await self._runner.start(ChainRun.new(chain, account, given, estimate.total))

    async def runs(self, limit: int = 100) -> Sequence[ChainRun]:
        """The newest first."""
        return await self._store.runs(limit=limit)

    async def run(self, run_id: str) -> ChainRun:
        """Raises NotFoundError."""
        run = await self._store.run(run_id)
        if run is None:
            raise NotFoundError(f"There is no chain run {run_id}.", advice="See `studio chains runs`.")
        return run

    async def retry(self, run_id: str) -> ChainRun:
        """Go on at the step that failed; what is done stays. Raises NotFoundError, InputError."""
        return await self._runner.retry(run_id)

    async def cancel(self, run_id: str) -> ChainRun:
        """Stop it, and the job it stands at as far as its service can. Raises NotFoundError, InputError."""
        return await self._runner.cancel(run_id)

    async def pause(self, run_id: str) -> ChainRun:
        """No further step; what was sent goes on. Raises NotFoundError, InputError."""
        return await self._runner.set_paused(run_id, True)

    async def resume(self, run_id: str) -> ChainRun:
        """Let a held run go on. Raises NotFoundError, InputError."""
        return await self._runner.set_paused(run_id, False)

    async def wait(self, run_id: str, timeout_s: float | None = None) -> ChainRun:
        """The run once it has ended or waits for the person; as it is when the time is over. It goes on."""
        changed = asyncio.Event()

        def listen(event: Event) -> None:
            of_it = isinstance(event, ChainRunChanged) and event.run.id == run_id
            if of_it or (isinstance(event, JobChanged) and event.job.chain_run == run_id):
                changed.set()

        stop = self._events.subscribe(listen)
        try:
            async with asyncio.timeout(timeout_s):
                while not _settled(await self.run(run_id)):
                    changed.clear()
                    try:
                        async with asyncio.timeout(LOOK_EVERY_S):
                            await changed.wait()
                    except TimeoutError:
                        continue  # another process may move it: look
        except TimeoutError:
            pass  # the time is over: as it is
        finally:
            stop()
        return await self.run(run_id)


def _settled(run: ChainRun) -> bool:
    return run.state in (RunState.DONE, RunState.CANCELLED) or run.needs_person


def _of_step(step: Step, error: InputError) -> InputError:
    field = f"{step.name}.{error.field}" if error.field else step.name
    return InputError(f"Step “{step.name}”: {error.message}", field=field, code=error.code, advice=error.advice)


def _read_shipped() -> list[Chain]:
    folder = shipped(FOLDER)
    return [from_text((folder / f"{name}.json").read_text("utf-8"), name, shipped=True) for name in SHIPPED]


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(LONGEST_FILE + 1)
        if len(data) > LONGEST_FILE:
            raise InputError(f"“{path.name}” is too long for a chain.", code="too_large")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"“{path}” cannot be read: {error.strerror or error}.", code="no_such_file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"“{path.name}” is no text in UTF-8.", code="no_chain") from error
