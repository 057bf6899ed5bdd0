"""The newest results in one row under the viewer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.lineage import FRAME_GRAB
from studio.ui.bridge import Bridge
from studio.ui.gallery.feed import AssetFeed
from studio.ui.images.captions import spoken, title_of
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme
from studio.ui.viewer.drag_source import DragSource
from studio.ui.widgets.viewport import own_viewport
from studio.ui.widgets.words import tip

GAP, PAD = 10, 6
SEEN = 7
"""So many thumbnails fit at least; in a wide window they do not grow beyond `WIDEST`."""
NARROWEST, WIDEST = 64, 128
PAGE = 60
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -SEEN, Qt.Key.Key_PageDown: SEEN}


def _cell_in(width: int) -> QSize:
    """The size of a thumbnail in a strip of that width."""
    cell = max(NARROWEST, min(WIDEST, (width - 2 * PAD - (SEEN - 1) * GAP) // SEEN))
    return QSize(cell, cell * 3 // 4)


class Filmstrip(QAbstractScrollArea):
    """`chosen` (asset) by click, keyboard, or when a result arrives while the person looks at the newest one; a frame kept
    of a clip takes nobody away from it."""

    chosen = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        own_viewport(self)
        self.setObjectName("filmstrip")
        self.setAccessibleName(self.tr("Results"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # wheel and keys are enough for a strip
        as_high_as_its_cells = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        as_high_as_its_cells.setHeightForWidth(True)
        self.setSizePolicy(as_high_as_its_cells)
        self._theme = theme
        self.feed = AssetFeed(bridge, self, page=PAGE)
        self._images = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self._images.loaded.connect(self._repaint_all)
        self._images.failed.connect(self._repaint_all)
        self._cells = ThumbnailPainter(self._images, theme)
        self._chosen: str | None = None
        DragSource(self.viewport(), self._asset_at)
        self.feed.reset.connect(self._reset)
        self.feed.extended.connect(self._relayout)
        self.feed.inserted.connect(self._inserted)
        self.feed.removed.connect(self._removed)
        self.feed.changed.connect(self._repaint_all)
        theme.changed.connect(self._restyle)
        bridge.ready.connect(self._begin)
        if bridge.is_ready:
            self._begin()

    def _begin(self) -> None:
        self.feed.ask("", None)

    def show_first(self, first: FirstScreen) -> None:
        """What the store said before the core was ready."""
        self.feed.show(first.assets[:PAGE])

    # -- choosing ----------------

    @property
    def current(self) -> Asset | None:
        """The chosen asset, if it is in the strip."""
        at = self._index()
        return None if at is None else self.feed.items[at]

    def select(self, asset_id: str | None) -> None:
        """Mark what is shown elsewhere; nothing is emitted."""
        self._chosen = asset_id
        at = self._index()
        if at is not None:
            self._ensure_visible(at)
        self._tell_reader()
        self.viewport().update()

    def step(self, by: int) -> None:
        """Choose the next (1, older) or the one before (-1, newer)."""
        if self.feed.items:
            at = self._index()
            self._choose(0 if at is None else min(len(self.feed.items) - 1, max(0, at + by)))

    def _index(self) -> int | None:
        return None if self._chosen is None else self.feed.position(self._chosen)

    def _choose(self, at: int) -> None:
        asset = self.feed.items[at]
        self.select(asset.id)
        self.chosen.emit(asset)

    # -- changes of the feed ----------------

    def _reset(self) -> None:
        self._relayout()
        if self.feed.items and self._chosen is None:
            self._choose(0)

    def _inserted(self, at: int, _count: int) -> None:
        chosen = self._index()
        new = self.feed.items[at]
        is_frame = new.recipe is not None and new.recipe.operation == FRAME_GRAB  # who keeps frames is at work on the clip
        follows = at == 0 and (chosen is None or (chosen == 1 and not is_frame))
        held = self.horizontalScrollBar().value()
        self._relayout()
        if follows:
            self._choose(0)
        elif held > 0:
            self.horizontalScrollBar().setValue(held + self.cell_size().width() + GAP)

    def _removed(self, places: list[tuple[int, str]]) -> None:
        self._relayout()
        gone = {asset_id: at - order for order, (at, asset_id) in enumerate(places)}
        if self._chosen in gone:
            at = gone[self._chosen]
            self._chosen = None
            if self.feed.items:
                self._choose(min(at, len(self.feed.items) - 1))

    # -- layout ----------------

    def cell_size(self) -> QSize:
        """Seven fit into the width, within limits."""
        return _cell_in(self.viewport().width())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return _cell_in(width).height() + 2 * PAD

    def sizeHint(self) -> QSize:
        return QSize(SEEN * (NARROWEST + GAP), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST + 2 * PAD, self.heightForWidth(0))

    def cell_rect(self, index: int) -> QRect:
        """Where the thumbnail is in the viewport now."""
        size = self.cell_size()
        left = PAD + index * (size.width() + GAP) - self.horizontalScrollBar().value()
        return QRect(QPoint(left, (self.viewport().height() - size.height()) // 2), size)

    def index_at(self, point: QPoint) -> int | None:
        """The thumbnail under a point of the viewport."""
        pitch = self.cell_size().width() + GAP
        at = (point.x() + self.horizontalScrollBar().value() - PAD) // pitch
        return at if 0 <= at < len(self.feed.items) and self.cell_rect(at).contains(point) else None

    def _relayout(self) -> None:
        pitch = self.cell_size().width() + GAP
        content = len(self.feed.items) * pitch - GAP + 2 * PAD
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, content - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(pitch)
        self.viewport().update()

    def _ensure_visible(self, at: int) -> None:
        box, bar = self.cell_rect(at), self.horizontalScrollBar()
        if box.left() < PAD:
            bar.setValue(bar.value() + box.left() - PAD)
        elif box.right() > self.viewport().width() - PAD:
            bar.setValue(bar.value() + box.right() - self.viewport().width() + PAD + 1)

    def _repaint_all(self) -> None:
        self.viewport().update()

    def _restyle(self) -> None:
        self._cells.refresh()
        self.viewport().update()

    # -- events ----------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relayout()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._images.next_generation()
        self.viewport().update()
        bar = self.horizontalScrollBar()
        if bar.maximum() - bar.value() < self.viewport().width():
            self.feed.more()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        pitch = self.cell_size().width() + GAP
        first = max(0, (self.horizontalScrollBar().value() - PAD) // pitch)
        for index in range(first, len(self.feed.items)):
            box = self.cell_rect(index)
            if box.left() > self.viewport().width():
                break
            asset = self.feed.items[index]
            self._cells.paint(painter, box, asset, asset.id)
            chosen = asset.id == self._chosen
            self._cells.paint_ring(painter, box, selected=chosen, focused=False)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().x() or event.angleDelta().y()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - turned)
        event.accept()

    def _asset_at(self, point: QPoint) -> Asset | None:
        at = self.index_at(point)
        return None if at is None else self.feed.items[at]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.index_at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.step(_STEPS[key])
        elif key == Qt.Key.Key_Home and self.feed.items:
            self._choose(0)
        elif key == Qt.Key.Key_End and self.feed.items:
            self._choose(len(self.feed.items) - 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell_reader()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.index_at(event.pos())
            if at is not None:
                QToolTip.showText(event.globalPos(), tip(title_of(self.feed.items[at])), self.viewport(), self.cell_rect(at))
            return True
        return super().viewportEvent(event)

    def _tell_reader(self) -> None:
        asset = self.current
        self.setAccessibleDescription("" if asset is None else spoken(asset))
