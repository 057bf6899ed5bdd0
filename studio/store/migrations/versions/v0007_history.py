"""One index that covers all that the history filters, sorts and draws by, so that no job is read that is not shown."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_HISTORY = """
CREATE INDEX jobs_history ON jobs
  (created_at, id, state, operation, account, label, charged, estimated, submitted_at, finished_at)
"""


def upgrade() -> None:
    op.execute(_HISTORY)
