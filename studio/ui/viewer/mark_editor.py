"""An asset's star, colour and tags, to be set where it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from studio.domain.asset import COLOURS, Asset
from studio.ui.gallery.label_colours import SHOWN, colour_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.icons import icon

LONGEST_TAG = 60
_LINE = 236
"""Pixels that a line of tags may take."""


class _Swatch(QAbstractButton):
    """One colour as a dot with a ring where it is the asset's."""

    def __init__(self, colour: str, theme: Theme) -> None:
        super().__init__()
        self._colour, self._theme = colour, theme
        self.setObjectName(f"colour_{colour}")
        self.setCheckable(True)
        self.setToolTip(colour_words(colour))
        self.setAccessibleName(colour_words(colour))
        self.setFixedSize(24, 32)

    def sizeHint(self) -> QSize:
        return QSize(24, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SHOWN[self._colour]))
        painter.drawEllipse(middle, 6, 6)
        if self.isChecked() or self.hasFocus():
            tokens = self._theme.current
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.text), 2))
            painter.drawEllipse(QRectF(middle.x() - 9.5, middle.y() - 9.5, 19, 19))
        painter.end()


class MarkEditor(QWidget):
    """`starChosen` (bool), `colourChosen` (one of COLOURS or None), `tagAdded` and `tagRemoved` (str). What it shows is what
    the core says afterwards."""

    starChosen = Signal(bool)  # noqa: N815  # Qt's spelling
    colourChosen = Signal(object)  # noqa: N815
    tagAdded = Signal(str)  # noqa: N815
    tagRemoved = Signal(str)  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("markEditor")
        self._theme = theme
        self._asset: Asset | None = None
        self.star = tool("star", self.tr("Star"), "starButton", theme, size=20)
        self.star.setCheckable(True)
        self.star.clicked.connect(self.starChosen)
        self.swatches = {colour: _Swatch(colour, theme) for colour in COLOURS}
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.star)
        row.addSpacing(theme.current.sm)
        for colour, swatch in self.swatches.items():
            swatch.clicked.connect(lambda on, colour=colour: self.colourChosen.emit(colour if on else None))
            row.addWidget(swatch)
        row.addStretch(1)
        self.tag_edit = QLineEdit()
        self.tag_edit.setObjectName("tagEdit")
        self.tag_edit.setAccessibleName(self.tr("Add a tag"))
        self.tag_edit.setPlaceholderText(self.tr("Add a tag"))
        self.tag_edit.setMaxLength(LONGEST_TAG)
        self.tag_edit.returnPressed.connect(self._add)
        self._lines: list[QWidget] = []
        self._tags = QVBoxLayout()
        self._tags.setSpacing(theme.current.xs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current.sm)
        column.addLayout(row)
        column.addLayout(self._tags)
        column.addWidget(self.tag_edit)
        theme.changed.connect(self._draw_star)

    def show_asset(self, asset: Asset) -> None:
        before, self._asset = self._asset, asset
        self.star.setChecked(asset.starred)
        self._draw_star()
        for colour, swatch in self.swatches.items():
            swatch.setChecked(colour == asset.colour)
            swatch.update()
        if before is None or before.id != asset.id:
            self.tag_edit.clear()
        if before is None or before.tags != asset.tags:
            self._show_tags(asset.tags)

    def tags(self) -> list[str]:
        """Those shown now."""
        return list(self._asset.tags) if self._asset is not None else []

    def _draw_star(self) -> None:
        tokens = self._theme.current
        on = self._asset is not None and self._asset.starred
        self.star.setIcon(icon("star-filled" if on else "star", tokens.warn if on else tokens.dim, tokens.faint))
        words = self.tr("Starred") if on else self.tr("Star")
        self.star.setToolTip(words)
        self.star.setAccessibleName(words)

    def _show_tags(self, tags: tuple[str, ...]) -> None:
        for line in self._lines:
            self._tags.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        used, row = _LINE + 1, QHBoxLayout()
        for tag in tags:
            button = self._tag_button(tag)
            width = min(_LINE, button.sizeHint().width())
            if used + width > _LINE:
                line = QWidget()
                row = QHBoxLayout(line)
                row.setContentsMargins(0, 0, 0, 0)
                row.setSpacing(self._theme.current.xs)
                row.setAlignment(Qt.AlignmentFlag.AlignLeft)
                self._tags.addWidget(line)
                self._lines.append(line)
                used = 0
            row.addWidget(button)
            used += width + self._theme.current.xs

    def _tag_button(self, tag: str) -> QPushButton:
        metrics = self.fontMetrics()
        button = push(metrics.elidedText(tag, Qt.TextElideMode.ElideRight, _LINE - 48) + "  ×", f"tag_{tag}")
        button.setAccessibleName(self.tr("Remove the tag {0}").format(tag))
        button.setToolTip(self.tr("Remove the tag {0}").format(tag))
        button.clicked.connect(lambda: self.tagRemoved.emit(tag))
        return button

    def _add(self) -> None:
        tag = self.tag_edit.text().strip()
        if tag:
            self.tag_edit.clear()
            self.tagAdded.emit(tag)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        event.accept()  # what is typed here is no key of the viewer's
