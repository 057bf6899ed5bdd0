"""References of a job: files, pasted data and web addresses taken in, looked at and changed; recent ones; old settings."""

from __future__ import annotations

import asyncio
import os
import threading
import urllib.parse
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from studio import __version__
from studio.app.reference_recall import Operations, Recall
from studio.domain.errors import InputError, LocalError
from studio.domain.kinds import MediaKind
from studio.domain.reference import PictureEdit, Recalled, RecentMedia, TakenMedia
from studio.library.files import disk_errors
from studio.library.library import Library
from studio.library.references import bring_in, change, keep_bytes, look_at
from studio.net.errors import BadAnswerError, ForbiddenAddressError, NetError, TooLargeError
from studio.net.origin import is_loopback, shown
from studio.settings.paths import Paths
from studio.store.assets import SqlAssetStore
from studio.store.database import Database
from studio.store.jobs import SqlJobStore

T = TypeVar("T")
Step = Callable[[float], None]
"""Hears the share that is done, 0 to 1, on any thread."""

MAX_FETCH_BYTES = 512 * 1024 * 1024
FETCH_LIMIT_S = 300.0
_FETCH_SHARE = 0.9
_ADVICE = "Save it on this computer and drop the file."
_KIND_WORDS = {
    MediaKind.IMAGE: "a picture", MediaKind.VIDEO: "a video", MediaKind.AUDIO: "a sound", MediaKind.PROMPT: "a prompt",
}


class Stopped(Exception):  # noqa: N818  # no error: it carries a cancel into a thread
    """The person does not want it any more."""


