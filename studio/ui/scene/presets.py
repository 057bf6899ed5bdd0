"""The scenes to choose from, as pictures; a press on the one that is chosen takes it away again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from studio.settings.shipped import shipped
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme

WIDTH, PICTURE, HEIGHT = 92, 52, 76
_RING = 3


@lru_cache(maxsize=256)
def preset_picture(name: str) -> Path | None:
    """The picture that comes with the product for a preset of that name; None for own words and a service's own names."""
    plain = name.strip().lower()
    if not plain or not all(part.isalpha() for part in plain.split(" ")):
        return None
    try:
        return shipped(f"scenes/{plain.replace(' ', '-')}.jpg")
    except FileNotFoundError:
        return None


class Preset(QAbstractButton):
    """One scene: its picture over its name."""

    def __init__(self, name: str, theme: Theme, loader: ImageLoader) -> None:
        super().__init__()
        self.name = name
        self._theme, self._loader = theme, loader
        self._path = preset_picture(name)
        self.setText(name.capitalize())
        self.setAccessibleName(self.tr("Scene: {name}").format(name=name))
        self.setObjectName(f"preset_{name.replace(' ', '_')}")
        self.setCheckable(True)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(_RING, _RING, WIDTH - 2 * _RING, PICTURE)
        picture = None
        if self._path is not None:
            ratio, radius = self.devicePixelRatioF(), tokens.radius_small
            picture = self._loader.request(self._path, box.size(), self.name, radius=radius, ratio=ratio)
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.surface3))
            painter.drawRoundedRect(box, tokens.radius_small, tokens.radius_small)
        if self.isChecked() or self.hasFocus() or self.underMouse():
            strong = self.isChecked() or self.hasFocus()
            painter.setPen(QPen(QColor(tokens.accent if strong else tokens.faint), 2 if strong else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(box).adjusted(-2, -2, 2, 2)
            painter.drawRoundedRect(ring, tokens.radius, tokens.radius)
        font = self.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if self.isChecked() else tokens.dim))
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, WIDTH - 4)
        below = QRect(0, PICTURE + _RING + 3, WIDTH, HEIGHT - PICTURE - _RING - 3)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter), words)


class PresetStrip(QScrollArea):
    """`chosen(name)`, or "" when the chosen one is pressed again. Arrow keys go along."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("scenePresets")
        self.setAccessibleName(self.tr("Scenes to choose from"))
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT + 14)
        self._theme = theme
        self._loader = ImageLoader(self, limit_bytes=4 * 1024 * 1024)
        self._loader.loaded.connect(lambda _: self._repaint())
        self._presets: list[Preset] = []
        inside = QWidget()
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addStretch(1)
        self.setWidget(inside)

    def presets(self) -> Sequence[Preset]:
        return tuple(self._presets)

    def set_names(self, names: Sequence[str]) -> None:
        """The presets that the operation names."""
        if [preset.name for preset in self._presets] == list(names):
            return
        for old in self._presets:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._presets = [Preset(name, self._theme, self._loader) for name in names]
        for at, preset in enumerate(self._presets):
            self._row.insertWidget(at, preset)
            preset.clicked.connect(lambda on, name=preset.name: self.chosen.emit(name if on else ""))
        self.setVisible(bool(self._presets))

    def show_scene(self, scene: str) -> None:
        """Mark the preset that these words are, if they are one."""
        for preset in self._presets:
            preset.setChecked(preset.name == scene.strip().lower())
            if preset.isChecked():
                self.ensureWidgetVisible(preset)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        at = next((i for i, preset in enumerate(self._presets) if preset.hasFocus()), -1)
        if step and at >= 0:
            preset = self._presets[(at + step) % len(self._presets)]
            preset.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(preset)
            return
        super().keyPressEvent(event)

    def _repaint(self) -> None:
        for preset in self._presets:
            preset.update()
