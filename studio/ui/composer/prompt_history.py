"""The prompts that were sent before: one after another by Ctrl+Up and Ctrl+Down, or found in a list by a few letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from studio.domain.event import JobChanged
from studio.domain.state import JobState
from studio.domain.wildcards import escape
from studio.ui.bridge import Bridge
from studio.ui.composer.prompt_box import PromptBox
from studio.ui.widgets.words import label

MOST = 200
_AnyIndex = QModelIndex | QPersistentModelIndex
_SEARCH_MS = 120
_ROW = 32


class PromptHistory(QObject):
    """Steps through the earlier prompts in the box. What was being written is the newest of them, and is not lost."""

    def __init__(self, bridge: Bridge, box: PromptBox) -> None:
        super().__init__(box)
        self._bridge = bridge
        self._box = box
        self._prompts: list[str] | None = None
        self._at = -1
        self._written = ""
        self._stepping = False
        box.changed.connect(self._typed)
        bridge.jobsChanged.connect(self._jobs_changed)

    def step(self, by: int) -> None:
        """One prompt further back (1) or forward (-1)."""
        if self._prompts is None:
            self._bridge.run(lambda core: core.prompts.earlier(limit=MOST), partial(self._take, by))
            return
        if self._at < 0:
            self._written = self._box.text()
        prompts = [prompt for prompt in self._prompts if prompt != self._written.strip()]
        at = min(max(self._at + by, -1), len(prompts) - 1)
        if at == self._at:
            return
        self._at = at
        self._stepping = True
        self._box.replace_text(self._written if at < 0 else escape(prompts[at]))
        self._stepping = False

    def _take(self, by: int, prompts: Sequence[str]) -> None:
        self._prompts = list(prompts)
        self.step(by)

    def _typed(self) -> None:
        if not self._stepping:
            self._at = -1

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        if any(change.job.state is JobState.QUEUED for change in changes):
            self._prompts = None  # read anew when it is wanted


class _OneLine(QStyledItemDelegate):
    """Rows of one height, with the prompt on one line, cut at its end."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _AnyIndex) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        option.text = " ".join(str(index.data() or "").split())

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        return QSize(0, _ROW)


class HistoryPopup(QFrame):
    """`chosen(prompt)`. Type to search, arrows to move, Enter to take, Escape to leave."""

    chosen = Signal(str)

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("promptHistory")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bridge = bridge
        self._asked = ""
        self.search = QLineEdit()
        self.search.setObjectName("promptHistorySearch")
        self.search.setPlaceholderText(self.tr("Search earlier prompts"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        self._model = QStringListModel(self)
        self.view = QListView()
        self.view.setObjectName("promptHistoryList")
        self.view.setAccessibleName(self.tr("Earlier prompts"))
        self.view.setModel(self._model)
        self.view.setItemDelegate(_OneLine(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = label(self.tr("No prompt has been sent yet."), "dim")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for widget in (self.search, self.view, self.nothing):
            column.addWidget(widget, 0 if widget is self.search else 1)
        self._soon = QTimer(self, singleShot=True, interval=_SEARCH_MS)
        self._soon.timeout.connect(self._ask)
        self.search.textEdited.connect(lambda _: self._soon.start())
        self.search.installEventFilter(self)
        self.view.clicked.connect(self._take)
        self._ask()

    def open_below(self, anchor: QWidget, width: int) -> None:
        """Under `anchor`, kept on its screen."""
        self.resize(width, 320)
        at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        free = anchor.screen().availableGeometry()
        at.setX(min(max(at.x(), free.left()), free.right() - self.width()))
        at.setY(min(at.y(), free.bottom() - self.height()))
        self.move(at)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: object) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            row = min(max(self.view.currentIndex().row() + step, 0), self._model.rowCount() - 1)
            self.view.setCurrentIndex(self._model.index(row))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.view.currentIndex())
            return True
        return False

    def _take(self, index: _AnyIndex) -> None:
        words = index.data()
        if isinstance(words, str):
            self.chosen.emit(words)
            self.close()

    def _ask(self) -> None:
        words = self._asked = self.search.text()
        self._bridge.run(lambda core: core.prompts.earlier(words, MOST), partial(self._show, words))

    def _show(self, asked: str, prompts: Sequence[str]) -> None:
        if asked != self._asked:
            return  # more was typed meanwhile
        self._model.setStringList(prompts)
        self.view.setCurrentIndex(self._model.index(0))
        none, found = self.tr("No prompt has been sent yet."), self.tr("No earlier prompt has these words.")
        self.nothing.setText(found if asked.strip() else none)
        self.nothing.setVisible(not prompts)
        self.view.setVisible(bool(prompts))
