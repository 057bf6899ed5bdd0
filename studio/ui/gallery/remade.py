"""Previews that the cache lost are made again while their cells are in sight."""

from __future__ import annotations

from collections import OrderedDict, deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.grid import GridView

if TYPE_CHECKING:
    from studio.app.core import Core

_MOST_WAITING = 60
_MOST_KNOWN = 2000


class RemadePreviews(QObject):
    """Asks for one at a time, the newest first; each once, as what could not be made now cannot be a second later."""

    def __init__(self, bridge: Bridge, grid: GridView) -> None:
        super().__init__(grid)
        self._bridge, self._grid = bridge, grid
        self._waiting: deque[Asset] = deque(maxlen=_MOST_WAITING)
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._busy = False
        grid.images.failed.connect(self._failed)

    def _failed(self, token: object, _problem: object) -> None:
        at = self._grid.feed.position(str(token))
        asset = None if at is None else self._grid.feed.at(at)
        if asset is None or asset.id in self._asked or asset.kind not in (MediaKind.IMAGE, MediaKind.VIDEO):
            return
        self._asked[asset.id] = None
        if len(self._asked) > _MOST_KNOWN:
            self._asked.popitem(last=False)
        self._waiting.append(asset)
        self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        asset = self._waiting.pop()

        async def ask(core: Core) -> Path | None:
            return await core.gallery.thumbnail(asset)

        self._bridge.run(ask, lambda path: self._came(asset, path), lambda _: self._came(asset, None))

    def _came(self, asset: Asset, path: Path | None) -> None:
        self._busy = False
        if path is not None:
            self._grid.images.look_again(path)
            self._grid.repaint_asset(asset.id)
        self._next()
