"""The left side of the gallery: which assets to show, each with its number."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.operation import MediaKind
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons

WIDTH = 224


class SourceRow(QAbstractButton):
    """Icon, name, number. Checkable; one of its group."""

    def __init__(self, icon: str, name: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._theme = icon, theme
        self.count: int | None = None
        self.setText(name)
        self.setCheckable(True)
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)

    def set_count(self, count: int | None) -> None:
        self.count = count
        self.setAccessibleName(self.text() if count is None else f"{self.text()}, {count}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 24, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3 if self.isChecked() else tokens.surface2))
            painter.drawRoundedRect(box, tokens.radius, tokens.radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tokens.accent))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), tokens.radius, tokens.radius)
        colour = tokens.text if self.isChecked() else tokens.dim
        glyph = icons.pixmap(self._icon, colour, 16, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(tokens.md, 8), glyph)
        painter.setPen(QColor(colour))
        words = QRect(36, 0, self.width() - 48, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self.count is not None:
            painter.setPen(QColor(tokens.dim))
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{self.count:,}")


class SourcesPanel(QFrame):
    """`chosen` (MediaKind or None for all) when the person picks another source."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallerySources")
        self.setProperty("surface", "panel")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._rows: dict[MediaKind | None, SourceRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 16)
        column.setSpacing(theme.current.xs)
        names: tuple[tuple[MediaKind | None, str, str, str], ...] = (
            (None, "grid", self.tr("All"), "sourceAll"),
            (MediaKind.IMAGE, "image", self.tr("Pictures"), "sourcePictures"),
            (MediaKind.VIDEO, "video", self.tr("Video"), "sourceVideo"),
            (MediaKind.AUDIO, "audio", self.tr("Audio"), "sourceAudio"),
            (MediaKind.PROMPT, "prompt", self.tr("Prompts"), "sourcePrompts"),
        )
        for kind, icon, name, object_name in names:
            row = SourceRow(icon, name, theme, self)
            row.setObjectName(object_name)
            row.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            self._group.addButton(row)
            self._rows[kind] = row
            column.addWidget(row)
        column.addStretch(1)
        self._rows[None].setChecked(True)
        theme.changed.connect(self._repaint)

    def show_counts(self, counts: dict[str, int]) -> None:
        """Numbers by kind, and `all`."""
        for kind, row in self._rows.items():
            row.set_count(counts.get("all" if kind is None else kind.value, 0))

    def choose(self, kind: MediaKind | None) -> None:
        """Mark a source; nothing is emitted."""
        self._rows[kind].setChecked(True)

    @property
    def kind(self) -> MediaKind | None:
        """What is chosen; None is everything."""
        return next(kind for kind, row in self._rows.items() if row.isChecked())

    def count(self, kind: MediaKind | None) -> int | None:
        return self._rows[kind].count

    def _repaint(self) -> None:
        for row in self._rows.values():
            row.update()
