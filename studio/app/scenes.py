"""The scene board's files: boards saved and opened, subjects cut out of photos, and a board as one flat picture."""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from studio.app.scene_work import NOTHING_FOUND, UNREADABLE, cut_out_file, flatten_file
from studio.domain.errors import InputError, LocalError
from studio.domain.scene_board import SceneBoard
from studio.domain.scene_board_file import as_object, of_object
from studio.library.library import Library
from studio.settings.files import write_object
from studio.settings.paths import Paths

FOLDER = "scenes"
_METHOD = "1"
"""Part of a cut-out's name: another method makes them anew."""
_LARGEST = 20_000_000  # bytes of a saved board


class SceneService:
    """Cut-outs lie in the cache, by the content of their photo; boards in the data folder, or where the person puts them."""

    def __init__(self, paths: Paths, library: Library) -> None:
        self.folder = paths.data / FOLDER
        self._cutouts = paths.cache / "cutouts"
        self._library = library
        self._one = asyncio.Lock()
        self._running: set[BaseProcess] = set()

    async def cut_out(self, uri: str) -> Path | None:
        """The subject of a photo as an RGBA picture, from the cache where it was cut out before.

        None where nothing stands out, and for a photo that lies elsewhere on the web. Raises InputError, LocalError.
        """
        photo = self._library.local_file(uri)
        if photo is None:
            return None
        target = await asyncio.to_thread(self._target, photo)
        nothing = target.with_suffix(".none")
        async with self._one:  # two at once would take both cores from the window
            if await asyncio.to_thread(target.exists):
                return target
            if await asyncio.to_thread(nothing.exists):
                return None
            code = await self._work(cut_out_file, str(photo), str(target))
        if code == NOTHING_FOUND:
            await asyncio.to_thread(nothing.touch)
            return None
        self._check(code, photo.name)
        return target

    async def flatten(self, board: SceneBoard, background: Path | None) -> str:
        """The board as one picture among the library's own copies: its `file:` address. Raises InputError, LocalError."""
        photos, cutouts = {}, {}
        for layer in board.layers:
            photo = self._library.local_file(layer.uri)
            if photo is None:
                words = f"“{layer.name or layer.uri}” lies on the web and cannot be laid on the flat picture."
                raise InputError(words, advice="Save it, and drop the file on the board.")
            photos[layer.uri] = str(photo)
            found = await self.cut_out(layer.uri) if layer.cut_out else None
            if found is not None:
                cutouts[layer.uri] = str(found)
        name = hashlib.sha256(json.dumps([as_object(board), str(background)]).encode()).hexdigest()[:32]
        target = self._cutouts / f"flat-{name}.png"
        code = await self._work(flatten_file, board, photos, cutouts, str(background or ""), str(target))
        self._check(code, "A photo of the board")
        uri = await self._library.attach(target)
        await asyncio.to_thread(target.unlink, missing_ok=True)
        return uri

    async def save(self, board: SceneBoard, path: Path) -> Path:
        """Write a board to a file of the person's choice. Raises LocalError."""
        try:
            await asyncio.to_thread(write_object, path, as_object(board))
        except OSError as error:
            words = f"{path.name} could not be written: {error.strerror}."
            raise LocalError(words, advice="Choose another place.") from error
        return path

    async def open(self, path: Path) -> SceneBoard:
        """Read a board that was saved. Raises InputError for what is none, and where a photo of it is gone."""
        board = of_object(await asyncio.to_thread(_read, path))
        for layer in board.layers:
            await asyncio.to_thread(self._library.local_file, layer.uri)
        return board

    def make_folder(self) -> Path:
        """Where boards are kept unless the person says otherwise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    def close(self) -> None:
        """End what is computed: nobody waits for it any more, and it can be done again."""
        for process in list(self._running):
            process.kill()

    def _target(self, photo: Path) -> Path:
        self._cutouts.mkdir(parents=True, exist_ok=True)
        told = photo.stat()
        mark = f"{_METHOD}|{photo}|{told.st_size}|{told.st_mtime_ns}"
        return self._cutouts / f"{hashlib.sha256(mark.encode()).hexdigest()[:32]}.png"

    async def _work(self, job: Callable[..., None], *given: object) -> int:
        """Run in a fresh process; its exit code."""
        process = multiprocessing.get_context("spawn").Process(target=job, args=given, daemon=True)
        await asyncio.to_thread(self._cutouts.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(process.start)
        self._running.add(process)
        try:
            await asyncio.to_thread(process.join)
        finally:
            self._running.discard(process)
            if process.is_alive():
                process.kill()
        return process.exitcode if process.exitcode is not None else -1

    def _check(self, code: int, name: str) -> None:
        if code == UNREADABLE:
            raise InputError(f"{name} cannot be read as a picture.", advice="Choose another one.")
        if code:
            raise LocalError(
                f"The photo could not be worked on (code {code}).", advice="Close other programs and try again."
            )


def _read(path: Path) -> object:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name} is too large for a scene board.", advice="Choose another file.")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: {error.strerror}.", advice="Choose another file.") from error
    except ValueError as error:
        raise InputError(f"{path.name} is no scene board.", advice="Choose a file that was saved from the board.") from error
