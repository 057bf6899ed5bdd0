"""Paints one job of the queue: thumbnail, title, state, time and cost, and a thin line of progress. 60 px high, always."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.images.loader import ImageLoader
from studio.ui.queue.model import JobRole, LeftRole, OperationRole
from studio.ui.queue.view import QueueView
from studio.ui.queue.words import cost_words, is_running, line_words, time_words, utc_now
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.theme.tokens import Tokens
from studio.ui.widgets import icons

_GLYPHS = {"video": "video", "music": "audio", "narration": "audio", "soundfx": "audio", "prompt": "prompt"}


class QueueDelegate(QStyledItemDelegate):
    """`picture_of` says which file shows a job, or None: then its kind's icon stands there."""

    def __init__(self, theme: Theme, loader: ImageLoader, picture_of: Callable[[Job], Path | None], view: QueueView) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._loader = loader
        self._picture_of = picture_of
        self._title = interface_font(theme.current.font_body, weight=QFont.Weight.Medium)
        self._second = interface_font(theme.current.font_label)
        self._title_metrics = QFontMetrics(self._title)
        self._second_metrics = QFontMetrics(self._second)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._theme.current.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        job = index.data(JobRole)
        if not isinstance(job, Job):
            return
        tokens = self._theme.current
        box: QRect = option.rect
        painter.save()
        # asked of the view and not of the option's state: QStyle's enums cost 11 ms at the start
        if self._view.selectionModel().isSelected(index):
            painter.fillRect(box, QColor(tokens.accent_tint))
        elif self._view.hovered_row == index.row():
            painter.fillRect(box, QColor(tokens.surface2))
        # a line and no filled rectangle: fillRect loads the names of 169 gradients, 3 ms at the start
        painter.setPen(QColor(tokens.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        self._thumbnail(painter, tokens, job, QRect(box.left() + 14, box.top() + 10, tokens.thumb, tokens.thumb))
        self._words(painter, tokens, job, index, box.adjusted(66, 9, -14, -9))
        if is_running(job):
            self._progress(painter, tokens, job, QRectF(box.left() + 14, box.bottom() - 6, box.width() - 28, 3))
        painter.restore()

    def _words(
        self, painter: QPainter, tokens: Tokens, job: Job, index: QModelIndex | QPersistentModelIndex, box: QRect
    ) -> None:
        time = time_words(job, index.data(LeftRole), utc_now())
        cost = cost_words(job)
        small = self._second_metrics
        right = max(small.horizontalAdvance(time), small.horizontalAdvance(cost))
        left = box.adjusted(0, 0, -(right + 8 if right else 0), 0)
        top, below = QRect(left.left(), left.top(), left.width(), 20), QRect(left.left(), left.top() + 21, left.width(), 18)
        painter.setFont(self._title)
        painter.setPen(QColor(tokens.text))
        title = job.title.replace("\n", " ")
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(top, flags, self._title_metrics.elidedText(title, Qt.TextElideMode.ElideRight, top.width()))
        painter.setFont(self._second)
        words = line_words(job, index.data(OperationRole))
        painter.setPen(QColor(_ink(tokens, job)))
        painter.drawText(below, flags, small.elidedText(words, Qt.TextElideMode.ElideRight, below.width()))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(tokens.warn if job.state is JobState.UNKNOWN else tokens.dim))
        painter.drawText(QRect(box.left(), top.top(), box.width(), top.height()), flags, time)
        painter.setPen(QColor(tokens.dim))
        painter.drawText(QRect(box.left(), below.top(), box.width(), below.height()), flags, cost)

    def _thumbnail(self, painter: QPainter, tokens: Tokens, job: Job, box: QRect) -> None:
        ratio = self._view.devicePixelRatioF()
        path = self._picture_of(job)
        if path is not None:
            pixmap = self._loader.request(path, box.size(), job.id, radius=tokens.radius_small, ratio=ratio)
            if pixmap is not None:
                painter.drawPixmap(box.topLeft(), pixmap)
                return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(QRectF(box), tokens.radius_small, tokens.radius_small)
        glyph = _GLYPHS.get(job.request.operation.split(".")[0], "image")
        painter.drawPixmap(box.left() + 10, box.top() + 10, icons.pixmap(glyph, tokens.dim, 20, ratio))

    def _progress(self, painter: QPainter, tokens: Tokens, job: Job, track: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(track, 1.5, 1.5)
        if job.progress:
            done = QRectF(track.left(), track.top(), track.width() * min(1.0, max(0.0, job.progress)), track.height())
            painter.setBrush(QColor(tokens.run))
            painter.drawRoundedRect(done, 1.5, 1.5)


def _ink(tokens: Tokens, job: Job) -> str:
    if job.state is JobState.FAILED:
        return tokens.bad
    if job.state is JobState.UNKNOWN:
        return tokens.warn
    return tokens.dim
