"""A job's local files: put where its service can fetch them, shared with other jobs, removed when no job needs them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from studio.domain.errors import Cost, InputError, LocalError, StudioError
from studio.domain.hosted import HostedFile, SharedFile
from studio.jobs.ports import FileHost, Provider
from studio.jobs.walk import Walk, World

log = logging.getLogger(__name__)

REMOVE_LIMIT_S = 5.0
"""How long the end of a job may wait for what it used to be removed. The rest is removed later."""


def media_names(walk: Walk, provider: Provider) -> frozenset[str]:
    """Only fields that take media are looked at: a prompt that happens to begin with `file:` is a prompt."""
    operation = next((o for o in provider.operations() if o.id == walk.job.request.operation), None)
    return frozenset(p.name for p in operation.media_parameters) if operation else frozenset()


def local_values(walk: Walk, provider: Provider) -> list[str]:
    """The `file:` values of the job's input, each once."""

    def values() -> Iterator[object]:
        for name in media_names(walk, provider):
            value = walk.job.request.input.get(name)
            if isinstance(value, list | tuple):
                yield from value
            else:
                yield value

    found = [value for value in values() if isinstance(value, str) and value.startswith("file:")]
    return sorted(set(found))


async def host_all(walk: Walk, provider: Provider, known: dict[str, HostedFile], *, renew: bool) -> None:
    """Adds to `known` what the job's local files have no URL for yet, each written down before and after it is put there.

    `renew`: what is about to expire is put there again. Not so for a request that may have arrived: it is to be the same.
    """
    for value in local_values(walk, provider):
        if value not in known or (renew and _is_stale(walk, provider, known[value])):
            known[value] = await _host(walk, provider, value)


def _is_stale(walk: Walk, provider: Provider, hosted: HostedFile) -> bool:
    margin = timedelta(seconds=provider.media_host.margin_s if provider.media_host else 0)
    return hosted.expires_at is not None and hosted.expires_at <= walk.world.clock.now() + margin


async def _host(walk: Walk, provider: Provider, value: str) -> HostedFile:
    path = walk.world.library.local_file(value)
    if path is None:
        raise InputError("A file of this job is no longer in the library.", advice="Add the file again.", cost=Cost.NONE)
    if provider.media_host is None:
        await walk.world.scheduler.request(walk)
        hosted = HostedFile(await provider.host(path))
        await walk.world.hosted.save(walk.job.id, SharedFile(walk.job.request.account, "", "", value), hosted)
        return hosted
    if not provider.media_host.place:
        return await provider.media_host.put(path, "")  # the file itself, which the library keeps
    return await _share_or_put(walk, provider.media_host, value, path)


async def _share_or_put(walk: Walk, host: FileHost, value: str, path: Path) -> HostedFile:
    kept, job_id = walk.world.hosted, walk.job.id
    file = SharedFile(walk.job.request.account, host.place, await _hash_of(path), value)
    async with kept.turn(file):
        until = walk.world.clock.now() + timedelta(seconds=host.margin_s)
        shared = await kept.share(job_id, file, until)
        if shared is not None and await host.holds(shared.location):
            return shared
        location = await kept.reserve(job_id, file, host.location_for(path))
        hosted = await host.put(path, location)
        await kept.save(job_id, file, hosted)
        return hosted


async def _hash_of(path: Path) -> str:
    def read() -> str:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    try:
        return await asyncio.to_thread(read)
    except OSError as error:
        words = f"A file of this job cannot be read: {error.strerror or type(error).__name__}."
        raise LocalError(words, advice="Check the disk.") from error


async def drop_uploads(walk: Walk) -> None:
    """The job's files are not needed over there any more: removed as far as that goes, and forgotten here."""
    own = await walk.world.hosted.release(walk.job.id)
    for hosted in own:
        await discard(await walk.provider(), hosted.url)
    try:
        async with asyncio.timeout(REMOVE_LIMIT_S):
            await sweep(walk.world)
    except TimeoutError:
        log.info("uploads that no job needs are removed later: the media host is slow")


async def discard(provider: Provider, url: str) -> None:
    """Tell the engine that the file is ours now. Best effort: it forgets it by itself in time."""
    try:
        async with asyncio.timeout(REMOVE_LIMIT_S):
            await provider.discard(url)
    except (StudioError, TimeoutError) as error:
        log.info("a file could not be discarded at the service: %s", error)


async def sweep(world: World) -> None:
    """Remove from the media hosts what no job needs, also what processes that died had left there.

    What cannot be removed now is tried again with the next job's end and at the next start.
    """
    away: set[str] = set()
    for account, location in await world.hosted.unused(world.clock.now()):
        if account in away:
            continue
        try:
            host = (await world.providers.of(account)).media_host
            if host is None:
                raise InputError("the account has no media host any more")
            await host.remove(location)
        except InputError as error:
            # Nobody here can remove it any more; what lies there is not secret to whoever owns the bucket.
            log.warning("%s stays where it is: %s", location, error.message)
        except StudioError as error:
            log.info("%s is removed later: %s", location, error.message)
            away.add(account)
            continue
        await world.hosted.removed(location)
