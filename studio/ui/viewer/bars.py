"""The lines under the canvas: the controls of a picture, and why a clip does not play. (A clip's own: transport.py.)"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.zoom_canvas import STEP
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.words import ElidedLabel, FittingLabel, label

ALL_WIDTH = 480
"""Pixels under which the bar leaves its rarer buttons out."""
USE_WIDTH = 320
"""And under which it leaves out the one with words, which the menu has too."""


class PictureBar(QWidget):
    """Says what the person wants; `show_zoom` is told how it stands."""

    fitPressed = Signal()  # noqa: N815  # Qt's spelling
    actualPressed = Signal()  # noqa: N815
    zoomPressed = Signal(float)  # noqa: N815
    usePressed = Signal()  # noqa: N815
    turnPressed = Signal()  # noqa: N815
    histogramToggled = Signal(bool)  # noqa: N815
    comparePressed = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pictureBar")
        self.fit_button = tool("fit", self.tr("Fit (0)"), "fitButton", theme)
        self.fit_button.setCheckable(True)
        self.fit_button.setChecked(True)
        self.actual_button = tool("actual-size", self.tr("Actual size, 1:1 (1)"), "actualSizeButton", theme)
        self.actual_button.setCheckable(True)
        smaller = tool("zoom-out", self.tr("Smaller (−)"), "zoomOutButton", theme)
        larger = tool("zoom-in", self.tr("Larger (+)"), "zoomInButton", theme)
        self.fit_button.clicked.connect(lambda: self.fitPressed.emit())
        self.actual_button.clicked.connect(lambda: self.actualPressed.emit())
        smaller.clicked.connect(lambda: self.zoomPressed.emit(1 / STEP))
        larger.clicked.connect(lambda: self.zoomPressed.emit(STEP))
        turn = tool("rotate", self.tr("Turn what you see (R, Shift+R)"), "rotateButton", theme)
        turn.clicked.connect(self.turnPressed)
        self.histogram_button = tool("histogram", self.tr("Histogram (H)"), "histogramButton", theme)
        self.histogram_button.setCheckable(True)
        self.histogram_button.clicked.connect(self.histogramToggled)
        self.compare_button = tool("compare", self.tr("Compare with… (C)"), "compareButton", theme)
        self.compare_button.clicked.connect(self.comparePressed)
        self._rarer = (smaller, larger, self.histogram_button)
        self._percent = label("100 %", "dim")
        self._percent.setObjectName("zoomLabel")
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("1600 %"))
        self._note = ElidedLabel("", "label")
        self._note.setObjectName("pictureNote")
        self._use = push(self.tr("Use as start frame"), "viewerUseButton", "ghost")
        self._use.clicked.connect(self.usePressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current.xs)
        buttons = (self.fit_button, self.actual_button, smaller, larger, turn, self.histogram_button, self.compare_button)
        for widget in buttons:
            row.addWidget(widget)
        row.addSpacing(theme.current.sm)
        row.addWidget(self._percent)
        row.addWidget(self._note, 1)
        row.addWidget(self._use)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self._rarer:  # wheel, keys and the menu have them all the same
            button.setVisible(self.width() >= ALL_WIDTH)
        self._use.setVisible(self.width() >= USE_WIDTH)

    def show_zoom(self, scale: float, fitted: bool) -> None:
        """`scale`: screen pixels a picture pixel."""
        self._percent.setText(f"{round(scale * 100)} %")
        self.fit_button.setChecked(fitted)
        self.actual_button.setChecked(not fitted and abs(scale - 1) < 0.005)

    def say(self, words: str) -> None:
        """A word about the picture that stays in sight."""
        self._note.setText(words)


class MakingBar(QWidget):
    """A copy that plays is being made: why, how far it is, and a way to let it be."""

    cancelPressed = Signal()  # noqa: N815  # Qt's spelling

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewerMaking")
        self.words = FittingLabel("label")
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setObjectName("makingProgress")
        self.progress.setFixedWidth(120)
        self.progress.setAccessibleName(self.tr("A copy that plays here"))
        cancel = push(self.tr("Cancel"), "makingCancel")
        cancel.clicked.connect(self.cancelPressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.progress)
        row.addWidget(cancel)

    def say(self, share: float) -> None:
        """How much is done, from 0 to 1."""
        percent = round(share * 100)
        words = self.tr("This format does not play here. A copy that does is being made: {0} %").format(percent)
        self.words.set_texts((words, self.tr("Making a copy that plays: {0} %").format(percent), f"{percent} %"))
        self.setAccessibleName(words)
        self.progress.setValue(round(share * 1000))


class FailureBar(QWidget):
    """Why nothing plays, and a button to open the file in another program."""

    outsidePressed = Signal()  # noqa: N815  # Qt's spelling

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewerFailure")
        self.words = ElidedLabel("", "error")
        outside = push(self.tr("Open outside"), "playOutsideButton")
        outside.clicked.connect(self.outsidePressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(outside)

    def say(self, words: str) -> None:
        self.words.setText(words)
        self.setAccessibleName(words)
