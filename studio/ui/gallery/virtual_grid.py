"""A virtual grid: it paints what is in sight and nothing else.

The cost of a frame depends on the number of cells in sight only. Scrolling moves the pixels that are there and paints the
strip that came into sight. What is not in memory yet is a quiet box.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter, thread_time

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.gallery.cells import CellPainter, Scrub
from studio.ui.gallery.layout import Metrics
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.plane import Plane
from studio.ui.gallery.selection import Selection
from studio.ui.images.captions import day_words
from studio.ui.images.thumbnail import RING_GAP
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.job_words import operation_words

DRAWING_S = 0.002
"""So long a frame may draw cells of words that were never drawn before; the rest follow in the next ones."""
MOST_RINGS = 20_000
PAINTING_S = 0.003
"""So much work a frame may be; cells that are left then are painted with the next one."""
LIST = Metrics(cell=240, gap=2, row=48)
"""Sizes of the list of lines."""


class VirtualGrid(Plane):
    """Shows `feed` by days, as cells or as lines. What the person does with it is GridView's. `missed` (asset) for what is
    painted without something that may be fetched for it."""

    selectionChanged = Signal()  # noqa: N815  # Qt's spelling
    missed = Signal(object)

    def __init__(
        self, feed: LibraryFeed, theme: Theme, parent: QWidget | None = None, *, metrics: Metrics | None = None
    ) -> None:
        super().__init__(feed, parent, metrics=metrics)
        self._theme = theme
        self.images.loaded.connect(self._repaint_id)
        self.images.failed.connect(self._repaint_id)
        self._cells = CellPainter(self.images, theme)
        self.selection = Selection()
        self.titles: Mapping[str, str] = {}
        self.waves: Mapping[str, bytes] = {}
        self.scrub: Scrub | None = None
        self._hot: int | None = None
        self._label_font = interface_font(theme.current.font_body)
        self._count_font = interface_font(theme.current.font_label)
        feed.reset.connect(self._reset)
        feed.relaid.connect(self._relaid)
        feed.removed.connect(self._removed)
        feed.loaded.connect(self._loaded)
        feed.changed.connect(self._repaint_id)
        theme.changed.connect(self._restyle)
        self._rings: dict[str, tuple[bool, bool]] = {}  # as painted
        self._drawing = QTimer(self, singleShot=True, interval=4)
        self._drawing.timeout.connect(self._draw_the_rest)
        self._take_colours()

    # -- what is shown ----------------

    def current_index(self) -> int | None:
        return None if self.selection.current is None else self._feed.position(self.selection.current)

    def current(self) -> Asset | None:
        """The asset that the keyboard stands on, if it is in memory."""
        at = self.current_index()
        return None if at is None else self._feed.at(at)

    def selected(self) -> list[Asset]:
        """The selected assets that are in memory, newest first."""
        rows = self._feed.list.rows
        places = sorted(at for at in map(rows.position, self.selection.ids) if at is not None)
        return [asset for asset in map(rows.at, places) if asset is not None]

    def selected_ids(self) -> list[str]:
        """All that is selected: first what is in memory, in its order."""
        known = [asset.id for asset in self.selected()]
        return known + sorted(self.selection.ids.difference(known), reverse=True)

    def select(self, asset_id: str) -> None:
        """Select this one and bring it into sight."""
        at = self._feed.position(asset_id)
        if at is not None:
            self.selection.only(asset_id)
            self.ensure_visible(at)
            self._selection_moved()

    # -- changes of the feed ----------------

    def _reset(self) -> None:
        self.selection.keep(self._feed.__contains__)
        self.images.next_generation()
        self._anchor = None
        self._relayout()
        self.verticalScrollBar().setValue(0)
        self._asking.start()
        self._selection_moved()

    def _removed(self, places: list[tuple[int, str]]) -> None:
        neighbour = None
        for order, (at, asset_id) in enumerate(places):
            if asset_id == self.selection.current and len(self._feed):
                nearest = self._feed.at(min(at - order, len(self._feed) - 1))
                neighbour = None if nearest is None else nearest.id
        self.selection.forget([asset_id for _, asset_id in places], neighbour)
        self._selection_moved()

    def _loaded(self, first: int, end: int) -> None:
        sight = self.visible_range()
        if first < sight.stop and end > sight.start:
            self._anew = True
            self.viewport().update()
            self._remember()

    def _selection_moved(self) -> None:
        self._feed.list.rows.pinned = {self.selection.current, self.selection.anchor}
        self.repaint_selection()
        self.selectionChanged.emit()

    def repaint_selection(self) -> None:
        """Paint the cells in sight that are selected, or current, and were not when they were painted; or the other way."""
        for index in self.visible_range():
            asset = self._feed.at(index)
            if asset is not None and self._rings.get(asset.id) != self._ring_of(asset.id):
                self.viewport().update(self.cell_rect(index).adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP))

    def _ring_of(self, asset_id: str) -> tuple[bool, bool]:
        return asset_id in self.selection.ids, self.hasFocus() and asset_id == self.selection.current

    def repaint_asset(self, asset_id: str) -> None:
        """Something about it is known now."""
        at = self._feed.position(asset_id)
        if at is not None and at < self._layout.count:
            self.viewport().update(self.cell_rect(at).adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP))

    def _repaint_id(self, asset_id: object) -> None:
        self.repaint_asset(str(asset_id))

    # -- painting ----------------

    def _take_colours(self) -> None:
        tokens = self._theme.current
        self._back, self._text, self._dim = QColor(tokens.bg), QColor(tokens.text), QColor(tokens.dim)
        self._quiet = QColor(tokens.surface2 if tokens.dark else tokens.surface3)

    def _restyle(self) -> None:
        self._take_colours()
        self._cells.refresh()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        area, region = event.rect(), event.region()
        in_parts = region.rectCount() > 1
        painter.fillRect(area, self._back)
        self._cells.until = perf_counter() + DRAWING_S
        enough = thread_time() + PAINTING_S
        scrolled = self.verticalScrollBar().value()
        top, bottom = area.top() + scrolled - RING_GAP, area.bottom() + scrolled + RING_GAP + 1
        total = len(self._feed)
        for number, first, end in self._layout.visible(top, bottom):
            self._paint_heading(painter, number, scrolled, area)
            for index, box in self._layout.boxes(number, first, min(end, total)):
                place = QRect(box.x, box.y - scrolled, box.width, box.height)
                if in_parts and not region.intersects(place.adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP)):
                    continue
                if not self._anew or thread_time() < enough:
                    self._paint_cell(painter, index, place)
                else:
                    self._put_off(painter, index, place)
        self._ask_for_the_rest(area)
        if self._cells.deferred:
            self._drawing.start()
        else:
            self._anew = False
        if len(self._rings) > MOST_RINGS:
            self._rings = {}
            self.viewport().update()

    def is_painting(self) -> bool:
        """Whether cells are still to be painted that a frame had no time for."""
        return self._anew or self._drawing.isActive() or bool(self._cells.deferred)

    def _put_off(self, painter: QPainter, index: int, box: QRect) -> None:
        """Another view on a slow machine: what is left comes with the next frame, before this one is late."""
        asset = self._feed.at(index)
        painter.fillRect(box, self._quiet)
        if asset is not None:
            self._cells.deferred.append(asset.id)

    def _draw_the_rest(self) -> None:
        """Cells in sight that frames had no time for: they lie together, and one box costs less than many."""
        deferred, self._cells.deferred = set(self._cells.deferred), []
        box = QRect()
        for at in self.visible_range():
            asset = self._feed.at(at)
            if asset is not None and asset.id in deferred:
                box = box.united(self.cell_rect(at))
        if not box.isEmpty():
            self.viewport().update(box.adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP))

    def _ask_for_the_rest(self, area: QRect) -> None:
        """After a scroll only a strip is painted: pictures still missing elsewhere in sight are asked for anew."""
        awaited = self._cells.awaited
        if not awaited or area.height() >= self.viewport().height():
            return
        sight, ratio = self.visible_range(), self.devicePixelRatioF()
        for token, (asset, size) in list(awaited.items()):
            at = self._feed.position(asset.id)
            if at is None or at not in sight:
                del awaited[token]
            else:
                self._cells.ask(asset, size, ratio)

    def _paint_heading(self, painter: QPainter, number: int, scrolled: int, area: QRect) -> None:
        section = self._layout.section(number)
        box = QRect(self._metrics.margin, section.top - scrolled, self.viewport().width() - 2 * self._metrics.margin,
                    self._metrics.header)
        if not box.intersects(area) or number >= len(self._feed.list.days):
            return
        line = box.adjusted(0, 6, 0, 0)
        painter.setFont(self._label_font)
        painter.setPen(self._text)
        words = day_words(self._feed.list.days[number].day)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        if self._feed.exact or number < self._layout.section_count - 1:
            painter.setFont(self._count_font)
            painter.setPen(self._dim)
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{section.cells:,}")

    def _paint_cell(self, painter: QPainter, index: int, box: QRect) -> None:
        asset = self._feed.at(index)
        if asset is None:
            self._cells.paint_empty(painter, box)
            return
        selected, focused = self._rings[asset.id] = self._ring_of(asset.id)
        if self._metrics.row:
            operation = operation_words(asset.operation, self.titles) if asset.operation else ""
            self._cells.paint_row(painter, box, asset, operation, selected=selected, hot=index == self._hot)
            self._cells.paint_ring(painter, box.adjusted(3, 3, -3, -3), selected=False, focused=focused)
            return
        wave = None
        if asset.kind is MediaKind.AUDIO:
            wave = self.waves.get(asset.id)
            if wave is None:
                self.missed.emit(asset)
        self._cells.paint_cell(painter, box, asset, wave=wave, scrub=self.scrub)
        self._cells.paint_ring(painter, box, selected=selected, focused=focused)
