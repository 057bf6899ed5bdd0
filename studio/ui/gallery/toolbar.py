"""The line on top of the gallery: search, how many there are, and how they are shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from studio.ui.gallery.layout import Metrics
from studio.ui.gallery.search_field import SearchField
from studio.ui.gallery.virtual_grid import LIST
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label

SIZES = (96, 120, 148, 184, 228, 284, 352)
"""Widths of a cell in pixels, each about a quarter wider than the one before."""
USUAL = 2


class Toolbar(QWidget):
    """`metrics_changed` (Metrics) when the person wants larger cells or lines; `jump_wanted`, `menu_wanted`."""

    metrics_changed = Signal(object)
    jump_wanted = Signal()
    menu_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(56)
        tokens = theme.current
        self.search = SearchField(theme, "gallerySearch", self)
        self.search.setAccessibleName(self.tr("Search the gallery"))
        self.search.setPlaceholderText(self.tr("Search prompts, names, tags, models…"))
        self.search.setMaximumWidth(440)
        self.search.setMinimumWidth(140)
        self.count = label("", "label")
        self.count.setObjectName("galleryCount")
        self.jump = tool("calendar", self.tr("Jump to a date (Ctrl+J)"), "galleryJump", theme)
        self.jump.clicked.connect(self.jump_wanted)
        self.lines = tool("list", self.tr("Show as a list (Ctrl+Shift+L)"), "galleryLines", theme)
        self.lines.setCheckable(True)
        self.lines.toggled.connect(self._tell)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("gallerySize")
        self.slider.setAccessibleName(self.tr("Size of the pictures"))
        self.slider.setToolTip(self.tr("Size of the pictures (Ctrl and the wheel)"))
        self.slider.setRange(0, len(SIZES) - 1)
        self.slider.setPageStep(1)
        self.slider.setValue(USUAL)
        self.slider.setFixedWidth(88)
        self.slider.valueChanged.connect(self._tell)
        self.details = tool("panel-right", self.tr("Show details (I)"), "galleryDetailsButton", theme)
        self.details.setCheckable(True)
        self.menu = tool("more", self.tr("Import, rescan, folder"), "galleryTools", theme)
        self.menu.clicked.connect(self.menu_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.lg, 0, tokens.lg, 0)
        row.setSpacing(tokens.sm)
        row.addWidget(self.search, 8)  # first of all room for words
        row.addStretch(1)
        row.addWidget(self.count)
        row.addSpacing(tokens.xs)
        for widget in (self.jump, self.slider, self.lines, self.menu, self.details):
            row.addWidget(widget)
        self._gap, self._edge = tokens.sm, tokens.lg

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Where it gets narrow, leave out what is said or done elsewhere too: the count, then the slider."""
        tools = (self.jump, self.lines, self.menu, self.details)
        taken = sum(one.sizeHint().width() + self._gap for one in tools) + self.search.minimumWidth() + 2 * self._edge
        for widget in (self.slider, self.count):
            taken += max(widget.minimumWidth(), widget.sizeHint().width()) + 2 * self._gap
            widget.setVisible(taken <= self.width())

    def metrics(self) -> Metrics:
        """The sizes that are chosen."""
        return LIST if self.lines.isChecked() else Metrics(cell=SIZES[self.slider.value()])

    def step(self, by: int) -> None:
        """One size up or down."""
        if not self.lines.isChecked():
            self.slider.setValue(self.slider.value() + by)

    def _tell(self) -> None:
        self.slider.setEnabled(not self.lines.isChecked())
        self.metrics_changed.emit(self.metrics())
