"""The plane that the gallery scrolls over: which cell lies where, what is in sight, and what stays in sight.

Positions come from GridLayout, assets from LibraryFeed. The first cell in sight is remembered by its asset: it stays where
it is when others come and go above it, when the width changes and when sizes do.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.domain.asset import Asset
from studio.ui.gallery.layout import GridLayout, Metrics
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.images.loader import ImageLoader


class _Anchor(NamedTuple):
    """The first cell in sight: its asset (None while that is not in memory), its index, its y in the viewport."""

    asset_id: str | None
    place: int
    y: int


class Plane(QAbstractScrollArea):
    """Lays `feed` out by days and scrolls over it; asks the feed for what comes into sight. Painting is VirtualGrid's."""

    def __init__(self, feed: LibraryFeed, parent: QWidget | None = None, *, metrics: Metrics | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # nothing shifts when it is needed
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._feed = feed
        self._metrics = metrics or Metrics()
        self.images = ImageLoader(self)
        self._anchor: _Anchor | None = None
        self._laying = False
        self._anew = True  # whether other assets stand in sight than were painted last
        self._layout = GridLayout(0, [], self._metrics)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        # asked for once a turn, however many steps the scroll bar made in it
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._want)

    # -- where things are ----------------

    @property
    def feed(self) -> LibraryFeed:
        return self._feed

    @property
    def grid_layout(self) -> GridLayout:
        return self._layout

    @property
    def metrics(self) -> Metrics:
        return self._metrics

    def set_metrics(self, metrics: Metrics) -> None:
        """Other sizes, or lines instead of cells; what stood on top stays on top."""
        if metrics != self._metrics:
            self._metrics = metrics
            if self._anchor is not None:
                self._anchor = self._anchor._replace(y=max(0, self._anchor.y))
            self._relaid()

    def cell_rect(self, index: int) -> QRect:
        """Where the cell is in the viewport now."""
        box = self._layout.box(index)
        return QRect(box.x, box.y - self.verticalScrollBar().value(), box.width, box.height)

    def index_at(self, point: QPoint) -> int | None:
        """The cell under a point of the viewport."""
        return self._layout.index_at(point.x(), point.y() + self.verticalScrollBar().value())

    def visible_range(self) -> range:
        """The cells in sight."""
        top = self.verticalScrollBar().value()
        spans = list(self._layout.visible(top, top + self.viewport().height()))
        return range(spans[0][1], spans[-1][2]) if spans else range(0)

    def first_in_sight(self) -> Asset | None:
        """What stands at the top, if it is in memory."""
        sight = self.visible_range()
        return self._feed.at(sight.start) if sight else None

    # -- scrolling ----------------

    def ensure_visible(self, index: int) -> None:
        """Scroll as little as needed; a first row comes with its heading."""
        box = self._layout.box(index)
        bar = self.verticalScrollBar()
        section = self._layout.section(self._layout.section_of(index))
        in_first_row = index < section.first + self._layout.columns
        top = section.top if in_first_row else box.y - self._metrics.gap
        bottom = box.y + box.height + self._metrics.gap
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    def show_on_top(self, index: int, y: int | None = None) -> None:
        """Scroll so that the cell stands at the top, with its day's heading if it is of the first row; with `y`, there."""
        if 0 <= index < self._layout.count and y is not None:
            self.verticalScrollBar().setValue(self._layout.box(index).y - y)
        elif 0 <= index < self._layout.count:
            section = self._layout.section(self._layout.section_of(index))
            first_row = index < section.first + self._layout.columns
            self.verticalScrollBar().setValue(section.top if first_row else self._layout.box(index).y - self._metrics.gap)

    def _scrolled(self) -> None:
        if not self._laying:
            self.images.next_generation()
            self._remember()
            self._asking.start()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # Qt's name
        if abs(dy) < self.viewport().height():
            self.viewport().scroll(dx, dy)
        else:
            self._anew = True
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relaid()

    # -- laying out ----------------

    def _relayout(self) -> None:
        self._laying = True
        self._layout = GridLayout(self.viewport().width(), [day.count for day in self._feed.list.days], self._metrics)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._metrics.header))
        bar.setSingleStep(max(1, self._layout.pitch // 3))
        self._laying = False
        self.viewport().update()

    def _relaid(self) -> None:
        """Places changed: lay out anew and keep the first cell in sight where it is. At the very top what is newest comes
        into sight by itself."""
        anchor = self._anchor
        self._relayout()
        if anchor is not None:
            at = None if anchor.asset_id is None else self._feed.position(anchor.asset_id)
            index = min(anchor.place if at is None else at, self._layout.count - 1)
            self._anchor = None if index < 0 else anchor._replace(place=index)
            if index >= 0:
                self._laying = True
                self.verticalScrollBar().setValue(self._layout.box(index).y - anchor.y)
                self._laying = False
        self.images.next_generation()
        self._asking.start()

    def _remember(self) -> None:
        sight = self.visible_range()
        if self.verticalScrollBar().value() == 0 or not sight:
            self._anchor = None
            return
        asset = self._feed.at(sight.start)
        self._anchor = _Anchor(None if asset is None else asset.id, sight.start, self.cell_rect(sight.start).y())

    def _want(self) -> None:
        sight = self.visible_range()
        self._feed.want(sight.start, sight.stop)
