"""Chains, their runs, and which job was made for which step of a run."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = (
    """
CREATE TABLE chains (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    changed_at INTEGER NOT NULL
)
""",
    """
CREATE TABLE chain_runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    chain TEXT NOT NULL,
    account TEXT NOT NULL,
    answers TEXT NOT NULL,
    state TEXT NOT NULL,
    current INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    estimated FLOAT,
    error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    revision INTEGER NOT NULL
)
""",
    # One job for each attempt at each step of a run, whoever tries to make a second one.
    """
CREATE TABLE chain_steps (
    run_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    job_id TEXT NOT NULL UNIQUE,
    PRIMARY KEY (run_id, step, attempt)
) WITHOUT ROWID
""",
    "CREATE INDEX chain_runs_running ON chain_runs (id) WHERE state = 'running'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
