"""The table of the history: one line a job, each drawn once and kept until it says something else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

from studio.domain.job import Job
from studio.ui.history.headings import HEIGHT, Headings
from studio.ui.history.model import HistoryModel
from studio.ui.history.row_painter import ROW, RowPainter, column_boxes
from studio.ui.history.row_words import Column, cell_tip
from studio.ui.images.captions import today
from studio.ui.images.loader import ImageLoader
from studio.ui.queue.row_view import RowView
from studio.ui.theme.theme import Theme

_KEPT = 48
"""Rows in memory: more than a screen shows."""


class RowDelegate(QStyledItemDelegate):
    """Shows the rows from memory."""

    def __init__(self, theme: Theme, model: HistoryModel, view: HistoryTable) -> None:
        super().__init__(view)
        self._theme, self._model, self._view = theme, model, view
        self.images = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self.painter = RowPainter(theme, self.images, model)
        self._drawn: OrderedDict[str, tuple[Hashable, QPixmap]] = OrderedDict()
        self.images.loaded.connect(self._picture_loaded)

    def forget(self) -> None:
        """Everything looks different now."""
        self._drawn.clear()
        self.painter.cells.refresh()

    def _picture_loaded(self, job_id: object) -> None:
        self._drawn.pop(str(job_id), None)
        row = self._model.row_of(str(job_id))
        if row is not None:
            self._view.update(self._model.index(row, 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        box: QRect = option.rect
        job = self._model.job_at(index.row())
        if job is None:
            self.painter.blank(painter, box)
            return
        tokens = self._theme.current
        selected = self._view.selectionModel().isRowSelected(index.row(), QModelIndex())
        hovered = self._view.hovered_row == index.row()
        ground = tokens.bg
        if selected or hovered:
            ground = tokens.accent_tint if selected else tokens.surface2 if tokens.dark else tokens.surface1
        picture = self._row(job, box.width(), ground)
        if picture is not None:
            painter.drawPixmap(box.topLeft(), picture)

    def _row(self, job: Job, width: int, ground: str) -> QPixmap | None:
        """As it was before, where there is no time to draw it anew in this turn; None: it was not drawn yet."""
        asset, ratio = self._model.asset_of(job), self._view.devicePixelRatioF()
        names = self._model.operation_title(job), self._model.account_title(job)
        key = (width, ratio, self._theme.current.name, ground, today(), job.revision, job.state, job.progress,
               job.request.label, names, asset)
        known = self._drawn.get(job.id)
        if known is None or known[0] != key:
            if not self._view.may_draw():
                return None if known is None else known[1]
            known = key, self.painter.picture(job, width, asset, ground, ratio)
            self._drawn[job.id] = known
            if len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(job.id)
        return known[1]


class HistoryTable(RowView):
    """`opened(job)` by Enter or a double click, `chosen(job)` when another row is selected."""

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(self, model: HistoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(ROW)
        if parent is not None:
            self.setParent(parent)
        self.setObjectName("historyTable")
        self.setAccessibleName(self.tr("Jobs"))
        self._theme = theme
        self._jobs = model
        self._restoring = False
        self._offset: int | None = None  # how far the row at the top is scrolled out; None at the very beginning
        self.hovered_row = -1
        self.headings = Headings(theme, self)
        self.setViewportMargins(0, HEIGHT, 0, 0)
        self.setStyleSheet("#historyTable { border: none; border-radius: 0; }")  # the row that has the focus shows it
        self.setModel(model)
        self._delegate = RowDelegate(theme, model, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.entered.connect(self._hover)
        self.viewportEntered.connect(lambda: self._hover(QModelIndex()))
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        # the selection and not the current row: a row whose details were closed is selected anew by the next press on it
        self.selectionModel().selectionChanged.connect(lambda *_: self._tell_chosen())
        self._watch = QTimer(self, singleShot=True, interval=0)
        self._watch.timeout.connect(self._tell_watched)
        for signal in (self.verticalScrollBar().valueChanged, self.selectionModel().currentChanged, model.answered):
            signal.connect(lambda *_: self._watch.start())
        model.restored.connect(self._restore)
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self._delegate.forget()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.headings.setGeometry(0, 0, self.viewport().width(), HEIGHT)

    # its place, when the rows are read anew

    def _tell_watched(self) -> None:
        """The job at the top, and the current one."""
        bar = self.verticalScrollBar()
        top = self._jobs.rows.at(bar.value() // ROW)
        current = self.current_job()
        self._offset = None if bar.value() == 0 else bar.value() % ROW
        self._jobs.watched = [job.id for job in (top, current) if job is not None]

    def _restore(self, places: Mapping[str, int]) -> None:
        watched, offset, bar = list(self._jobs.watched), self._offset, self.verticalScrollBar()
        self._restoring = True
        try:
            self.executeDelayedItemsLayout()
            self.updateGeometries()
            if len(watched) > 1 and watched[-1] in places:
                index = self._jobs.index(places[watched[-1]], 0)
                flags = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            if watched and watched[0] in places and offset is not None:
                bar.setValue(places[watched[0]] * ROW + offset)
        finally:
            self._restoring = False

    # choosing

    def select_job(self, job_id: str) -> None:
        """Make this job's row the current one, if it is loaded."""
        row = self._jobs.row_of(job_id)
        if row is not None:
            self.selectRow(row)

    def selectRow(self, row: int) -> None:  # noqa: N802  # as Qt's table has it
        """Make a row the current one, and bring it into sight."""
        index = self._jobs.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def current_job(self) -> Job | None:
        index = self.currentIndex()
        return self._jobs.rows.at(index.row()) if index.isValid() else None

    def _tell_chosen(self) -> None:
        rows = self.selectionModel().selectedRows()
        if rows and not self._restoring:
            self.chosen.emit(self._jobs.job_at(rows[0].row()))

    def _open(self, row: int) -> None:
        job = self._jobs.job_at(row)
        if job is not None:
            self.opened.emit(job)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    # the mouse

    def _hover(self, index: QModelIndex) -> None:
        before, self.hovered_row = self.hovered_row, index.row()
        if before != self.hovered_row:
            self.update(self._jobs.index(before, 0))
            self.update(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip_at(self, at: QPoint) -> str:
        """What the cell there has to say."""
        job = self._jobs.rows.at(self.indexAt(at).row())
        if job is None:
            return ""
        boxes = column_boxes(self.viewport().width(), 0, ROW)
        column = next((one for one, box in boxes.items() if box.left() - 8 <= at.x() <= box.right() + 8), None)
        if column is None:
            return ""
        return cell_tip(job, Column(column), self._jobs.operation_title(job), self._jobs.account_title(job)) or ""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            row = self.visualRect(current)
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._theme.current.accent), 2))
            painter.drawRect(QRect(1, row.top() + 1, self.viewport().width() - 2, row.height() - 3))
            painter.end()
