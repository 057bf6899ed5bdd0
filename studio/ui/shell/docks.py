"""Panels as docks: they can be moved, tabbed, floated and closed, with a bar of their own to take hold of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label, rule

_HEIGHT = 40
_BUTTON = 24


class DockBar(QFrame):
    """The bar of a dock: its name, something of the panel's own, and buttons to float and to close it."""

    def __init__(self, dock: QDockWidget, theme: Theme, extra: QWidget | None) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(self.tr("Drag to move this panel"))
        title = label(dock.windowTitle(), "strong")
        floating = tool("external", self.tr("Float or dock this panel"), f"float_{dock.objectName()}", theme, size=14)
        floating.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        close = tool("close", self.tr("Close this panel"), f"close_{dock.objectName()}", theme, size=14)
        close.clicked.connect(dock.close)
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(0)  # the sums of a busy queue fit beside its name at 320 px
        row.addWidget(title)
        row.addSpacing(6)
        if extra is not None:
            row.addWidget(extra, 1)
        else:
            row.addStretch(1)
        for button in (floating, close):
            button.setFixedWidth(_BUTTON)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(rule())

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)


def make_dock(name: str, title: str, panel: QWidget, theme: Theme, *, extra: QWidget | None = None) -> QDockWidget:
    """A dock with `panel` in it; `name` is its objectName, by which its place is kept."""
    dock = QDockWidget(title)
    dock.setObjectName(name)
    dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
    dock.setTitleBarWidget(DockBar(dock, theme, extra))
    dock.setWidget(panel)
    return dock
