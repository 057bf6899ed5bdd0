"""What makes cells more than a poster: a video's frames under the pointer, a sound's shape. Fetched when they are wanted."""

from __future__ import annotations

from collections import OrderedDict, deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QSize, QTimer

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.cells import Scrub
from studio.ui.gallery.grid import GridView
from studio.ui.images.loader import ImageLoader
from studio.ui.images.reading import Fit

if TYPE_CHECKING:
    from studio.app.core import Core

REST_MS = 140
"""The pointer must stay on a video for so long: who passes over it wants something else."""
_MOST_WAVES = 600
_SHEET = QSize(1600, 1600)
_MOST_WAITING = 60


class LiveCells(QObject):
    """Follows the pointer over `grid`, and what is painted there."""

    def __init__(self, bridge: Bridge, grid: GridView) -> None:
        super().__init__(grid)
        self._bridge, self._grid = bridge, grid
        self._sheets = ImageLoader(self, limit_bytes=12 * 1024 * 1024)
        self._sheets.loaded.connect(self._sheet_came)
        self._paths: OrderedDict[str, Path | None] = OrderedDict()
        self._waves: OrderedDict[str, bytes] = OrderedDict()
        self._waiting: deque[Asset] = deque(maxlen=_MOST_WAITING)
        self._asked: set[str] = set()
        self._busy = False
        self._point: QPoint | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._rested)
        grid.waves = self._waves
        grid.hovered.connect(self._hovered)
        grid.missed.connect(self._wave_wanted)
        grid.verticalScrollBar().valueChanged.connect(lambda _: self._hovered(None))

    # -- frames under the pointer ----------------

    def _hovered(self, point: QPoint | None) -> None:
        self._point = point
        asset = self._under(point)
        scrub = self._grid.scrub
        if scrub is not None and (asset is None or scrub.asset_id != asset.id):
            self._grid.scrub = None
            self._grid.repaint_asset(scrub.asset_id)
        if asset is None or asset.kind is not MediaKind.VIDEO or self._grid.metrics.row:
            self._rest.stop()
        elif self._grid.scrub is not None:
            self._show(asset)
        elif not self._rest.isActive():
            self._rest.start()

    def _under(self, point: QPoint | None) -> Asset | None:
        index = None if point is None else self._grid.index_at(point)
        return None if index is None else self._grid.feed.at(index)

    def _rested(self) -> None:
        asset = self._under(self._point)
        if asset is None or asset.kind is not MediaKind.VIDEO:
            return
        if asset.id in self._paths:
            self._show(asset)
            return

        async def ask(core: Core) -> Path | None:
            return await core.gallery.scrub_sheet(asset)

        self._bridge.run(ask, lambda path: self._path_came(asset, path), lambda _: self._path_came(asset, None))

    def _path_came(self, asset: Asset, path: Path | None) -> None:
        self._paths[asset.id] = path
        if len(self._paths) > _MOST_WAVES:
            self._paths.popitem(last=False)
        self._show(asset)

    def _sheet_came(self, _token: object) -> None:
        asset = self._under(self._point)
        if asset is not None:
            self._show(asset)

    def _show(self, asset: Asset) -> None:
        """The frame for where the pointer is, once its sheet is there."""
        under = self._under(self._point)
        path = self._paths.get(asset.id)
        if path is None or under is None or under.id != asset.id or self._point is None:
            return
        sheet = self._sheets.request(path, _SHEET, asset.id, fit=Fit.CONTAIN)
        at = self._grid.feed.position(asset.id)
        if sheet is None or at is None:
            return
        box = self._grid.cell_rect(at)
        self._grid.scrub = Scrub(asset.id, sheet, (self._point.x() - box.left()) / max(1, box.width()))
        self._grid.repaint_asset(asset.id)

    # -- the shape of sounds ----------------

    def _wave_wanted(self, asset: Asset) -> None:
        if asset.id not in self._asked:
            self._asked.add(asset.id)
            self._waiting.append(asset)
            self._next_wave()

    def _next_wave(self) -> None:
        """One at a time, the one painted last first: what was scrolled past can wait."""
        if self._busy or not self._waiting:
            return
        self._busy = True
        asset = self._waiting.pop()

        async def ask(core: Core) -> bytes:
            import asyncio  # on the core's thread, where it is loaded

            path = await core.gallery.waveform(asset)
            return b"" if path is None else await asyncio.to_thread(path.read_bytes)

        self._bridge.run(ask, lambda wave: self._wave_came(asset, wave), lambda _: self._wave_came(asset, b""))

    def _wave_came(self, asset: Asset, wave: bytes) -> None:
        self._busy = False
        self.show_wave(asset, wave)
        self._next_wave()

    def show_wave(self, asset: Asset, wave: bytes) -> None:
        """Pairs of bytes (lowest, highest) about 128; empty where nothing is to be drawn."""
        self._asked.add(asset.id)
        self._waves[asset.id] = wave
        if len(self._waves) > _MOST_WAVES:
            gone, _ = self._waves.popitem(last=False)
            self._asked.discard(gone)
        self._grid.repaint_asset(asset.id)