class ReferenceService:
    """What the window asks of references. `allow_loopback` is for tests: this computer's addresses are never fetched."""

    def __init__(
        self, paths: Paths, db: Database, library: Library, jobs: SqlJobStore, operations: Operations, *,
        allow_loopback: bool = False,
    ) -> None:
        self._paths = paths
        self._library = library
        self._recall = Recall(paths, library, SqlAssetStore(db, paths.media, paths.thumbnails), jobs, operations)
        self.allow_loopback = allow_loopback

    # -- taking in

    async def take(
        self, path: Path, name: str = "", *, accepts: Sequence[MediaKind] = (), step: Step | None = None
    ) -> TakenMedia:
        """The library's own copy of a file, converted where services would not take it; cancelling ends a conversion.

        Raises InputError for what is no usable media and for a kind that is not among `accepts`, DiskFullError, LocalError.
        """
        shown_name = name or path.name
        moving = MediaKind.VIDEO in accepts

        def work(checked: Step) -> TakenMedia:
            kept, changes = bring_in(path, shown_name, self._paths.inputs, moving=moving, step=checked)
            return look_at(kept, shown_name, self._paths.thumbnails, changes)

        return _fitting(await _in_thread(work, step), accepts)

    async def take_bytes(
        self, data: bytes, name: str, *, accepts: Sequence[MediaKind] = (), step: Step | None = None
    ) -> TakenMedia:
        """The same for data from the clipboard or a data: address."""
        kept = await asyncio.to_thread(keep_bytes, data, name, self._paths.inputs)
        return await self.take(kept, name, accepts=accepts, step=step)

    async def fetch(
        self, url: str, name: str, *, accepts: Sequence[MediaKind] = (), step: Step | None = None,
        fallback: Path | None = None,
    ) -> TakenMedia:
        """Fetch a web address and take what lies there; only from out on the internet, over https.

        `fallback`: a file that came along, used where the address gives nothing. Raises InputError saying what was wrong.
        """
        spare = await self.take(fallback, name, accepts=accepts) if fallback is not None else None
        part = self._paths.inputs / f".{os.getpid()}-{os.urandom(6).hex()}.part"
        tell = step or (lambda _: None)
        try:
            with disk_errors(f"“{name}” could not be kept"):
                await self._download(url, part, lambda done, total: tell(_FETCH_SHARE * done / total if total else 0.0))
            taken = await self.take(part, name, accepts=accepts, step=lambda share: tell(_FETCH_SHARE + 0.1 * share))
        except (InputError, LocalError):
            if spare is None:
                raise
            return spare
        finally:
            for leftover in (part, part.with_name(part.name + ".json")):
                await asyncio.to_thread(leftover.unlink, missing_ok=True)
        return taken

    async def _download(self, url: str, part: Path, report: Callable[[int, int | None], None]) -> None:
        from studio.net.retry import RetryPolicy
        from studio.net.transport import Transport

        transport = Transport(timeout_s=20.0, user_agent=f"studio/{__version__}", policy=RetryPolicy(attempts=2))
        try:
            url = _safest(url)
            async with asyncio.timeout(FETCH_LIMIT_S):
                await transport.download(url, part, report=report, max_bytes=MAX_FETCH_BYTES, outward=True,
                                         allow_loopback=self.allow_loopback)
        except ForbiddenAddressError as error:
            raise _not_fetched(url, str(error).rstrip("."), "forbidden_address") from error
        except TooLargeError as error:
            raise _not_fetched(url, f"it is larger than {MAX_FETCH_BYTES // 1024**2} MB") from error
        except BadAnswerError as error:
            reason = f"the server answered with {error.status}" if error.status else "the server's answer makes no sense"
            raise _not_fetched(url, reason) from error
        except TimeoutError as error:
            raise _not_fetched(url, f"it took longer than {FETCH_LIMIT_S / 60:.0f} minutes") from error
        except NetError as error:
            raise _not_fetched(url, str(error).rstrip(".")) from error
        finally:
            await transport.aclose()

    # -- looking and changing

    async def look(self, uri: str, name: str) -> TakenMedia:
        """What is known of a `file:` value of a job's input. Raises InputError where it is gone or not the library's."""
        path = self._own(uri)
        return await asyncio.to_thread(look_at, path, name, self._paths.thumbnails)

    async def edit(self, uri: str, name: str, edit: PictureEdit) -> TakenMedia:
        """A cut, turned or mirrored copy of a picture; the one at `uri` stays. Raises as `take`."""
        path = self._own(uri)

        def work() -> TakenMedia:
            return look_at(change(path, name, edit, self._paths.inputs), name, self._paths.thumbnails)

        return await asyncio.to_thread(work)

    def _own(self, uri: str) -> Path:
        path = self._library.local_file(uri)
        if path is None:
            raise InputError("Only files of the library can be changed.", advice=_ADVICE, code="not_ours")
        return path

    # -- what was there before

    async def recent(self, accepts: Sequence[MediaKind] = (), limit: int = 24) -> list[RecentMedia]:
        """Files that jobs used lately, then the newest assets; `limit` of each, each file once."""
        return await self._recall.recent(accepts, limit)

    async def made_here(self, paths: Sequence[Path]) -> list[Path]:
        """Those of the files that were made here, by their place or else their content: their settings can come back."""
        return [path for path in paths if await self._recall.was_made_here(path)]

    async def recalled(self, path: Path) -> Recalled:
        """The settings that made a file of ours. Raises InputError where it is none, or nothing is known of its making."""
        return await self._recall.of_file(path)

    async def recalled_asset(self, asset_id: str) -> Recalled:
        """The same by the asset's id. Raises NotFoundError too."""
        return await self._recall.of_asset(await self._library.get(asset_id))


async def _in_thread(work: Callable[[Step], T], step: Step | None) -> T:
    """Run `work` in a thread; a cancel ends it at its next step, and it is waited for, so that it leaves nothing behind."""
    stop = threading.Event()

    def checked(share: float) -> None:
        if stop.is_set():
            raise Stopped
        if step is not None:
            step(share)

    running: Awaitable[T] = asyncio.ensure_future(asyncio.to_thread(work, checked))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.gather(running, return_exceptions=True)
        raise


def _fitting(taken: TakenMedia, accepts: Sequence[MediaKind]) -> TakenMedia:
    if accepts and taken.kind not in accepts:
        kinds = " or ".join(_KIND_WORDS[kind] for kind in accepts)
        raise InputError(f"“{taken.name}” is {_KIND_WORDS[taken.kind]}; {kinds} goes there.", advice="Nothing was changed.",
                         code="wrong_kind")
    return taken


def _safest(url: str) -> str:
    """http is asked over https: an address that is only there without encryption is not fetched."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "http" and not is_loopback(url):
        return urllib.parse.urlunsplit(parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")))
    return url


def _not_fetched(url: str, reason: str, code: str = "not_fetched") -> InputError:
    return InputError(f"{shown(url)} could not be fetched: {reason}.", advice=_ADVICE, code=code)
