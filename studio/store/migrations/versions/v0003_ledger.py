"""The ledger of what jobs cost, filled from the jobs that are there; what is paused, and which jobs were approved."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_LEDGER = """
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    intent TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    label TEXT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('estimated', 'charged', 'refunded', 'unknown')),
    amount FLOAT
)
"""
_PAUSES = """
CREATE TABLE pauses (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'account', 'job')),
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
) WITHOUT ROWID
"""
_APPROVED = "ALTER TABLE jobs ADD COLUMN approved INTEGER NOT NULL DEFAULT 0"
_INDEXES = (
    "CREATE INDEX ledger_of_job ON ledger (job_id, intent)",
    "CREATE INDEX ledger_by_time ON ledger (at)",
    "CREATE INDEX ledger_of_account ON ledger (account, at, kind, amount)",
    "CREATE INDEX ledger_doubts ON ledger (account, at) WHERE kind = 'unknown'",
    "CREATE INDEX ledger_charges ON ledger (account, operation, seq) WHERE kind = 'charged'",
    "CREATE INDEX jobs_without_cost ON jobs (id, idempotency_key)"
    " WHERE charged IS NULL AND state IN ('cancelled', 'failed')",
    "CREATE UNIQUE INDEX ledger_one_doubt ON ledger (job_id, intent) WHERE kind = 'unknown'",
)
# What was written stays as it was written, whichever program asks.
_KEPT = (
    "CREATE TRIGGER ledger_not_changed BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    "CREATE TRIGGER ledger_not_removed BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
)
_FILL = """
INSERT INTO ledger (job_id, intent, account, operation, label, at, kind, amount)
SELECT id, idempotency_key, account, operation, label, at, kind, amount FROM (
    SELECT *, created_at AS at, 'estimated' AS kind, estimated AS amount, 1 AS step
      FROM jobs WHERE estimated IS NOT NULL
    UNION ALL
    SELECT *, coalesce(finished_at, submitted_at, created_at), 'charged', charged, 2
      FROM jobs WHERE charged IS NOT NULL
    UNION ALL
    SELECT *, coalesce(finished_at, submitted_at, created_at), 'unknown', estimated, 2
      FROM jobs WHERE charged IS NULL AND account <> 'local' AND (
        state IN ('done', 'unknown')
        OR (state = 'cancelled' AND remote_id IS NOT NULL)
        OR (state = 'failed' AND error IS NOT NULL AND coalesce(json_extract(error, '$.cost'), 'none') <> 'none')
      )
) ORDER BY at, created_at, step
"""


def upgrade() -> None:
    for statement in (_LEDGER, _PAUSES, _APPROVED, *_INDEXES, _FILL, *_KEPT):
        op.execute(statement)
