"""Gives to the library what was brought, in the background: files are copied, addresses fetched; progress, stop, errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.composer.intake import Brought
from studio.ui.composer.reference import Reference

if TYPE_CHECKING:
    import concurrent.futures

    from studio.app.core import Core
    from studio.domain.reference import TakenMedia

Key = tuple[str, int]
REPORT_EVERY_S = 0.1


class ReferenceIntake(QObject):
    """One thing at a time for each slot's key: a new one stops the one before.

    `taken(key, Brought, TakenMedia)`, `refused(key, Brought, error)`, `progressed(key, share)`;
    `known(key, Reference, TakenMedia)` and `gone(key, Reference, error)` answer `look`.
    """

    taken = Signal(object, object, object)
    refused = Signal(object, object, object)
    progressed = Signal(object, float)
    known = Signal(object, object, object)
    gone = Signal(object, object, object)

    _stepped = Signal(object, int, float)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._count = 0
        self._under_way: dict[Key, tuple[int, Brought, concurrent.futures.Future[TakenMedia]]] = {}
        self._stepped.connect(self._step, Qt.ConnectionType.QueuedConnection)  # it comes from the core's threads

    def under_way(self) -> dict[Key, Brought]:
        """What is being taken in, and for where."""
        return {key: thing for key, (_, thing, _) in self._under_way.items()}

    def start(self, key: Key, thing: Brought, accepts: Sequence[MediaKind]) -> None:
        self.stop(key)
        self._count += 1
        number = self._count
        step = _throttled(partial(self._stepped.emit, key, number))
        work = partial(bring, thing, tuple(accepts), step)
        future = self._bridge.run(work, partial(self._came, key, number), partial(self._failed, key, number))
        self._under_way[key] = (number, thing, future)

    def stop(self, key: Key) -> Brought | None:
        """Give it up, and leave nothing behind; what it was, None where nothing was under way."""
        _, thing, future = self._under_way.pop(key, (0, None, None))
        if future is not None:
            future.cancel()
        return thing

    def look(self, key: Key, reference: Reference) -> None:
        """Ask the library about a file of which only the address is known."""
        work = partial(_look, reference)
        self._bridge.run(work, partial(self.known.emit, key, reference), partial(self.gone.emit, key, reference))

    def _is_current(self, key: Key, number: int) -> bool:
        return key in self._under_way and self._under_way[key][0] == number

    def _came(self, key: Key, number: int, media: TakenMedia) -> None:
        if self._is_current(key, number):
            thing = self._under_way.pop(key)[1]
            self.taken.emit(key, thing, media)

    def _failed(self, key: Key, number: int, error: BaseException) -> None:
        if self._is_current(key, number):
            thing = self._under_way.pop(key)[1]
            self.refused.emit(key, thing, error)

    def _step(self, key: Key, number: int, share: float) -> None:
        if self._is_current(key, number):
            self.progressed.emit(key, share)


async def _look(reference: Reference, core: Core) -> TakenMedia:
    return await core.references.look(reference.value, reference.name)


async def bring(thing: Brought, accepts: tuple[MediaKind, ...], step: Callable[[float], None], core: Core) -> TakenMedia:
    """The library's own copy of one thing, fetched or converted where that is needed. Raises InputError, ServiceError."""
    references = core.references
    if thing.url:
        return await references.fetch(thing.url, thing.name, accepts=accepts, step=step, fallback=thing.path)
    if thing.path is not None:
        return await references.take(thing.path, accepts=accepts, step=step)
    import asyncio  # on the core's thread, where it is loaded; not before the first paint

    return await references.take_bytes(await asyncio.to_thread(thing.read), thing.name, accepts=accepts, step=step)


def _throttled(tell: Callable[[float], object]) -> Callable[[float], None]:
    last = 0.0

    def step(share: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_EVERY_S:
            last = now
            tell(share)

    return step
