"""Where the person's files lie for the services, and which jobs need them; apart from the jobs: URLs may hold tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from weakref import WeakValueDictionary

from sqlalchemy import Connection, Delete, RowMapping, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain.hosted import HostedFile, SharedFile
from studio.domain.state import JobState
from studio.store.database import Database
from studio.store.rows import from_ms, to_ms
from studio.store.tables import hosted_files, hosted_uses, jobs

_f, _u = hosted_files.c, hosted_uses.c
_OVER = (JobState.DONE.value, JobState.CANCELLED.value)
_TO_BE_SENT = tuple(state.value for state in (JobState.DRAFT, JobState.QUEUED, JobState.UPLOADING, JobState.SUBMITTING,
                                              JobState.UNKNOWN))
"""Jobs that will need their files. One that was sent has them already, among its uses."""


class SqlHostedUrls:
    """Implements studio.jobs.ports.HostedUrls."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turns: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def turn(self, file: SharedFile) -> AbstractAsyncContextManager[None]:
        """Jobs of this process that need the same upload come one after the other, so that the second finds the first's."""
        return self._turns.setdefault((file.account, file.place, file.sha256), asyncio.Lock())

    async def load(self, job_id: str) -> Mapping[str, HostedFile]:
        """By `file:` value; empty when nothing is kept. What was only reserved is not among them."""
        query = select(_u.value.label("used_as"), hosted_files).join(hosted_files, _u.file == _f.seq)
        wanted = query.where(_u.job_id == job_id, _f.url != "")

        def work(connection: Connection) -> dict[str, HostedFile]:
            return {str(row["used_as"]): _hosted(row) for row in connection.execute(wanted).mappings()}

        return await self._db.read(work)

    async def share(self, job_id: str, file: SharedFile, until: datetime) -> HostedFile | None:
        """The upload of the same content that is good until then, from now on this job's too; None where there is none."""
        same = (_f.sha256 == file.sha256, _f.place == file.place, _f.account == file.account)
        good = or_(_f.expires_at.is_(None), _f.expires_at > to_ms(until))
        best = select(hosted_files).where(*same, good, _f.place != "", _f.url != "", _f.removing == 0)

        def work(connection: Connection) -> HostedFile | None:
            row = connection.execute(best.order_by(_f.expires_at.desc()).limit(1)).mappings().one_or_none()
            if row is None:
                return None
            _use(connection, job_id, file.value, row["seq"])
            return _hosted(row)

        return await self._db.write(work)

    async def reserve(self, job_id: str, file: SharedFile, location: str) -> str:
        """Writes down where the file will lie before it is put there. Gives the location to use: an earlier try's, if that
        one was never finished."""
        pending = select(_f.location).join(hosted_uses, _u.file == _f.seq).where(
            _u.job_id == job_id, _u.value == file.value, _f.url == "", _f.removing == 0,
            _f.place == file.place, _f.sha256 == file.sha256,
        )

        def work(connection: Connection) -> str:
            before = connection.execute(pending).scalar_one_or_none()
            if before is not None:
                return str(before)
            _use(connection, job_id, file.value, _add(connection, file, HostedFile("", None, location)))
            return location

        return await self._db.write(work)

    async def save(self, job_id: str, file: SharedFile, hosted: HostedFile) -> None:
        """The upload is done: of what was reserved at its location, else (no location) of this job's own."""
        expires = None if hosted.expires_at is None else to_ms(hosted.expires_at)

        def work(connection: Connection) -> None:
            if hosted.location:
                done = update(hosted_files).where(_f.location == hosted.location, _f.place == file.place)
                connection.execute(done.values(url=hosted.url, expires_at=expires))
            else:
                own = SharedFile(file.account, "", "", file.value)
                _forget(connection, job_id, file.value)
                seq = _add(connection, own, HostedFile(hosted.url, hosted.expires_at, hosted.url))
                _use(connection, job_id, file.value, seq)

        await self._db.write(work)

    async def release(self, job_id: str) -> Sequence[HostedFile]:
        """The job needs its uploads no more. Gives those that were its own, which are forgotten here with this."""

        def work(connection: Connection) -> list[HostedFile]:
            return _forget(connection, job_id)

        any_use = select(_u.file).where(_u.job_id == job_id).limit(1)
        if await self._db.read(lambda connection: connection.execute(any_use).first()) is None:
            return []  # most jobs: no write for them
        return await self._db.write(work)

    async def unused(self, moment: datetime) -> Sequence[tuple[str, str]]:
        """Account and location of what can be removed from the media hosts: no job needs it, and none that waits would share
        it. From then on none is shared. Also what a process that died had not removed."""
        rows = select(_f.account, _f.location).where(_f.removing == 1)
        used = exists().where(_u.file == _f.seq)
        waiting = exists().where(jobs.c.account == _f.account, jobs.c.state.in_(_TO_BE_SENT),
                                 func.instr(jobs.c.input, _f.value) > 0)
        over = or_(_f.url == "", _f.expires_at <= to_ms(moment), ~waiting)
        free = update(hosted_files).where(_f.place != "", _f.removing == 0, ~used, over).values(removing=1)

        def work(connection: Connection) -> list[tuple[str, str]]:
            connection.execute(_drop_uses_of_ended(moment))
            connection.execute(delete(hosted_files).where(_f.place == "", ~used))  # the service lets go of it by itself
            connection.execute(free)
            return [(str(account), str(location)) for account, location in connection.execute(rows)]

        if await self._db.read(lambda connection: connection.execute(select(_f.seq).limit(1)).first()) is None:
            return []
        return await self._db.write(work)

    async def removed(self, location: str) -> None:
        """It no longer lies there."""

        def work(connection: Connection) -> None:
            connection.execute(delete(hosted_files).where(_f.location == location, _f.removing == 1))

        await self._db.write(work)


