"""The place of each job in its account's queue, and the chain run that a job belongs to."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_CHANGES = (
    "ALTER TABLE jobs ADD COLUMN position FLOAT NOT NULL DEFAULT 0",
    "ALTER TABLE jobs ADD COLUMN chain_run TEXT",
    # in the order in which they were made, as they were sent so far
    "UPDATE jobs SET position = created_at",
    "CREATE INDEX jobs_waiting ON jobs (account, position, created_at, id) WHERE state = 'queued'",
    "CREATE INDEX jobs_of_label ON jobs (label, state, created_at) WHERE label IS NOT NULL",
    "CREATE INDEX jobs_of_chain_run ON jobs (chain_run) WHERE chain_run IS NOT NULL",
)


def upgrade() -> None:
    for statement in _CHANGES:
        op.execute(statement)
