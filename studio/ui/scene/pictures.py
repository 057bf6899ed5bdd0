"""The photos of the board as pictures to paint: read, cut out and refined in threads, never on the window's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRunnable, QSize, Qt, QThreadPool, QUrl, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPixmap

from studio.domain.scene_board import Layer, Stroke
from studio.ui.bridge import Bridge, in_words
from studio.ui.images.reading import read_picture
from studio.ui.scene.state import BoardState

SIDE = 900
"""The longer side of a photo as it is painted, in pixels."""


class Look(NamedTuple):
    """How a photo is to look: its file, its cut-out if it has one and wants it, and the brush strokes."""

    photo: str
    cutout: str
    strokes: tuple[Stroke, ...]


@dataclass(slots=True)
class _Photo:
    """What is known of one address. `cutout`: "" where nothing stands out, None while that is not known."""

    path: str
    cutout: str | None = None
    asked: bool = False
    problem: str = ""


class _Signals(QObject):
    drawn = Signal(str, object, object, object)  # layer id, Look, QImage, source QSize


class _Draw(QRunnable):
    def __init__(self, layer_id: str, look: Look, signals: _Signals) -> None:
        super().__init__()
        self._id, self._look, self._signals = layer_id, look, signals

    def run(self) -> None:
        image, source = drawn(self._look)
        self._signals.drawn.emit(self._id, self._look, image, source)


def drawn(look: Look) -> tuple[QImage, QSize]:
    """The photo as it looks, and its own size; a null image where it cannot be read. Slow: for a thread."""
    whole = read_picture(look.photo, QSize(SIDE, SIDE))
    if whole.image is None or whole.source is None:
        return QImage(), QSize()
    source = whole.image
    if look.cutout:
        cut = read_picture(look.cutout, QSize(SIDE, SIDE)).image
        source = cut if cut is not None else source
    opaque = source.convertToFormat(QImage.Format.Format_RGB32)
    image = source.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    if look.strokes:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stroke in look.strokes:
            _brush(painter, stroke, opaque)
        painter.end()
    return image, whole.source


def _brush(painter: QPainter, stroke: Stroke, opaque: QImage) -> None:
    longer = max(opaque.width(), opaque.height())
    brush = QBrush(opaque) if stroke.adds else QBrush(Qt.GlobalColor.black)
    out, over = QPainter.CompositionMode.CompositionMode_DestinationOut, QPainter.CompositionMode.CompositionMode_SourceOver
    painter.setCompositionMode(over if stroke.adds else out)
    width = max(2.0, 2 * stroke.radius * longer)
    painter.setPen(QPen(brush, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    points = [QPointF(x * longer, y * longer) for x, y in stroke.points]
    if len(points) == 1:
        painter.drawPoint(points[0])
    else:
        painter.drawPolyline(points)


class LayerPictures(QObject):
    """`changed(layer id)` when a photo looks another way. `problem(words)` when one cannot be read or cut out."""

    changed = Signal(str)
    problem = Signal(str)

    def __init__(self, bridge: Bridge, state: BoardState) -> None:
        super().__init__(state)
        self._bridge = bridge
        self._state = state
        self._photos: dict[str, _Photo] = {}
        self._asked: dict[str, Look] = {}
        self._images: dict[str, QImage] = {}
        self._pixmaps: dict[str, QPixmap] = {}
        self._shown: dict[str, Look] = {}
        self._signals = _Signals()
        self._signals.drawn.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        state.changed.connect(self.follow)

    def pixmap(self, layer_id: str) -> QPixmap | None:
        """As it looked last; None before it was read."""
        return self._pixmaps.get(layer_id)

    def image(self, layer_id: str) -> QImage | None:
        """The same as an image, for threads."""
        return self._images.get(layer_id)

    def is_solid_at(self, layer: Layer, x: float, y: float) -> bool:
        """Whether something of the photo shows at a point, given in shares of its longer side."""
        image = self._images.get(layer.id)
        if image is None:
            return True
        longer = max(image.width(), image.height())
        across, down = int(x * longer), int(y * longer)
        return image.valid(across, down) and image.pixelColor(across, down).alpha() > 40

    def standing(self, layer: Layer) -> str:
        """What is under way or came of it: reading, cutting, ready, nothing (no subject found), web, or failed."""
        photo = self._photos.get(layer.uri)
        if photo is None or not photo.path:
            return "web"
        if photo.problem:
            return "failed"
        if layer.cut_out and photo.cutout is None:
            return "cutting"
        if layer.cut_out and photo.cutout == "":
            return "nothing"
        return "ready" if layer.id in self._pixmaps else "reading"

    def follow(self) -> None:
        """Bring every photo of the board to how it is to look now."""
        layers = self._state.board.layers
        for gone in set(self._pixmaps) - {layer.id for layer in layers}:
            for kept in (self._pixmaps, self._images, self._shown, self._asked):
                kept.pop(gone, None)
        for layer in layers:
            photo = self._photo(layer.uri)
            if not photo.path or photo.problem:
                continue
            if layer.cut_out and not photo.asked:
                photo.asked = True
                self._cut_out(layer.uri)
            self._draw(layer, photo)

    def is_idle(self) -> bool:
        """Whether nothing is read, cut out or drawn any more."""
        return self._asked == self._shown and not any(p.asked and p.cutout is None and not p.problem
                                                      for p in self._photos.values())

    def _photo(self, uri: str) -> _Photo:
        url = QUrl(uri)
        return self._photos.setdefault(uri, _Photo(url.toLocalFile() if url.isLocalFile() else ""))

    def _draw(self, layer: Layer, photo: _Photo) -> None:
        look = Look(photo.path, (photo.cutout or "") if layer.cut_out else "", layer.strokes if layer.cut_out else ())
        if self._asked.get(layer.id) == look:
            return
        self._asked[layer.id] = look
        QThreadPool.globalInstance().start(_Draw(layer.id, look, self._signals), 1)

    def _arrived(self, layer_id: str, look: Look, image: QImage, source: QSize) -> None:
        layer = self._state.board.layer(layer_id)
        if layer is None or self._asked.get(layer_id) != look:
            return  # gone, or asked to look another way meanwhile
        self._shown[layer_id] = look
        if image.isNull():
            self._photos[layer.uri].problem = self.tr("{photo} cannot be shown: the file is gone or damaged.").format(
                photo=layer.name or Path(look.photo).name)
            self.problem.emit(self._photos[layer.uri].problem)
        else:
            self._images[layer_id] = image
            self._pixmaps[layer_id] = QPixmap.fromImage(image, Qt.ImageConversionFlag.NoFormatConversion)
            self._state.learn_size(layer.uri, source.width(), source.height())
        self.changed.emit(layer_id)

    def _cut_out(self, uri: str) -> None:
        self._bridge.run(lambda core: core.scenes.cut_out(uri), partial(self._found, uri), partial(self._not_found, uri))

    def _found(self, uri: str, path: Path | None) -> None:
        self._photos[uri].cutout = str(path) if path is not None else ""
        self._tell(uri)

    def _not_found(self, uri: str, error: BaseException) -> None:
        self._photos[uri].cutout = ""
        self.problem.emit(in_words(error))
        self._tell(uri)

    def _tell(self, uri: str) -> None:
        self.follow()
        for layer in self._state.board.layers:
            if layer.uri == uri:
                self.changed.emit(layer.id)
