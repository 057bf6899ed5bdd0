"""The sums by day, account, operation or label: one line a group, numbers in columns that align right."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.domain.ledger import Spending
from studio.ui.widgets.job_words import number_words

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    NAME = 0
    JOBS = 1
    ESTIMATED = 2
    CHARGED = 3
    REFUNDED = 4
    SPENT = 5
    DOUBTFUL = 6


class SpendingModel(QAbstractTableModel):
    """`names` gives the title of a group where its key is not what people read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Spending, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._heading = ""

    def show_rows(self, rows: Sequence[Spending], titles: Sequence[str], heading: str) -> None:
        """`titles` stand for the rows' keys, `heading` over them."""
        self.beginResetModel()
        self._rows, self._titles, self._heading = tuple(rows), tuple(titles), heading
        self.endResetModel()

    @property
    def rows(self) -> Sequence[Spending]:
        return self._rows

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column = Column(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if column is Column.NAME:
            return self._titles[index.row()]
        return None if role == Qt.ItemDataRole.ToolTipRole else self._number(self._rows[index.row()], column)

    def _number(self, row: Spending, column: Column) -> str:
        if column is Column.JOBS:
            return f"{row.jobs:,}"
        if column is Column.DOUBTFUL:
            about = f" (≈ {number_words(row.doubted)})" if row.doubted else ""
            return f"{row.doubtful:,}{about}" if row.doubtful else "–"
        amount = {Column.ESTIMATED: row.estimated, Column.CHARGED: row.charged, Column.REFUNDED: row.refunded,
                  Column.SPENT: row.spent}[column]
        return number_words(round(amount, 2)) if amount else "–"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.NAME: self._heading, Column.JOBS: self.tr("Jobs"), Column.ESTIMATED: self.tr("Estimated"),
            Column.CHARGED: self.tr("Charged"), Column.REFUNDED: self.tr("Given back"), Column.SPENT: self.tr("Spent"),
            Column.DOUBTFUL: self.tr("Not said"),
        }[Column(section)]


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column is Column.NAME else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class SpendingTable(QTableView):
    """One line a group; the arrow keys go through the lines."""

    def __init__(self, model: SpendingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("costsTable")
        self.setAccessibleName(self.tr("Sums"))
        self.setModel(model)
        # no frame, as the row that has the focus shows it; cells begin where their headings do
        self.setStyleSheet("#costsTable { border: none; border-radius: 0; } #costsTable::item { padding: 0 5px; }")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(36)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(36)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column in Column:
            if column is not Column.NAME:
                header.resizeSection(column, 132 if column is Column.DOUBTFUL else 96)
