"""What a step of a job's life writes beside the job itself: its line of the timeline, and the service's raw answer."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, func, insert, or_, select

from studio.domain.job import Job, now
from studio.domain.state import JobState, WaitReason
from studio.store.connections import raw
from studio.store.ledger import record
from studio.store.rows import clean_text, job_values, job_words, to_json, to_ms
from studio.store.tables import answers, jobs, pauses


def add_job(connection: Connection, job: Job, note: str) -> Job:
    """Write a new job, owned by nobody, behind all that wait for its account, with what it is thought to cost; gives it with
    its place, and held where its queue is."""
    return add_jobs(connection, [job], note)[0]


def add_jobs(connection: Connection, made: Sequence[Job], note: str) -> list[Job]:
    """The same for several, in their order."""
    last = {account: _end_of(connection, account) for account in {job.request.account for job in made}}
    placed: list[Job] = []
    for job in made:
        position, held = last[job.request.account]
        position = max(float(to_ms(job.created_at)), position + 1.0)
        last[job.request.account] = position, held
        waits = WaitReason.PAUSED if held and job.state is JobState.QUEUED else job.waiting_for
        placed.append(job.changed(position=position, waiting_for=waits))
    if placed:
        connection.execute(insert(jobs), [{**job_values(job), "owner": None, "words": job_words(job)} for job in placed])
    add_lines(connection, placed, note)
    for job in placed:
        record(connection, None, job)
    return placed


def _end_of(connection: Connection, account: str) -> tuple[float, bool]:
    """The last place in an account's queue, and whether it is held."""
    waiting = jobs.c.account == account, jobs.c.state == JobState.QUEUED.value
    last = connection.execute(select(func.max(jobs.c.position)).where(*waiting)).scalar_one()
    meant = or_(pauses.c.scope == "all", and_(pauses.c.scope == "account", pauses.c.name == account))
    return last or 0.0, connection.execute(select(pauses.c.at).where(meant).limit(1)).first() is not None


_ADD_LINE = "INSERT INTO timeline (job_id, at, state, note) VALUES (?, ?, ?, ?)"
"""Every step of every job writes one: straight through the driver, which takes a fifth of the time."""


def _line(job: Job, note: str) -> tuple[object, ...]:
    return job.id, to_ms(now()), job.state.value, clean_text(note)


def add_line(connection: Connection, job: Job, note: str) -> None:
    """One line of the timeline, of now."""
    raw(connection).execute(_ADD_LINE, _line(job, note))


def add_lines(connection: Connection, several: Sequence[Job], note: str) -> None:
    """The same for many jobs."""
    if several:
        raw(connection).cursor().executemany(_ADD_LINE, [_line(job, note) for job in several])


def keep_answer(connection: Connection, job_id: str, answer: Mapping[str, object]) -> None:
    """What the service said, word for word; the same answer twice in a row is kept once."""
    body = zlib.compress(to_json(answer).encode("ascii"))
    last = connection.execute(
        select(answers.c.body).where(answers.c.job_id == job_id).order_by(answers.c.seq.desc()).limit(1)
    ).scalar_one_or_none()
    if last != body:
        connection.execute(insert(answers).values(job_id=job_id, at=to_ms(now()), body=body))
