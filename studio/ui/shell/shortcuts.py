"""The keys that work everywhere in the window. (Those of one view are the view's own.)"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from studio.ui.window import MainWindow


def add_shortcuts(window: MainWindow) -> None:
    """Pages, the command field, the prompt, settings and help."""
    keys: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Ctrl+1", partial(window.show_page, 0)),
        ("Ctrl+2", partial(window.show_page, 1)),
        ("Ctrl+3", partial(window.show_page, 2)),
        ("Ctrl+K", window.top.field.enter),
        ("Ctrl+,", window.open_settings),
        ("F1", window.open_guide),
        ("Ctrl+L", window.start),
    )
    for key, slot in keys:
        QShortcut(QKeySequence(key), window, slot)
