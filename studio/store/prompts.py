"""The prompts that were sent, each once, the latest first: read from the jobs, so that nothing is kept twice."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from studio.store.database import Database
from studio.store.search import match_of

NEWEST = 3000
"""Prompts are gathered from so many of the newest jobs (of those that the search finds, where there is one)."""

_WORDS = "coalesce(nullif(trim(json_extract(input, '$.prompt')), ''), nullif(trim(json_extract(input, '$.text')), ''))"
_ALL = "SELECT seq, input FROM jobs ORDER BY seq DESC LIMIT :newest"
_FOUND = """SELECT seq, input FROM jobs WHERE seq IN (
    SELECT rowid FROM job_search WHERE job_search MATCH :match ORDER BY rowid DESC LIMIT :newest)"""
_SENT = """SELECT {words} AS prompt, max(seq) AS latest FROM ({rows})
    WHERE prompt IS NOT NULL GROUP BY prompt ORDER BY latest DESC LIMIT :limit"""


class SqlPrompts:
    """The earlier prompts, for whoever writes the next one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def earlier(self, search: str = "", limit: int = 200) -> Sequence[str]:
        """At most `limit` prompts (or texts to be spoken); with `search` those of jobs in which each of its words begins
        a word."""
        match = match_of(search)
        if search.strip() and match is None:
            return []

        def work(connection: Connection) -> list[str]:
            query = text(_SENT.format(words=_WORDS, rows=_FOUND if match else _ALL))
            given = {"newest": NEWEST, "limit": limit, **({"match": match} if match else {})}
            return [row.prompt for row in connection.execute(query, given) if isinstance(row.prompt, str)]

        return await self._db.read(work)
