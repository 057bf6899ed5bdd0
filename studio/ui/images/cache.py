"""Pixmaps by rendition, least recently used thrown out first, bounded in bytes and not in number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator

from PySide6.QtGui import QPixmap


class PixmapCache:
    """Belongs to the GUI thread, as pixmaps do."""

    def __init__(self, limit_bytes: int = 64 * 1024 * 1024) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[Hashable, QPixmap] = OrderedDict()

    @staticmethod
    def cost(pixmap: QPixmap) -> int:
        """Bytes that the pixmap holds."""
        return pixmap.width() * pixmap.height() * max(1, pixmap.depth() // 8)

    @property
    def bytes(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._pixmaps)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._pixmaps)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._pixmaps

    def get(self, key: Hashable) -> QPixmap | None:
        """The pixmap, now the most recently used one; None if it is not here."""
        pixmap = self._pixmaps.get(key)
        if pixmap is not None:
            self._pixmaps.move_to_end(key)
        return pixmap

    def put(self, key: Hashable, pixmap: QPixmap) -> None:
        """Keep `pixmap`; what was not looked at for longest goes. One larger than the whole cache is not kept."""
        self.drop(key)
        cost = self.cost(pixmap)
        if cost > self._limit:
            return
        self._pixmaps[key] = pixmap
        self._bytes += cost
        while self._bytes > self._limit:
            _, oldest = self._pixmaps.popitem(last=False)
            self._bytes -= self.cost(oldest)

    def drop(self, key: Hashable) -> None:
        pixmap = self._pixmaps.pop(key, None)
        if pixmap is not None:
            self._bytes -= self.cost(pixmap)

    def clear(self) -> None:
        self._pixmaps.clear()
        self._bytes = 0
