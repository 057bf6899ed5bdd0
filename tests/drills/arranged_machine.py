"""The same life of jobs while the person also holds queues, puts jobs in another order, labels them, and has services asked
again. Apart from the machine that looks for planted bugs: waiting for what is held takes most of its time."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from studio.domain.errors import InputError
from studio.store.queue import SqlQueue
from tests.drills.job_machine import JobMachine
from tests.drills.machine_windows import ACCOUNTS


class ArrangedMachine(JobMachine):
    """What must hold is the same."""

    @rule(account=st.sampled_from(sorted(ACCOUNTS)), deed=st.sampled_from(("pause", "resume", "front", "back", "label")))
    def arrange(self, account: str, deed: str) -> None:
        async def work() -> None:
            queue = SqlQueue(self.db)  # type: ignore[arg-type]
            waiting = [job.id for job in await queue.waiting(account)]
            if deed in ("pause", "resume"):
                await getattr(queue, deed)("account", account)
            elif waiting and deed == "label":
                await queue.set_label(waiting[-1:], "Day 1")
            elif len(waiting) > 1:
                await queue.move(account, *((waiting[-1:], waiting[0]) if deed == "front" else (waiting[:1], None)))
            for window in self.windows:
                if window.going.is_set() and window.writes_left is None:
                    await window.runner.look_around()

        self.run(work())

    @precondition(lambda self: self.jobs)
    @rule(number=st.integers(0, 1), which=st.integers(0, 50))
    def check_again(self, number: int, which: int) -> None:
        window, job_id = self._window(number), self.jobs[which % len(self.jobs)]
        if window is None or window.writes_left is not None:
            return
        try:
            self.run(window.runner.check_again(job_id))
        except InputError:
            return
        self.ended.pop(job_id, None)  # there may be a result after all, and what it cost

    def _settle(self) -> None:
        for account in sorted(ACCOUNTS):
            self.arrange(account, "resume")
        super()._settle()
