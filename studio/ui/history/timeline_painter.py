"""Draws the timeline: each day once, kept as a picture until it says something else."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from time import perf_counter

from PySide6.QtCore import QLine, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from studio.domain.history import DayCount
from studio.ui.history.timeline_layout import BAR, HEAD, LANE, Placed, height_of, hour_step
from studio.ui.history.timeline_shapes import DayShapes
from studio.ui.history.timeline_words import short_day_words
from studio.ui.images.captions import today
from studio.ui.queue.row_painter import Measures
from studio.ui.queue.row_view import TURN_S
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.words import counted

GUTTER, PAD, AXIS = 136, 20, 36
_KEPT = 24
Span = tuple[int, int]
"""Pixels of 24 hours, and how many of them are scrolled out at the left."""


class TimelinePainter:
    """`forget(day)` when its bars are others, `clear()` when all look different."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._small = interface_font(theme.current.font_label)
        self._strong = interface_font(theme.current.font_body, weight=QFont.Weight.Medium)
        self._measures = Measures(self._strong)
        self._small_measures = Measures(self._small)
        self._drawn: OrderedDict[date, tuple[object, QPixmap]] = OrderedDict()
        self.is_late = False
        self._axis: tuple[object, QPixmap] | None = None
        self._turn_began, self._drawn_now = 0.0, 0

    def begin_turn(self) -> None:
        """From here on days are drawn as long as a turn of the window's thread may take; `is_late`: some were not."""
        self._turn_began, self._drawn_now, self.is_late = perf_counter(), 0, False

    def clear(self) -> None:
        self._drawn.clear()

    def forget(self, day: date) -> None:
        self._drawn.pop(day, None)

    def day(self, painter: QPainter, box: QRect, day: DayCount, shapes: DayShapes | None, span: Span,
            chosen: Placed | None) -> None:
        """The band of a day whose top left corner is that of `box`; `shapes` None: its bars are on their way."""
        ratio = painter.device().devicePixelRatioF()
        key = (day.jobs, box.width(), span, 0 if shapes is None else shapes.width, ratio, self._theme.current.name, today())
        known = self._drawn.get(day.day)
        if known is None or known[0] != key:
            if self._drawn_now and perf_counter() - self._turn_began > TURN_S:
                self.is_late = True
                return
            self._drawn_now += 1
            known = key, self._draw(day, box.width(), shapes, span, ratio)
            self._drawn[day.day] = known
            if len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(day.day)
        painter.drawPixmap(box.topLeft(), known[1])
        if chosen is not None:
            self._ring(painter, box, chosen, span)

    def _ring(self, painter: QPainter, box: QRect, chosen: Placed, span: Span) -> None:
        left, right = GUTTER - span[1] + chosen.left, GUTTER - span[1] + chosen.right
        if right < GUTTER:
            return
        around = QRectF(max(left, GUTTER - 2.0), box.top() + HEAD + chosen.lane * LANE, max(2.0, right - left), BAR)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.current.text), 2))
        painter.drawRoundedRect(around.adjusted(-2.5, -2.5, 2.5, 2.5), 5, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw(self, day: DayCount, width: int, shapes: DayShapes | None, span: Span, ratio: float) -> QPixmap:
        tokens, height = self._theme.current, height_of(day)
        drawn = QPixmap(round(width * ratio), round(height * ratio))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(tokens.bg))
        painter = QPainter(drawn)
        try:
            self._grid(painter, width, height, span)
            if shapes is not None:
                painter.setClipRect(QRect(GUTTER, 0, width - GUTTER - PAD + 2, height))
                painter.translate(GUTTER - span[1], HEAD)
                painter.scale(span[0] / shapes.width, 1.0)
                self._bars(painter, shapes)
                painter.resetTransform()
                painter.setClipping(False)
            self._words(painter, day, height)
            painter.setPen(QColor(tokens.line))
            painter.drawLine(0, height - 1, width, height - 1)
        finally:
            painter.end()  # Qt ends the process where a picture goes before its painter
        return drawn

    def _words(self, painter: QPainter, day: DayCount, height: int) -> None:
        tokens = self._theme.current
        room = QRect(16, HEAD - 6, GUTTER - 28, 22)
        painter.setFont(self._strong)
        painter.setPen(QColor(tokens.text))
        painter.drawText(self._measures.base(room), self._measures.cut(short_day_words(day.day), room.width()))
        painter.setFont(self._small)
        painter.setPen(QColor(tokens.dim))
        words = counted(day.jobs, "{n} job", "{n} jobs")
        painter.drawText(self._small_measures.base(room.translated(0, 18)), words)

    def _grid(self, painter: QPainter, width: int, height: int, span: Span) -> None:
        painter.setPen(QColor(self._theme.current.surface2))
        lines = [QLine(x, 0, x, height) for x, _ in self._hours(width, span)]
        if lines:
            painter.drawLines(lines)

    def _hours(self, width: int, span: Span) -> list[tuple[int, float]]:
        """(pixel, hour) of each line that is in sight."""
        hour = span[0] / 24
        step = hour_step(hour)
        found = []
        for number in range(int(24 / step) + 1):
            x = round(GUTTER - span[1] + number * step * hour)
            if GUTTER <= x <= width - PAD + 1:
                found.append((x, number * step))
        return found

    def _bars(self, painter: QPainter, shapes: DayShapes) -> None:
        """One colour after the other."""
        tokens = self._theme.current
        if shapes.waits:
            painter.setPen(QPen(QColor(tokens.faint), 2))
            painter.drawLines(shapes.waits)
        painter.setPen(QColor(tokens.bg))  # so that neighbours can be told from each other
        for token, rects in shapes.rects.items():
            painter.setBrush(QColor(getattr(tokens, token)))
            painter.drawRects(rects)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for token, path in shapes.paths.items():
            painter.setBrush(QColor(getattr(tokens, token)))
            painter.drawPath(path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def axis(self, painter: QPainter, box: QRect, span: Span) -> None:
        """The hours, above the days."""
        ratio = painter.device().devicePixelRatioF()
        key = (box.width(), span, ratio, self._theme.current.name)
        if self._axis is None or self._axis[0] != key:
            drawn = QPixmap(round(box.width() * ratio), round(box.height() * ratio))
            drawn.setDevicePixelRatio(ratio)
            inside = QPainter(drawn)
            try:
                self._draw_axis(inside, QRect(0, 0, box.width(), box.height()), span)
            finally:
                inside.end()
            self._axis = key, drawn
        painter.drawPixmap(box.topLeft(), self._axis[1])

    def _draw_axis(self, painter: QPainter, box: QRect, span: Span) -> None:
        tokens = self._theme.current
        painter.fillRect(box, QColor(tokens.bg))
        painter.fillRect(QRect(0, box.bottom(), box.width(), 1), QColor(tokens.line))
        painter.setFont(self._small)
        painter.setPen(QColor(tokens.dim))
        for x, hour in self._hours(box.width(), span):
            words = f"{int(hour):02}:{round(hour % 1 * 60):02}"
            wide = self._small_measures.width(words)
            left = min(x - wide / 2, box.width() - wide - 6)
            painter.drawText(QPointF(left, self._small_measures.base(box).y()), words)
        painter.drawText(QPointF(16, self._small_measures.base(box).y()), self._day_heading())

    @staticmethod
    def _day_heading() -> str:
        from PySide6.QtCore import QCoreApplication

        return QCoreApplication.translate("HistoryColumns", "Day")

    def focus(self, painter: QPainter, box: QRect) -> None:
        """The ring of the view that has the keyboard."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.current.accent), 2))
        painter.drawRect(box.adjusted(1, 1, -1, -1))
