"""The line of filters under the gallery's search: chips that say what is shown, each with a menu; clear and save."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from studio.domain.query import AssetQuery
from studio.ui.gallery.filters import (
    RANGES,
    Choice,
    Filter,
    Known,
    choices,
    is_set,
    title_of_filter,
    with_choice,
    without,
    words_of,
)
from studio.ui.gallery.flow import FlowLayout
from studio.ui.gallery.range_popover import RangePopover
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import restyle, tip

ALWAYS = (Filter.KIND, Filter.DATE, Filter.OPERATION, Filter.ACCOUNT, Filter.STAR, Filter.TAG)
"""Shown as chips of their own; the others only while they are set."""
_MOST_LETTERS = 32


class FilterChip(QPushButton):
    """Says its filter and what it is set to. Delete takes it off; `cleared` then."""

    cleared = Signal()

    def __init__(self, which: Filter) -> None:
        super().__init__(title_of_filter(which))
        self.which = which
        self.setObjectName(f"filter_{which.value}")
        self.setProperty("kind", "chip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_words(self, words: str) -> None:
        title = title_of_filter(self.which)
        short = words if len(words) <= _MOST_LETTERS else f"{words[: _MOST_LETTERS - 1]}…"
        self.setText((f"{title}: {short}" if words else title).replace("&", "&&"))
        self.setToolTip(tip(words) if short != words else "")
        self.setAccessibleName(f"{title}: {words}" if words else self.tr("{0}: any").format(title))
        restyle(self, "set", bool(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Holds the question, but for its words. `changed` (query) when the person narrows or widens it; `save_wanted` to keep
    it as a saved search."""

    changed = Signal(object)
    save_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryFilters")
        self.query = AssetQuery()
        self._known = Known()
        self._searching = False
        self._flow = FlowLayout(self, gap=theme.current.xs)
        self._flow.setContentsMargins(theme.current.lg, 0, theme.current.lg, theme.current.sm)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.chips: dict[Filter, FilterChip] = {}
        for which in Filter:
            chip = FilterChip(which)
            chip.clicked.connect(partial(self.open_menu, which))
            chip.cleared.connect(partial(self._clear, which))
            self.chips[which] = chip
            self._flow.addWidget(chip)
        self.more = push(self.tr("More"), "filterMore")
        self.more.setProperty("kind", "chip")
        self.more.clicked.connect(self._open_more)
        self.clear = push(self.tr("Clear all"), "filterClear", "ghost")
        self.clear.clicked.connect(self.clear_all)
        self.save = push(self.tr("Save search…"), "filterSave", "ghost")
        self.save.clicked.connect(self.save_wanted)
        for button in (self.more, self.clear, self.save):
            self._flow.addWidget(button)
        self._show()

    # -- what holds ----------------

    def set_query(self, query: AssetQuery) -> None:
        """Show another question; nothing is emitted."""
        self.query = query
        self._show()

    def set_known(self, known: Known) -> None:
        """The values that occur, for the menus."""
        self._known = known
        self._show()

    def set_searching(self, on: bool) -> None:
        """Whether there are words to search for, which can be saved as well."""
        self._searching = on
        self._show()

    def is_narrowed(self) -> bool:
        """Whether any filter but the kind is set."""
        return any(is_set(self.query, which) for which in Filter if which is not Filter.KIND)

    def clear_all(self) -> None:
        """Take all filters off."""
        self._take(without(self.query))

    def _clear(self, which: Filter) -> None:
        self._take(without(self.query, which))

    def _take(self, query: AssetQuery) -> None:
        if query != self.query:
            self.query = query
            self._show()
            self.changed.emit(query)

    def _show(self) -> None:
        for which, chip in self.chips.items():
            words = words_of(self.query, which, self._known)
            chip.show_words(words)
            chip.setVisible(bool(words) or which in ALWAYS)
        self.more.setVisible(any(chip.isHidden() for chip in self.chips.values()))
        self.clear.setVisible(self.is_narrowed())
        self.save.setVisible(self.is_narrowed() or self._searching)
        self._flow.invalidate()
        self.updateGeometry()

    # -- menus ----------------

    def open_menu(self, which: Filter) -> QMenu:
        """The menu of a filter, under its chip."""
        menu = QMenu(self)
        menu.setObjectName("filterMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill(menu, which)
        chip = self.chips[which]
        anchor = chip if chip.isVisible() else self.more
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))
        return menu

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("filterMoreMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for which, chip in self.chips.items():
            if chip.isHidden():
                self.fill(menu.addMenu(title_of_filter(which)), which)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def fill(self, menu: QMenu, which: Filter) -> None:
        """Put the choices of a filter into a menu."""
        offered = choices(which, self._known)
        anything = menu.addAction(self.tr("Any"))
        anything.setCheckable(True)
        anything.setChecked(not is_set(self.query, which))
        anything.triggered.connect(lambda: self._clear(which))
        menu.addSeparator()
        for choice in offered:
            action = menu.addAction(choice.words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(self._holds(which, choice))
            action.triggered.connect(partial(self._choose, which, choice))
        if not offered and which not in RANGES:
            menu.addAction(self.tr("Nothing to choose from yet")).setEnabled(False)
        if which in RANGES:
            menu.addSeparator()
            menu.addAction(self.tr("Between…")).triggered.connect(lambda: self.open_range(which))

    def _holds(self, which: Filter, choice: Choice) -> bool:
        if which is Filter.TAG:
            return str(choice.words) in self.query.tags
        return is_set(self.query, which) and with_choice(self.query, which, choice.values) == self.query

    def _choose(self, which: Filter, choice: Choice) -> None:
        if which is Filter.TAG:
            tags = set(self.query.tags) ^ {choice.words}
            self._take(with_choice(self.query, which, {"tags": tuple(sorted(tags, key=str.casefold))}))
        else:
            self._take(with_choice(self.query, which, choice.values))

    def open_range(self, which: Filter) -> RangePopover:
        """Ask for two values."""
        popover = RangePopover(self, which, self.query)
        popover.chosen.connect(lambda values: self._take(with_choice(self.query, which, values)))
        chip = self.chips[which]
        popover.open_at(chip if chip.isVisible() else self.more)
        return popover
