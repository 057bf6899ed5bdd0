"""Paints one row of the queue: thumbnail, prompt, label, state, times and cost, and a thin line of progress."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.images.loader import ImageLoader
from studio.ui.queue.model import Row
from studio.ui.queue.words import cost_words, is_running, job_name, line_words, state_line, time_words, utc_now
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.theme.tokens import Tokens, legible
from studio.ui.widgets import icons

_GLYPHS = {"video": "video", "music": "audio", "narration": "audio", "soundfx": "audio", "prompt": "prompt"}
LEFT, RIGHT, _GAP = 66, 14, 8
_TOP, _FIRST, _SECOND = 9, 20, 18  # where the words begin, and how high their two lines are
_LEAST_TAG, _LEAST_WORDS = 44, 56
_MOST_MEASURED = 1024


class Measures:
    """How wide texts are in one font, and how they are cut: kept, as the same ones come again and again."""

    def __init__(self, font: QFont) -> None:
        self._metrics = QFontMetrics(font)
        self._widths: dict[str, int] = {}
        self._cut: dict[tuple[str, int], str] = {}
        self._lift = self._metrics.ascent() - self._metrics.descent()

    def width(self, text: str) -> int:
        known = self._widths.get(text)
        if known is None:
            if len(self._widths) >= _MOST_MEASURED:
                self._widths.clear()
            known = self._widths[text] = self._metrics.horizontalAdvance(text)
        return known

    def cut(self, text: str, width: int) -> str:
        """With an ellipsis at its end where it is wider than that."""
        known = self._cut.get((text, width))
        if known is None:
            if len(self._cut) >= _MOST_MEASURED:
                self._cut.clear()
            known = self._cut[text, width] = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return known

    def base(self, line: QRect) -> QPointF:
        """Where a text begins that stands in the middle of the line's height."""
        return QPointF(line.left(), line.top() + (line.height() + self._lift) / 2)


