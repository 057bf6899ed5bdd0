"""Menus over assets: the same words, look and order in every view that offers one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QMenu, QWidget


class MenuLine(NamedTuple):
    """One line; `apart` puts a separator over it."""

    words: str
    do: Callable[[], object]
    enabled: bool = True
    apart: bool = False


def make_menu(parent: QWidget, name: str, lines: Sequence[MenuLine]) -> QMenu:
    """A menu that goes away by itself once it was closed. Show it with `popup`."""
    menu = QMenu(parent)
    menu.setObjectName(name)
    for line in lines:
        if line.apart:
            menu.addSeparator()
        action = menu.addAction(line.words)
        action.setEnabled(line.enabled)
        action.triggered.connect(lambda _=False, do=line.do: do())
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
