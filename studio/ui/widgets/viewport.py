"""The inside of a scrolling view."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def own_viewport(area: QAbstractScrollArea) -> None:
    """Give a view a viewport that is made here, before anything else is set on it.

    Asked for one that Qt made, PySide loads every widget class there is to find out which it is: 15 ms at the start.
    """
    inside = QWidget()
    inside.setBackgroundRole(QPalette.ColorRole.Base)
    inside.setAutoFillBackground(True)
    area.setViewport(inside)
