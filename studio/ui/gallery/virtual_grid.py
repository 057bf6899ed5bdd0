"""A virtual grid on a scroll area of its own: it paints what is in sight and nothing else.

Positions come from GridLayout, assets from AssetFeed, pictures from ImageLoader; the cost of a frame depends on the
number of cells in sight only. Scrolling moves the pixels that are there and paints the strip that came into sight.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from studio.domain.asset import Asset
from studio.ui.gallery.feed import AssetFeed
from studio.ui.gallery.layout import GridLayout, Metrics
from studio.ui.gallery.selection import Selection
from studio.ui.images.captions import day_words
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import RING_GAP, ThumbnailPainter
from studio.ui.theme.theme import Theme, interface_font

PAGES_AHEAD = 2
"""The next page is fetched when less than so many viewports are left below."""


class VirtualGrid(QAbstractScrollArea):
    """Shows `feed` by days. What the person does with it is GridView's."""

    selectionChanged = Signal()  # noqa: N815  # Qt's spelling

    def __init__(
        self, feed: AssetFeed, theme: Theme, parent: QWidget | None = None, *, metrics: Metrics | None = None
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # nothing shifts when it is needed
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._feed, self._theme = feed, theme
        self._metrics = metrics or Metrics()
        self.images = ImageLoader(self)
        self.images.loaded.connect(self._repaint_id)
        self.images.failed.connect(self._repaint_id)
        self._cells = ThumbnailPainter(self.images, theme)
        self.selection = Selection()
        self._layout = GridLayout(0, [], self._metrics)
        self._label_font = interface_font(theme.current.font_body)
        self._count_font = interface_font(theme.current.font_label)
        feed.reset.connect(self._reset)
        feed.extended.connect(self._extended)
        feed.inserted.connect(self._inserted)
        feed.removed.connect(self._removed)
        feed.changed.connect(self._repaint_id)
        theme.changed.connect(self._restyle)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._take_colours()

    # -- what is shown ----------------

    @property
    def grid_layout(self) -> GridLayout:
        return self._layout

    def current_index(self) -> int | None:
        return None if self.selection.current is None else self._feed.position(self.selection.current)

    def current(self) -> Asset | None:
        """The asset that the keyboard stands on."""
        at = self.current_index()
        return None if at is None else self._feed.items[at]

    def selected(self) -> list[Asset]:
        """The selected assets, newest first."""
        ids = self.selection.ids
        if len(ids) <= 1:
            places = [self._feed.position(asset_id) for asset_id in ids]
            return [self._feed.items[at] for at in places if at is not None]
        return [asset for asset in self._feed.items if asset.id in ids]

    def select(self, asset_id: str) -> None:
        """Select this one and bring it into sight."""
        at = self._feed.position(asset_id)
        if at is not None:
            self.selection.only(asset_id)
            self.ensure_visible(at)
            self._selection_moved()

    def ensure_visible(self, index: int) -> None:
        """Scroll as little as needed; a first row comes with its heading."""
        box = self._layout.box(index)
        bar = self.verticalScrollBar()
        section = self._layout.sections[self._layout.section_of(index)]
        in_first_row = index < section.first + self._layout.columns
        top = section.top if in_first_row else box.y - self._metrics.gap
        bottom = box.y + box.height + self._metrics.gap
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

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

    # -- changes of the feed ----------------

    def _relayout(self) -> None:
        self._layout = GridLayout(self.viewport().width(), [day.count for day in self._feed.days], self._metrics)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._metrics.header))
        bar.setSingleStep(max(1, self._layout.pitch // 3))
        self.viewport().update()
        self._want_more()

    def _hold(self, index: int, offset: int) -> None:
        """Scroll so that cell `index` stands `offset` pixels below the top of the viewport."""
        if 0 <= index < self._layout.count:
            self.verticalScrollBar().setValue(self._layout.box(index).y - offset)

    def _first_in_sight(self) -> tuple[int, int] | None:
        """(index, pixels below the top) of the first cell in sight, by the layout as it is. None at the very top, where what
        is newest comes into sight by itself."""
        sight = self.visible_range()
        if self.verticalScrollBar().value() == 0 or not sight:
            return None
        return sight.start, self.cell_rect(sight.start).y()

    def _reset(self) -> None:
        self.selection.keep(self._feed.__contains__)
        self.images.next_generation()
        self._relayout()
        self.verticalScrollBar().setValue(0)
        self._selection_moved()

    def _extended(self, _count: int) -> None:
        self._relayout()

    def _inserted(self, at: int, count: int) -> None:
        held = self._first_in_sight()
        self._relayout()
        if held is not None:
            self._hold(held[0] + (count if at <= held[0] else 0), held[1])

    def _removed(self, places: list[tuple[int, str]]) -> None:
        held = self._first_in_sight()
        gone = [asset_id for _, asset_id in places]
        neighbour = None
        for order, (at, asset_id) in enumerate(places):
            if asset_id == self.selection.current and self._feed.items:
                neighbour = self._feed.items[min(at - order, len(self._feed.items) - 1)].id
        self.selection.forget(gone, neighbour)
        self._relayout()
        if held is not None:
            self._hold(held[0] - sum(at < held[0] for at, _ in places), held[1])
        self._selection_moved()

    def _selection_moved(self) -> None:
        self.viewport().update()
        self.selectionChanged.emit()

    def _want_more(self) -> None:
        left = self.verticalScrollBar().maximum() - self.verticalScrollBar().value()
        if left < PAGES_AHEAD * self.viewport().height():
            self._feed.more()

    def _repaint_id(self, asset_id: object) -> None:
        at = self._feed.position(str(asset_id))
        if at is not None and at < self._layout.count:
            self.viewport().update(self.cell_rect(at).adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP))

    # -- painting ----------------

    def _take_colours(self) -> None:
        tokens = self._theme.current
        self._back, self._text, self._dim = QColor(tokens.bg), QColor(tokens.text), QColor(tokens.dim)

    def _restyle(self) -> None:
        self._take_colours()
        self._cells.refresh()
        self.viewport().update()

    def _scrolled(self) -> None:
        self.images.next_generation()
        self._want_more()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # Qt's name
        if abs(dy) < self.viewport().height():
            self.viewport().scroll(dx, dy)
        else:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        held = self._first_in_sight()
        super().resizeEvent(event)
        self._relayout()
        if held is not None:
            self._hold(*held)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.fillRect(area, self._back)
        scrolled = self.verticalScrollBar().value()
        top, bottom = area.top() + scrolled - RING_GAP, area.bottom() + scrolled + RING_GAP + 1
        for number, first, end in self._layout.visible(top, bottom):
            self._paint_heading(painter, number, scrolled, area)
            for index in range(first, min(end, len(self._feed.items))):
                self._paint_cell(painter, index)
        self._ask_for_the_rest(area)

    def _ask_for_the_rest(self, area: QRect) -> None:
        """After a scroll only a strip is painted: pictures still missing elsewhere in sight are asked for anew."""
        if area.height() >= self.viewport().height():
            return
        for index in self.visible_range():
            if index < len(self._feed.items):
                self._cells.ask(self._feed.items[index], self.cell_rect(index).size(), self.devicePixelRatioF())

    def _paint_heading(self, painter: QPainter, number: int, scrolled: int, area: QRect) -> None:
        section = self._layout.sections[number]
        box = QRect(self._metrics.margin, section.top - scrolled, self.viewport().width() - 2 * self._metrics.margin,
                    self._metrics.header)
        if not box.intersects(area):
            return
        line = box.adjusted(0, 6, 0, 0)
        painter.setFont(self._label_font)
        painter.setPen(self._text)
        words = day_words(self._feed.days[number].day)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        if self._feed.complete or number < len(self._layout.sections) - 1:
            painter.setFont(self._count_font)
            painter.setPen(self._dim)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{section.cells:,}")

    def _paint_cell(self, painter: QPainter, index: int) -> None:
        asset, box = self._feed.items[index], self.cell_rect(index)
        self._cells.paint(painter, box, asset, asset.id)
        focused = self.hasFocus() and asset.id == self.selection.current
        self._cells.paint_ring(painter, box, selected=asset.id in self.selection.ids, focused=focused)
