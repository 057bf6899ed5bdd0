"""Hears from the local engine which jobs have ended, so that each is looked at then and not at its next poll.

One long poll beside the polling, and a hint like the events of services: what is true is what the poll says, and where this
one fails, nothing but a moment is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from studio.app.accounts import USER_AGENT
from studio.domain.account import LOCAL_ACCOUNT
from studio.domain.errors import StudioError
from studio.domain.event import Event, JobChanged
from studio.domain.state import JobState
from studio.jobs.tasks import Tasks
from studio.net.answer import Answer
from studio.net.errors import BadAnswerError, NetError
from studio.net.retry import RetryMode
from studio.net.transport import Transport
from studio.providers.endpoint import Endpoint, key_of

log = logging.getLogger(__name__)

PATH = "/engine/ended"
WAIT_S = 20.0
_ANSWER_S = 10.0
"""What the engine may take to answer beyond that."""
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 10.0
_BREATH_S = 0.05
"""Between two questions; what ends meanwhile is in the next answer."""


@dataclass(frozen=True, slots=True)
class _Ended:
    latest: int
    ids: tuple[str, ...]
    lost: bool


class EngineEnds:
    """Asks while jobs of the account local run, from the first that does until the tasks are closed.

    `known`: where the engine is, None where it is not to be asked (it is never started for this). `look_now`: told of each
    job that ended, by account and remote id; it knows which are its own. `follows`: whether a job is still followed here.
    """

    def __init__(
        self, known: Callable[[], Endpoint | None], look_now: Callable[[str, str], bool], follows: Callable[[str], bool],
        tasks: Tasks,
    ) -> None:
        self._known = known
        self._look_now = look_now
        self._follows = follows
        self._tasks = tasks
        self._running: dict[str, str] = {}
        self._some = asyncio.Event()
        self._asking = False
        self._after: int | None = None
        self._failures = 0

    def hear(self, event: Event) -> None:
        """Cheap: asked of every event."""
        if not isinstance(event, JobChanged) or event.job.request.account != LOCAL_ACCOUNT:
            return
        job = event.job
        if job.state is not JobState.RUNNING or job.remote_id is None:
            self._running.pop(job.id, None)
            return
        self._running[job.id] = job.remote_id
        self._some.set()
        if not self._asking and self._known() is not None:  # whoever runs was sent, or has been asked about since the start
            self._asking = True
            self._tasks.start(self._ask_on(), "ends of jobs")

    async def _ask_on(self) -> None:
        """Until cancelled, or the engine is not to be asked any more."""
        transport = Transport(timeout_s=WAIT_S + _ANSWER_S, user_agent=USER_AGENT, max_connections=1)
        try:
            while (endpoint := await self._needed()) is not None:
                pause = await self._asked(transport, endpoint)
                await asyncio.sleep(pause)
        finally:
            self._asking = False
            await transport.aclose()

    async def _needed(self) -> Endpoint | None:
        """Once there are jobs whose end is worth hearing of."""
        while True:
            self._running = {job: remote for job, remote in self._running.items() if self._follows(job)}
            if self._running:
                return self._known()
            self._some.clear()
            await self._some.wait()

    async def _asked(self, transport: Transport, endpoint: Endpoint) -> float:
        """One question and what comes of it. Seconds until the next."""
        try:
            self._take_in(_read(await self._answer(transport, endpoint)))
        except (NetError, StudioError) as error:
            if not self._failures:
                log.info("the engine does not say which jobs have ended: %s They are seen to end by polling.", error)
            self._failures += 1
            return float(min(FIRST_PAUSE_S * 2 ** min(self._failures - 1, 16), LONGEST_PAUSE_S))
        self._failures = 0
        return _BREATH_S

    async def _answer(self, transport: Transport, endpoint: Endpoint) -> Answer:
        after = "" if self._after is None else f"after={self._after}&"
        return await transport.request("GET", f"{endpoint.url}{PATH}?{after}wait={WAIT_S:g}", key=key_of(endpoint),
                                       retry=RetryMode.NEVER, deadline_s=WAIT_S + _ANSWER_S)

    def _take_in(self, ended: _Ended) -> None:
        """Have those looked at that ended, or all that run where the engine cannot say. One that was told of is not waited
        for any more, unless it is said to run again."""
        self._after = ended.latest
        for remote in (*ended.ids, *(self._running.values() if ended.lost else ())):
            self._look_now(LOCAL_ACCOUNT, remote)
        told = {*ended.ids}
        self._running = {job: remote for job, remote in self._running.items() if remote not in told}


def _read(answer: Answer) -> _Ended:
    """Raises BadAnswerError for what is not this address's answer."""
    if answer.status != 200:
        raise BadAnswerError(f"It answers {answer.status}.", status=answer.status)
    said = answer.json()
    latest, ids = said.get("latest"), said.get("ids")
    if type(latest) is not int or latest < 0 or not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadAnswerError("Its answer makes no sense.", status=answer.status)
    return _Ended(latest, tuple(ids), said.get("lost") is True)
