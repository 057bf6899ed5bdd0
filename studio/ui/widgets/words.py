"""Small labels: dim captions, elided lines with a tooltip, keys as they are pressed."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

_BREAK = "\u200b"
_LONG_RUN = re.compile(r"\S{24}(?=\S)")
_ONE_LINE, _MOST_IN_TIP = 100, 800


def label(text: str, role: str = "", *, buddy: QWidget | None = None, wrap: bool = False) -> QLabel:
    """A label in one of the stylesheet's roles: label, small, dim, strong, heading, title, hero, error, warn."""
    answer = WrappedLabel(text) if wrap else QLabel(text)
    answer.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        answer.setProperty("role", role)
    if buddy is not None:
        answer.setBuddy(buddy)
    return answer


def tip(words: str) -> str:
    """Words that somebody wrote, as a tooltip: nothing in them is taken for markup, long ones are wrapped, and of very long
    ones the beginning is enough."""
    if len(words) <= _ONE_LINE and not any(sign in words for sign in "<&\n"):
        return words
    shown = words if len(words) <= _MOST_IN_TIP else f"{words[:_MOST_IN_TIP].rstrip()}…"
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<qt>{escaped}</qt>"


def shortened(words: str, most: int) -> str:
    """At most so many letters; what is left out is an ellipsis."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def counted(number: int, one: str, many: str) -> str:
    """The text for one thing or for several, with the number put in for {n}; both are translated texts."""
    return (one if number == 1 else many).format(n=f"{number:,}")


def rule(*, vertical: bool = False) -> QFrame:
    """A hairline between two parts."""
    line = QFrame()
    line.setProperty("role", "rule-v" if vertical else "rule")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at, and let the widget take its new look."""
    before = widget.property(name)
    if before == value or (before is None and not value):
        return
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # it takes its look when it is first shown. (QStyle loads names for 10 ms: not at the start)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


class WrappedLabel(QLabel):
    """Several lines. A word longer than a line (a path, an address) is broken, so that it never widens what is around it."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._said = ""
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802  # Qt's name
        self._said = text
        super().setText(_LONG_RUN.sub(lambda run: f"{run.group()}{_BREAK}", text))

    def text(self) -> str:
        return self._said


class ElidedLabel(QLabel):
    """One line, cut with an ellipsis where it is too long; the whole text is the tooltip then."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._mode = mode
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802  # Qt's name
        super().setText(text)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)

    def _tell(self) -> None:
        too_long = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(tip(self.text()) if too_long else "")


class FittingLabel(ElidedLabel):
    """Says the same in more or fewer words: the first of its texts that fits is shown."""

    def __init__(self, role: str = "") -> None:
        self._texts: tuple[str, ...] = ("",)
        super().__init__("", role)

    def set_texts(self, texts: tuple[str, ...]) -> None:
        """From the longest to the shortest; at least one."""
        self._texts = texts
        self.setAccessibleName(texts[0])
        self._tell()

    def _tell(self) -> None:
        width = self.width()
        shown = next((text for text in self._texts if self.fontMetrics().horizontalAdvance(text) <= width), self._texts[-1])
        if shown != self.text():
            QLabel.setText(self, shown)
        self.setToolTip(tip(self._texts[0]) if shown != self._texts[0] else "")
