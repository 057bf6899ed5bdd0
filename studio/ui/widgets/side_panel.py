"""What the panels at the right of a page have in common: a head with a name and a cross, and a body that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool

HEAD = 48


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
