"""Presets of forms and favourite operations, as the window and the command line use them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from studio.domain.event import Listener, ProblemRaised
from studio.domain.form_preset import Favourites, FormPreset
from studio.settings import favourites as file


class FavouriteService:
    """`data` is the folder of the person's own file. It is read anew before each change: another window may have written."""

    def __init__(self, data: Path, emit: Listener) -> None:
        self._path = data / file.FILE_NAME
        self._emit = emit
        self._lock = asyncio.Lock()

    async def all(self) -> Favourites:
        """As they were saved last."""
        found, problem = await asyncio.to_thread(file.load, self._path)
        if problem:
            self._emit(ProblemRaised(problem))
        return found

    async def keep(self, preset: FormPreset) -> Favourites:
        """Keep a preset, in the place of the one of its name. Raises InputError, LocalError."""
        return await self._change(lambda known: known.with_preset(preset))

    async def forget(self, operation: str, name: str) -> Favourites:
        """Remove a preset. Raises LocalError."""
        return await self._change(lambda known: known.without(operation, name))

    async def star(self, operation: str, on: bool) -> Favourites:
        """Put an operation first among its like, or no longer. Raises LocalError."""
        return await self._change(lambda known: known.starred(operation, on))

    async def _change(self, change: Callable[[Favourites], Favourites]) -> Favourites:
        async with self._lock:
            changed = change(await self.all())
            await asyncio.to_thread(file.save, self._path, changed)
            return changed
