"""The project's own icons, drawn as SVG with one stroke weight and coloured when they are asked for."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.settings.shipped import shipped


@lru_cache(maxsize=128)
def _source(name: str) -> bytes:
    return shipped(f"icons/{name}.svg").read_bytes()


@lru_cache(maxsize=512)
def pixmap(name: str, color: str, size: int = 20, scale: float = 1.0) -> QPixmap:
    """The icon `name` in `color` ("#RRGGBB"), `size` logical pixels wide on a screen of density `scale`."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", color.encode())))
    pixels = round(size * scale)
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


@lru_cache(maxsize=512)
def icon(name: str, color: str, disabled: str | None = None, size: int = 20) -> QIcon:
    """A QIcon of `name` in `color`, `size` pixels wide; `disabled` colours it where the control is off.

    Drawn in that size only (and for dense screens in theirs): at the start every picture that nobody sees is time lost.
    """
    answer = QIcon()
    scales = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    for scale in scales:
        answer.addPixmap(pixmap(name, color, size, scale))
        if disabled is not None:
            answer.addPixmap(pixmap(name, disabled, size, scale), QIcon.Mode.Disabled)
    return answer


def application_icon() -> QIcon:
    """The mark, for the title bar and the task bar."""
    answer = QIcon()
    for size in (16, 32, 48, 64, 128):
        answer.addPixmap(pixmap("studio", "#000000", size))
    return answer
