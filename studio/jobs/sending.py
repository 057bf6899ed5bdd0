"""From `queued` to `running`: the turn, the uploads, the one request that may cost something."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import pairwise

from studio.domain.errors import (
    AccountError,
    BusyError,
    LocalError,
    RequestRefusedError,
    ServiceFaultError,
    StudioError,
    UnknownOutcomeError,
    UnreachableError,
)
from studio.domain.hosted import HostedFile
from studio.domain.job import JobError
from studio.domain.ledger import SendingTerms, until_tomorrow
from studio.domain.remote import RemoteJob
from studio.domain.state import JobState
from studio.jobs.following import CANCEL_LIMIT_S, credited, take_in
from studio.jobs.hosting import host_all, local_values, media_names
from studio.jobs.ports import Provider
from studio.jobs.walk import HELD, SupersededError, Walk

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 600.0
"""So often a held job looks whether it may go, should nobody have told it."""
_GATEWAY = frozenset({502, 504})
"""Answered by what stands before the service: the service itself may have accepted the request."""
_FIRST_MAY_BE_THERE = "The first request may have arrived."
_CONFLICT = 409
"""The key was used before with another body: something was accepted that we do not know."""


async def queued(walk: Walk) -> None:
    """Wait for the turn, then upload or send: as far as the person has not paused it, and its account's budget allows it."""
    await walk.until_not_before()
    provider = await _provider(walk)
    if provider is None or (walk.job.waiting_for in HELD and await _still_held(walk, provider)):
        return
    await walk.world.scheduler.turn(walk)
    provider = await _provider(walk)  # of now: the account may have been changed while the job waited
    if provider is None:
        return
    then = JobState.UPLOADING if local_values(walk, provider) else JobState.SUBMITTING
    if not await walk.leave_queue(then, _terms(walk, provider)):
        walk.world.scheduler.leave(walk.job)
        await _stay(walk)
    elif then is JobState.SUBMITTING:
        walk.fresh = True


async def _provider(walk: Walk) -> Provider | None:
    """None: the account is gone, and the job has failed for it."""
    try:
        return await walk.provider()
    except StudioError as error:
        await walk.fail(JobError.of(error))
        return None


def _terms(walk: Walk, provider: Provider) -> SendingTerms:
    budget = provider.account.budget.or_else(walk.world.usual_budget())
    return SendingTerms.at(walk.world.clock.now(), budget)


async def _still_held(walk: Walk, provider: Provider) -> bool:
    """Looked at before the job takes anybody's turn."""
    hold = await walk.world.store.hold(walk.job, _terms(walk, provider))
    if hold is None:
        return False
    if (hold.reason, hold.error) != (walk.job.waiting_for, walk.job.error):
        await walk.write(waiting_for=hold.reason, error=hold.error)
    await _stay(walk)
    return True


async def _stay(walk: Walk) -> None:
    """Held: until something changes, or another day begins."""
    tomorrow = until_tomorrow(walk.world.clock.now()).total_seconds()
    walk.held = True
    try:
        await walk.pause(min(LOOK_AGAIN_S, max(1.0, tomorrow)), early=True)
    finally:
        walk.held = False


async def uploading(walk: Walk) -> None:
    """Give each local file of the input a URL that the service can read."""
    try:
        provider = await walk.provider()
        urls = dict(await walk.world.hosted.load(walk.job.id))
        walk.hosted_now = not urls
        await host_all(walk, provider, urls, renew=True)
    except (UnreachableError, BusyError, ServiceFaultError, UnknownOutcomeError) as error:
        # An upload costs nothing: also where its answer was lost it is simply made again.
        walk.world.scheduler.leave(walk.job)
        await walk.hold_back(error, state=JobState.QUEUED)
        return
    except LocalError as error:
        await walk.hold_back(error, state=JobState.QUEUED)
        return
    except StudioError as error:
        await walk.fail(JobError.of(error))
        return
    await _to_submitting(walk)


async def _to_submitting(walk: Walk) -> None:
    await walk.write(state=JobState.SUBMITTING)
    walk.fresh = True