class RowPainter:
    """Texts are drawn from their base line: with a rectangle and flags it takes twice as long."""

    def __init__(self, theme: Theme, loader: ImageLoader) -> None:
        self._theme = theme
        self._loader = loader
        self._title = interface_font(theme.current.font_body, weight=QFont.Weight.Medium)
        self._second = interface_font(theme.current.font_label)
        self._title_measures = Measures(self._title)
        self._second_measures = Measures(self._second)
        self.hidden_label: str | None = None  # the one that all shown jobs have: it says nothing in each row

    def picture(self, job: Job, path: Path | None, ratio: float) -> QPixmap | None:
        """The thumbnail, as far as it is in memory; it is asked for where it is not."""
        tokens = self._theme.current
        box = QRect(0, 0, tokens.thumb, tokens.thumb).size()
        return None if path is None else self._loader.request(path, box, job.id, radius=tokens.radius_small, ratio=ratio)

    def paint(self, painter: QPainter, row: Row, box: QRect, picture: QPixmap | None, background: str | None) -> None:
        """Draw `row` into `box`; `background` behind what is selected or under the mouse."""
        tokens, job = self._theme.current, row.job
        if background is not None:
            painter.fillRect(box, QColor(background))
        # a line and no filled rectangle: fillRect loads the names of 169 gradients, 3 ms at the start
        painter.setPen(QColor(tokens.line))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._thumbnail(painter, tokens, job, QRect(box.left() + 14, box.top() + 10, tokens.thumb, tokens.thumb), picture)
        ink = _ink(tokens, job, background or tokens.surface1)
        self._first_line(painter, tokens, row, self._line(box, 0), ink)
        self._second_line(painter, tokens, row, self._line(box, 1), ink)
        if is_running(job):
            self._progress(painter, tokens, job, QRectF(box.left() + 14, box.bottom() - 6, box.width() - 28, 3))

    @staticmethod
    def _line(box: QRect, number: int) -> QRect:
        """The first or the second line of words."""
        top = box.top() + _TOP + (_FIRST + 1 if number else 0)
        return QRect(box.left() + LEFT, top, box.width() - LEFT - RIGHT, _SECOND if number else _FIRST)

    def _first_line(self, painter: QPainter, tokens: Tokens, row: Row, line: QRect, ink: str) -> None:
        job = row.job
        time = time_words(job, row.left_s, utc_now(), is_next=row.is_next)
        painter.setFont(self._second)
        painter.setPen(QColor(ink if job.state is JobState.UNKNOWN else tokens.dim))
        room = line.width() - self._at_right(painter, line, time)
        painter.setFont(self._title)
        painter.setPen(QColor(tokens.text))
        title = self._title_measures.cut(job_name(job).replace("\n", " "), room)
        painter.drawText(self._title_measures.base(line), title)

    def _second_line(self, painter: QPainter, tokens: Tokens, row: Row, line: QRect, ink: str) -> None:
        """The state and the operation; of a labelled job the state, then the label, and the operation where room is left."""
        painter.setFont(self._second)
        painter.setPen(QColor(tokens.dim))
        line.setRight(line.right() - self._at_right(painter, line, cost_words(row.job)))
        words = line_words(row.job, row.operation, paused=row.is_paused)
        tag = self._tag(row, line)
        painter.setPen(QColor(ink))
        if not tag.isEmpty():
            painter.drawText(self._second_measures.base(line), state_line(row.job, paused=row.is_paused))
            self._label(painter, tokens, row.job.request.label or "", tag)
            line.setLeft(tag.right() + _GAP)
            words = row.operation if line.width() > _LEAST_WORDS else ""
            painter.setPen(QColor(tokens.dim))
        painter.drawText(self._second_measures.base(line), self._second_measures.cut(words, line.width()))

    def _at_right(self, painter: QPainter, line: QRect, text: str) -> int:
        """Draw a short text at the right end; how much of the line it takes, with the space before it."""
        if not text:
            return 0
        width = self._second_measures.width(text)
        base = self._second_measures.base(line)
        painter.drawText(QPointF(line.right() + 1 - width, base.y()), text)
        return width + _GAP

    def tag_box(self, row: Row, box: QRect) -> QRect:
        """Where the label of a row in `box` stands, to be clicked; empty without one."""
        line = self._line(box, 1)
        cost = cost_words(row.job)
        line.setRight(line.right() - (self._second_measures.width(cost) + _GAP if cost else 0))
        return self._tag(row, line)

    def _tag(self, row: Row, line: QRect) -> QRect:
        label = row.job.request.label
        if not label or label == self.hidden_label:
            return QRect()  # all that is seen has it
        left = self._second_measures.width(state_line(row.job, paused=row.is_paused)) + _GAP
        width = min(self._second_measures.width(label) + 12, max(_LEAST_TAG, line.width() - left))
        return QRect(line.left() + left, line.top(), width, line.height())

    def _label(self, painter: QPainter, tokens: Tokens, label: str, tag: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(tag, 4, 4)
        painter.setPen(QColor(tokens.text))
        words = self._second_measures.cut(label, tag.width() - 12)
        base = self._second_measures.base(tag)
        painter.drawText(QPointF(base.x() + 6, base.y()), words)

    def _thumbnail(self, painter: QPainter, tokens: Tokens, job: Job, box: QRect, picture: QPixmap | None) -> None:
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(QRectF(box), tokens.radius_small, tokens.radius_small)
        glyph = _GLYPHS.get(job.request.operation.split(".")[0], "image")
        icon = icons.pixmap(glyph, tokens.dim, 20, painter.device().devicePixelRatio())
        painter.drawPixmap(box.left() + 10, box.top() + 10, icon)

    @staticmethod
    def _progress(painter: QPainter, tokens: Tokens, job: Job, track: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface3))
        painter.drawRoundedRect(track, 1.5, 1.5)
        if job.progress:
            done = QRectF(track.left(), track.top(), track.width() * min(1.0, max(0.0, job.progress)), track.height())
            painter.setBrush(QColor(tokens.run))
            painter.drawRoundedRect(done, 1.5, 1.5)


def _ink(tokens: Tokens, job: Job, ground: str) -> str:
    """The colour of the state's words; the one that calls for somebody can be read on a selected row too."""
    if job.state is JobState.FAILED:
        return legible(tokens.bad, ground, tokens.text)
    if job.state is JobState.UNKNOWN:
        return legible(tokens.warn, ground, tokens.text)
    return tokens.dim
