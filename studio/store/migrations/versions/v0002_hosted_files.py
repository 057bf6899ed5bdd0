"""Hosted files get rows of their own, so that jobs can share an upload and none is left behind unremembered."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FILES = """
CREATE TABLE hosted_files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    place TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    value TEXT NOT NULL,
    url TEXT NOT NULL,
    expires_at INTEGER,
    location TEXT NOT NULL,
    removing INTEGER NOT NULL
)
"""
_USES = """
CREATE TABLE hosted_uses (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    value TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES hosted_files (seq),
    PRIMARY KEY (job_id, value)
)
"""
_INDEXES = (
    "CREATE INDEX hosted_by_content ON hosted_files (sha256, place) WHERE place <> ''",
    "CREATE INDEX hosted_by_location ON hosted_files (location) WHERE place <> ''",
    "CREATE INDEX hosted_uses_of_file ON hosted_uses (file)",
)
_OLD = sa.text("SELECT h.job_id, j.account, h.urls FROM hosted_urls h JOIN jobs j ON j.id = h.job_id ORDER BY h.rowid")
_FILE = sa.text(
    "INSERT INTO hosted_files (account, place, sha256, value, url, location, removing)"
    " VALUES (:account, '', '', :value, :url, :url, 0) RETURNING seq"
)
_USE = sa.text("INSERT INTO hosted_uses (job_id, value, file) VALUES (:job_id, :value, :file)")


def upgrade() -> None:
    for statement in (_FILES, _USES, *_INDEXES):
        op.execute(statement)
    connection = op.get_bind()
    for job_id, account, urls in connection.execute(_OLD).all():
        for value, url in json.loads(urls).items():
            file = connection.execute(_FILE, {"account": account, "value": value, "url": url}).scalar_one()
            connection.execute(_USE, {"job_id": job_id, "value": value, "file": file})
    op.execute("DROP TABLE hosted_urls")
