"""The table of the history: one line a job, drawn by a delegate."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.domain.job import Job
from studio.ui.history.model import ASSET_ROLE, JOB_ROLE, Column, HistoryModel
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.job_words import state_token

ROW = 56
PICTURE = QRect(0, 0, 44, 34)
_STRONG = (Column.TITLE, Column.STATE, Column.CREDITS)
_RIGHT = (Column.CREDITS, Column.TIME)
WIDE, NARROW_STATE = 1000, 156
"""From so many pixels on the state has all of its words; below, the prompt needs the room more."""
_WIDTHS = {Column.SENT: 92, Column.PICTURE: 60, Column.STATE: 192, Column.CREDITS: 68, Column.TIME: 68}


def padded(box: QRect, column: Column) -> QRect:
    """The room for words in a column, the same in its heading and in its cells."""
    return box.adjusted(16 if column is Column.SENT else 8, 0, -16 if column is Column.TIME else -8, 0)


class Headings(QHeaderView):
    """The names of the columns, in line with what stands under them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setFont(interface_font(theme.current.font_label))
        theme.changed.connect(lambda: self.viewport().update())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803  # Qt's names
        tokens = self._theme.current
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.dim))
        column = Column(logicalIndex)
        side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
        words = self.model().headerData(logicalIndex, Qt.Orientation.Horizontal)
        painter.drawText(padded(rect, column), side | Qt.AlignmentFlag.AlignVCenter, str(words))


class RowDelegate(QStyledItemDelegate):
    """Draws a cell: words elided to their column, the picture, the state's dot, one line under the row."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._images = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self._images.loaded.connect(lambda: view.viewport().update())
        self._cells = ThumbnailPainter(self._images, theme, theme.current.radius_small - 1)
        self._font = interface_font(theme.current.font_body)
        self._strong_font = interface_font(theme.current.font_body, weight=QFont.Weight.Medium)
        theme.changed.connect(self._cells.refresh)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        job = index.data(JOB_ROLE)
        if not isinstance(job, Job):
            return
        tokens = self._theme.current
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.accent_tint))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(tokens.surface2 if tokens.dark else tokens.surface1))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(tokens.line))
        column = Column(index.column())
        if column is Column.PICTURE:
            self._paint_picture(painter, box, index)
        else:
            self._paint_words(painter, box, job, column, str(index.data()))

    def _paint_picture(self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        asset = index.data(ASSET_ROLE)
        if asset is None:
            return
        frame = QRect(PICTURE)
        frame.moveCenter(box.center())
        self._cells.paint(painter, frame, asset, asset.id, badge=False)

    def _paint_words(self, painter: QPainter, box: QRect, job: Job, column: Column, words: str) -> None:
        tokens = self._theme.current
        room = padded(box, column).adjusted(0, 0, 0, -1)
        if column is Column.STATE:
            self._paint_dot(painter, QPointF(room.left() + 4, room.center().y() + 0.5), state_token(job.state))
            room.setLeft(room.left() + 16)
        font = self._strong_font if column is Column.TITLE else self._font
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if column in _STRONG else tokens.dim))
        side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
        shown = QFontMetrics(font).elidedText(words.replace("\n", " "), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_dot(self, painter: QPainter, middle: QPointF, token: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._theme.current, token)))
        painter.drawEllipse(middle, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class HistoryTable(QTableView):
    """`opened` by Enter or a double click."""

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(self, model: HistoryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyTable")
        self.setAccessibleName(self.tr("Jobs"))
        self._theme = theme
        self.setStyleSheet("#historyTable { border: none; border-radius: 0; }")  # the row that has the focus shows it
        self.setHorizontalHeader(Headings(theme, self))
        self.setModel(model)
        self._jobs = model
        self.setItemDelegate(RowDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._size_columns()
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        # the selection and not the current row: a row whose details were closed is selected anew by the next press on it
        self.selectionModel().selectionChanged.connect(lambda *_: self._tell_chosen())
        theme.changed.connect(self.viewport().update)

    def _size_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(36)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the fixed columns leave is shared: the prompt gets the most, and all that the other two do not need."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= WIDE
        state = _WIDTHS[Column.STATE] if wide else NARROW_STATE
        self.horizontalHeader().resizeSection(Column.STATE, state)
        fixed = sum(_WIDTHS.values()) - _WIDTHS[Column.STATE] + state
        room = max(360, self.viewport().width() - fixed)
        operation, account = min(200, room * 27 // 100), min(230, room * 30 // 100)
        header = self.horizontalHeader()
        for column, width in (
            (Column.TITLE, room - operation - account), (Column.OPERATION, operation), (Column.ACCOUNT, account)
        ):
            header.resizeSection(column, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            row = self.visualRect(current)
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._theme.current.accent), 2))
            painter.drawRect(QRect(1, row.top() + 1, self.viewport().width() - 2, row.height() - 3))
            painter.end()

    def select_job(self, job_id: str) -> None:
        """Make this job's row the current one, if it is loaded."""
        row = self._jobs.row_of(job_id)
        if row is not None:
            self.setCurrentIndex(self._jobs.index(row, Column.TITLE))

    def current_job(self) -> Job | None:
        return self._jobs.job_at(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def _tell_chosen(self) -> None:
        rows = self.selectionModel().selectedRows()
        if rows:
            self.chosen.emit(self._jobs.job_at(rows[0].row()))

    def _open(self, row: int) -> None:
        job = self._jobs.job_at(row)
        if job is not None:
            self.opened.emit(job)
