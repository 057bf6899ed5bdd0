"""Shows the rows of the queue: painted once for what they say, and drawn from memory until they say something else. A row's
label is edited in its place."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.domain.job import Job
from studio.ui.images.loader import ImageLoader
from studio.ui.queue.model import QueueModel, Row
from studio.ui.queue.row_painter import LEFT, RowPainter
from studio.ui.queue.view import QueueView
from studio.ui.queue.words import is_running
from studio.ui.theme.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_KEPT = 64
"""Rows in memory: more than a screen shows."""


class QueueDelegate(QStyledItemDelegate):
    """`picture_of` says which file shows a job, or None: then its kind's icon stands there."""

    def __init__(self, theme: Theme, loader: ImageLoader, picture_of: Callable[[Job], Path | None], view: QueueView) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._picture_of = picture_of
        self._painter = RowPainter(theme, loader)
        self._drawn: OrderedDict[str, tuple[Hashable, Row, QPixmap]] = OrderedDict()

    def set_hidden_label(self, label: str | None) -> None:
        """The label that all shown jobs have, as it says nothing in each row."""
        if label != self._painter.hidden_label:
            self._painter.hidden_label = label
            self._drawn.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._theme.current.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, QueueModel):
            return
        box: QRect = option.rect
        row = model.row(index.row())
        picture = self._picture_of_row(row, index, box.size())
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)

    def _picture_of_row(self, row: Row, index: Index, size: QSize) -> QPixmap | None:
        """As it was drawn before, where there is no time to draw it anew in this turn; None: it was not drawn yet."""
        job, tokens, ratio = row.job, self._theme.current, self._view.devicePixelRatioF()
        picture = self._painter.picture(job, self._picture_of(job), ratio)
        # asked of the view and not of the option's state: QStyle's enums cost 11 ms at the start
        chosen = self._view.selectionModel().isSelected(index)
        ground = tokens.accent_tint if chosen else tokens.surface2 if self._view.hovered_row == index.row() else None
        # seconds where something runs down, days where a date is said
        moment = int(time.time()) if is_running(job) or job.not_before is not None else int(time.time() / 3600)
        key = (size.width(), ratio, tokens.name, ground, moment, 0 if picture is None else picture.cacheKey())
        known = self._drawn.get(job.id)
        if known is not None and known[0] == key and known[1] == row:
            self._drawn.move_to_end(job.id)
            return known[2]
        if not self._view.may_draw():
            return None if known is None else known[2]
        drawn = self._draw(row, size, picture, ground, ratio)
        self._drawn[job.id] = key, row, drawn
        self._drawn.move_to_end(job.id)
        if len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return drawn

    def _draw(self, row: Row, size: QSize, picture: QPixmap | None, ground: str | None, ratio: float) -> QPixmap:
        drawn = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(self._theme.current.surface1))  # that of the panel: letters are smoothed against it
        painter = QPainter(drawn)
        try:
            self._painter.paint(painter, row, QRect(0, 0, size.width(), size.height()), picture, ground)
        finally:
            painter.end()  # Qt ends the process where a picture goes before its painter
        return drawn

    def label_box(self, box: QRect, index: Index) -> QRect:
        """Where the label of a row stands, to be clicked; empty without one."""
        model = index.model()
        return self._painter.tag_box(model.row(index.row()), box) if isinstance(model, QueueModel) else QRect()

    # the label's editor

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        edit = QLineEdit(parent)
        edit.setObjectName("queueLabelEdit")
        edit.setAccessibleName(self.tr("Label"))
        edit.setPlaceholderText(self.tr("Label, to find and treat jobs together"))
        edit.setMaxLength(80)
        return edit

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        editor.setGeometry(option.rect.adjusted(LEFT - 8, 14, -8, -14))
