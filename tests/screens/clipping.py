"""Finds what does not fit: words wider or taller than where they stand, and widgets that reach out of their parent."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from studio.ui.widgets.words import ElidedLabel

SLACK = 1
"""Pixels: sizes are whole numbers, hints of scaled fonts are rounded up."""


def clipped(window: QWidget) -> list[str]:
    """What of the visible parts of a window does not fit, in words."""
    found = []
    for widget in window.findChildren(QWidget):
        if widget.window() is not window.window() or not widget.isVisible() or not widget.size().isValid():
            continue
        words = _too_small(widget) or _reaches_out(widget)
        if words:
            found.append(f"{_name(widget)} {words}")
    return found


def _too_small(widget: QWidget) -> str:
    if isinstance(widget, ElidedLabel):
        return ""  # shows by its ellipsis that there is more, and says it in its tooltip
    if isinstance(widget, QLabel):
        if not widget.text() or widget.textFormat() is Qt.TextFormat.RichText:
            return ""
        if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            return f"needs {needed} px of height, has {widget.height()}" if needed > widget.height() + SLACK else ""
    elif not isinstance(widget, QAbstractButton) or not widget.text():
        return ""
    needed = widget.minimumSizeHint().width() if isinstance(widget, QLabel) else _text_width(widget)
    room = _room(widget) if isinstance(widget, QPushButton) else widget.width()
    return f"needs {needed} px of width, has {room}" if needed > room + SLACK else ""


def _text_width(button: QAbstractButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text().replace("&", ""))


def _room(button: QPushButton) -> int:
    """What a button's border and padding leave for its words: they are cut there."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).width()


def _reaches_out(widget: QWidget) -> str:
    """A widget is cut by its parent, unless that scrolls it into sight."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(parent.parentWidget(), QAbstractScrollArea):
        return ""
    if widget.objectName().startswith("qt_"):  # Qt's own, which hold no words
        return ""
    within = QRect(QPoint(), parent.size()).adjusted(-SLACK, -SLACK, SLACK, SLACK)
    inside = within.contains(widget.geometry())
    return "" if inside else f"at {widget.geometry().getRect()} reaches out of {_name(parent)} {parent.size().toTuple()}"


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    said = f" “{words[:40]}”" if words else ""
    return f"{type(widget).__name__} {widget.objectName() or '(no name)'}{said}"
