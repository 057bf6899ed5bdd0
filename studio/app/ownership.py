"""Which process follows a job: its number together with its start, because numbers come again."""

from __future__ import annotations

import os

from studio.engine.process import birth, lives


def this_process() -> str:
    """"pid:start", see studio.engine.process."""
    return f"{os.getpid()}:{birth(os.getpid())}"


def is_alive(owner: str) -> bool:
    """Whether that very process still runs. What cannot be read is nobody."""
    number, _, began = owner.partition(":")
    return number.isdecimal() and len(number) < 12 and lives(int(number), began)
