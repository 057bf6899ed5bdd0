"""What the store knows of the files of assets, for comparing it with what lies in the folders."""
# ruff: noqa: S608  names of columns and marks only; values are bound

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from studio.domain.asset import Asset
from studio.domain.job import now
from studio.store.asset_queries import rows_of
from studio.store.connections import raw
from studio.store.database import Database
from studio.store.rows import asset_of, asset_words, clean_text, path_of, stored_path, to_ms

_COLUMNS = "id, path, size_bytes, sha256, modified_ns, missing_since IS NOT NULL"
_CHANGED = ("sha256", "size_bytes", "mime", "width", "height", "duration_s", "thumbnail", "modified_ns")


@dataclass(frozen=True, slots=True)
class KnownFile:
    """The file of an asset. `modified_ns`: its time at the last look, None before the first."""

    id: str
    path: Path
    size_bytes: int
    sha256: str
    modified_ns: int | None
    missing: bool


class SqlAssetFiles:
    """`media` and `thumbnails` as for SqlAssetStore. Assets in the trash are looked at by `deleted_from` alone."""

    def __init__(self, db: Database, media: Path, thumbnails: Path) -> None:
        self._db = db
        self._media = media
        self._thumbnails = thumbnails

    async def folders(self) -> list[Path]:
        """Every folder that should hold a file of an asset, sorted."""
        # What is left of a path when all but slashes is taken from its end.
        wanted = ("SELECT DISTINCT rtrim(path, replace(replace(path, '/', ''), '\\', '')) FROM assets"
                  " WHERE deleted_at IS NULL ORDER BY 1")
        return await self._db.read(
            lambda connection: [path_of(row[0], self._media) for row in raw(connection).execute(wanted)])

    async def count_in(self, folder: Path) -> int:
        """How many files should lie in a folder, with those below it."""
        start, ends = self._range(folder)
        wanted = "SELECT count(*) FROM assets WHERE path >= ? AND path < ?"
        return await self._db.read(lambda connection: int(raw(connection).execute(wanted, (start, ends)).fetchone()[0]))

    async def in_folder(self, folder: Path, after: KnownFile | None = None, limit: int = 20_000) -> list[KnownFile]:
        """The files that should lie in a folder itself, in the order of their names: at most `limit`, behind `after`."""
        start, ends = self._range(folder)
        last = start if after is None else stored_path(after.path, self._media)
        wanted = (f"SELECT {_COLUMNS} FROM assets INDEXED BY assets_by_path"
                  " WHERE deleted_at IS NULL AND path > ? AND path < ?"
                  " AND instr(replace(substr(path, ?), '\\', '/'), '/') = 0 ORDER BY path LIMIT ?")
        values = (last, ends, len(start) + 1, limit)
        return await self._db.read(
            lambda connection: [self._known(row) for row in raw(connection).execute(wanted, values)])

    def _range(self, folder: Path) -> tuple[str, str]:
        """Between which stored paths all below a folder stand: the sign after a separator ends it."""
        start = stored_path(folder, self._media)
        start = "" if start == "." else start if start.endswith(("/", "\\")) else f"{start}{_separator(start)}"
        return start, f"{start[:-1]}{chr(ord(start[-1]) + 1)}" if start else chr(0x10FFFF)

    async def deleted_from(self, paths: Sequence[Path]) -> list[KnownFile]:
        """The deleted assets whose files lay at any of these places. A path that is no text is no asset's."""
        values = [text for text in (stored_path(path, self._media) for path in paths) if text == clean_text(text)]
        wanted = (f"SELECT {_COLUMNS} FROM assets INDEXED BY assets_by_path"
                  f" WHERE deleted_at IS NOT NULL AND path IN ({', '.join('?' * len(values))})")
        return await self._db.read(
            lambda connection: [self._known(row) for row in raw(connection).execute(wanted, values)])

    async def looked_at(self, times: Mapping[str, int]) -> None:
        """Keep the times of files that are as they were, and that they are there."""
        rows = [(modified, name) for name, modified in times.items()]

        def work(connection: Connection) -> None:
            raw(connection).executemany("UPDATE assets SET modified_ns = ?, missing_since = NULL WHERE id = ?", rows)

        await self._db.write(work)

    async def mark_missing(self, files: Sequence[KnownFile]) -> list[Asset]:
        """Mark files that were not found; gives those that were not marked before, and not moved or deleted meanwhile."""
        at = to_ms(now())

        def work(connection: Connection) -> list[Asset]:
            marked = [one.id for one in files if raw(connection).execute(
                "UPDATE assets SET missing_since = ?"
                " WHERE id = ? AND path = ? AND missing_since IS NULL AND deleted_at IS NULL",
                (at, one.id, stored_path(one.path, self._media))).rowcount]
            return self._assets(connection, marked)

        return await self._db.write(work)

    async def moved(self, places: Mapping[str, tuple[Path, int]]) -> list[Asset]:
        """Files that were found at another path, with their times."""
        def work(connection: Connection) -> list[Asset]:
            for name, (path, modified) in places.items():
                raw(connection).execute("UPDATE assets SET path = ?, modified_ns = ?, missing_since = NULL WHERE id = ?",
                                        (clean_text(stored_path(path, self._media)), modified, name))
            moved = self._assets(connection, list(places))
            for asset in moved:  # the file's name is one of the words it is found by
                raw(connection).execute("UPDATE assets SET words = ? WHERE id = ?", (asset_words(asset), asset.id))
            return moved

        return await self._db.write(work)

    async def changed(self, asset_id: str, values: Mapping[str, object]) -> Asset:
        """A file whose content is another now: what of the row goes by content."""
        columns = [name for name in _CHANGED if name in values]
        setting = ", ".join(f"{name} = ?" for name in columns)

        def work(connection: Connection) -> Asset:
            raw(connection).execute(f"UPDATE assets SET {setting}, missing_since = NULL WHERE id = ?",
                                    (*(values[name] for name in columns), asset_id))
            return self._assets(connection, [asset_id])[0]

        return await self._db.write(work)

    def _assets(self, connection: Connection, ids: Sequence[str]) -> list[Asset]:
        return [asset_of(row, self._media, self._thumbnails) for row in rows_of(connection, ids)]

    def _known(self, row: tuple[str, str, int, str, int | None, int]) -> KnownFile:
        name, path, size, sha256, modified, missing = row
        return KnownFile(name, path_of(path, self._media), size, sha256, modified, bool(missing))


def _separator(path: str) -> str:
    """Relative paths are kept with slashes everywhere, absolute ones as the system writes them."""
    return "\\" if "\\" in path and "/" not in path else "/"
