"""The gallery page: sources left, search on top, the grid, details at the right. It assembles; the parts do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.operation import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.actions import AssetActions, is_usable_as_reference, show_in_folder
from studio.ui.gallery.asset_menu import MenuLine, make_menu
from studio.ui.gallery.details import DetailsPanel
from studio.ui.gallery.facts import use_words
from studio.ui.gallery.feed import AssetFeed
from studio.ui.gallery.grid import GridView
from studio.ui.gallery.search_field import SearchField
from studio.ui.gallery.sources import SourcesPanel
from studio.ui.gallery.undo_bar import UndoBar
from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.words import counted, label, rule

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.ui.chains.continuing import Offer

SEARCH_DELAY_MS = 120


class GalleryPage(QWidget):
    """`opened` (asset) when the person opens one, `useAsReference` (asset) to put it beside the next prompt, `makeRequested`
    when the empty gallery's button is pressed."""

    opened = Signal(object)
    useAsReference = Signal(object)  # noqa: N815  # Qt's spelling
    makeRequested = Signal()  # noqa: N815

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryPage")
        self._bridge, self._theme = bridge, theme
        self.feed = AssetFeed(bridge, self)
        self.actions_of = AssetActions(bridge, self)
        self.sources = SourcesPanel(theme, self)
        self.grid = GridView(self.feed, theme, self)
        self.details = DetailsPanel(theme, self)
        self.message = MessageView(theme, self)
        self.message.setObjectName("galleryMessage")
        self._make = push(self.tr("Make something"), "galleryMake", "primary")
        self._clear = push(self.tr("Clear the search"), "galleryClearSearch")
        self._again = push(self.tr("Try again"), "galleryTryAgain")
        self._failure = ""
        self.offer: Offer | None = None  # what can follow an asset
        self._revealing: str | None = None
        self._build()
        self.undo_bar = UndoBar(self)
        self._delay = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._count_delay = QTimer(self, singleShot=True, interval=200)
        self.setFocusProxy(self.grid)  # who comes to the page has the pictures under the arrow keys
        self._connect()

    # -- assembly ----------------

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.message)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._bar())
        middle.addWidget(rule())
        middle.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sources)
        row.addWidget(rule(vertical=True))
        row.addLayout(middle, 1)
        self._details_rule = rule(vertical=True)
        self._details_rule.hide()
        row.addWidget(self._details_rule)
        row.addWidget(self.details)

    def _bar(self) -> QWidget:
        tokens = self._theme.current
        bar = QWidget(self)
        bar.setFixedHeight(56)
        self.search = SearchField(self._theme, "gallerySearch", bar)
        self.search.setAccessibleName(self.tr("Search the gallery"))
        self.search.setPlaceholderText(self.tr("Search prompts and file names"))
        self.search.setMaximumWidth(440)
        self._count = label("", "label")
        self._count.setObjectName("galleryCount")
        self.details_button = tool("panel-right", self.tr("Show details (I)"), "galleryDetailsButton", self._theme)
        self.details_button.setCheckable(True)
        row = QHBoxLayout(bar)
        row.setContentsMargins(tokens.lg, 0, tokens.lg, 0)
        row.setSpacing(tokens.md)
        row.addWidget(self.search, 1)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self.details_button)
        return bar

    def _connect(self) -> None:
        self.search.textEdited.connect(lambda _: self._delay.start())
        self.search.textChanged.connect(lambda text: self._delay.start() if not text else None)
        self.search.returnPressed.connect(self.grid.setFocus)
        self._delay.timeout.connect(self._ask)
        self._count_delay.timeout.connect(self._ask_counts)
        self.sources.chosen.connect(lambda _: self._ask())
        self.grid.opened.connect(self.opened)
        self.grid.deleteRequested.connect(self.actions_of.trash)
        self.grid.menuRequested.connect(self._show_menu)
        self.grid.selectionChanged.connect(self._show_details)
        self.details_button.toggled.connect(self.set_details_open)
        self.details.closed.connect(lambda: self.details_button.setChecked(False))
        self.details.openRequested.connect(self.opened)
        self.details.referenceRequested.connect(self.useAsReference)
        self.details.folderRequested.connect(lambda asset: show_in_folder(asset.path))
        self.details.exportRequested.connect(lambda asset: self.actions_of.export([asset.id]))
        self.details.trashRequested.connect(lambda asset: self.actions_of.trash([asset.id]))
        self.details.copyRequested.connect(self.actions_of.copy_text)
        self.actions_of.trashed.connect(self._offer_undo)
        self.actions_of.exported.connect(self._say_exported)
        self.undo_bar.undo.connect(self.actions_of.restore)
        self._make.clicked.connect(self.makeRequested)
        self._clear.clicked.connect(self.search.clear)
        self._again.clicked.connect(self._ask)
        for signal in (self.feed.reset, self.feed.extended, self.feed.inserted, self.feed.removed):
            signal.connect(self._show_state)
        for signal in (self.feed.reset, self.feed.extended):
            signal.connect(self._go_on_revealing)
        self.feed.changed.connect(self._asset_changed)
        self.feed.failed.connect(self._show_failure)
        self._bridge.ready.connect(self._begin)
        self._bridge.assetsChanged.connect(lambda _: self._count_delay.start())
        self._bridge.storeChanged.connect(self._count_delay.start)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus,
                  context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence("I"), self.grid, self.details_button.toggle, context=Qt.ShortcutContext.WidgetShortcut)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo_bar.take_back,
                  context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if self._bridge.is_ready:
            self._begin()

    # -- filling ----------------

    def show_first(self, first: FirstScreen) -> None:
        """What the store said before the core was ready."""
        self.feed.show(first.assets)
        self.sources.show_counts(first.counts)
        self._show_state()

    @property
    def kind(self) -> MediaKind | None:
        return self.sources.kind

    def reveal(self, asset: Asset) -> None:
        """Show everything and select this one, fetching pages until it is there."""
        self.search.clear()
        self.sources.choose(None)
        self._revealing = asset.id
        self._ask()

    def _go_on_revealing(self) -> None:
        if self._revealing is None:
            return
        if self._revealing in self.feed:
            self.grid.select(self._revealing)
            self.grid.setFocus()
            self._revealing = None
        elif self.feed.complete:
            self._revealing = None
        else:
            self.feed.more()

    def _begin(self) -> None:
        self._ask()
        self._ask_counts()
        self._bridge.run(_titles, self.details.set_titles)

    def _ask(self) -> None:
        self._delay.stop()
        self._failure = ""
        self.feed.ask(self.search.text(), self.sources.kind)

    def _ask_counts(self) -> None:
        self._bridge.run(lambda core: core.asset_counts(), self._show_counts)

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.sources.show_counts(counts)
        self._show_state()

    # -- states ----------------

    def _show_state(self) -> None:
        filtered = bool(self.feed.search) or self.feed.kind is not None
        if self._failure:
            self.message.say("alert", self.tr("The gallery could not be read"), self._failure, (self._again,))
        elif self.feed.search:
            words = self.tr("No prompt and no file name has all these words. Try fewer or shorter ones.")
            self.message.say("search", self.tr("Nothing found for “{0}”").format(self.feed.search), words, (self._clear,))
        elif filtered:
            words = self.tr("What you make or import of this kind shows up here.")
            self.message.say("grid", self.tr("Nothing of this kind yet"), words, (self._make,))
        else:
            words = self.tr("Pictures, video, audio and prompts come here as soon as they are made, as files of your own.")
            self.message.say("image", self.tr("Your gallery is empty"), words, (self._make,))
        empty = not self.feed.items
        self._stack.setCurrentWidget(self.message if empty and (self.feed.complete or self._failure) else self.grid)
        self._count.setText(self._count_words())

    def _count_words(self) -> str:
        total = self.sources.count(self.feed.kind) if not self.feed.search else None
        if total is None:
            total = len(self.feed.items)
        shown = f"{total:,}" if self.feed.complete or not self.feed.search else f"{total:,}+"
        return self.tr("{0} · newest first").format(shown)

    def _show_failure(self, words: str) -> None:
        self._failure = words
        self._show_state()

    def _asset_changed(self, asset_id: str) -> None:
        current = self.grid.current()
        if current is not None and current.id == asset_id:
            self._show_details()

    # -- details ----------------

    def set_details_open(self, wanted: bool) -> None:
        """Show or hide the panel at the right; it stays as the person left it."""
        self.details_button.setChecked(wanted)
        self._details_rule.setVisible(wanted)
        self.details.set_open(wanted)
        self._show_details()

    def _show_details(self) -> None:
        if self.details.is_open:
            chosen = self.grid.selected()
            self.details.show_asset(chosen[0] if len(chosen) == 1 else self.grid.current())

    # -- menu, undo ----------------

    def _show_menu(self, position: QPoint) -> None:
        self.menu_for(self.grid.selected()).popup(position)

    def menu_for(self, assets: list[Asset]) -> QMenu:
        """The menu of a selection; what needs a single asset is off for several."""
        ids = [asset.id for asset in assets]
        first = assets[0]
        single = len(assets) == 1
        usable = single and is_usable_as_reference(first)
        menu = make_menu(self, "galleryMenu", (
            MenuLine(self.tr("Open"), lambda: self.opened.emit(first), single),
            MenuLine(use_words(first.kind), lambda: self.useAsReference.emit(first), usable),
            MenuLine(self.tr("Copy prompt"), lambda: self.actions_of.copy_text(first.prompt), single and bool(first.prompt)),
            MenuLine(self.tr("Details"), lambda: self.set_details_open(True)),
            MenuLine(self.tr("Show in folder"), lambda: show_in_folder(first.path), single, apart=True),
            MenuLine(self.tr("Export…"), lambda: self.actions_of.export(ids)),
            MenuLine(self.tr("Move to trash"), lambda: self.actions_of.trash(ids), apart=True),
        ))
        if single and self.offer is not None:
            from studio.ui.chains.continuing import add_continue_menu  # not loaded at the start

            add_continue_menu(menu, first, self.offer, at=2)
        return menu

    def _offer_undo(self, ids: list[str]) -> None:
        self.undo_bar.offer(counted(len(ids), self.tr("Moved to trash"), self.tr("{n} moved to trash")), ids)

    def _say_exported(self, paths: list[object]) -> None:
        self.undo_bar.offer(counted(len(paths), self.tr("1 file exported"), self.tr("{n} files exported")), None)


async def _titles(core: Core) -> dict[str, str]:
    return {operation.id: operation.title for operation in core.operations()}
