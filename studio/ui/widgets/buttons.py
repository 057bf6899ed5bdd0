"""Buttons of the window, dressed by the stylesheet; their icons follow the theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from studio.ui.theme.theme import Theme
from studio.ui.widgets.icons import icon


def follow_icon(button: QAbstractButton, name: str, theme: Theme, *, size: int = 16, colour: str = "dim") -> None:
    """Give `button` the icon `name` in the token `colour`, now and whenever the theme changes."""

    def draw() -> None:
        tokens = theme.current
        button.setIcon(icon(name, getattr(tokens, colour), tokens.faint, size))

    button.setIconSize(QSize(size, size))
    draw()
    theme.changed.connect(draw, Qt.ConnectionType.AutoConnection)
    button.destroyed.connect(lambda: _forget(theme, draw))


def _forget(theme: Theme, slot: Callable[[], None]) -> None:
    try:
        theme.changed.disconnect(slot)
    except (RuntimeError, TypeError):
        return  # the theme went first: nothing is connected any more


def push(text: str, name: str, kind: str = "") -> QPushButton:
    """A button with a word on it. Kinds: primary, page, ghost, link, or none."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    if kind:
        button.setProperty("kind", kind)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAutoDefault(False)
    return button


def tool(icon_name: str, words: str, name: str, theme: Theme, *, size: int = 16) -> QToolButton:
    """A small square button with an icon; `words` are its tooltip and accessible name."""
    button = QToolButton()
    button.setObjectName(name)
    button.setProperty("kind", "icon")
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    follow_icon(button, icon_name, theme, size=size)
    return button
