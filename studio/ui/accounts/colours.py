"""The colour that marks an account: a dot, and a row of dots to choose from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from studio.ui.theme.theme import Theme

CHOICES = ("", "#E5484D", "#E8833A", "#D9A514", "#3FA66B", "#1FA3A3", "#3D8BE8", "#7A6BE0", "#D45BA3")


def paint_dot(painter: QPainter, box: QRectF, colour: str, ring: str) -> None:
    """A dot in `colour`; without one an empty ring."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if colour:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(box)
    else:
        painter.setPen(QPen(QColor(ring), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(0.75, 0.75, -0.75, -0.75))


def dot_icon(colour: str, theme: Theme) -> QIcon:
    """The dot as an icon of a menu's line."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_dot(painter, QRectF(3, 3, 10, 10), colour, theme.current.faint)
    painter.end()
    return QIcon(picture)


def blank_icon() -> QIcon:
    """An icon's room, with nothing in it."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    return QIcon(picture)


class Dot(QWidget):
    """The mark beside an account's name."""

    def __init__(self, theme: Theme, colour: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._colour = colour
        self.setFixedSize(12, 12)
        theme.changed.connect(self.update)

    def show_colour(self, colour: str) -> None:
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_dot(painter, QRectF(1, 1, 10, 10), self._colour, self._theme.current.faint)


class _Choice(QAbstractButton):
    def __init__(self, colour: str, words: str, theme: Theme) -> None:
        super().__init__()
        self.colour = colour
        self._theme = theme
        self.setCheckable(True)
        self.setObjectName(f"colour_{colour.removeprefix('#') or 'none'}")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFixedSize(28, 28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        paint_dot(painter, QRectF(6, 6, 16, 16), self.colour, tokens.dim)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(2, 2, 24, 24))


class ColourRow(QWidget):
    """`chosen()` when the person picks another one. A colour that is not among the choices stays until then."""

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._other = ""
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        names = (
            self.tr("No colour"), self.tr("Red"), self.tr("Orange"), self.tr("Yellow"), self.tr("Green"), self.tr("Teal"),
            self.tr("Blue"), self.tr("Violet"), self.tr("Pink"),
        )
        for index, (colour, words) in enumerate(zip(CHOICES, names, strict=True)):
            button = _Choice(colour, words, theme)
            self._group.addButton(button, index)
            row.addWidget(button)
        row.addStretch()
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda _: self._picked())
        self.setFocusProxy(self._group.button(0))

    def value(self) -> str:
        index = self._group.checkedId()
        return CHOICES[index] if index >= 0 else self._other

    def set_value(self, colour: str) -> None:
        self._other = colour
        button = self._group.button(CHOICES.index(colour)) if colour in CHOICES else None
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for other in self._group.buttons():
            other.setChecked(False)
        self._group.setExclusive(True)

    def _picked(self) -> None:
        self._other = ""
        self.chosen.emit()
