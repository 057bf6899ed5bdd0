"""What the panels at the right of a page have in common: a head with a name and a cross, and a body that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label

HEAD = 48
WIDTH, NARROWEST = 300, 160
"""Pixels; where there is no room for all of it the panel gives way first."""


def panel_head(title: QWidget, close_words: str, close_name: str, theme: Theme) -> tuple[QWidget, QToolButton]:
    """The head of a panel, and its cross to be connected."""
    head = QWidget()
    head.setFixedHeight(HEAD)
    close = tool("close", close_words, close_name, theme)
    row = QHBoxLayout(head)
    row.setContentsMargins(theme.current.lg, 0, theme.current.sm, 0)
    row.addWidget(title, 1)
    row.addWidget(close)
    return head, close


def panel_body(theme: Theme) -> tuple[QScrollArea, QVBoxLayout]:
    """What scrolls under the head, and the column to fill; it is the filler that ends it with a stretch."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(theme.current.lg, theme.current.lg, theme.current.lg, theme.current.lg)
    column.setSpacing(theme.current.lg)
    scroll = QScrollArea(widgetResizable=True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    return scroll, column


class SidePanel(QFrame):
    """A whole panel beside what is looked at: fill `rows`. `closed` by its cross. `name` begins its object names."""

    closed = Signal()

    def __init__(self, theme: Theme, name: str, title: str, close_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}Panel")
        self.setAccessibleName(title)
        self.setProperty("surface", "panel")
        self.setMaximumWidth(WIDTH)
        head, close = panel_head(label(title, "strong"), close_words, f"{name}Close", theme)
        close.clicked.connect(self.closed)
        scroll, self.rows = panel_body(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(scroll, 1)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, 120)
