"""Where a job's local files lie at its service, from upload to acceptance; apart from the job: URLs may hold tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from studio.store.database import Database
from studio.store.rows import to_json
from studio.store.tables import hosted_urls


class SqlHostedUrls:
    """Implements studio.jobs.ports.HostedUrls."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, job_id: str) -> Mapping[str, str]:
        """URL by `file:` value; empty when nothing is kept."""

        def work(connection: Connection) -> dict[str, str]:
            kept = connection.execute(select(hosted_urls.c.urls).where(hosted_urls.c.job_id == job_id)).scalar_one_or_none()
            return {} if kept is None else {str(name): str(url) for name, url in json.loads(kept).items()}

        return await self._db.read(work)

    async def save(self, job_id: str, urls: Mapping[str, str]) -> None:
        """Replaces what was kept for the job, which must be in the store."""
        text = to_json(urls)

        def work(connection: Connection) -> None:
            written = insert(hosted_urls).values(job_id=job_id, urls=text)
            connection.execute(written.on_conflict_do_update(index_elements=["job_id"], set_={"urls": text}))

        await self._db.write(work)

    async def forget(self, job_id: str) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(hosted_urls).where(hosted_urls.c.job_id == job_id))

        await self._db.write(work)
