"""Previews that the cache lost, or that were never made, are made while their cells are in sight."""

from __future__ import annotations

from collections import OrderedDict, deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.grid import GridView

if TYPE_CHECKING:
    from studio.app.core import Core

LOOKED_AT_MS = 1500
"""Cells without a preview stay in sight for so long before one is made: what came in just now is about to get its own."""
_HAVE_ONE = (MediaKind.IMAGE, MediaKind.VIDEO)
_MOST_WAITING = 60
_MOST_KNOWN = 2000


class RemadePreviews(QObject):
    """Asks for one at a time, the newest first; each once, as what could not be made now cannot be a second later. The
    shapes of sounds are LiveCells'."""

    def __init__(self, bridge: Bridge, grid: GridView) -> None:
        super().__init__(grid)
        self._bridge, self._grid = bridge, grid
        self._waiting: deque[Asset] = deque(maxlen=_MOST_WAITING)
        self._asked: OrderedDict[str, None] = OrderedDict()
        self._busy = False
        grid.images.failed.connect(self._failed)
        self._rest = QTimer(self, singleShot=True, interval=LOOKED_AT_MS)
        self._rest.timeout.connect(self._look)
        grid.verticalScrollBar().valueChanged.connect(lambda _: self._rest.start())
        grid.feed.loaded.connect(lambda *_: self._rest.start())
        grid.feed.reset.connect(self._rest.start)
        grid.feed.relaid.connect(self._rest.start)

    def _failed(self, token: object, _problem: object) -> None:
        at = self._grid.feed.position(str(token))
        asset = None if at is None else self._grid.feed.at(at)
        if asset is not None:
            self._want(asset)

    def _look(self) -> None:
        """What has been in sight for a while, and has none because the program ended before one was made."""
        grid = self._grid
        in_sight = [grid.feed.at(at) for at in grid.visible_range()] if grid.isVisible() else []
        for asset in reversed(in_sight):  # the first one is asked for first
            if asset is not None and asset.thumbnail is None and asset.missing_since is None:
                self._want(asset)

    def _want(self, asset: Asset) -> None:
        if asset.id in self._asked or asset.kind not in _HAVE_ONE:
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
