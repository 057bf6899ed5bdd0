"""The buttons in the prompt's head: earlier prompts, the prompt book, and enhance; and what wildcards become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from studio.domain.kinds import MediaKind
from studio.domain.operation import Operation
from studio.domain.prompt_book import Phrase, PromptBook, with_style
from studio.domain.wildcards import escape, has_wildcards
from studio.ui.bridge import Bridge
from studio.ui.composer.prompt_box import PromptBox
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool

if TYPE_CHECKING:
    from studio.ui.composer.enhancer import Enhancer
    from studio.ui.composer.prompt_history import PromptHistory
    from studio.ui.composer.wildcard_preview import WildcardPreview

ENHANCED_BY = {MediaKind.VIDEO: "prompt.enhance.video", MediaKind.IMAGE: "prompt.enhance.image"}
"""Which operation makes a prompt for a kind of media better."""


class PromptTools(QObject):
    """Belongs to one prompt box. `negative_wanted(words)`: a style keeps these out; `redrawn()`: other words will be sent.

    Made with the window; what its buttons open is made when they are pressed.
    """

    negative_wanted = Signal(str)
    redrawn = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, box: PromptBox, account: Callable[[], str]) -> None:
        super().__init__(box)
        self._bridge = bridge
        self._theme = theme
        self._box = box
        self._account = account
        self._count = 1
        self._enhancement: str | None = None
        self._preview: WildcardPreview | None = None
        self._enhancer: Enhancer | None = None
        self._history: PromptHistory | None = None
        self._book: PromptBook | None = None
        self.history_button = tool("clock", self.tr("Earlier prompts (Ctrl+H)"), "promptHistoryButton", theme)
        self.book_button = tool("prompt", self.tr("Templates, styles and lists"), "promptBookButton", theme)
        self.enhance_button = tool("spark", self.tr("Enhance this prompt (Ctrl+E)"), "promptEnhanceButton", theme)
        for button in (self.history_button, self.book_button, self.enhance_button):
            box.add_tool(button)
        self.history_button.clicked.connect(self.open_history)
        self.book_button.clicked.connect(self.open_menu)
        self.enhance_button.clicked.connect(self.enhance)
        self.enhance_button.setEnabled(False)
        for key, slot in (("Ctrl+H", self.open_history), ("Ctrl+E", self.enhance)):
            QShortcut(QKeySequence(key), box, slot)
        box.edit.earlier_wanted.connect(self._step)
        box.changed.connect(self._changed)

    # what will be sent

    def drawn(self) -> str:
        """The words to send: those in the box, with every wildcard drawn as the preview shows it."""
        return self._preview.drawn() if self._preview is not None else self._box.text()

    def drawing(self) -> int | None:
        """What the draws of several jobs begin with, so that they are those of the preview; None without wildcards."""
        return self._preview.drawing if self._preview is not None and self._preview.words() else None

    def set_count(self, count: int) -> None:
        """So many jobs are sent at once, each with a draw of its own."""
        self._count = count
        if self._preview is not None:
            self._preview.set_count(count)

    def lists(self) -> Mapping[str, Sequence[str]]:
        """What is known of the lists that wildcards are drawn from."""
        return self._book.lists if self._book is not None else {}

    def knows_lists(self) -> bool:
        """Whether the book was read already: it is not before a prompt has wildcards."""
        return self._book is not None

    def sent(self) -> None:
        """The words are on their way: the next ones are drawn anew."""
        if self._preview is not None and self._preview.words():
            self._preview.draw()

    def show_sent(self, words: str) -> None:
        """Words of an earlier job into the box, as they were sent; one step of undo brings back what stood there."""
        self._box.replace_text(escape(words))

    def _changed(self) -> None:
        text = self._box.text()
        if self._preview is None:
            if not has_wildcards(text):
                return
            self._make_preview()
        if self._preview is not None:
            self._preview.set_text(text)

    def _make_preview(self) -> None:
        from studio.ui.composer.wildcard_preview import WildcardPreview  # most prompts do without it

        self._preview = WildcardPreview(self._theme)
        self._preview.set_count(self._count)
        self._preview.drawn_anew.connect(self.redrawn)
        self._box.add_below(self._preview)
        if self._book is not None:
            self._preview.set_lists(self._book.lists)
        else:
            self._bridge.run(lambda core: core.prompts.book(), self._book_known)

    # earlier prompts

    def open_history(self) -> None:
        """The list of earlier prompts, under the box."""
        from studio.ui.composer.prompt_history import HistoryPopup

        popup = HistoryPopup(self._bridge, self._box)
        popup.chosen.connect(self._take_earlier)
        popup.open_below(self._box.edit, self._box.edit.width())

    def _take_earlier(self, words: str) -> None:
        self.show_sent(words)
        self._box.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _step(self, by: int) -> None:
        if self._history is None:
            from studio.ui.composer.prompt_history import PromptHistory

            self._history = PromptHistory(self._bridge, self._box)
        self._history.step(by)

    # the book

    def open_menu(self) -> None:
        """Templates, styles and lists, under their button."""
        self._bridge.run(lambda core: core.prompts.book(), self._show_menu)

    def _show_menu(self, book: PromptBook) -> None:
        from studio.ui.composer.phrase_menu import phrase_menu

        self._book_known(book)
        menu = phrase_menu(
            book, self.book_button, template=self.insert_template, style=self.add_style, list_name=self._insert_list,
            edit=self.open_book,
        )
        menu.popup(self.book_button.mapToGlobal(self.book_button.rect().bottomLeft()))

    def insert_template(self, phrase: Phrase) -> None:
        """A template in place of the words; they come back with one step of undo. Its first place is selected."""
        self._box.replace_text(phrase.text)
        self._box.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._box.edit.fill_in()

    def add_style(self, phrase: Phrase) -> None:
        """A style's words behind the prompt, and what it keeps out into the negative prompt where there is one."""
        self._box.replace_text(with_style(self._box.text(), phrase.text))
        if phrase.negative:
            self.negative_wanted.emit(phrase.negative)

    def _insert_list(self, name: str) -> None:
        self._box.edit.insertPlainText(f"__{name}__")
        self._box.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_book(self) -> None:
        """The editor of templates, styles and lists."""
        from studio.ui.dialogs.prompt_book_dialog import PromptBookDialog

        dialog = PromptBookDialog(self._bridge, self._theme, self._box.window())
        dialog.saved.connect(self._book_known)
        dialog.open()

    def _book_known(self, book: PromptBook) -> None:
        self._book = book
        if self._preview is not None:
            self._preview.set_lists(book.lists)

    # enhance

    def set_operation(self, operation: Operation, offered: Sequence[Operation]) -> None:
        """Which operation the prompt is written for, out of those that the account offers."""
        self._enhancement = ENHANCED_BY.get(operation.kind)
        if operation.id in ENHANCED_BY.values() or all(one.id != self._enhancement for one in offered):
            self._enhancement = None
        self.enhance_button.setEnabled(self._enhancement is not None)
        can, cannot = self.tr("Enhance this prompt (Ctrl+E)"), self.tr("Nothing here enhances a prompt for this")
        self.enhance_button.setToolTip(can if self._enhancement is not None else cannot)

    def enhance(self) -> None:
        """Send a job that makes the prompt better, and put what it answers in its place."""
        if self._enhancement is None or not self._box.isVisible():
            return
        if not self._box.text().strip():
            self._box.set_error(self.tr("Write a few words first: they are what is enhanced."))
            self._box.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._enhancer is None:
            from studio.ui.composer.enhancer import Enhancer

            self._enhancer = Enhancer(self._bridge, self._theme, self._box)
            self._box.add_below(self._enhancer)
        self._enhancer.start(self._enhancement, self._account(), self._box.text())
