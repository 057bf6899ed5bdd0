"""The prompt: grows with its text, counts it, and sends with Ctrl+Enter; Tab goes through the places of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.prompt_book import places
from studio.ui.widgets.words import label, restyle

if TYPE_CHECKING:
    from studio.domain.operation import Operation, Parameter

PROMPT_NAMES = ("prompt", "text")
_LEAST_LINES, _MOST_LINES = 3, 12


def prompt_parameter(operation: Operation) -> Parameter | None:
    """The parameter that the prompt box writes: prompt, or text where it is the words to speak."""
    return next((p for name in PROMPT_NAMES if (p := operation.parameter(name)) is not None), None)


class PromptEdit(QPlainTextEdit):
    """The text itself. A pasted file or picture is no text: it is handed on as `media_pasted`.

    `earlier_wanted(by)`: 1 for an earlier prompt, -1 for a later one.
    """

    sent = Signal()
    earlier_wanted = Signal(int)
    media_pasted = Signal(object)  # QMimeData

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("promptEdit")
        self.setTabChangesFocus(True)
        self._filling = False
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # the window shows named zones for every drag; text is dropped there too
        self.setAcceptDrops(False)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_control = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier))
        if with_control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.sent.emit()
            return
        if with_control and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.earlier_wanted.emit(1 if event.key() == Qt.Key.Key_Up else -1)
            return
        super().keyPressEvent(event)

    def fill_in(self) -> None:
        """Select the first place of a template ("[subject]"); Tab goes on to the next until none is left."""
        self._filling = True
        cursor = self.textCursor()
        cursor.setPosition(0)
        self.setTextCursor(cursor)
        self._next_place()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802  # Qt's names
        if next and self._filling and self._next_place():
            return True
        return super().focusNextPrevChild(next)

    def _next_place(self) -> bool:
        """Select the next place behind the cursor. Behind the last one Tab leaves the prompt: nobody is caught in it."""
        cursor = self.textCursor()
        behind = [place for place in places(self.toPlainText()) if place[0] >= cursor.selectionEnd()]
        if not behind:
            self._filling = False
            return False
        cursor.setPosition(behind[0][0])
        cursor.setPosition(behind[0][1], cursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        return True

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  # Qt's name
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt's name
        has_file = source.hasUrls() and any(url.isLocalFile() for url in source.urls())
        if has_file or (source.hasImage() and not source.hasText()):
            self.media_pasted.emit(source)
            return
        super().insertFromMimeData(source)

    def _grow(self) -> None:
        wanted = int(self.document().size().height())
        lines = min(max(wanted, _LEAST_LINES), _MOST_LINES)
        # 18: padding and border of the stylesheet; a line may be laid out a pixel higher than its spacing says
        height = lines * (self.fontMetrics().lineSpacing() + 1) + 2 * self.document().documentMargin() + 18
        self.setFixedHeight(round(height))
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted > _MOST_LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)


class PromptBox(QWidget):
    """Caption, counter, text and the place for an error."""

    changed = Signal()
    sent = Signal()
    media_pasted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._limit: int | None = None
        self._tools: list[QWidget] = []
        self._below: list[QWidget] = []
        self.edit = PromptEdit()
        self.edit.setPlaceholderText(self.tr("Describe what you want to see: place, time of day, weather, style"))
        self.edit.textChanged.connect(self._changed)
        self.edit.sent.connect(self.sent)
        self.edit.media_pasted.connect(self.media_pasted)
        self._caption = label(self.tr("Prompt"), "label", buddy=self.edit)
        self._counter = label("", "label")
        self._counter.setObjectName("promptCounter")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("promptError")
        self._error.hide()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._caption)
        head.addStretch()
        self._head = head
        head.addWidget(self._counter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.edit)
        column.addWidget(self._error)
        self.set_words(self.tr("Prompt"), None)

    def set_words(self, caption: str, limit: int | None) -> None:
        """What the box is called and how many characters may be sent (None: no limit known)."""
        self._caption.setText(caption)
        self.edit.setAccessibleName(caption)
        self._limit = limit
        self._count()

    def add_tool(self, widget: QWidget) -> None:
        """One more button in the head, before the counter."""
        self._head.insertWidget(self._head.count() - 1, widget)
        self._tools.append(widget)

    def add_below(self, widget: QWidget) -> None:
        """Something that belongs to the words, under them."""
        column = self.layout()
        if column is not None:
            column.addWidget(widget)
            self._below.append(widget)

    def parts(self) -> list[QWidget]:
        """What Tab goes through, as it is read."""
        return [*self._tools, self.edit, *self._below]

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        self.edit.setPlainText(text)

    def replace_text(self, text: str) -> None:
        """Other words in place of these, as one step that can be undone."""
        from PySide6.QtGui import QTextCursor  # not loaded at the start

        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    @property
    def limit(self) -> int | None:
        """How many characters may be sent; None: no limit known."""
        return self._limit

    def too_long(self) -> bool:
        return self._limit is not None and len(self.text()) > self._limit

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))
        restyle(self.edit, "wrong", bool(words))

    def _changed(self) -> None:
        self.set_error("")
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        count = len(self.text())
        self._counter.setText(f"{count:,} / {self._limit:,}" if self._limit else f"{count:,}")
        restyle(self._counter, "role", "error" if self.too_long() else "label")
