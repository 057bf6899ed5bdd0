"""A line at the foot of a page that says what was just done and takes it back; by keys also after it has gone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

SHOWN_MS = 8000
MOST_KEPT = 100


class UndoBar(QFrame):
    """Floats above its page's foot, so that nothing moves when it comes and goes. `undo` carries what was handed in: one
    step after the other, the last one first."""

    undo = Signal(object)

    def __init__(self, page: QWidget, above: QWidget) -> None:
        """`above`: another bar at the foot, which may be there or not."""
        super().__init__(page)
        self.setObjectName("undoBar")
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._steps: list[object] = []
        self._page, self._above = page, above
        self._words = label("")
        self._button = push(self.tr("Undo"), "undoButton", "link")
        self._button.clicked.connect(self._take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._words)
        row.addWidget(self._button)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        page.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def offer(self, words: str, what: object) -> None:
        """Show `words` for some seconds; Undo emits `what`. None: there is nothing to take back of it."""
        if what is not None:
            self._steps.append(what)
            del self._steps[:-MOST_KEPT]
        self._words.setText(words)
        self._button.setVisible(what is not None)
        self.setAccessibleName(words)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def take_back(self) -> None:
        """Undo the last step that was not undone yet, if there is one."""
        if self._steps:
            self._take_back()

    def _take_back(self) -> None:
        self.hide()
        self._timer.stop()
        self.undo.emit(self._steps.pop())

    def _place(self) -> None:
        page, other = self._page, self._above
        foot = other.y() - 8 if other.isVisible() else page.height() - 24
        self.move((page.width() - self.width()) // 2, foot - self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._page:
            self._place()
        return False
