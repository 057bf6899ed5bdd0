"""A square whose knob says two numbers at once: dragged, or moved by the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme.theme import Theme

_SIDE = 112
_KNOB = 7.0
_STEP, _FINE = 10.0, 1.0


class MovePad(QWidget):
    """Two numbers from -`limit` to `limit`, the first to the right, the second upwards. `moved(x, y)` by the person only."""

    moved = Signal(float, float)

    def __init__(self, limit: float, theme: Theme) -> None:
        super().__init__()
        self._limit = limit
        self._theme = theme
        self._x = self._y = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def values(self) -> tuple[float, float]:
        return self._x, self._y

    def set_values(self, x: float, y: float) -> None:
        """Put the knob there; tells nobody."""
        self._x, self._y = self._held(x), self._held(y)
        self.update()

    def _held(self, value: float) -> float:
        return float(round(max(-self._limit, min(self._limit, value))))

    def _move(self, x: float, y: float) -> None:
        before = self.values()
        self.set_values(x, y)
        if self.values() != before:
            self.moved.emit(self._x, self._y)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_KNOB + 2, _KNOB + 2, -_KNOB - 2, -_KNOB - 2)

    def _knob(self) -> QPointF:
        box = self._box()
        across, up = self._x / self._limit * box.width() / 2, self._y / self._limit * box.height() / 2
        return QPointF(box.center().x() + across, box.center().y() - up)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._move(0.0, 0.0)

    def _follow(self, at: QPointF) -> None:
        box = self._box()
        across = (at.x() - box.center().x()) / (box.width() / 2) * self._limit
        up = (box.center().y() - at.y()) / (box.height() / 2) * self._limit
        # near an axis it is meant: a hand does not keep a straight line
        near = self._limit * 0.06
        self._move(0.0 if abs(across) < near else across, 0.0 if abs(up) < near else up)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        ways = {
            Qt.Key.Key_Left: (-step, 0.0), Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, step), Qt.Key.Key_Down: (0.0, -step),
        }
        key = Qt.Key(event.key())
        if key in ways:
            self._move(self._x + ways[key][0], self._y + ways[key][1])
        elif key == Qt.Key.Key_Home:
            self._move(0.0, 0.0)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.line), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(tokens.surface2))
        painter.drawRoundedRect(frame, tokens.radius, tokens.radius)
        middle, knob = self._box().center(), self._knob()
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawLine(QPointF(frame.left() + 6, middle.y()), QPointF(frame.right() - 6, middle.y()))
        painter.drawLine(QPointF(middle.x(), frame.top() + 6), QPointF(middle.x(), frame.bottom() - 6))
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(middle, knob)
        painter.setPen(QPen(QColor(tokens.surface2), 2))
        painter.setBrush(QColor(tokens.accent if self.values() != (0.0, 0.0) else tokens.dim))
        painter.drawEllipse(knob, _KNOB, _KNOB)