def _drop_uses_of_ended(moment: datetime) -> Delete:
    """A process that died may have left them. A failed job may go on: it keeps what still works."""
    ended = select(jobs.c.id).where(jobs.c.state.in_(_OVER))
    failed = select(jobs.c.id).where(jobs.c.state == JobState.FAILED.value)
    expired = select(_f.seq).where(_f.expires_at <= to_ms(moment))
    of_ended = _u.job_id.in_(ended)
    return delete(hosted_uses).where(or_(of_ended, _u.job_id.in_(failed) & _u.file.in_(expired)))


def _hosted(row: RowMapping) -> HostedFile:
    expires = None if row["expires_at"] is None else from_ms(row["expires_at"])
    return HostedFile(str(row["url"]), expires, str(row["location"]))


def _add(connection: Connection, file: SharedFile, hosted: HostedFile) -> int:
    expires = None if hosted.expires_at is None else to_ms(hosted.expires_at)
    row = insert(hosted_files).values(
        account=file.account, place=file.place, sha256=file.sha256, value=file.value, url=hosted.url, expires_at=expires,
        location=hosted.location, removing=0,
    )
    return int(connection.execute(row.returning(_f.seq)).scalar_one())


def _use(connection: Connection, job_id: str, value: str, seq: int) -> None:
    row = upsert(hosted_uses).values(job_id=job_id, value=value, file=seq)
    connection.execute(row.on_conflict_do_update(index_elements=["job_id", "value"], set_={"file": seq}))


def _forget(connection: Connection, job_id: str, value: str | None = None) -> list[HostedFile]:
    """Takes the job's uses away, and the rows of what was its own; gives the latter."""
    which = [_u.job_id == job_id, *([] if value is None else [_u.value == value])]
    own = select(hosted_files).join(hosted_uses, _u.file == _f.seq).where(*which, _f.place == "")
    rows = connection.execute(own).mappings().all()
    connection.execute(delete(hosted_uses).where(*which))
    connection.execute(delete(hosted_files).where(_f.seq.in_([row["seq"] for row in rows])))
    return [_hosted(row) for row in rows]
