"""The list of the queue, with its keys, and with waiting jobs that can be dragged to another place in line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView

from studio.domain.job import Job
from studio.ui.queue.model import JobRole, QueueModel
from studio.ui.queue.order import is_waiting
from studio.ui.queue.row_view import RowView
from studio.ui.theme.theme import Theme

JOBS_MIME = "application/x-studio-jobs"
_ALT = Qt.KeyboardModifier.AltModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS: dict[tuple[int, Qt.KeyboardModifier], str] = {
    (Qt.Key.Key_Delete, _PLAIN): "cancel",
    (Qt.Key.Key_Escape, _PLAIN): "close",
    (Qt.Key.Key_F2, _PLAIN): "label",
    (Qt.Key.Key_D, _CONTROL): "duplicate",
    (Qt.Key.Key_F, _CONTROL): "find",
    (Qt.Key.Key_Up, _ALT): "move_up",
    (Qt.Key.Key_Down, _ALT): "move_down",
    (Qt.Key.Key_Home, _ALT): "move_first",
    (Qt.Key.Key_End, _ALT): "move_last",
    **{(key, _PLAIN): "details" for key in _ENTER},
    **{(key, _CONTROL): "show" for key in _ENTER},
}


class QueueView(RowView):
    """`pressed_key(name of the action)`, `label_clicked(label)`, `menu_wanted(where on the screen)`, and
    `dropped(ids, before)`: these waiting jobs before that one, None: at the end. `hovered_row` is -1 without the mouse."""

    pressed_key = Signal(str)
    label_clicked = Signal(str)
    menu_wanted = Signal(QPoint)
    dropped = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme.current.row)
        self._theme = theme
        self._gap: int | None = None  # the row above which a drop would put them
        self._pressed_label = ""
        self.label_box: Callable[[QRect, QModelIndex], QRect] = lambda row, index: QRect()
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDropIndicatorShown(False)  # drawn here, where the drop will put them
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.hovered_row = -1
        self.entered.connect(self._hover)
        self.viewportEntered.connect(lambda: self._hover(QModelIndex()))

    def selected_jobs(self) -> list[Job]:
        """In the order of the rows."""
        rows = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return [job for index in rows if isinstance(job := index.data(JobRole), Job)]

    @contextmanager
    def anchored(self) -> Iterator[None]:
        """What happens meanwhile above the rows that are seen does not move them. At the very top the newest is seen."""
        bar, model = self.verticalScrollBar(), self.model()
        top = self.indexAt(QPoint(1, 1)) if bar.value() > 0 else QModelIndex()
        job = top.data(JobRole) if top.isValid() else None
        row = top.row()
        yield
        if isinstance(job, Job) and isinstance(model, QueueModel):
            now = model.row_of(job.id)
            if now >= 0 and now != row:
                self.executeDelayedItemsLayout()
                bar.setValue(bar.value() + (now - row) * self.row_height)

    # keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        name = _KEYS.get((event.key(), modifiers))
        if name is None:
            super().keyPressEvent(event)
            return
        self.pressed_key.emit(name)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.visualRect(self.currentIndex()).center()
        if self.indexAt(at).isValid():
            self.menu_wanted.emit(self.viewport().mapToGlobal(at))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed_label = self._label_at(event.position().toPoint()) if left else ""
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed_label = self._pressed_label, ""
        if pressed and event.modifiers() == _PLAIN and self._label_at(event.position().toPoint()) == pressed:
            self.label_clicked.emit(pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._label_at(event.position().toPoint())
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _label_at(self, at: QPoint) -> str:
        index = self.indexAt(at)
        job = index.data(JobRole) if index.isValid() else None
        if isinstance(job, Job) and self.label_box(self.visualRect(index), index).contains(at):
            return job.request.label or ""
        return ""

    def _hover(self, index: QModelIndex) -> None:
        before, self.hovered_row = self.hovered_row, index.row()
        if before != self.hovered_row:
            self.update(self.model().index(before, 0))
            self.update(index)

    # dragging

    def startDrag(self, actions: Qt.DropAction) -> None:  # noqa: N802  # Qt's name
        jobs = self.dragged()
        if not jobs:
            return
        mime = QMimeData()
        mime.setData(JOBS_MIME, "\n".join(job.id for job in jobs).encode())
        drag = QDrag(self)
        drag.setMimeData(mime)
        row = self.visualRect(self.currentIndex())
        drag.setPixmap(self.viewport().grab(row))
        drag.setHotSpot(QPoint(row.width() // 2, row.height() // 2))
        drag.exec(Qt.DropAction.MoveAction)
        self._show_gap(None)

    def dragged(self) -> list[Job]:
        """What a drag takes along: the selected jobs that wait with the one under the mouse, of the same account."""
        current = self.currentIndex().data(JobRole)
        if not isinstance(current, Job) or not is_waiting(current):
            return []
        return [job for job in self.selected_jobs() if is_waiting(job) and job.request.account == current.request.account]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._follow(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # it scrolls at the edges
        self._follow(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._show_gap(None)

    def dropEvent(self, event: QDropEvent) -> None:
        ids = _ids_of(event)
        gap = self._gap_at(event.position().toPoint(), ids)
        self._show_gap(None)
        if gap is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        self.dropped.emit(ids, self._before(gap, ids))

    def _follow(self, event: QDragMoveEvent) -> None:
        gap = self._gap_at(event.position().toPoint(), _ids_of(event))
        self._show_gap(gap)
        if gap is None:
            event.ignore()  # files are taken by the window
        else:
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()

    def _gap_at(self, at: QPoint, ids: Sequence[str]) -> int | None:
        """Above which row a drop there puts the jobs `ids`: within the waiting jobs of their account."""
        rows = self._line_of(ids)
        if not rows:
            return None
        index = self.indexAt(at)
        gap = self.model().rowCount() if not index.isValid() else index.row()
        if index.isValid() and at.y() > self.visualRect(index).center().y():
            gap += 1
        return min(max(gap, rows[0]), rows[-1] + 1)

    def _before(self, gap: int, ids: Sequence[str]) -> str | None:
        later = (self._job_at(row).id for row in self._line_of(ids) if row >= gap)
        return next((job_id for job_id in later if job_id not in ids), None)

    def _line_of(self, ids: Sequence[str]) -> list[int]:
        model = self.model()
        job = model.job(ids[0]) if ids and isinstance(model, QueueModel) else None
        if job is None:
            return []
        account = job.request.account
        jobs = (self._job_at(row) for row in range(model.rowCount()))
        return [row for row, one in enumerate(jobs) if is_waiting(one) and one.request.account == account]

    def _job_at(self, row: int) -> Job:
        job = self.model().index(row, 0).data(JobRole)
        assert isinstance(job, Job)  # noqa: S101  # every row is a job
        return job

    def _show_gap(self, gap: int | None) -> None:
        if gap != self._gap:
            self._gap = gap
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None:
            return
        last = self.model().rowCount() - 1
        row = self.visualRect(self.model().index(min(self._gap, last), 0))
        y = row.top() if self._gap <= last else row.bottom() + 1
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.current.accent), 2))
        painter.drawLine(QPoint(14, max(1, y)), QPoint(self.viewport().width() - 8, max(1, y)))
        painter.drawEllipse(QPoint(10, max(4, y)), 3, 3)


def _ids_of(event: QDropEvent) -> list[str]:
    if not event.mimeData().hasFormat(JOBS_MIME):
        return []
    return bytes(event.mimeData().data(JOBS_MIME).data()).decode("ascii", "replace").split("\n")
