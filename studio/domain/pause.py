"""What the person holds back: the whole queue, an account's, or one job. What was sent goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PauseScope = Literal["all", "account", "job"]


@dataclass(frozen=True, slots=True)
class Pause:
    """`name`: of the account, or the job's id; empty for the whole queue."""

    scope: PauseScope
    name: str = ""

    def holds(self, account: str, job_id: str) -> bool:
        """Whether a job of that account, with that id, stays in the queue for it."""
        return self.scope == "all" or self.name == (account if self.scope == "account" else job_id)
