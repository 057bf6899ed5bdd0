"""The history on the line of time: a band for each day, the newest on top, and in it a bar for each job from when it was
sent to its end, in the colour of what became of it. Only the days in sight are read and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from studio.domain.history import HistoryQuery
from studio.ui.bridge import Bridge
from studio.ui.history.timeline_days import TimelineDays
from studio.ui.history.timeline_layout import BAR, HEAD, LANE, Placed
from studio.ui.history.timeline_painter import AXIS, GUTTER, PAD, TimelinePainter
from studio.ui.history.timeline_words import bar_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.viewport import own_viewport
from studio.ui.widgets.words import tip

MOST_ZOOM = 24.0
ZOOM_STEP = 1.5
_TICK_MS = 30_000
_MOST_AHEAD = 32


class JobTimeline(QAbstractScrollArea):
    """`chosen(job_id)` when a bar is selected, `opened(job_id)` by Enter or a double click. Arrow keys go from job to job
    and from day to day; plus, minus and 0 zoom, as does the wheel with Ctrl."""

    chosen = Signal(str)
    opened = Signal(str)
    answered = Signal()
    failed = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        own_viewport(self)
        self.setObjectName("historyTimelineView")
        self.setAccessibleName(self.tr("Jobs on the line of time"))
        self.setStyleSheet("#historyTimelineView { border: none; border-radius: 0; }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setCornerWidget(QWidget())  # Qt's own draws a frame
        self._theme = theme
        self.zoom = 1.0
        self.current: Placed | None = None
        self._day: date | None = None  # that of the current bar
        self._keep_in_sight = False  # since it was chosen nothing was scrolled
        self._wanted: tuple[date, float] | None = None  # day, share of it: the bar to select once it is there
        self._ahead: list[Callable[[], None]] = []  # steps made by keys until then
        self.titles: Mapping[str, str] = {}
        self.days = TimelineDays(bridge, self)
        self._painter = TimelinePainter(theme)
        self.days.counted.connect(self._counted)
        self.days.arrived.connect(self._arrived)
        self.days.failed.connect(self.failed)
        theme.changed.connect(self._repaint)
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(lambda: self.viewport().update())
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self.days.look_at_running)

    # what is shown

    def ask(self, query: HistoryQuery) -> None:
        """Show what matches; what was seen stays until the answer is there."""
        self._wait_for_nothing()
        self.days.ask(query)

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Titles of operations by id."""
        self.titles = titles

    def clear_current(self) -> None:
        """Nothing is selected any more."""
        self.current = self._day = None
        self.viewport().update()

    def _counted(self) -> None:
        self._set_ranges()
        self._repaint()
        self.answered.emit()

    def _arrived(self, day: date) -> None:
        self._painter.forget(day)
        if self._day == day and self.current is not None:
            name = self.current.bar.job_id
            self.current = next((one for one in self.days.placed(day) or () if one.bar.job_id == name), None)
            if self.current is not None and self._keep_in_sight:
                self._bring_into_sight(day, self.current)
        if self._wanted is not None and self._wanted[0] == day:
            self._select_near(day, self._wanted[1])
            self._catch_up()
        self.viewport().update()
        self.answered.emit()

    def _repaint(self) -> None:
        self._painter.clear()
        self.viewport().update()

    # geometry

    def plot_width(self) -> int:
        """Pixels that 24 hours have."""
        return max(120, round((self.viewport().width() - GUTTER - PAD) * self.zoom))

    def _set_ranges(self) -> None:
        page = self.viewport().height() - AXIS
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setSingleStep(40)
        bar.setRange(0, max(0, self.days.layout.height + PAD - page))
        across, seen = self.horizontalScrollBar(), self.viewport().width() - GUTTER - PAD
        across.setPageStep(max(1, seen))
        across.setSingleStep(40)
        across.setRange(0, max(0, self.plot_width() - seen))
        self.days.set_width(self.plot_width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        kept = self._keep_in_sight
        self._set_ranges()
        self._keep_in_sight = kept
        self._repaint()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # Qt's name
        self._keep_in_sight = False
        if dx:
            self._painter.clear()
        self.viewport().update()

    def set_zoom(self, zoom: float, at: int | None = None) -> None:
        """24 hours get so many times the width of the view; what lies at the pixel `at` stays there."""
        zoom = min(MOST_ZOOM, max(1.0, zoom))
        if zoom == self.zoom:
            return
        bar, seen = self.horizontalScrollBar(), self.viewport().width() - GUTTER - PAD
        x = (seen // 2 if at is None else at - GUTTER)
        share = (bar.value() + x) / self.plot_width()
        self.zoom = zoom
        self._set_ranges()
        bar.setValue(round(share * self.plot_width() - x))
        self._repaint()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._painter.begin_turn()
        top, left, width = self.verticalScrollBar().value(), self.horizontalScrollBar().value(), self.viewport().width()
        for number in self.days.layout.between(top, top + self.viewport().height() - AXIS):
            day = self.days.layout.days[number]
            box = QRect(0, AXIS + self.days.layout.top(number) - top, width, 0)
            chosen = self.current if day.day == self._day else None
            self._painter.day(painter, box, day, self.days.shapes(day.day), (self.plot_width(), left), chosen)
        self._painter.axis(painter, QRect(0, 0, width, AXIS), (self.plot_width(), left))
        if self._painter.is_late:
            self._rest.start()
        if self.hasFocus():
            self._painter.focus(painter, self.viewport().rect())

    # mouse

    def _at(self, at: QPoint) -> tuple[date, Placed] | None:
        """The bar under a point."""
        y = at.y() - AXIS + self.verticalScrollBar().value()
        number = self.days.layout.at(y) if at.y() >= AXIS and at.x() >= GUTTER else None
        if number is None:
            return None
        day = self.days.layout.days[number].day
        lane = (y - self.days.layout.top(number) - HEAD) // LANE
        x = float(at.x() - GUTTER + self.horizontalScrollBar().value())
        shapes = self.days.shapes(day)
        x *= 1.0 if shapes is None else shapes.width / self.plot_width()
        bars = reversed(() if shapes is None else shapes.placed)
        bar = next((one for one in bars if one.lane == lane and one.left - 1 <= x <= one.right + 1), None)
        return None if bar is None else (day, bar)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().toPoint())
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self._wait_for_nothing()
            self._select(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().toPoint())
        if found is not None:
            self.opened.emit(found[1].bar.job_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.set_zoom(self.zoom * ZOOM_STEP**steps, event.position().toPoint().x())
            event.accept()
            return
        super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._at(event.pos())
            words = "" if found is None else bar_words(found[1].bar, self.titles)
            QToolTip.showText(event.globalPos(), tip(words), self.viewport())
            return True
        return super().viewportEvent(event)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current.bar.job_id)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(self._step, 1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(self._step_day, 1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom * ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.set_zoom(1.0)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar = self.verticalScrollBar()
            bar.setValue(bar.minimum() if key == Qt.Key.Key_Home else bar.maximum())
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (bar.pageStep() if key == Qt.Key.Key_PageDown else -bar.pageStep()))
        else:
            super().keyPressEvent(event)

    def _walk(self, step: Callable[[int], None], by: int) -> None:
        """A step by a key; while the day that the last one led to is still read, it waits for that."""
        if self._wanted is None or self.days.placed(self._wanted[0]) is not None:
            step(by)
        elif len(self._ahead) < _MOST_AHEAD:
            self._ahead.append(lambda: step(by))

    def _catch_up(self) -> None:
        while self._ahead and self._wanted is None:
            self._ahead.pop(0)()

    def _wait_for_nothing(self) -> None:
        self._wanted = None
        self._ahead.clear()

    def _step(self, by: int) -> None:
        """To the job that was made next, or before."""
        if self.current is None or self._day is None:
            self._step_day(0)
            return
        placed = list(self.days.placed(self._day) or ())
        at = next((n for n, one in enumerate(placed) if one.bar.job_id == self.current.bar.job_id), 0) + by
        if 0 <= at < len(placed):
            self._select(self._day, placed[at])
        else:
            self._go_to_day(-by, 1.0 if by < 0 else 0.0)

    def _step_day(self, by: int) -> None:
        """To the day below (older) or above, at about the same time of day."""
        if self._day is None:
            top = self.days.layout.at(self.verticalScrollBar().value())
            if top is not None:
                self._select_near(self.days.layout.days[top].day, 1.0)
            return
        shapes = self.days.shapes(self._day)
        self._go_to_day(by, self.current.start / shapes.width if self.current is not None and shapes is not None else 0.0)

    def _go_to_day(self, by: int, share: float) -> None:
        number = None if self._day is None else self.days.layout.number_of(self._day)
        if number is not None and 0 <= number + by < len(self.days.layout.days):
            self._select_near(self.days.layout.days[number + by].day, share)

    def _select_near(self, day: date, share: float) -> None:
        """Select the bar that starts nearest to such a share of the day. Days may have been placed for different widths."""
        shapes = self.days.shapes(day)
        if shapes is None:
            self._wanted = (day, share)  # it is read now
            return
        self._wanted = None
        if shapes.placed:
            goal = min(share * shapes.width, max(one.start for one in shapes.placed))
            self._select(day, min(shapes.placed, key=lambda one: abs(one.start - goal)))

    def _select(self, day: date, bar: Placed) -> None:
        self._day, self.current = day, bar
        self.setAccessibleDescription(bar_words(bar.bar, self.titles))
        self._bring_into_sight(day, bar)
        self.viewport().update()
        self.chosen.emit(bar.bar.job_id)

    def _bring_into_sight(self, day: date, bar: Placed) -> None:
        number = self.days.layout.number_of(day)
        if number is None:
            return
        top = self.days.layout.top(number) + HEAD + bar.lane * LANE
        down, page = self.verticalScrollBar(), self.verticalScrollBar().pageStep()
        if not down.value() <= top - HEAD <= top + BAR <= down.value() + page:
            down.setValue(top - page // 3)
        shapes, across, seen = self.days.shapes(day), self.horizontalScrollBar(), self.horizontalScrollBar().pageStep()
        start = bar.start * (1.0 if shapes is None else self.plot_width() / shapes.width)
        if not across.value() <= start <= across.value() + seen:
            across.setValue(round(start) - seen // 2)
        self._keep_in_sight = True

    def showEvent(self, event: QEvent) -> None:  # Qt's name
        self.days.set_shown(True)
        self._clock.start()

    def hideEvent(self, event: QEvent) -> None:  # Qt's name
        self.days.set_shown(False)
        self._clock.stop()
