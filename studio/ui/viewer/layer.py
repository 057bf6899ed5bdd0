"""One picture as it is painted at any scale: its thumbnail first, then decoded at the size that is shown, then in full.

A large one, or one that Qt cannot read, is decoded in a process of its own and comes as an overview and tiles.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap

from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.reading import Reading, ReadProblem
from studio.ui.viewer.view_decoder import read_bounded

if TYPE_CHECKING:
    from studio.ui.viewer.tiles import Tiles

ENOUGH = 1.02
"""A picture decoded so much smaller than it is shown counts as sharp."""


class PictureLayer(QObject):
    """`arrived` when the picture was decoded anew, `improved` when a part of it is sharper now, `sized` (QSize) when the
    file's own size is known, `failed` (ReadProblem or words), `detail` (words) on what is still loading or could not be had;
    empty when all is there."""

    arrived = Signal()
    improved = Signal()
    sized = Signal(QSize)
    failed = Signal(object)
    detail = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.size = QSize()
        self.image: QImage | None = None  # what was decoded last, for histograms and differences
        self.tiles: Tiles | None = None
        self._small: QPixmap | None = None
        self._whole: QPixmap | None = None
        self._whole_asked = False
        self._overview_here = False
        self._poster = PictureDecoder(self)
        self._poster.decoded.connect(self._poster_arrived)
        self._decoder = PictureDecoder(self, read=read_bounded)
        self._decoder.decoded.connect(self._decoded)

    # -- what is shown ----------------

    def show(self, path: Path, thumbnail: Path | None, room: QSize, size: QSize) -> None:
        """Show a file in `room` device pixels; `size` where it is known beforehand."""
        self.clear()
        self.path, self.size = path, size
        if thumbnail is not None:
            self._poster.decode(str(thumbnail), QSize(512, 512))
        self._decoder.decode(str(path), room)

    def show_image(self, image: QImage) -> None:
        """Show pixels that are there already: a frame of a clip or of an animation."""
        self._small = self._whole = _pixmap(image)
        if self.image is None or self.image.size() != image.size():
            self.image = image
        if image.size() != self.size:
            self.size = image.size()
            self.sized.emit(self.size)

    def clear(self) -> None:
        self.path = None
        self.size = QSize()
        self.image = None
        self._poster.cancel()
        self._decoder.cancel()
        self._small = self._whole = None
        self._whole_asked = self._overview_here = False
        if self.tiles is not None:
            self.tiles.close()
            self.tiles = None

    @property
    def has_picture(self) -> bool:
        return self._small is not None or self._whole is not None

    @property
    def is_whole(self) -> bool:
        """Whether every pixel of the file is in memory."""
        return self._whole is not None

    @property
    def needs_more(self) -> bool:
        """Whether a larger room would show more of it than was decoded."""
        return self.path is not None and self._whole is None and not self._whole_asked and self.tiles is None

    def decode_for(self, room: QSize) -> None:
        """Decode again for another room."""
        if not self.needs_more or self.path is None:
            return
        small = self._small.size() if self._small is not None else QSize()
        if small.width() < min(room.width(), self.size.width()) and small.height() < min(room.height(), self.size.height()):
            self._decoder.decode(str(self.path), room)

    def want(self, scale: float) -> None:
        """It is shown at `scale` device pixels a picture pixel now: ask for the full picture where that needs it."""
        small = self._small
        if not self.needs_more or small is None or self.path is None:
            return
        if scale * self.size.width() > small.width() * ENOUGH and small.width() < self.size.width():
            self._whole_asked = True
            self._decoder.decode(str(self.path), None)

    # -- decoding ----------------

    def _poster_arrived(self, reading: Reading, _whole: bool) -> None:
        if reading.image is not None and not self.has_picture:
            self._small = _pixmap(reading.image)
            self.image = reading.image
            self.arrived.emit()

    def _decoded(self, reading: Reading, whole: bool) -> None:
        if reading.image is None:
            if reading.problem is ReadProblem.MISSING:
                self.failed.emit(reading.problem)
            elif not whole or reading.problem is None:
                self._decode_apart()  # too large, or nothing that Qt reads
            return
        self.image = reading.image
        if reading.source is not None:
            self._take_size(reading.source)
        pixmap = _pixmap(reading.image)
        if whole:
            self._whole = pixmap
        else:
            self._small = pixmap
            if pixmap.size() == self.size:
                self._whole = pixmap
        self.arrived.emit()

    def _take_size(self, size: QSize) -> None:
        if size != self.size:
            self.size = size
            self.sized.emit(size)

    def _decode_apart(self) -> None:
        if self.path is None or self.tiles is not None:
            return
        from studio.ui.viewer.tiles import Tiles  # few pictures need it

        self.tiles = Tiles(self.path, self)
        self.tiles.overview.connect(self._overview_arrived)
        self.tiles.changed.connect(self.improved)
        self.tiles.failed.connect(self._apart_failed)
        self.detail.emit(self.tr("Loading all of it…"))

    def _overview_arrived(self, image: QImage, size: QSize) -> None:
        self.image = image
        self._overview_here = True
        self._small = _pixmap(image)
        self._take_size(size)
        if size == image.size():
            self._whole = self._small
        if self.tiles is not None:
            self.detail.emit("" if self.tiles.is_whole else self.tr("Loading all of it…"))
        self.arrived.emit()

    def _apart_failed(self, words: str) -> None:
        if self._overview_here:
            self.detail.emit(self.tr("Shown smaller than it is. {0}").format(words))
        else:
            self.failed.emit(words)

    # -- painting ----------------

    def paint(self, painter: QPainter, box: QRectF, visible: QRectF, scale: float) -> None:
        """Paint all of it into `box`, as far as that is within `visible` (both in the painter's pixels); `scale` in device
        pixels a picture pixel."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 3)  # above it single pixels are wanted
        picture = self._small
        if self._whole is not None and (picture is None or scale * self.size.width() > picture.width() * ENOUGH):
            picture = self._whole
        if picture is None or box.width() <= 0 or box.height() <= 0:
            return
        seen = visible.intersected(box)
        across, down = picture.width() / box.width(), picture.height() / box.height()
        source = QRectF((seen.x() - box.x()) * across, (seen.y() - box.y()) * down,
                        seen.width() * across, seen.height() * down)
        painter.drawPixmap(seen, picture, source)
        if self.tiles is not None and scale * self.size.width() > picture.width() * ENOUGH:
            self.tiles.paint(painter, box, seen, self.size, scale)
            self.detail.emit("" if self.tiles.is_sharp else self.tr("Loading this part…"))


def _pixmap(image: QImage) -> QPixmap:
    """Without a conversion where the screen takes the image's own format."""
    return QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion)
