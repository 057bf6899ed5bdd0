"""Tab goes through the composer as it is read, also after fields were made anew or came back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def order_tabs(parts: Iterable[QWidget]) -> None:
    """Let Tab pass the controls of these parts in their order; inside a part, as they were made."""
    stops = [stop for part in parts for stop in _stops(part)]
    for before, after in itertools.pairwise(stops):
        QWidget.setTabOrder(before, after)


def _stops(part: QWidget) -> list[QWidget]:
    window = part.window()
    found = [part, *part.findChildren(QWidget)]
    stops = [one for one in found if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]
    return [one for one in stops if one.window() is window]  # the list of a closed box is a window of its own
