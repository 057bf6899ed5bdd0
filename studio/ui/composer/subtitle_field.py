"""How subtitles look: the settings of a group, with a sample that follows them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.operation import Parameter
from studio.ui.composer.group_field import GroupField, MakeField
from studio.ui.theme.theme import Theme

_PARTS = frozenset({"fontSize", "color", "strokeColor", "strokeWidth"})
_LINES_OF_A_FRAME = 1080.0
"""Sizes are those of a frame of this height, as the engine reads them."""
_SIZE, _COLOUR, _STROKE_COLOUR, _STROKE = 56.0, "#FFFFFF", "#000000", 2.0


def fits(parameter: Parameter) -> bool:
    """Whether a group is the look of a text."""
    return {inner.name for inner in parameter.fields} >= _PARTS


class SubtitleSample(QWidget):
    """A line of text over something light and something dark, as it would stand in a video 480 lines high."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look: dict[str, object] = {}
        self.setFixedHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Sample of the subtitles"))

    def sizeHint(self) -> QSize:
        return QSize(200, 96)

    def set_look(self, look: dict[str, object]) -> None:
        """The values of the group, as far as they are given."""
        self._look = look
        self.update()

    def _number(self, name: str, usual: float) -> float:
        value = self._look.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else usual

    def _colour(self, name: str, usual: str) -> QColor:
        value = self._look.get(name)
        colour = QColor(value) if isinstance(value, str) else QColor(usual)
        return colour if colour.isValid() else QColor(usual)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QLinearGradient(0, 0, self.width(), 0)
        ground.setColorAt(0, QColor("#20242C"))
        ground.setColorAt(1, QColor("#D8DCE4"))
        painter.setBrush(ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(self.rect(), tokens.radius, tokens.radius)
        painter.setClipRect(self.rect())
        scale = 480.0 / _LINES_OF_A_FRAME
        font = QFont(str(self._look.get("font") or "Inter"))
        font.setPixelSize(max(4, round(self._number("fontSize", _SIZE) * scale)))
        font.setBold(True)
        words = self.tr("The tide is out")
        metrics = QFontMetricsF(font)
        at = QPointF((self.width() - metrics.horizontalAdvance(words)) / 2,
                     (self.height() + metrics.ascent() - metrics.descent()) / 2)
        path = QPainterPath()
        path.addText(at, font, words)
        stroke = self._number("strokeWidth", _STROKE) * scale
        if stroke > 0:
            pen = QPen(self._colour("strokeColor", _STROKE_COLOUR), 2 * stroke)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)
        painter.fillPath(path, self._colour("color", _COLOUR))


class SubtitleField(GroupField):
    """The group with its sample on top."""

    def __init__(self, parameter: Parameter, make: MakeField, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, make, name)
        self.sample = SubtitleSample(theme)
        self.sample.setObjectName(f"sample_{self.name}")
        self._column.insertWidget(1, self.sample)
        self.changed.connect(self._show)
        self._show()

    def set_value(self, value: object) -> None:
        super().set_value(value)
        self._show()

    def _show(self) -> None:
        if hasattr(self, "sample"):
            look = self.value()
            self.sample.set_look(look if isinstance(look, dict) else {})
