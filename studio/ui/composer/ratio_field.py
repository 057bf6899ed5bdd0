"""Aspect ratios to choose from, each with its frame drawn."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from studio.ui.theme.theme import Theme

_BOX = 18.0  # the longer side of the drawn frame, px


class RatioButton(QAbstractButton):
    """One ratio: its frame over its name; accent where it is chosen. None: as the service sees fit."""

    def __init__(self, ratio: str | None, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.ratio = ratio
        self.setText(self.tr("Auto") if ratio is None else ratio)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.text())
        self.setObjectName(f"ratio_{ratio or 'auto'}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(56, 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, focused = self.isChecked(), self.hasFocus()
        border = tokens.accent if chosen or focused else tokens.line
        width = 2 if focused else 1
        inset = width / 2
        painter.setPen(QPen(QColor(border), width))
        fill = tokens.accent_tint if chosen else tokens.surface3 if self.underMouse() else tokens.surface2
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), tokens.radius, tokens.radius)
        ink = QColor(tokens.text if chosen else tokens.dim)
        painter.setPen(QPen(ink, 1.2, Qt.PenStyle.SolidLine if self.ratio else Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._frame(), 2, 2)
        font = self.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.drawText(self.rect().adjusted(0, 26, 0, -4), Qt.AlignmentFlag.AlignCenter, self.text())

    def _frame(self) -> QRectF:
        wide, _, high = (self.ratio or "4:3").partition(":")
        try:
            share = float(wide) / float(high)
        except (ValueError, ZeroDivisionError):
            share = 1.0
        width, height = (_BOX, _BOX / share) if share >= 1 else (_BOX * share, _BOX)
        return QRectF((self.width() - width) / 2, 16 - height / 2, width, height)


class RatioField(QWidget):
    """A row of ratio buttons, with one for "not given" where it is `optional`; `chosen` when the person picks one."""

    chosen = Signal(object)

    def __init__(self, ratios: tuple[str, ...], theme: Theme, *, optional: bool = False) -> None:
        super().__init__()
        offered: tuple[str | None, ...] = (None, *ratios) if optional else ratios
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8 if len(offered) < 6 else 6)
        for index, ratio in enumerate(offered):
            button = RatioButton(ratio, theme)
            self._group.addButton(button, index)
            row.addWidget(button, 1)
        self._group.buttonToggled.connect(lambda button, on: self.setFocusProxy(button) if on else None)
        self._group.idClicked.connect(lambda index: self.chosen.emit(offered[index]))
        if offered:
            self._group.button(0).setChecked(True)
            self.setFocusProxy(self._group.button(0))

    def value(self) -> str | None:
        button = self._group.checkedButton()
        return button.ratio if isinstance(button, RatioButton) else None

    def set_value(self, ratio: str | None) -> None:
        for button in self._group.buttons():
            if isinstance(button, RatioButton) and button.ratio == ratio:
                button.setChecked(True)
                return
        if self._group.buttons():
            self._group.buttons()[0].setChecked(True)
