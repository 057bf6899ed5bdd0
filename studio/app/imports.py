"""Files and whole folders into the library, one after the other, with what could not be taken told of at the end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import DiskFullError, InputError, LocalError
from studio.domain.library_work import ImportResult, Report
from studio.library.library import Library

MOST_FILES = 100_000


async def import_paths(library: Library, own: Path, paths: Sequence[Path], report: Report | None = None) -> ImportResult:
    """Import `paths`; folders with all that is in them but hidden files and the library's `own` folder.

    Raises DiskFullError; InputError where there are more than MOST_FILES files.
    """
    files = await asyncio.to_thread(lambda: list(files_in(paths, own)))
    new: list[Asset] = []
    known: list[Asset] = []
    refused: list[tuple[Path, str]] = []
    for number, path in enumerate(files):
        if report is not None:
            report(number, len(files))
        try:
            asset, is_new = await library.bring(path)
        except DiskFullError:
            raise
        except (InputError, LocalError) as error:
            refused.append((path, error.without_cost()))
        else:
            (new if is_new else known).append(asset)
    if report is not None:
        report(len(files), len(files))
    return ImportResult(tuple(new), tuple(known), tuple(refused))


def files_in(paths: Iterable[Path], own: Path) -> Iterator[Path]:
    """The files, each once, in the order of their names. What a folder cannot show is passed over; a path that is given
    stands, whatever it is. Blocks."""
    seen = set[Path]()
    for given in paths:
        path = given.expanduser().absolute()
        for file in _below(path, own) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file
            if len(seen) > MOST_FILES:
                raise InputError(f"There are more than {MOST_FILES:,} files in “{path.name}”.", code="too_many",
                                 advice="Import its folders one after the other.")


def _below(folder: Path, own: Path) -> Iterator[Path]:
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith(".") and Path(place, name) != own)
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))
