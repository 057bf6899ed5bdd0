"""The first store: jobs with their timelines and raw answers, pacing, assets, counts and search."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_JOBS = """
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    account TEXT NOT NULL,
    input TEXT NOT NULL,
    label TEXT,
    idempotency_key TEXT NOT NULL,
    state TEXT NOT NULL,
    waiting_for TEXT,
    remote_id TEXT,
    progress FLOAT,
    eta_s FLOAT,
    not_before INTEGER,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    submitted_at INTEGER,
    finished_at INTEGER,
    estimated FLOAT,
    charged FLOAT,
    error TEXT,
    output TEXT,
    asset_ids TEXT NOT NULL,
    revision INTEGER NOT NULL,
    owner TEXT,
    words TEXT NOT NULL
)
"""
_TIMELINE = """
CREATE TABLE timeline (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL
)
"""
_ANSWERS = """
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    at INTEGER NOT NULL,
    body BLOB NOT NULL
)
"""
_PACES = """
CREATE TABLE paces (
    account TEXT PRIMARY KEY NOT NULL,
    not_before INTEGER,
    remaining INTEGER,
    running INTEGER NOT NULL,
    extra TEXT NOT NULL
)
"""
_HOSTED_URLS = """
CREATE TABLE hosted_urls (
    job_id TEXT PRIMARY KEY NOT NULL REFERENCES jobs (id),
    urls TEXT NOT NULL
)
"""
_ASSETS = """
CREATE TABLE assets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    mime TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    duration_s FLOAT,
    prompt TEXT NOT NULL,
    job_id TEXT,
    output_index INTEGER NOT NULL,
    recipe TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    thumbnail TEXT,
    words TEXT NOT NULL
)
"""
_INDEXES = (
    "CREATE INDEX jobs_newest ON jobs (created_at, id)",
    "CREATE INDEX jobs_by_state ON jobs (state, created_at, id)",
    "CREATE INDEX jobs_by_account ON jobs (account, created_at, id)",
    "CREATE INDEX jobs_unfinished ON jobs (created_at, id) WHERE state NOT IN ('cancelled', 'done', 'failed')",
    "CREATE INDEX timeline_of_job ON timeline (job_id)",
    "CREATE INDEX answers_of_job ON answers (job_id)",
    "CREATE UNIQUE INDEX assets_of_job ON assets (job_id, output_index) WHERE job_id IS NOT NULL",
    "CREATE INDEX assets_by_hash ON assets (sha256)",
    "CREATE INDEX assets_by_path ON assets (path)",
    "CREATE INDEX assets_newest ON assets (created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX assets_by_kind ON assets (kind, created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX assets_in_trash ON assets (created_at, id) WHERE deleted_at IS NOT NULL",
)
# No content of their own: only the index is kept. prefix='2 3' makes the first letters of a search as fast as a word.
_SEARCH = (
    """CREATE VIRTUAL TABLE job_search USING fts5
       (words, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE VIRTUAL TABLE asset_search USING fts5
       (words, tags, content='', prefix='2 3', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER job_search_added AFTER INSERT ON jobs BEGIN
         INSERT INTO job_search (rowid, words) VALUES (new.seq, new.words);
       END""",
    """CREATE TRIGGER job_search_changed AFTER UPDATE OF words ON jobs WHEN old.words <> new.words BEGIN
         INSERT INTO job_search (job_search, rowid, words) VALUES ('delete', old.seq, old.words);
         INSERT INTO job_search (rowid, words) VALUES (new.seq, new.words);
       END""",
    """CREATE TRIGGER job_search_removed AFTER DELETE ON jobs BEGIN
         INSERT INTO job_search (job_search, rowid, words) VALUES ('delete', old.seq, old.words);
       END""",
)
_ASSET_SEARCH = (
    """CREATE TRIGGER asset_search_added AFTER INSERT ON assets BEGIN
         INSERT INTO asset_search (rowid, words, tags) VALUES (new.seq, new.words,
           'kind' || new.kind || iif(new.deleted_at IS NULL, ' kept', ' trashed'));
       END""",
    """CREATE TRIGGER asset_search_changed AFTER UPDATE OF words, kind, deleted_at ON assets BEGIN
         INSERT INTO asset_search (asset_search, rowid, words, tags) VALUES ('delete', old.seq, old.words,
           'kind' || old.kind || iif(old.deleted_at IS NULL, ' kept', ' trashed'));
         INSERT INTO asset_search (rowid, words, tags) VALUES (new.seq, new.words,
           'kind' || new.kind || iif(new.deleted_at IS NULL, ' kept', ' trashed'));
       END""",
    """CREATE TRIGGER asset_search_removed AFTER DELETE ON assets BEGIN
         INSERT INTO asset_search (asset_search, rowid, words, tags) VALUES ('delete', old.seq, old.words,
           'kind' || old.kind || iif(old.deleted_at IS NULL, ' kept', ' trashed'));
       END""",
)
# `all` and one row a kind, of the assets that are not in the trash.
_COUNTS = (
    "CREATE TABLE counts (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL)",
    "INSERT INTO counts (name, value) VALUES ('all', 0), ('image', 0), ('video', 0), ('audio', 0), ('prompt', 0)",
    """CREATE TRIGGER counts_added AFTER INSERT ON assets WHEN new.deleted_at IS NULL BEGIN
         UPDATE counts SET value = value + 1 WHERE name IN ('all', new.kind);
       END""",
    """CREATE TRIGGER counts_trashed AFTER UPDATE OF deleted_at ON assets
       WHEN old.deleted_at IS NULL AND new.deleted_at IS NOT NULL BEGIN
         UPDATE counts SET value = value - 1 WHERE name IN ('all', old.kind);
       END""",
    """CREATE TRIGGER counts_restored AFTER UPDATE OF deleted_at ON assets
       WHEN old.deleted_at IS NOT NULL AND new.deleted_at IS NULL BEGIN
         UPDATE counts SET value = value + 1 WHERE name IN ('all', new.kind);
       END""",
    """CREATE TRIGGER counts_removed AFTER DELETE ON assets WHEN old.deleted_at IS NULL BEGIN
         UPDATE counts SET value = value - 1 WHERE name IN ('all', old.kind);
       END""",
)


def upgrade() -> None:
    made = (_JOBS, _TIMELINE, _ANSWERS, _PACES, _HOSTED_URLS, _ASSETS)
    for statement in (*made, *_INDEXES, *_SEARCH, *_ASSET_SEARCH, *_COUNTS):
        op.execute(statement)
