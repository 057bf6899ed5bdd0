"""The line under two pictures that are compared."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.compare_view import Mode
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.segments import Segments

ALL_WIDTH = 560
"""Pixels under which the bar leaves its rarer buttons out."""


class CompareBar(QWidget):
    """How to compare, and when it is enough."""

    modeChosen = Signal(object)  # noqa: N815  # Qt's spelling
    swapPressed = Signal()  # noqa: N815
    donePressed = Signal()  # noqa: N815
    fitPressed = Signal()  # noqa: N815
    actualPressed = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareBar")
        self.modes = Segments((
            (Mode.SLIDER, self.tr("Slider")), (Mode.SIDE, self.tr("Side by side")),
            (Mode.ONION, self.tr("Onion skin")), (Mode.DIFFERENCE, self.tr("Difference")),
        ), name=self.tr("How to compare"))
        self.modes.setObjectName("compareModes")
        self.modes.chosen.connect(self.modeChosen)
        self.modes.setMaximumWidth(420)
        self.modes.share_width()
        fit = tool("fit", self.tr("Fit (0)"), "compareFit", theme)
        fit.clicked.connect(self.fitPressed)
        actual = tool("actual-size", self.tr("Actual size, 1:1 (1)"), "compareActual", theme)
        actual.clicked.connect(self.actualPressed)
        swap = tool("compare", self.tr("Swap A and B"), "compareSwap", theme)
        swap.clicked.connect(self.swapPressed)
        done = push(self.tr("Done"), "compareDone")
        done.clicked.connect(self.donePressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current.xs)
        self._rarer = (fit, actual, swap)
        row.addWidget(self.modes, 12)
        row.addStretch(1)
        for widget in (fit, actual, swap, done):
            row.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self._rarer:  # keys and the menu have them all the same
            button.setVisible(self.width() >= ALL_WIDTH)
