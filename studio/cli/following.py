"""Waiting for jobs on the command line, with a bar for people, and what is printed about a job in the end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studio.cli.documents import of_job
from studio.cli.session import DONE, FAILED
from studio.cli.terminal import Terminal
from studio.domain.errors import UnknownOutcomeError
from studio.domain.event import Event, JobChanged
from studio.domain.job import Job
from studio.domain.state import JobState, WaitReason

if TYPE_CHECKING:
    from studio.app.core import Core

_BAD = frozenset({JobState.FAILED, JobState.UNKNOWN, JobState.CANCELLED})


async def wait(core: Core, terminal: Terminal, job: Job, timeout_s: float | None) -> int:
    """Wait for the end of a job and print it: 0 when it is done. Ctrl+C stops the waiting, not the job."""
    try:
        with _progress(core, terminal, job):
            job = await core.wait(job.id, timeout_s)
    except asyncio.CancelledError:
        # The person pressed Ctrl+C. The job is in the store, and most likely running over there.
        terminal.aside(f"studio: stopped waiting. The job is kept: `studio jobs wait {job.id}` goes on.")
        job = await core.job(job.id)
        await print_job(core, terminal, job)
        return FAILED
    await print_job(core, terminal, job)
    if job.state is not JobState.DONE and job.state not in _BAD:
        terminal.aside(f"studio: the time is over, the job is {job.state}. `studio jobs wait {job.id}` waits on.")
    return DONE if job.state is JobState.DONE else FAILED


async def sent(core: Core, terminal: Terminal, job: Job, timeout_s: float | None = None) -> int:
    """Print a job once its service has it, or it is known why it cannot be sent now: 1 only when it failed."""
    job = await core.wait_sent(job.id, timeout_s)
    await print_job(core, terminal, job)
    return FAILED if job.state in _BAD else DONE


async def print_job(core: Core, terminal: Terminal, job: Job) -> None:
    """The document for programs; for people the state, and where the result lies or what went wrong."""
    document = await of_job(core, job)
    terminal.document(document)
    reason = f", waiting for: {job.waiting_for.value.replace('_', ' ')}" if job.waiting_for else ""
    terminal.line(f"{job.id}  {job.request.operation}  {job.state}{reason}")
    assets = document["assets"]
    for asset in assets if isinstance(assets, list) else []:
        terminal.line(str(asset["path"]))
    if job.error is not None:
        terminal.aside(f"studio: {job.error.message} {job.error.advice}".strip())
    if job.waiting_for is WaitReason.BUDGET:
        terminal.aside(f"studio: `studio jobs approve {job.id}` sends it all the same.")
    elif job.waiting_for is WaitReason.PAUSED:
        terminal.aside("studio: it is held; `studio jobs resume` lets the queue go on, --account or --job what those hold.")
    if job.state is JobState.UNKNOWN:
        risk = UnknownOutcomeError("It was sent and no answer came: it may be running over there, and cost.")
        terminal.aside(f"studio: {risk.message} {risk.advice} `studio jobs retry {job.id}` sends it again: if the first "
                       f"request arrived, you may pay twice. `studio jobs cancel {job.id}` gives it up.")


@contextmanager
def _progress(core: Core, terminal: Terminal, job: Job) -> Iterator[None]:
    if terminal.as_json or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(job.state.value, total=1.0)

        def show(event: Event) -> None:
            if isinstance(event, JobChanged) and event.job.id == job.id:
                reason = f" ({event.job.waiting_for.value.replace('_', ' ')})" if event.job.waiting_for else ""
                bar.update(task, description=event.job.state.value + reason, completed=event.job.progress or 0.0)

        stop = core.subscribe(show)
        try:
            yield
        finally:
            stop()
