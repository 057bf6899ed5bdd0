"""The first frame of so many assets: the product's grid, and a QListView tuned as well as it can be."""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from functools import cache
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.domain.asset import Asset
from studio.domain.job import now
from studio.domain.kinds import MediaKind
from studio.domain.outline import MARK_EVERY, DayCount, Mark, Outline
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.gallery.grid import GridView
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme

WIDTH, HEIGHT = 1040, 700
CELL = QSize(158, 121)
PER_DAY = 1000
_Index = QModelIndex | QPersistentModelIndex


@cache
def pictures() -> list[Path]:
    """A few small files to be shown."""
    folder = Path(tempfile.mkdtemp(prefix="bench-thumbnails-"))
    made = []
    for number in range(40):
        image = QImage(256, 192, QImage.Format.Format_RGB32)
        image.fill(QColor.fromHsv(number * 9, 160, 160))
        made.append(folder / f"{number}.jpg")
        image.save(str(made[-1]))
    return made


@cache
def assets(count: int) -> list[Asset]:
    """The newest page, and what stands for the others in the list view's model."""
    begun, shown = now(), pictures()
    return [
        Asset(f"asset_{count - number:012x}", MediaKind.IMAGE, shown[number % 40], "image/jpeg", f"{number:064x}", 1000, 256,
              192, prompt=f"picture {number}", created_at=begun - timedelta(seconds=number), thumbnail=shown[number % 40])
        for number in range(min(count, 400))
    ]


@cache
def outline(count: int) -> Outline:
    """As the store would tell it: a thousand assets a day."""
    marks = tuple(Mark(at, f"asset_{count - at:012x}") for at in range(0, count, MARK_EVERY))
    today = now().date()
    days = tuple(DayCount(today - timedelta(days=day), min(PER_DAY, count - day * PER_DAY))
                 for day in range(-(-count // PER_DAY)))
    return Outline(count, marks, days)


def timed(show: QWidget, began: float) -> float:
    """Seconds until its first frame was painted."""
    show.resize(WIDTH, HEIGHT)
    show.show()
    QApplication.processEvents()
    show.repaint() if not isinstance(show, QListView) else show.viewport().repaint()
    taken = time.perf_counter() - began
    show.close()
    show.deleteLater()
    QApplication.processEvents()
    return taken


@cache
def _bridge() -> Bridge:
    return Bridge(Paths.of_home(Path(tempfile.mkdtemp(prefix="bench-bridge-"))))


def our_frame(count: int, theme: Theme) -> float:
    """Seconds from nothing to the first frame of the grid over `count` assets, all of which are known of."""
    page, whole = assets(count), outline(count)
    began = time.perf_counter()
    feed = LibraryFeed(_bridge())
    grid = GridView(feed, theme)
    feed.list.replace(page, whole=False)
    feed.list.take(whole)
    feed.reset.emit()
    taken = timed(grid, began)
    feed.deleteLater()
    return taken


class _Model(QAbstractListModel):
    def __init__(self, rows: list[Asset], count: int) -> None:
        super().__init__()
        self._rows, self._count = rows, count

    def rowCount(self, parent: _Index | None = None) -> int:
        return self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._rows[index.row() % len(self._rows)] if role == Qt.ItemDataRole.UserRole else None


class _Delegate(QStyledItemDelegate):
    """Paints the same cells with the same painter."""

    def __init__(self, parent: QListView, theme: Theme) -> None:
        super().__init__(parent)
        self._cells = ThumbnailPainter(ImageLoader(parent), theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        asset = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        self._cells.paint(painter, box.adjusted(5, 5, -5, -5), asset, asset.id)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return CELL


def list_frame(count: int, theme: Theme) -> float:
    """The same by QListView: uniform sizes, a grid size, a fixed layout in one pass and a delegate of its own."""
    rows = assets(count)
    began = time.perf_counter()
    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(CELL)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setMovement(QListView.Movement.Static)
    view.setItemDelegate(_Delegate(view, theme))
    model = _Model(rows, count)
    view.setModel(model)
    return timed(view, began)
