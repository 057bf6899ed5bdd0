"""The tables as queries see them. The migrations make them (with their indexes, triggers and search tables)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Table, Text, column, table

metadata = MetaData()

jobs = Table(
    "jobs", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("operation", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("input", Text, nullable=False),
    Column("label", Text),
    Column("idempotency_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("waiting_for", Text),
    Column("remote_id", Text),
    Column("progress", Float),
    Column("eta_s", Float),
    Column("not_before", Integer),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("submitted_at", Integer),
    Column("finished_at", Integer),
    Column("estimated", Float),
    Column("charged", Float),
    Column("error", Text),
    Column("output", Text),
    Column("asset_ids", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("owner", Text),
    Column("words", Text, nullable=False),
    Column("approved", Integer, nullable=False),
    Column("position", Float, nullable=False),
    Column("chain_run", Text),
)

timeline = Table(
    "timeline", metadata,
    Column("seq", Integer, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
)

# What the services said, word for word: zlib over JSON.
answers = Table(
    "answers", metadata,
    Column("seq", Integer, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# What jobs cost: lines are only added. `intent` is the idempotency key, so that a job sent anew has sums of its own.
ledger = Table(
    "ledger", metadata,
    Column("seq", Integer, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("label", Text),
    Column("at", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", Float),
)

# What the person paused: scope "all", "account" or "job", and its name (empty for all).
pauses = Table(
    "pauses", metadata,
    Column("scope", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("at", Integer, nullable=False),
)

# Chains of the person's own: title, description and steps as JSON.
chains = Table(
    "chains", metadata,
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("changed_at", Integer, nullable=False),
)

# `chain` is the chain as it was when the run began.
chain_runs = Table(
    "chain_runs", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("chain", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("current", Integer, nullable=False),
    Column("paused", Integer, nullable=False),
    Column("estimated", Float),
    Column("error", Text),
    Column("created_at", Integer, nullable=False),
    Column("finished_at", Integer),
    Column("revision", Integer, nullable=False),
)

# Which job was made for which step of a run: `attempt` counts from 1.
chain_steps = Table(
    "chain_steps", metadata,
    Column("run_id", Text, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
)

paces = Table(
    "paces", metadata,
    Column("account", Text, primary_key=True),
    Column("not_before", Integer),
    Column("remaining", Integer),
    Column("running", Integer, nullable=False),
    Column("extra", Text, nullable=False),
)

# Files of the person's that lie where a service can fetch them. Their URLs may hold tokens or signatures, so they are kept
# here and not with the job. `place` and `sha256` are empty for what is one job's own; `url` is, until the upload is done.
hosted_files = Table(
    "hosted_files", metadata,
    Column("seq", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("expires_at", Integer),
    Column("location", Text, nullable=False),
    Column("removing", Integer, nullable=False),
)

# Which job needs which of them, by the `file:` value in its input.
hosted_uses = Table(
    "hosted_uses", metadata,
    Column("job_id", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("file", Integer, nullable=False),
)

assets = Table(
    "assets", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration_s", Float),
    Column("prompt", Text, nullable=False),
    Column("job_id", Text),
    Column("output_index", Integer, nullable=False),
    Column("recipe", Text),
    Column("created_at", Integer, nullable=False),
    Column("deleted_at", Integer),
    Column("thumbnail", Text),
    Column("words", Text, nullable=False),
    Column("starred", Integer, nullable=False),
    Column("colour", Text),
    Column("tags", Text, nullable=False),          # names, sorted, one a line
    Column("marks", Text, nullable=False),         # of its tags and collections, as studio.store.facets writes them
    Column("label", Text),                         # the job's: a trigger follows it
    Column("missing_since", Integer),
    Column("modified_ns", Integer),                # of the file, when it was last looked at
    Column("operation", Text),
    Column("account", Text),
    Column("model", Text),
    Column("credits", Float),                      # the job's: a trigger follows it
    Column("place", Integer, nullable=False),      # the gallery's order: see studio.store.facets
)

tags = Table(
    "tags", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("count", Integer, nullable=False),
)
asset_tags = Table(
    "asset_tags", metadata,
    Column("asset", Integer, primary_key=True),
    Column("tag", Integer, primary_key=True),
)

# With a `query` (JSON) it is smart, and has no items.
collections = Table(
    "collections", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("folded", Text, nullable=False, unique=True),
    Column("query", Text),
    Column("count", Integer, nullable=False),
    Column("created_at", Integer, nullable=False),
)
collection_items = Table(
    "collection_items", metadata,
    Column("collection", Integer, primary_key=True),
    Column("asset", Integer, primary_key=True),
    Column("added_at", Integer, nullable=False),
)

# What was made from what, by the ids of assets.
lineage = Table(
    "lineage", metadata,
    Column("parent", Text, primary_key=True),
    Column("child", Text, primary_key=True),
    Column("how", Text, nullable=False),
)

# How often an operation, account or model occurs out of the trash; kept by triggers.
asset_values = Table(
    "asset_values", metadata,
    Column("field", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# Kept by triggers, so that no count has to walk a table.
counts = Table("counts", metadata, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False))

# FTS5 tables: the column that bears the table's name is the one that MATCH is asked of.
job_search = table("job_search", column("rowid", Integer), column("job_search", Text))
asset_search = table("asset_search", column("rowid", Integer), column("asset_search", Text))
