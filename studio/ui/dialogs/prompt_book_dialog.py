"""The editor of the prompt book: templates, styles and lists, taken in from a file and shared as one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.domain.prompt_book import Phrase, PromptBook
from studio.ui.bridge import Bridge, plain_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label, rule

TEMPLATES, STYLES, LISTS = "templates", "styles", "lists"


class PromptBookDialog(QDialog):
    """`saved(book)` after the core has it. Shown with `open()`. Nothing is kept before Save."""

    saved = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("promptBookDialog")
        self.setWindowTitle(self.tr("Prompt book"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 560)
        self._bridge = bridge
        self._theme = theme
        self._entries: dict[str, list[Phrase]] = {TEMPLATES: [], STYLES: [], LISTS: []}
        self._showing = False
        self._files: QFileDialog | None = None
        kinds = [(TEMPLATES, self.tr("Templates")), (STYLES, self.tr("Styles")), (LISTS, self.tr("Lists"))]
        self.kind = Segments(kinds, name=self.tr("Kind"))
        self.kind.setObjectName("promptBookKind")
        self.kind.chosen.connect(lambda _: self._show_kind())
        self.names = QListWidget()
        self.names.setObjectName("promptBookNames")
        self.names.setAccessibleName(self.tr("Names"))
        self.names.currentRowChanged.connect(lambda _: self._show_entry())
        self.name = QLineEdit()
        self.name.setObjectName("promptBookName")
        self.text = _text_edit("promptBookText")
        self.negative = _text_edit("promptBookNegative")
        self.negative.setFixedHeight(64)
        self._hint = label("", "label", wrap=True)
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("promptBookError")
        self._error.hide()
        self._text_caption = label(self.tr("Words"), "label", buddy=self.text)
        self._negative_caption = label(self.tr("Keeps out (negative prompt)"), "label", buddy=self.negative)
        for signal in (self.name.textEdited, self.text.textChanged, self.negative.textChanged):
            signal.connect(self._edited)
        self._lay_out()
        self._show_kind()
        bridge.run(lambda core: core.prompts.book(), self._take, self._failed)

    def _lay_out(self) -> None:
        add, remove = push(self.tr("New"), "promptBookAdd"), push(self.tr("Remove"), "promptBookRemove")
        add.clicked.connect(self.add)
        remove.clicked.connect(self.remove)
        self._remove = remove
        under = QHBoxLayout()
        under.setSpacing(8)
        under.addWidget(add)
        under.addWidget(remove)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.names, 1)
        left.addLayout(under)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self._hint)
        right.addSpacing(6)
        right.addWidget(label(self.tr("Name"), "label", buddy=self.name))
        right.addWidget(self.name)
        right.addSpacing(6)
        right.addWidget(self._text_caption)
        right.addWidget(self.text, 1)
        right.addSpacing(6)
        right.addWidget(self._negative_caption)
        right.addWidget(self.negative)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left, 2)
        middle.addLayout(right, 3)
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 24, 24, 16)
        inside.setSpacing(16)
        inside.addWidget(self.kind)
        inside.addLayout(middle, 1)
        inside.addWidget(self._error)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inside, 1)
        column.addWidget(rule())
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        bring = push(self.tr("Import…"), "promptBookImport")
        share = push(self.tr("Export…"), "promptBookExport")
        cancel = push(self.tr("Cancel"), "promptBookCancel")
        save = push(self.tr("Save"), "promptBookSave", "primary")
        bring.clicked.connect(self.browse_import)
        share.clicked.connect(self.browse_export)
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self.save)
        row = QHBoxLayout()
        row.setContentsMargins(24, 12, 24, 16)
        row.setSpacing(8)
        for button in (bring, share):
            row.addWidget(button)
        row.addStretch(1)
        for button in (cancel, save):
            row.addWidget(button)
        return row

    # what is shown

    def book(self) -> PromptBook:
        """As it stands in the dialog."""
        lists = {phrase.name: tuple(phrase.text.splitlines()) for phrase in self._entries[LISTS]}
        return PromptBook(tuple(self._entries[TEMPLATES]), tuple(self._entries[STYLES]), lists)

    def _take(self, book: PromptBook) -> None:
        lists = [Phrase(name, "\n".join(lines)) for name, lines in book.lists.items()]
        self._entries = {TEMPLATES: list(book.templates), STYLES: list(book.styles), LISTS: lists}
        self._show_kind()

    def _kind(self) -> str:
        return str(self.kind.value())

    def _show_kind(self) -> None:
        kind = self._kind()
        self._hint.setText({
            TEMPLATES: self.tr("Put what changes in brackets: [subject]. Tab goes from one to the next."),
            STYLES: self.tr("A style's words are added behind the prompt."),
        }.get(kind, self.tr("One thing a line. Write __name__ in a prompt, and one of them is drawn.")))
        self._text_caption.setText(self.tr("Lines") if kind == LISTS else self.tr("Words"))
        self._negative_caption.setVisible(kind == STYLES)
        self.negative.setVisible(kind == STYLES)
        self._showing = True
        self.names.clear()
        self.names.addItems([phrase.name for phrase in self._entries[kind]])
        self._showing = False
        self.names.setCurrentRow(0)
        self._show_entry()

    def _show_entry(self) -> None:
        if self._showing:
            return
        row, entries = self.names.currentRow(), self._entries[self._kind()]
        phrase = entries[row] if 0 <= row < len(entries) else None
        self._showing = True
        self.name.setText(phrase.name if phrase else "")
        self.text.setPlainText(phrase.text if phrase else "")
        self.negative.setPlainText(phrase.negative if phrase else "")
        self._showing = False
        for widget in (self.name, self.text, self.negative, self._remove):
            widget.setEnabled(phrase is not None)

    def _edited(self) -> None:
        row, entries = self.names.currentRow(), self._entries[self._kind()]
        if self._showing or not 0 <= row < len(entries):
            return
        phrase = Phrase(self.name.text(), self.text.toPlainText(), self.negative.toPlainText())
        entries[row] = phrase
        item = self.names.item(row)
        if item is not None:
            item.setText(phrase.name)
        self._tell("")

    # what can be done

    def add(self) -> None:
        """One more of the kind that is shown, ready to be named."""
        kind = self._kind()
        base = {TEMPLATES: self.tr("New template"), STYLES: self.tr("New style")}.get(kind, self.tr("new-list"))
        taken = {phrase.name for phrase in self._entries[kind]}
        joint = "-" if kind == LISTS else " "
        name = next(one for n in range(1, len(taken) + 2) if (one := base if n == 1 else f"{base}{joint}{n}") not in taken)
        self._entries[kind].append(Phrase(name, ""))
        self._show_kind()
        self.names.setCurrentRow(self.names.count() - 1)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def remove(self) -> None:
        """Out of the book, once it is saved."""
        row, entries = self.names.currentRow(), self._entries[self._kind()]
        if 0 <= row < len(entries):
            del entries[row]
            self._show_kind()
            self.names.setCurrentRow(min(row, len(entries) - 1))

    def save(self) -> None:
        """Keep all of it and close; what is wrong is said here, and nothing is lost."""
        book = self.book()
        self._bridge.run(lambda core: core.prompts.save(book), self._kept, self._failed)

    def _kept(self, book: PromptBook) -> None:
        self.saved.emit(book)
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._tell(plain_words(error))

    def _tell(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    # files

    def browse_import(self) -> None:
        """Ask for a shared book, or for a list as a text file."""
        self._ask_file(self.tr("Import"), QFileDialog.AcceptMode.AcceptOpen, self.import_file)

    def browse_export(self) -> None:
        """Ask where the book shall be written to."""
        self._ask_file(self.tr("Export"), QFileDialog.AcceptMode.AcceptSave, self.export_file)

    def _ask_file(self, verb: str, mode: QFileDialog.AcceptMode, use: object) -> None:
        dialog = QFileDialog(self, verb)
        dialog.setAcceptMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opening = mode == QFileDialog.AcceptMode.AcceptOpen
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile if opening else QFileDialog.FileMode.AnyFile)
        book, list_too = self.tr("Prompt book") + " (*.json)", self.tr("Prompt book or list") + " (*.json *.txt)"
        dialog.setNameFilters([list_too if opening else book])
        if not opening:
            dialog.setDefaultSuffix("json")
            dialog.selectFile("prompts.json")
        dialog.fileSelected.connect(use)
        self._files = dialog
        dialog.open()

    def import_file(self, path: str) -> None:
        """Add what the file holds to what stands here; Save keeps it."""
        self._tell("")  # now, and not with an answer that may come after the next one's trouble
        self._bridge.run(lambda core: core.prompts.read_shared(Path(path)), self._imported, self._failed)

    def _imported(self, found: PromptBook) -> None:
        self._take(self.book().merged(found))
        filled = {TEMPLATES: found.templates, STYLES: found.styles, LISTS: found.lists}
        self.kind.set_value(next((kind for kind, things in filled.items() if things), self._kind()))
        self._show_kind()

    def export_file(self, path: str) -> None:
        """Write what stands here, saved or not, to a file of the person's choice."""
        book = self.book()
        self._tell("")
        self._bridge.run(lambda core: core.prompts.share(book, Path(path)), failed=self._failed)


def _text_edit(name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setObjectName(name)
    edit.setTabChangesFocus(True)
    return edit
