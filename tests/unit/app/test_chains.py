"""Chains on a real core, store and engine: each step once, whatever happens between; retried where it failed; said before
it costs anything."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from studio.app.core import Core
from studio.domain.account import KEY_VARIABLES, Budget
from studio.domain.chain import Chain, Step
from studio.domain.chain_run import ChainRun, RunState, step_key
from studio.domain.errors import InputError, NotFoundError
from studio.domain.event import ChainRunChanged, Event, JobChanged
from studio.domain.job import JobRequest
from studio.domain.lineage import Link
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.state import JobState, WaitReason
from studio.settings.paths import Paths
from tests.unit.app.chain_renderers import RENDERERS, UNTIL
from tests.unit.app.paid import NAME, at, until
from tests.unit.domain.chains import ask, take
from tests.unit.engine.renderers import png
from tests.unit.engine.rig import KEY, engine

SMALL = {"resolution": "1K"}
LIMIT_S = 300.0


def chain(*, second: object = "a lake at night", title: str = "Three steps") -> Chain:
    return Chain("", title, (
        Step("first", "image.generate", {"prompt": ask("idea", label="Idea"), **SMALL}),
        Step("second", "image.generate", {"prompt": second, "reference_image_urls": take("first"), **SMALL}),
        Step("third", "image.edit", {"prompt": take("start", "idea"), "image_url": take("second"), **SMALL}),
    ))


@asynccontextmanager
async def at_work(folder: Path, *, plan: str | None = None, budget: Budget = Budget()) -> AsyncIterator[Core]:  # noqa: B008
    """A core with the account NAME at an engine; without a plan it is free, and asked often."""
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(folder / "service", plan=plan) as rig:
        assert isinstance(rig.options.renderers, dict)
        rig.options.renderers.update(RENDERERS)
        core = await Core.open(Paths.of_home(folder / "home"))
        try:
            await core.start()
            await core.add_account(at(rig, budget=budget), None)
            yield core
        finally:
            await core.close()


async def ended(core: Core, run: ChainRun) -> ChainRun:
    return await core.chains.wait(run.id, LIMIT_S)


@pytest.mark.slow
async def test_a_run_goes_from_step_to_step_by_itself(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        heard: list[Event] = []
        core.subscribe(heard.append)
        began = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        run = await ended(core, began)
        assert run.state is RunState.DONE
        assert run.estimated is not None
        assert [one.attempt for one in run.jobs] == [1, 1, 1]
        jobs = [one.job for one in run.jobs]
        assert [job.idempotency_key for job in jobs] == [step_key(run.id, step, 1) for step in range(3)]
        assert all(job.chain_run == run.id and job.request.label == "Three steps" for job in jobs)
        first = await core.asset(jobs[0].asset_ids[0])
        assert jobs[1].request.input["reference_image_urls"] == [first.path.as_uri()]
        assert jobs[2].request.input["prompt"] == "a pier"
        assert (await core.timeline(jobs[1].id))[0].note == "Step 2 of 3: second."
        changes = [event.run for event in heard if isinstance(event, ChainRunChanged)]
        assert [change.current for change in changes if change.state is RunState.RUNNING][-1] == 2
        assert changes[-1].state is RunState.DONE
        assert sum(isinstance(event, JobChanged) and event.is_new for event in heard) == 3


@pytest.mark.slow
async def test_what_is_wrong_is_told_before_anything_is_made(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        for wrong, field in ((chain(second=""), "second.prompt"), (chain(second="x" * 9000), "second.prompt")):
            with pytest.raises(InputError) as told:
                await core.chains.start(wrong, NAME, {"idea": "a pier"})
            assert told.value.field == field
        late = chain().changed(steps=(*chain().steps[:2], Step("third", "image.edit", {
            "prompt": "x", "image_url": take("second"), "resolution": "8K"})))
        with pytest.raises(InputError) as told:
            await core.chains.start(late, NAME, {"idea": "a pier"})
        assert told.value.field == "third.resolution"
        with pytest.raises(InputError) as told:
            await core.chains.start(chain(), NAME, {})
        assert told.value.field == "idea"
        with pytest.raises(NotFoundError):
            await core.chains.start(chain(), "nobody", {"idea": "a pier"})
        assert await core.jobs(JobQuery()) == []
        assert list(await core.chains.runs()) == []


@pytest.mark.slow
async def test_a_retry_runs_only_the_step_that_failed_and_those_after_it(tmp_path: Path) -> None:
    mark = tmp_path / "light"
    async with at_work(tmp_path) as core:
        run = await ended(core, await core.chains.start(chain(second=f"a lake {UNTIL}{mark}"), NAME, {"idea": "a pier"}))
        assert (run.state, run.current) == (RunState.FAILED, 1)
        assert run.stopped_by is not None
        assert "light is wrong" in run.stopped_by.message
        first = run.jobs[0].job
        with pytest.raises(InputError, match="nothing to cancel"):
            await core.chains.cancel((await ended(core, await core.chains.start(chain(), NAME, {"idea": "x"}))).id)
        mark.touch()
        again = await ended(core, await core.chains.retry(run.id))
        assert again.state is RunState.DONE
        assert again.jobs[0].job.id == first.id
        assert [one.attempt for one in again.jobs] == [1, 2, 1]
        assert again.jobs[1].job.idempotency_key == step_key(run.id, 1, 2)
        with pytest.raises(InputError, match="nothing to retry"):
            await core.chains.retry(run.id)


@pytest.mark.slow
async def test_a_job_that_the_person_retries_in_the_queue_takes_its_run_along(tmp_path: Path) -> None:
    mark = tmp_path / "light"
    async with at_work(tmp_path) as core:
        run = await ended(core, await core.chains.start(chain(second=f"a lake {UNTIL}{mark}"), NAME, {"idea": "a pier"}))
        assert run.current_job is not None
        mark.touch()
        await core.retry(run.current_job.id)
        await core.wait(run.current_job.id, LIMIT_S)
        done = await ended(core, run)
        async with asyncio.timeout(LIMIT_S):
            while done.state is not RunState.DONE:
                await asyncio.sleep(0.05)
                done = await core.chains.run(run.id)
        assert [one.attempt for one in done.jobs] == [1, 1, 1]


@pytest.mark.slow
async def test_two_processes_make_each_step_once(tmp_path: Path) -> None:
    """Two cores on one store, both at work, both hearing of each end."""
    async with at_work(tmp_path) as core:
        other = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await other.start()
            runs = [await core.chains.start(chain(), NAME, {"idea": f"pier {n}"}) for n in range(4)]
            done = await asyncio.gather(*(ended(core, run) for run in runs))
            assert [run.state for run in done] == [RunState.DONE] * 4
            jobs = await other.jobs(JobQuery())
            assert len(jobs) == 12
            assert len({job.idempotency_key for job in jobs}) == 12
            assert all([one.attempt for one in run.jobs] == [1, 1, 1] for run in done)
            # and however often it is looked at afterwards
            await asyncio.gather(*(one.chains._runner.look() for one in (core, other) for _ in range(3)))
            assert len(await core.jobs(JobQuery())) == 12
        finally:
            await other.close()


@pytest.mark.slow
async def test_a_run_is_held_and_goes_on(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        await core.pause_queue()
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        held = await core.chains.pause(run.id)
        assert held.paused
        await core.resume_queue()
        assert run.current_job is not None
        job = await until(core, run.current_job.id, lambda job: job.waiting_for is WaitReason.PAUSED, LIMIT_S)
        assert job.state is JobState.QUEUED
        await core.chains.resume(run.id)
        assert (await ended(core, run)).state is RunState.DONE
        with pytest.raises(InputError, match="cannot be held"):
            await core.chains.pause(run.id)


@pytest.mark.slow
async def test_no_step_is_begun_while_a_run_is_held(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        assert run.current_job is not None
        await core.chains.pause(run.id)
        job = await core.job(run.current_job.id)
        if job.state is JobState.QUEUED:
            await core.queue.resume("job", job.id)  # only the run is held now
        await core.wait(job.id, LIMIT_S)
        await asyncio.sleep(0.3)
        assert len(await core.jobs(JobQuery())) == 1
        assert (await core.chains.run(run.id)).state is RunState.RUNNING
        await core.chains.resume(run.id)
        assert (await ended(core, run)).state is RunState.DONE


@pytest.mark.slow
async def test_a_cancelled_run_can_go_on_at_its_step(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        await core.pause_queue()
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        cancelled = await core.chains.cancel(run.id)
        assert cancelled.state is RunState.CANCELLED
        assert cancelled.current_job is not None
        assert cancelled.current_job.state is JobState.CANCELLED
        await core.resume_queue()
        again = await ended(core, await core.chains.retry(run.id))
        assert again.state is RunState.DONE
        assert [one.attempt for one in again.jobs] == [2, 1, 1]


@pytest.mark.slow
async def test_cancelling_the_job_of_a_step_ends_its_run(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        await core.pause_queue()
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        assert run.current_job is not None
        await core.cancel(run.current_job.id)
        assert (await ended(core, run)).state is RunState.CANCELLED


@pytest.mark.slow
async def test_a_deleted_result_stops_the_run_with_its_reason(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        await core.chains.pause(run.id)
        assert run.current_job is not None
        await core.queue.resume("job", run.current_job.id)
        job = await core.wait(run.current_job.id, LIMIT_S)
        await core.delete([job.asset_ids[0]])
        await core.chains.resume(run.id)
        stopped = await ended(core, run)
        assert (stopped.state, stopped.current, stopped.current_job) == (RunState.FAILED, 1, None)
        assert stopped.stopped_by is not None
        assert stopped.stopped_by.field == "second.reference_image_urls"
        await core.restore([job.asset_ids[0]])
        assert (await ended(core, await core.chains.retry(run.id))).state is RunState.DONE


@pytest.mark.slow
async def test_what_a_run_was_given_is_not_thrown_away_while_it_is_under_way(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        path = tmp_path / "mine.png"
        path.write_bytes(png())
        mine = await core.import_file(path)
        given = chain().changed(steps=(*chain().steps[:2], Step("third", "image.edit", {
            "prompt": "x", "image_url": ask("picture", label="Picture"), **SMALL})))
        run = await core.chains.start(given, NAME, {"idea": "a pier", "picture": mine.path.as_uri()})
        with pytest.raises(InputError, match="not finished") as told:
            await core.delete([mine.id])
        assert told.value.code == "in_use"
        done = await ended(core, run)
        assert done.state is RunState.DONE
        first, second, third = (one.job.asset_ids[0] for one in done.jobs)
        assert Link(first, second, "chain") in (await core.gallery.lineage(first)).links
        assert (await core.gallery.lineage(third)).links == (Link(mine.id, third, "reference"),)
        with pytest.raises(InputError, match="made from") as told:
            await core.delete([mine.id])
        assert told.value.code == "has_children"
        await core.delete([mine.id], anyway=True)


@pytest.mark.slow
async def test_a_restart_goes_on_with_a_run(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        await core.pause_queue()
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        await core.close()
        other = await Core.open(Paths.of_home(tmp_path / "home"))
        try:
            await other.resume_queue()
            await other.start()
            done = await ended(other, run)
            assert done.state is RunState.DONE
            assert len(await other.jobs(JobQuery())) == 3
        finally:
            await other.close()


@pytest.mark.slow
async def test_the_total_is_said_before_with_what_the_budget_says_of_it(tmp_path: Path) -> None:
    async with at_work(tmp_path, plan="pro", budget=Budget(per_day=10)) as core:
        estimate = await core.chains.estimate(chain(), NAME, {"idea": "a pier"})
        assert len(estimate.steps) == 3
        assert estimate.total is not None
        assert estimate.total > 10
        assert "10 credits today" in estimate.warning
        local = await core.chains.estimate(chain(), "local", {"idea": "a pier"})
        assert (local.total, local.unknown, local.warning) == (0, 0, "")
        run = await core.chains.start(chain(), NAME, {"idea": "a pier"})
        async with asyncio.timeout(LIMIT_S):  # the step that does not fit waits in the queue, as any job does
            while (run.current_job is None or run.current_job.waiting_for is not WaitReason.BUDGET):
                await asyncio.sleep(0.05)
                run = await core.chains.run(run.id)
        assert run.current == 2


@pytest.mark.slow
async def test_steps_above_the_limit_to_ask_are_named(tmp_path: Path) -> None:
    async with at_work(tmp_path, plan="pro", budget=Budget(ask_above=1)) as core:
        estimate = await core.chains.estimate(chain(), NAME, {"idea": "a pier"})
        assert estimate.warning == "Waits for your word before: first, second, third."


@pytest.mark.slow
async def test_chains_are_kept_under_names_of_their_own(core: Core, tmp_path: Path) -> None:
    shipped = await core.chains.list()
    assert [one.id for one in shipped] == ["talking-portrait", "clip-with-sound", "idea-to-clip"]
    for one in shipped:
        core.chains.check(one, "local")
    kept = await core.chains.save(chain())
    assert kept.id == "three-steps"
    assert (await core.chains.save(chain())).id == "three-steps-2"
    changed = await core.chains.save(kept.changed(description="Better."))
    assert (await core.chains.get("three-steps")).description == changed.description == "Better."
    assert (await core.chains.get("THREE steps")).id == "three-steps"
    copy = await core.chains.save(shipped[0].changed(title="My portrait"))
    assert (copy.id, copy.shipped) == ("my-portrait", False)
    await core.chains.remove("three-steps")
    with pytest.raises(NotFoundError):
        await core.chains.get("three-steps")
    with pytest.raises(InputError, match="comes with Studio"):
        await core.chains.remove("talking-portrait")
    with pytest.raises(InputError):
        await core.chains.save(kept.changed(steps=()))


async def test_a_chain_travels_as_a_file(core: Core, tmp_path: Path) -> None:
    kept = await core.chains.save(chain(title="Travelling"))
    path = await core.chains.export(kept.id, tmp_path)
    assert path == tmp_path / "travelling.json"
    assert json.loads(path.read_text("utf-8"))["format"] == "studio-chain"
    back = await core.chains.import_file(path)
    assert (back.id, back.steps) == ("travelling-2", kept.steps)
    with pytest.raises(InputError, match="cannot be read"):
        await core.chains.import_file(tmp_path / "nothing.json")
    (tmp_path / "text.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no text"):
        await core.chains.import_file(tmp_path / "text.json")


@pytest.mark.slow
async def test_the_steps_that_made_an_asset_become_a_chain(tmp_path: Path) -> None:
    async with at_work(tmp_path) as core:
        run = await ended(core, await core.chains.start(chain(), NAME, {"idea": "a pier"}))
        (edited,) = [one for one in await core.assets(AssetQuery()) if one.job_id == run.jobs[2].job.id]
        found = await core.chains.of_asset(edited.id)
        assert [step.operation for step in found.steps] == ["image.generate", "image.generate", "image.edit"]
        assert found.steps[1].input["reference_image_urls"] == [take("image")]
        assert found.steps[2].input["image_url"] == take("image-2")
        assert found.steps[0].input["prompt"] == ask("prompt", label="Prompt", default="a pier")
        assert found.steps[1].input["prompt"] == ask("prompt-2", label="Prompt", default="a lake at night")
        assert found.steps[2].input["prompt"] == take("start", "prompt")  # the same words are asked for once
        assert all(step.account is None for step in found.steps)
        core.chains.check(found, NAME)
        again = await core.chains.start(await core.chains.save(found), NAME, {"prompt": "a mole"})
        assert (await ended(core, again)).state is RunState.DONE
        # and through the copy that was taken of a picture, which is named by its hash
        picture = await core.asset(run.jobs[0].job.asset_ids[0])
        copy = await core.attach(picture.path)
        job = await core.wait((await core.submit(JobRequest("image.edit", NAME, {
            "prompt": "b", "image_url": copy, **SMALL}))).id, LIMIT_S)
        assert [step.name for step in (await core.chains.of_asset(job.asset_ids[0])).steps] == ["image", "image-edit"]
