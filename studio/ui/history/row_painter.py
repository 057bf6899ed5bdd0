"""Draws one row of the history's table: its cells side by side, the result's picture, the state's dot, a line below."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.ui.history.model import HistoryModel
from studio.ui.history.row_words import Column
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.queue.row_painter import Measures
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.job_words import state_token

ROW = 56
PICTURE = QSize(44, 34)
RIGHT = (Column.CREDITS, Column.TIME)
WIDE, NARROW_STATE = 1000, 156
"""From so many pixels on the state has all of its words; below, the prompt needs the room more."""
_STRONG = (Column.TITLE, Column.STATE, Column.CREDITS)
_WIDTHS = {Column.SENT: 92, Column.PICTURE: 60, Column.STATE: 192, Column.CREDITS: 68, Column.TIME: 68}


def column_boxes(width: int, top: int, height: int) -> dict[Column, QRect]:
    """Where each column's words stand in a row of that width. What the fixed columns leave is shared: the prompt gets the
    most, and all that the other two do not need."""
    state = _WIDTHS[Column.STATE] if width >= WIDE else NARROW_STATE
    widths = {**_WIDTHS, Column.STATE: state}
    room = max(240, width - sum(widths.values()))
    widths[Column.OPERATION], widths[Column.ACCOUNT] = min(200, room * 27 // 100), min(230, room * 30 // 100)
    widths[Column.TITLE] = room - widths[Column.OPERATION] - widths[Column.ACCOUNT]
    boxes, left = {}, 0
    for column in Column:
        box = QRect(left, top, widths[column], height)
        boxes[column] = box.adjusted(16 if column is Column.SENT else 8, 0, -16 if column is Column.TIME else -8, 0)
        left += widths[column]
    return boxes


class RowPainter:
    """Texts are drawn from their base line: with a rectangle and flags it takes twice as long."""

    def __init__(self, theme: Theme, images: ImageLoader, model: HistoryModel) -> None:
        self._theme = theme
        self._model = model
        self.cells = ThumbnailPainter(images, theme, theme.current.radius_small - 1)
        self._font = interface_font(theme.current.font_body)
        self._strong_font = interface_font(theme.current.font_body, weight=QFont.Weight.Medium)
        self._measures = Measures(self._font), Measures(self._strong_font)
        self._boxes: tuple[int, dict[Column, QRect]] = (0, {})

    def picture(self, job: Job, width: int, asset: Asset | None, ground: str, ratio: float) -> QPixmap:
        """The whole row, to be kept until it says something else."""
        drawn = QPixmap(round(width * ratio), round(ROW * ratio))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(ground))
        painter = QPainter(drawn)
        try:
            self._paint(painter, job, self._boxes_of(width), asset)
            self._line(painter, width)
        finally:
            painter.end()  # Qt ends the process where a picture goes before its painter
        return drawn

    def blank(self, painter: QPainter, box: QRect) -> None:
        """A row whose job is on its way: quiet bars where its words will stand."""
        tokens = self._theme.current
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface2))
        boxes = self._boxes_of(box.width())
        for column, share in ((Column.SENT, 0.8), (Column.TITLE, 0.6), (Column.OPERATION, 0.7), (Column.STATE, 0.5)):
            words = boxes[column]
            painter.drawRect(QRect(box.left() + words.left(), box.center().y() - 5, round(words.width() * share), 10))
        painter.save()
        painter.translate(box.topLeft())
        self._line(painter, box.width())
        painter.restore()

    def _boxes_of(self, width: int) -> dict[Column, QRect]:
        if self._boxes[0] != width:
            self._boxes = width, column_boxes(width, 0, ROW)
        return self._boxes[1]

    def _line(self, painter: QPainter, width: int) -> None:
        painter.setPen(QColor(self._theme.current.line))
        painter.drawLine(0, ROW - 1, width, ROW - 1)

    def _paint(self, painter: QPainter, job: Job, boxes: dict[Column, QRect], asset: Asset | None) -> None:
        tokens = self._theme.current
        text, dim = QColor(tokens.text), QColor(tokens.dim)
        plain, strong = self._measures
        for column, box in boxes.items():
            if column is Column.PICTURE:
                self._paint_picture(painter, box, asset, job)
                continue
            room = box.adjusted(0, 0, 0, -1)
            if column is Column.STATE:
                self._paint_dot(painter, QPointF(room.left() + 4, room.center().y() + 0.5), state_token(job.state))
                room.setLeft(room.left() + 16)
            is_title = column is Column.TITLE
            measures = strong if is_title else plain
            words = self._model.words(job, column).replace("\n", " ")
            if column is Column.ACCOUNT and measures.width(words) > room.width():
                words = words.rpartition(" · ")[2]  # of "service · name" the name says more
            shown = measures.cut(words, room.width())
            if column in RIGHT:
                room.setLeft(room.right() + 1 - measures.width(shown))
            painter.setFont(self._strong_font if is_title else self._font)
            painter.setPen(text if column in _STRONG else dim)
            painter.drawText(measures.base(room), shown)

    def _paint_picture(self, painter: QPainter, box: QRect, asset: Asset | None, job: Job) -> None:
        if asset is not None:
            frame = QRect(QRect(0, 0, PICTURE.width(), PICTURE.height()))
            frame.moveCenter(box.center())
            self.cells.paint(painter, frame, asset, job.id, badge=False)

    def _paint_dot(self, painter: QPainter, middle: QPointF, token: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._theme.current, token)))
        painter.drawEllipse(middle, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
