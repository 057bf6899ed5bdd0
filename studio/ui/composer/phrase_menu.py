"""The menu of the prompt book: insert a template, add a style, name a list, or open the book."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.domain.prompt_book import Phrase, PromptBook
from studio.ui.widgets.words import shortened, tip

_MOST_SHOWN = 40
_PREVIEW = 90


def phrase_menu(
    book: PromptBook,
    parent: QWidget,
    *,
    template: Callable[[Phrase], None],
    style: Callable[[Phrase], None],
    list_name: Callable[[str], None],
    edit: Callable[[], None],
) -> QMenu:
    """The menu, not yet shown; it deletes itself when it is closed."""
    words = QCoreApplication.translate
    menu = QMenu(parent)
    menu.setObjectName("phraseMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _phrases(menu.addMenu(words("PhraseMenu", "Template")), book.templates, template)
    _phrases(menu.addMenu(words("PhraseMenu", "Style")), book.styles, style)
    lists = menu.addMenu(words("PhraseMenu", "From a list"))
    lists.setToolTipsVisible(True)
    for name in list(book.lists)[:_MOST_SHOWN]:
        action = lists.addAction(f"__{name}__")
        action.setToolTip(tip(shortened(", ".join(book.lists[name]), _PREVIEW)))
        action.triggered.connect(lambda _=False, name=name: list_name(name))
    lists.setEnabled(bool(book.lists))
    menu.addSeparator()
    menu.addAction(words("PhraseMenu", "Prompt book…")).triggered.connect(lambda _=False: edit())
    return menu


def _phrases(menu: QMenu, phrases: tuple[Phrase, ...], chosen: Callable[[Phrase], None]) -> None:
    menu.setToolTipsVisible(True)
    menu.setEnabled(bool(phrases))
    for phrase in phrases[:_MOST_SHOWN]:
        action = menu.addAction(phrase.name.replace("&", "&&"))
        action.setToolTip(tip(shortened(phrase.text, _PREVIEW)))
        action.triggered.connect(lambda _=False, phrase=phrase: chosen(phrase))