async def submitting(walk: Walk) -> None:
    """Send the request. Found in this state after a crash it may have been sent: then only under a key that is honoured."""
    walk.world.scheduler.occupy(walk.job)
    try:
        provider = await walk.provider()
    except StudioError as error:
        await _stop_before_sending(walk, error)
        return
    if not walk.fresh and not provider.honours_idempotency:
        await _lost_sight(walk, "Studio stopped while it was sent; whether it arrived is not known.")
        return
    await walk.until_not_before()
    has_files = bool(local_values(walk, provider))
    urls = dict(await walk.world.hosted.load(walk.job.id)) if has_files else {}
    try:
        # Nothing of this request arrived yet, or the service would not know it again: then its files may move.
        renew = (walk.fresh and not walk.resend) or not provider.honours_idempotency
        values = await _wire_input(walk, provider, urls, renew=renew)
    except StudioError as error:
        await _stop_before_sending(walk, error, honoured=provider.honours_idempotency)
        return
    await walk.refresh()  # it may have been cancelled, or this process have stood still and the job be another's
    await walk.world.scheduler.request(walk)
    walk.in_post = True
    try:
        await _post(walk, provider, values)
    finally:
        walk.in_post = False
    await walk.heard(provider)  # only now: what the service answered is written first


async def _stop_before_sending(walk: Walk, error: StudioError, *, honoured: bool = False) -> None:
    """This time nothing left; an earlier try of a job taken over may have. `honoured`: sending again finds that one."""
    passing = isinstance(error, UnreachableError | BusyError | ServiceFaultError | UnknownOutcomeError | LocalError)
    if not walk.fresh and honoured and passing:
        await walk.hold_back(error)
    elif not walk.fresh:
        await _lost_sight(walk, error.message)
    elif passing:
        walk.world.scheduler.leave(walk.job)
        await walk.hold_back(error, state=JobState.QUEUED)
    else:
        await walk.fail(JobError.of(error))


async def _post(walk: Walk, provider: Provider, values: Mapping[str, object]) -> None:
    resent = not walk.fresh
    # Whatever becomes of this request, it can no longer be said that nothing was sent.
    walk.fresh = False
    try:
        answer = await provider.submit(walk.job.request.operation, values, walk.job.idempotency_key)
    except (UnreachableError, BusyError) as error:
        await _not_sent(walk, error, resent=resent)
    except UnknownOutcomeError as error:
        await _no_answer(walk, provider, error)
    except ServiceFaultError as error:
        if _surely_refused(error):
            await _not_sent(walk, error, resent=resent)
        else:
            await _no_answer(walk, provider, error)
    except RequestRefusedError as error:
        await _refused(walk, error, resent=resent)
    except StudioError as error:
        if isinstance(error, AccountError) and (resent or walk.resend):
            # Key and credits are looked at before anything else: this says nothing of the request that may have arrived.
            await _lost_sight(walk, f"{error.message} {_FIRST_MAY_BE_THERE}", f"{error.advice} Then send it again.")
            return
        await walk.fail(JobError.of(error))
        await walk.world.hosted.release(walk.job.id)
    else:
        await _accepted(walk, provider, answer)


def _surely_refused(error: ServiceFaultError) -> bool:
    """The service itself answered that it could not: nothing was accepted. A gateway, or an answer that makes no sense,
    says nothing of the kind."""
    return error.status is not None and error.status >= 500 and error.status not in _GATEWAY


async def _not_sent(walk: Walk, error: StudioError, *, resent: bool) -> None:
    """Nothing was accepted by this try. Back into the queue, unless an earlier try may have been: then the same again."""
    if resent:
        await walk.hold_back(error)
        return
    walk.world.scheduler.leave(walk.job)
    await walk.hold_back(error, state=JobState.QUEUED)


async def _no_answer(walk: Walk, provider: Provider, error: StudioError) -> None:
    if provider.honours_idempotency:
        await walk.hold_back(error)
        return
    await _lost_sight(walk, error.message)


