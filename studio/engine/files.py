"""Files under unguessable URLs: uploads that come in, results that go out, and their end after seven days or for room."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import mimetypes
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from studio.engine.errors import ApiError
from studio.engine.records import RETENTION_MS, FileRecord
from studio.engine.render.characters.forgetting import UNUSED_MS, forget_unused
from studio.engine.store import Store
from studio.media.sniffing import HEAD_BYTES, sniff

log = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 512 * 1024 * 1024
MAX_KEPT_BYTES = 20 * 1024**3
SPARED_MS = 3600 * 1000
"""A file younger than this is not removed for want of room: its result may not have been fetched yet."""
FORGET_AFTER_MS = 30 * 24 * 3600 * 1000
KEPT_FOLDER = "kept"
"""Beside "jobs": what renderers keep for later jobs, characters."""
PREFIX = "/files/"
_BLOCK = 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_EXTENSIONS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/avif": ".avif",
    "image/heic": ".heic", "image/tiff": ".tiff", "image/bmp": ".bmp", "video/mp4": ".mp4", "video/quicktime": ".mov",
    "video/webm": ".webm", "video/x-matroska": ".mkv", "audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/ogg": ".ogg",
    "audio/flac": ".flac", "audio/aac": ".aac", "audio/mp4": ".m4a",
}


class Files:
    """Owns `uploads` and `jobs` below the engine's folder. `base_url` is this engine's own, without a slash at its end."""

    def __init__(
        self, store: Store, folder: Path, base_url: str, *, max_upload_bytes: int = MAX_UPLOAD_BYTES,
        max_kept_bytes: int = MAX_KEPT_BYTES,
    ) -> None:
        self._store = store
        self._folder = folder
        self._base_url = base_url
        self.max_upload_bytes = max_upload_bytes
        self.max_kept_bytes = max_kept_bytes
        for name in ("uploads", "jobs"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)

    def url(self, record: FileRecord) -> str:
        return self.url_of(record.token, record.name)

    def url_of(self, token: str, name: str) -> str:
        return f"{self._base_url}{PREFIX}{token}/{name}"

    def path(self, record: FileRecord) -> Path:
        return self._folder / record.path

    def job_folder(self, job_id: str) -> Path:
        return self._folder / "jobs" / job_id

    async def find(self, token: str, name: str) -> FileRecord | None:
        """The file under this URL, or None if there is none (any more)."""
        record = await self._store.file(token)
        return record if record is not None and record.name == name and not record.deleted else None

    async def receive(self, chunks: AsyncIterator[bytes]) -> FileRecord:
        """Take an upload to disk. Its kind is told by its content. 413 when it is too large, 415 when it is no media."""
        stem = secrets.token_hex(16)
        part = self._folder / "uploads" / f"{stem}.part"
        try:
            head, size, digest = await self._write(part, chunks)
            mime = sniff(head)
            if mime is None:
                what = "is empty" if size == 0 else "is no picture, video or sound that can be read here"
                raise ApiError(415, "not_media", f"The upload {what}.")
            name = f"{stem}{_EXTENSIONS.get(mime, '')}"
            await asyncio.to_thread(part.replace, self._folder / "uploads" / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        record = FileRecord(
            token=secrets.token_urlsafe(32), name=name, path=f"uploads/{name}", mime=mime, size=size, sha256=digest,
            created_ms=now_ms(),
        )
        await self._store.add_file(record)
        return record

    async def _write(self, part: Path, chunks: AsyncIterator[bytes]) -> tuple[bytes, int, str]:
        """The first bytes, the size and the SHA-256 of what came; in blocks, because each costs a thread hop."""
        head, size, block, digest = b"", 0, bytearray(), hashlib.sha256()
        stream = await asyncio.to_thread(part.open, "xb")

        def put(data: bytes) -> None:
            digest.update(data)
            stream.write(data)

        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.max_upload_bytes:
                    raise too_large(self.max_upload_bytes)
                if len(head) < HEAD_BYTES:
                    head += chunk[: HEAD_BYTES - len(head)]
                block += chunk
                if len(block) >= _BLOCK:
                    await asyncio.to_thread(put, bytes(block))
                    block.clear()
            await asyncio.to_thread(put, bytes(block))
        finally:
            await asyncio.to_thread(stream.close)
        return head, size, digest.hexdigest()

    def result_record(self, job_id: str, path: Path, name: str, sha256: str) -> FileRecord:
        """A record for one result; `path` lies in the job's folder. Raises ValueError when it does not, or is no file."""
        inside = path.resolve()
        folder = self.job_folder(job_id).resolve()
        if not inside.is_relative_to(folder) or not inside.is_file():
            raise ValueError("a renderer named a result that is not in its folder")
        with inside.open("rb") as stream:
            mime = sniff(stream.read(HEAD_BYTES)) or mimetypes.guess_type(inside.name)[0] or "application/octet-stream"
        relative = Path("jobs", job_id) / inside.relative_to(folder)
        return FileRecord(
            token=secrets.token_urlsafe(32), name=name, path=relative.as_posix(), mime=mime, size=inside.stat().st_size,
            sha256=sha256, created_ms=now_ms(), job_id=job_id,
        )

    async def sweep(self, *, now: int | None = None) -> int:
        """Remove what is past its time, more than there is room for, or deleted; never what an unfinished job uses.

        The log of a request goes with its files. Returns how many files went.
        """
        now, retention = now_ms() if now is None else now, self._store.retention
        await retention.expire(now - RETENTION_MS)
        left = await retention.expire_beyond(self.max_kept_bytes, now - SPARED_MS)
        if left > self.max_kept_bytes:
            log.info("%d bytes of results are kept, more than there should be: they are new or in use", left)
        gone = await self.collect()
        await retention.forget_logs(now - RETENTION_MS)
        await retention.forget(now - FORGET_AFTER_MS)
        await self._forget_characters(now)
        return gone

    async def _forget_characters(self, now: int) -> None:
        """Those that were not used for long, and that no unfinished job names."""
        needed = {str(one) for job in await self._store.unfinished() for one in job.input.get("character_ids") or ()}
        gone = await asyncio.to_thread(forget_unused, self._folder / KEPT_FOLDER, now - UNUSED_MS, needed)
        if gone:
            log.info("forgotten, as nobody used them: %s", ", ".join(gone))

    async def collect(self) -> int:
        """Remove the bytes of what was deleted and is no longer needed. Returns how many files went."""
        gone = []
        for record in await self._store.retention.removable():
            if await asyncio.to_thread(self._remove, record):
                gone.append(record.token)
        if gone:
            await self._store.retention.bytes_removed(gone)
        return len(gone)

    def _remove(self, record: FileRecord) -> bool:
        path = self.path(record)
        try:
            path.unlink(missing_ok=True)
            if record.job_id is not None and not any(path.parent.iterdir()):
                path.parent.rmdir()  # what else lies there goes at the next start
        except FileNotFoundError:
            return True
        except OSError:  # Windows: somebody reads it just now; the next sweep tries again
            log.info("a file cannot be removed yet", exc_info=True)
            return False
        return True

    async def tidy(self) -> None:
        """At start, before anything runs: uploads that never ended, and what dead workers left of jobs that have ended."""
        needed = {f"jobs/{job.id}" for job in await self._store.unfinished()}
        await asyncio.to_thread(self._tidy, await self._store.kept_paths(), needed)

    def _tidy(self, kept: set[str], needed: set[str]) -> None:
        for upload in (self._folder / "uploads").iterdir():
            if f"uploads/{upload.name}" not in kept:
                upload.unlink(missing_ok=True)
        with_results = needed | {"/".join(path.split("/")[:2]) for path in kept}
        for folder in (self._folder / "jobs").iterdir():
            if f"jobs/{folder.name}" not in with_results:
                shutil.rmtree(folder, ignore_errors=True)


def room_for_files(folder: Path) -> int:
    """Bytes that files may take: 20 GiB, and no more than a fifth of a small disk."""
    return min(MAX_KEPT_BYTES, shutil.disk_usage(folder).total // 5)


def own_file(url: str) -> tuple[str, str] | None:
    """Token and name if the URL is of this engine's kind. Its port may be that of an earlier start: the token decides."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme != "http" or host not in _LOOPBACK or not parts.path.startswith(PREFIX):
        return None
    token, _, name = parts.path[len(PREFIX):].partition("/")
    return (token, unquote(name)) if token and name and "/" not in name else None


def too_large(limit: int) -> ApiError:
    amount = f"{limit // (1024 * 1024)} MiB" if limit >= 1024 * 1024 else f"{limit // 1024} KiB"
    return ApiError(413, "too_large", f"The body is larger than {amount}, which is the most that is taken.")


def now_ms() -> int:
    return time.time_ns() // 1_000_000
