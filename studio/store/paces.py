"""The pacing of accounts, shared by all processes on one store and kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from studio.store.database import Database
from studio.store.rows import from_ms, to_json, to_ms
from studio.store.tables import paces


class Pacing(Protocol):
    """What is kept of an account's pacing (studio.jobs.ports.Pace)."""

    @property
    def not_before(self) -> datetime | None: ...
    @property
    def remaining(self) -> int | None: ...
    @property
    def running(self) -> int: ...
    @property
    def extra(self) -> Mapping[str, object]: ...


P = TypeVar("P", bound=Pacing)
P_co = TypeVar("P_co", bound=Pacing, covariant=True)


class MakePacing(Protocol[P_co]):
    def __call__(
        self,
        not_before: datetime | None = ...,
        remaining: int | None = ...,
        running: int = ...,
        extra: Mapping[str, object] = ...,
        /,
    ) -> P_co: ...


class SqlPaceStore(Generic[P]):
    """`make` is the value's class, studio.jobs.ports.Pace: the store stands beside jobs and does not import it."""

    def __init__(self, db: Database, make: MakePacing[P]) -> None:
        self._db = db
        self._make = make

    async def pace(self, account: str) -> P:
        """What is known of the account; a fresh value where nothing is."""

        def work(connection: Connection) -> P:
            row = connection.execute(select(paces).where(paces.c.account == account)).mappings().one_or_none()
            if row is None:
                return self._make()
            moment = None if row["not_before"] is None else from_ms(row["not_before"])
            return self._make(moment, row["remaining"], row["running"], json.loads(row["extra"]))

        return await self._db.read(work)

    async def set_pace(self, account: str, pace: P) -> None:
        values = {
            "not_before": None if pace.not_before is None else to_ms(pace.not_before),
            "remaining": pace.remaining,
            "running": pace.running,
            "extra": to_json(pace.extra),
        }

        def work(connection: Connection) -> None:
            written = insert(paces).values(account=account, **values)
            connection.execute(written.on_conflict_do_update(index_elements=["account"], set_=values))

        await self._db.write(work)