async def _lost_sight(walk: Walk, message: str, advice: str | None = None) -> None:
    lost = UnknownOutcomeError(message, advice=advice)
    await walk.write(message, state=JobState.UNKNOWN, error=JobError.of(lost))


async def _refused(walk: Walk, error: RequestRefusedError, *, resent: bool) -> None:
    """Refused for good, with two exceptions: a request sent again, and one with URLs that were made long ago."""
    kept = await walk.world.hosted.load(walk.job.id)
    await walk.world.hosted.release(walk.job.id)
    if error.status == _CONFLICT and (resent or await _was_sent_before(walk)):
        await _lost_sight(walk, f"{error.message} {_FIRST_MAY_BE_THERE}")
    elif kept and not walk.hosted_now:
        # The refusal proves that nothing was accepted under this key; most likely the uploads of then are gone. Once only:
        # the next time they are of now.
        walk.world.scheduler.leave(walk.job)
        await walk.write("Its uploads are no longer there: they are made again.", state=JobState.QUEUED)
    else:
        await walk.fail(JobError.of(error))


async def _was_sent_before(walk: Walk) -> bool:
    """Whether the job had been on its way before, out of whichever process."""
    states = [None, *(entry.state for entry in await walk.world.store.timeline(walk.job.id))]
    times = sum(now is JobState.SUBMITTING and before is not now for before, now in pairwise(states))
    return times > 1


async def _accepted(walk: Walk, provider: Provider, answer: RemoteJob) -> None:
    walk.answered(answer)
    walk.looks = 0
    sent = {"remote_id": answer.remote_id, "submitted_at": walk.world.clock.now(), "error": None}
    # UNKNOWN: another process took this one for dead, and did not know that the answer was still to come.
    while walk.job.state in (JobState.SUBMITTING, JobState.UNKNOWN) and not walk.gone:
        try:
            await walk.tell(f"Sent, accepted as {answer.remote_id}.", answer.raw, state=JobState.RUNNING, **sent,
                            progress=answer.progress, eta_s=answer.eta_s, credits=credited(walk, answer))
        except SupersededError:
            continue
        await walk.check_ours()
        if not walk.gone and answer.state is not JobState.RUNNING:
            await take_in(walk, answer)
        return
    await _cancelled_meanwhile(walk, provider, answer, sent)


async def _cancelled_meanwhile(walk: Walk, provider: Provider, answer: RemoteJob, sent: Mapping[str, object]) -> None:
    """The person cancelled while the request was on its way, and it arrived: keep its id, and cancel it over there.

    The same for a job that was accepted under another id meanwhile, sent by another process: one of the two is enough.
    """
    if walk.gone or walk.job.remote_id == answer.remote_id:
        await walk.check_ours()
        return
    note = f"It had already been accepted as {answer.remote_id}, still runs over there and may cost."
    if provider.can_cancel:
        try:
            async with asyncio.timeout(CANCEL_LIMIT_S):
                await provider.cancel(answer.remote_id)
            note = f"It had already been accepted as {answer.remote_id}; it was cancelled over there too."
        except (StudioError, TimeoutError) as error:
            log.info("job %s could not be cancelled over there: %s", walk.job.id, error)
    followed_elsewhere = walk.job.remote_id is not None
    await walk.tell(note, answer.raw, **({} if followed_elsewhere else {**sent, "error": walk.job.error}))
    walk.gone = followed_elsewhere


async def _wire_input(
    walk: Walk, provider: Provider, hosted: dict[str, HostedFile], *, renew: bool
) -> dict[str, object]:
    """The input as it is sent: every local file by its URL. Files that have none yet are hosted now."""
    await host_all(walk, provider, hosted, renew=renew)
    urls = {value: file.url for value, file in hosted.items()}
    wire: dict[str, object] = {}
    names = media_names(walk, provider)
    for name, value in walk.job.request.input.items():
        if name not in names:
            wire[name] = value
        elif isinstance(value, list | tuple):
            wire[name] = [urls.get(item, item) if isinstance(item, str) else item for item in value]
        else:
            wire[name] = urls.get(value, value) if isinstance(value, str) else value
    return wire
