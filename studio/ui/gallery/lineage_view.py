"""What an asset was made from, at the left, and what was made from it, at the right: a graph to be walked step by step, by
mouse or by keyboard."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.domain.asset import Asset
from studio.domain.lineage import CHAIN, EXTEND, FRAME, Lineage
from studio.ui.images.captions import spoken, title_of
from studio.ui.images.loader import ImageLoader
from studio.ui.images.thumbnail import ThumbnailPainter
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.widgets.words import tip

CELL, GAP = QSize(76, 57), 10
MOST_SHOWN = 12
"""In a column; below it stands how many more there are."""


class Node(NamedTuple):
    """An asset in the graph: column -1 for what it was made from, 0 for itself, 1 for what was made from it."""

    asset: Asset
    column: int
    row: int
    how: str = ""


def nodes_of(lineage: Lineage) -> list[Node]:
    """The asset and its neighbours, each column from the top."""
    root = lineage.assets[lineage.root]
    how = {(link.parent, link.child): link.how for link in lineage.links}
    parents = [Node(one, -1, row, how[one.id, root.id]) for row, one in enumerate(lineage.parents(root.id)[:MOST_SHOWN])]
    children = [Node(one, 1, row, how[root.id, one.id]) for row, one in enumerate(lineage.children(root.id)[:MOST_SHOWN])]
    return [*parents, Node(root, 0, 0), *children]


class LineageView(QWidget):
    """`walked` (asset) when the person goes to a neighbour. Hidden while there are none."""

    walked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lineageView")
        self.setAccessibleName(self.tr("Where it came from, and what came of it"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._theme = theme
        self._images = ImageLoader(self, limit_bytes=4 * 1024 * 1024)
        self._images.loaded.connect(lambda _: self.update())
        self._cells = ThumbnailPainter(self._images, theme, theme.current.radius_small)
        self._font = interface_font(theme.current.font_small)
        theme.changed.connect(self._restyle)
        self.nodes: list[Node] = []
        self._more = (0, 0)
        self._current = 0
        self.hide()

    def show_lineage(self, lineage: Lineage | None) -> None:
        """Draw it; nothing where the asset stands alone."""
        self.nodes = [] if lineage is None or lineage.root not in lineage.assets else nodes_of(lineage)
        if lineage is not None and self.nodes:
            counts = (len(lineage.parents(lineage.root)), len(lineage.children(lineage.root)))
            self._more = (max(0, counts[0] - MOST_SHOWN), max(0, counts[1] - MOST_SHOWN))
        self._current = next((n for n, node in enumerate(self.nodes) if node.column == 0), 0)
        rows = max((node.row for node in self.nodes), default=0) + 1
        self.setFixedHeight(24 + rows * (CELL.height() + GAP) + (18 if any(self._more) else 0))
        self.setVisible(len(self.nodes) > 1)
        self._tell()
        self.update()

    @property
    def current(self) -> Node | None:
        """Where the keyboard stands."""
        return self.nodes[self._current] if self.nodes else None

    def box(self, node: Node) -> QRect:
        """Where a node is drawn."""
        lefts = {-1: 0, 0: (self.width() - CELL.width()) // 2, 1: self.width() - CELL.width()}
        return QRect(lefts[node.column], 24 + node.row * (CELL.height() + GAP), CELL.width(), CELL.height())

    # -- walking ----------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = self.current
        if node is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._walk(node)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(node.column + (1 if event.key() == Qt.Key.Key_Right else -1), node.row)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(node.column, node.row + (1 if event.key() == Qt.Key.Key_Down else -1))
        else:
            super().keyPressEvent(event)

    def _step(self, column: int, row: int) -> None:
        """To the nearest row of a column, if that has any."""
        there = [(abs(node.row - row), number) for number, node in enumerate(self.nodes) if node.column == column]
        if there:
            self._current = min(there)[1]
            self._tell()
            self.update()

    def _walk(self, node: Node) -> None:
        if node.column:
            self.walked.emit(node.asset)

    def _node_at(self, event: QMouseEvent | QHelpEvent) -> Node | None:
        point = event.position().toPoint() if isinstance(event, QMouseEvent) else event.pos()
        return next((node for node in self.nodes if self.box(node).contains(point)), None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        node = self._node_at(event)
        if node is not None and event.button() == Qt.MouseButton.LeftButton:
            self._walk(node)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            node = self._node_at(event)
            QToolTip.showText(event.globalPos(), "" if node is None else tip(self._words(node)), self)
            return True
        return super().event(event)

    # -- words and painting ----------------

    def _words(self, node: Node) -> str:
        how = {CHAIN: self.tr("by a chain"), EXTEND: self.tr("continued"), FRAME: self.tr("a frame of it")}.get(node.how, "")
        return ", ".join(part for part in (title_of(node.asset), how) if part)

    def _tell(self) -> None:
        node = self.current
        if node is None:
            return
        where = {-1: self.tr("Made from"), 0: self.tr("This asset"), 1: self.tr("Became")}[node.column]
        self.setAccessibleDescription(f"{where}: {spoken(node.asset)}")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _restyle(self) -> None:
        self._cells.refresh()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.current
        painter.setFont(self._font)
        painter.setPen(QColor(tokens.dim))
        titles = ((-1, self.tr("Made from")), (0, self.tr("This")), (1, self.tr("Became")))
        for column, words in titles:
            if any(node.column == column for node in self.nodes):
                box = self.box(Node(self.nodes[0].asset, column, 0)).translated(0, -20)
                painter.drawText(box.adjusted(0, 0, 0, 16 - box.height()), Qt.AlignmentFlag.AlignCenter, words)
        self._paint_links(painter)
        for node in self.nodes:
            self._cells.paint(painter, self.box(node), node.asset, node.asset.id)
            selected = node is self.current and self.hasFocus()
            self._cells.paint_ring(painter, self.box(node), selected=selected, focused=node.column == 0)
        for column, more in zip((-1, 1), self._more, strict=True):
            if more:
                box = self.box(Node(self.nodes[0].asset, column, MOST_SHOWN))
                painter.drawText(QRect(box.left(), box.top(), box.width(), 16), Qt.AlignmentFlag.AlignCenter, f"+{more:,}")

    def _paint_links(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.current.faint), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = next((self.box(node) for node in self.nodes if node.column == 0), None)
        for node in self.nodes:
            if node.column and middle is not None:
                box = self.box(node)
                left, right = (box, middle) if node.column < 0 else (middle, box)
                begin, end = QPointF(left.right() + 3, left.center().y()), QPointF(right.left() - 3, right.center().y())
                path = QPainterPath(begin)
                half = (begin.x() + end.x()) / 2
                path.cubicTo(QPointF(half, begin.y()), QPointF(half, end.y()), end)
                painter.drawPath(path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self._theme.current.dim))
