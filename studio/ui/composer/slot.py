"""One place for a picture, clip or sound: empty with its name, busy, or filled with a thumbnail."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.domain.kinds import MediaKind
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons
from studio.ui.widgets.buttons import tool

HEIGHT = 80
SUFFIXES = {
    MediaKind.IMAGE: ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"),
    MediaKind.VIDEO: ("mp4", "mov", "m4v", "webm", "mkv", "avi"),
    MediaKind.AUDIO: ("mp3", "wav", "m4a", "aac", "ogg", "opus", "flac"),
}
_GLYPHS = {MediaKind.IMAGE: "image", MediaKind.VIDEO: "video", MediaKind.AUDIO: "audio", MediaKind.PROMPT: "prompt"}


class Reference(NamedTuple):
    """What lies in a slot: `value` is sent (a file: URI of the library's copy, or a web address)."""

    value: str
    name: str

    @property
    def path(self) -> Path | None:
        """The file behind a file: URI, on every system's spelling of paths."""
        url = QUrl(self.value)
        return Path(url.toLocalFile()) if url.isLocalFile() else None

    @property
    def kind(self) -> MediaKind | None:
        """By the extension, which the library gave by content; None for a web address that does not say."""
        return kind_of(QUrl(self.value).path())


def kind_of(name: str) -> MediaKind | None:
    """What a file is, by its extension; None for one that does not say."""
    suffix = name.rpartition(".")[2].lower()
    return next((kind for kind, suffixes in SUFFIXES.items() if suffix in suffixes), None)


class Slot(QAbstractButton):
    """A press browses for a file; Delete empties it. `key` is the parameter's name and the place in its list."""

    removed = Signal()

    def __init__(self, key: tuple[str, int], title: str, accepts: tuple[MediaKind, ...], theme: Theme, loader: ImageLoader):
        super().__init__()
        self.key = key
        self.title = title
        self.accepts = accepts
        self.help = ""
        self.required = False
        self.reference: Reference | None = None
        self.busy = False
        self._hot = False
        self._wrong = False
        self._theme = theme
        self._loader = loader
        self.setObjectName(f"slot_{key[0]}_{key[1]}" if key[1] else f"slot_{key[0]}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self._remove = tool("close", self.tr("Remove"), "removeReference", theme, size=12)
        self._remove.setParent(self)
        theme.changed.connect(self._draw_cross)
        self._draw_cross()
        self._remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete on the slot does the same
        self._remove.setFixedSize(20, 20)
        self._remove.setStyleSheet("background: rgba(9, 10, 13, 190); border-radius: 6px; border: none;")
        self._remove.clicked.connect(self.removed)
        self._remove.hide()
        theme.changed.connect(self.update)
        self._describe()

    def describe(self, help_words: str, *, required: bool) -> None:
        """What it is for, and whether it has to be filled."""
        self.help, self.required = help_words, required
        self._describe()
        self.update()

    def accepts_kind(self, kind: MediaKind | None) -> bool:
        return kind is None or not self.accepts or kind in self.accepts

    def put(self, reference: Reference | None) -> None:
        self.reference = reference
        self.busy = False
        self._wrong = False
        self._remove.setVisible(reference is not None)
        self._describe()
        self.update()

    def set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.update()

    def set_wrong(self, wrong: bool) -> None:
        """Whether something is asked for here that is not there."""
        self._wrong = wrong
        self.update()

    def set_hot(self, hot: bool) -> None:
        """Whether a drop here would land in this slot."""
        self._hot = hot
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(108, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(72, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.reference is not None:
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        self._remove.move(self.width() - 24, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._picture()
        strong = self.hasFocus() or self._hot
        pen = QPen(QColor(tokens.accent if strong else tokens.line), 2 if strong else 1)
        if self.reference is None and not strong:
            pen.setStyle(Qt.PenStyle.DashLine)
            pen.setColor(QColor(tokens.bad if self._wrong else tokens.faint))
        inset = pen.widthF() / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        quiet = tokens.surface2 if self.reference or self.underMouse() else tokens.surface1
        painter.setBrush(QColor(tokens.accent_tint if self._hot else quiet))
        painter.setPen(pen)
        painter.drawRoundedRect(frame, tokens.radius_box, tokens.radius_box)
        if picture is not None:
            painter.drawPixmap(2, 2, picture)
        font = self.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        if self.reference is None or self.busy:
            self._paint_empty(painter)
        else:
            self._paint_filled(painter, has_picture=picture is not None)

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.current.dim))
        second = self.tr("reading…") if self.busy else self.tr("needed") if self.required else self.tr("optional")
        middle = self.height() // 2
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, self.width() - 12)
        if self.required:
            painter.setPen(QColor(self._theme.current.text))
        painter.drawText(QRect(6, middle - 17, self.width() - 12, 16), Qt.AlignmentFlag.AlignCenter, title)
        painter.setPen(QColor(self._theme.current.bad if self._wrong else self._theme.current.dim))
        painter.drawText(QRect(6, middle + 1, self.width() - 12, 16), Qt.AlignmentFlag.AlignCenter, second)

    def _paint_filled(self, painter: QPainter, *, has_picture: bool) -> None:
        tokens = self._theme.current
        if not has_picture and self.reference is not None:
            kind = self.reference.kind
            name = _GLYPHS.get(kind, "image") if kind else "external"
            glyph = icons.pixmap(name, tokens.dim, 20, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - 20) // 2, 12, glyph)
            name = painter.fontMetrics().elidedText(self.reference.name, Qt.TextElideMode.ElideMiddle, self.width() - 16)
            painter.setPen(QColor(tokens.dim))
            painter.drawText(QRect(8, 34, self.width() - 16, 16), Qt.AlignmentFlag.AlignCenter, name)
        width = min(painter.fontMetrics().horizontalAdvance(self.title) + 12, self.width() - 12)
        badge = QRectF(6, self.height() - 24, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(9, 10, 13, 200))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor("#FFFFFF"))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(width) - 10)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, title)

    def _draw_cross(self) -> None:
        # on a dark badge in both themes: it lies over a picture
        self._remove.setIcon(icons.icon("close", "#FFFFFF"))

    def _picture(self) -> QPixmap | None:
        if self.reference is None or self.reference.path is None or self.reference.kind is not MediaKind.IMAGE:
            return None
        size = QSize(self.width() - 4, self.height() - 4)
        radius = self._theme.current.radius
        return self._loader.request(self.reference.path, size, self.key, radius=radius, ratio=self.devicePixelRatioF())

    def _describe(self) -> None:
        empty = self.tr("needed") if self.required else self.tr("empty")
        self.setAccessibleName(f"{self.title}: {empty if self.reference is None else self.reference.name}")
        hint = f"{self.title}. {self.help} " + self.tr("Drop or paste a file here, or press to choose one.")
        self.setToolTip(hint if self.reference is None else f"{self.reference.name}\n" + self.tr("Delete removes it."))
