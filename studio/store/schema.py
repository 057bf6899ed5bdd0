"""The store's version: a number that the file carries in PRAGMA user_version. Light, so that the first screen can ask it."""

from __future__ import annotations

HEAD = 7
"""Number of the newest migration under migrations/versions; a test holds the two together."""


def revision(number: int) -> str:
    """The name that Alembic knows a migration by: 1 -> "0001"."""
    return f"{number:04d}"
