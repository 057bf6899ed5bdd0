"""Reads a picture file at the size that is needed. Runs in worker threads: Qt releases the interpreter while it decodes."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColorSpace, QImage, QImageIOHandler, QImageReader, QPainter

from studio.ui.images.formats import picture_reader


class Fit(StrEnum):
    """COVER fills the box and cuts what sticks out; CONTAIN shows all and may be smaller than the box."""

    COVER = "cover"
    CONTAIN = "contain"


class ReadProblem(StrEnum):
    """Why a file gave no picture. Words for the person are made where it is shown."""

    MISSING = "missing"
    DAMAGED = "damaged"
    UNSUPPORTED = "unsupported"


class PictureKey(NamedTuple):
    """One rendition of one file: what the cache knows it by. Sizes in device pixels."""

    path: str
    width: int
    height: int
    radius: int = 0
    fit: Fit = Fit.COVER


class Reading(NamedTuple):
    """What came of reading: a picture with the file's own size, or the reason why there is none."""

    image: QImage | None = None
    source: QSize | None = None
    problem: ReadProblem | None = None


_PROBLEMS = {
    QImageReader.ImageReaderError.FileNotFoundError: ReadProblem.MISSING,
    QImageReader.ImageReaderError.DeviceError: ReadProblem.MISSING,
    QImageReader.ImageReaderError.UnsupportedFormatError: ReadProblem.UNSUPPORTED,
}
_TURNED = QImageIOHandler.Transformation.TransformationRotate90

# One picture before there are workers. At the first one of a process Shiboken prepares itself, and takes the interpreter's
# lock behind one of C++: a worker and the window there at once waited for each other, and the window stood still for good.
QImage(QSize(1, 1), QImage.Format.Format_RGB32)


def _upright_size(reader: QImageReader) -> QSize:
    """The size as it will be seen: cameras store the turn beside the pixels."""
    size = reader.size()
    return size.transposed() if reader.transformation() & _TURNED else size


def _scaled(source: QSize, box: QSize, fit: Fit) -> QSize:
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding if fit is Fit.COVER else Qt.AspectRatioMode.KeepAspectRatio
    wanted = source.scaled(box, mode)
    if fit is Fit.CONTAIN and wanted.width() > source.width():
        return source  # never blown up on disk's behalf: painting does that better
    return QSize(max(1, wanted.width()), max(1, wanted.height()))


def read_picture(path: str, box: QSize | None, fit: Fit = Fit.CONTAIN) -> Reading:
    """Decode `path`, scaled for `box` in device pixels (None: full size). Colours are brought to sRGB."""
    reader = picture_reader(path)
    reader.setAutoTransform(True)
    source = _upright_size(reader)
    if box is not None and source.isValid() and not box.isEmpty():
        wanted = _scaled(source, box, fit)
        turned = bool(reader.transformation() & _TURNED)
        reader.setScaledSize(wanted.transposed() if turned else wanted)
        if fit is Fit.COVER and not turned:
            left, top = (wanted.width() - box.width()) // 2, (wanted.height() - box.height()) // 2
            reader.setScaledClipRect(QRect(max(0, left), max(0, top), box.width(), box.height()))
    image = reader.read()
    if image.isNull():
        return Reading(problem=_PROBLEMS.get(reader.error(), ReadProblem.DAMAGED))
    space = image.colorSpace()
    if space.isValid() and space != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    return Reading(image, source if source.isValid() else image.size())


def render(key: PictureKey) -> Reading:
    """The rendition `key` of its file: for COVER exactly its size, with round corners cut where a radius is asked for."""
    box = QSize(key.width, key.height)
    reading = read_picture(key.path, box, key.fit)
    if reading.image is None or (key.radius == 0 and key.fit is Fit.CONTAIN):
        return reading
    target = QImage(box if key.fit is Fit.COVER else reading.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    target.fill(Qt.GlobalColor.transparent)
    painter = QPainter(target)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    brush = QBrush(reading.image)
    if reading.image.size() != target.size():  # a turned photo was scaled but not cut
        transform = brush.transform()
        transform.translate((target.width() - reading.image.width()) / 2, (target.height() - reading.image.height()) / 2)
        brush.setTransform(transform)
    painter.setBrush(brush)
    painter.drawRoundedRect(QRectF(target.rect()), key.radius, key.radius)
    painter.end()
    return Reading(target, reading.source)
