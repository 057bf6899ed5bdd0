"""The gallery page: sources left, search and filters on top, the grid, details at the right. It assembles; the parts do the
work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.bridge import Bridge
from studio.ui.gallery.actions import AssetActions, show_in_folder
from studio.ui.gallery.bringing import Bringing
from studio.ui.gallery.bulk_bar import BulkBar
from studio.ui.gallery.chosen import Chosen
from studio.ui.gallery.details import DetailsPanel
from studio.ui.gallery.filter_bar import FilterBar
from studio.ui.gallery.gallery_menus import GalleryMenus
from studio.ui.gallery.grid import GridView
from studio.ui.gallery.layout import Metrics
from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.list_head import ListHead
from studio.ui.gallery.live import LiveCells
from studio.ui.gallery.marking import Marking
from studio.ui.gallery.memory import GalleryMemory
from studio.ui.gallery.question import Question
from studio.ui.gallery.remade import RemadePreviews
from studio.ui.gallery.search_field import SearchField
from studio.ui.gallery.sources import SourcesPanel
from studio.ui.gallery.states import GalleryStates
from studio.ui.gallery.toolbar import Toolbar
from studio.ui.gallery.undo_bar import UndoBar
from studio.ui.gallery.waiting_band import WaitingBand
from studio.ui.gallery.work_bar import WorkBar
from studio.ui.session import Session
from studio.ui.theme.theme import Theme
from studio.ui.widgets.words import counted, rule

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.ui.chains.continuing import Offer


class GalleryPage(QWidget):
    """`opened` (asset) when the person opens one, `useAsReference` (asset) to put it beside the next prompt,
    `compareRequested` (two or more assets) to see them against one another, `makeRequested` when the empty gallery's button
    is pressed."""

    opened = Signal(object)
    useAsReference = Signal(object)  # noqa: N815  # Qt's spelling
    compareRequested = Signal(object)  # noqa: N815
    makeRequested = Signal()  # noqa: N815

    def __init__(self, bridge: Bridge, theme: Theme, session: Session | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryPage")
        self._bridge, self._theme = bridge, theme
        self.offer: Offer | None = None  # what can follow an asset
        self.feed = LibraryFeed(bridge, self)
        self.actions_of = AssetActions(bridge, self)
        self.marking = Marking(bridge, self)
        self.sources = SourcesPanel(theme, self)
        self.toolbar = Toolbar(theme, self)
        self.filters = FilterBar(theme, self)
        self.grid = GridView(self.feed, theme, self, metrics=self.toolbar.metrics())
        self.list_head = ListHead(self.grid, theme)
        self.details = DetailsPanel(theme, self)
        self.question = Question(bridge, self.toolbar.search, self.filters, self.sources)
        self.states = GalleryStates(self.feed, self.question, self.sources, self.toolbar, theme, self)
        self.message = self.states.message
        self.live = LiveCells(bridge, self.grid)
        RemadePreviews(bridge, self.grid)
        self.bringing = Bringing(bridge, self)
        self.work = WorkBar(self.bringing, theme)
        self.waiting = WaitingBand(bridge, theme)
        self.memory = None if session is None else GalleryMemory(session, bridge, self.grid, self.toolbar, self.question)
        self._build()
        self.bulk = BulkBar(theme, self)
        self.undo_bar = UndoBar(self, self.bulk)
        self.menus = GalleryMenus(self, bridge)
        self.chosen = Chosen(self)
        self._count_delay = QTimer(self, singleShot=True, interval=200)
        self._revealing: str | None = None
        self.setFocusProxy(self.grid)  # who comes to the page has the pictures under the arrow keys
        self._connect()
        self._add_shortcuts()
        if bridge.is_ready:
            self._begin()

    # -- assembly ----------------

    def _build(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.message)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.toolbar)
        middle.addWidget(self.filters)
        middle.addWidget(rule())
        middle.addWidget(self.waiting)
        middle.addWidget(self.work)
        middle.addWidget(self.list_head)
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

    def _connect(self) -> None:
        self.search.returnPressed.connect(self.grid.setFocus)
        self._count_delay.timeout.connect(self._ask_counts)
        self.question.asked.connect(self._show_question)
        self.toolbar.metrics_changed.connect(self._show_metrics)
        self.states.shown.connect(self._stack.setCurrentIndex)
        self.states.makeRequested.connect(self.makeRequested)
        self.feed.found.connect(self._revealed)
        self.feed.changed.connect(self._asset_changed)
        self.details_button.toggled.connect(self.set_details_open)
        self.details.closed.connect(lambda: self.details_button.setChecked(False))
        self.details.openRequested.connect(self.opened)
        self.details.referenceRequested.connect(self.useAsReference)
        self.details.folderRequested.connect(lambda asset: show_in_folder(asset.path))
        self.details.exportRequested.connect(lambda asset: self.actions_of.export([asset.id], asset))
        self.details.trashRequested.connect(lambda asset: self.actions_of.trash([asset.id]))
        self.details.copyRequested.connect(self.actions_of.copy_text)
        self.details.lineageWanted.connect(self._ask_lineage)
        self.details.lineage.walked.connect(self.walk_to)
        self.details.stepsRequested.connect(self._run_again)
        self.actions_of.trashed.connect(self._offer_undo)
        self.actions_of.exported.connect(self._say_exported)
        self.actions_of.restored.connect(lambda ids: self.grid.select(ids[0]) if ids else None)
        self.marking.said.connect(lambda words: self.undo_bar.offer(words, None))
        self.undo_bar.undo.connect(self.actions_of.restore)
        self._bridge.ready.connect(self._begin)
        self._bridge.assetsChanged.connect(lambda _: self._count_delay.start())
        self._bridge.storeChanged.connect(self._count_delay.start)

    def _add_shortcuts(self) -> None:
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus, context=inside)
        QShortcut(QKeySequence("I"), self.grid, self.details_button.toggle, context=Qt.ShortcutContext.WidgetShortcut)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo_bar.take_back, context=inside)
        QShortcut(QKeySequence("Ctrl+J"), self, lambda: self.menus.jump(), context=inside)
        QShortcut(QKeySequence("Ctrl+Shift+L"), self, self.toolbar.lines.toggle, context=inside)

    @property
    def search(self) -> SearchField:
        return self.toolbar.search

    @property
    def details_button(self) -> QToolButton:
        return self.toolbar.details

    # -- filling ----------------

    def show_first(self, first: FirstScreen) -> None:
        """What the store said before the core was ready."""
        self.feed.show(first.assets)
        self.sources.show_counts(first.counts)
        self.states.refresh()

    @property
    def kind(self) -> MediaKind | None:
        return self.feed.query.kind

    def reveal(self, asset: Asset) -> None:
        """Show everything and select this one, wherever it stands."""
        self._revealing = asset.id
        self.question.everything()
        self.feed.reveal(asset)

    def _revealed(self, asset_id: str) -> None:
        if asset_id == self._revealing:
            self._revealing = None
            self.grid.select(asset_id)
            self.grid.setFocus()

    def _begin(self) -> None:
        if self.memory is not None:
            self.memory.restore_look()
        self.question.ask()
        if self.memory is not None:
            self.memory.restore_place()
        self._ask_counts()
        self.question.refresh()
        self.waiting.refresh()
        self._bridge.run(_titles, self._show_titles)

    def _show_question(self, query: AssetQuery) -> None:
        self.states.forget_failure()
        self.feed.ask(query)

    def _show_metrics(self, metrics: Metrics) -> None:
        self.list_head.setVisible(metrics.row is not None)
        self.grid.set_metrics(metrics)

    def _show_titles(self, titles: Mapping[str, str]) -> None:
        self.details.set_titles(titles)
        self.grid.titles = titles
        self.question.set_titles(titles)

    def _ask_counts(self) -> None:
        self._bridge.run(lambda core: core.asset_counts(), self._show_counts)

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.sources.show_counts(counts)
        self.states.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.feed.set_active(False)

    # -- details ----------------

    def _asset_changed(self, asset_id: str) -> None:
        current = self.grid.current()
        if current is not None and current.id == asset_id:
            self.show_details()

    def set_details_open(self, wanted: bool) -> None:
        """Show or hide the panel at the right; it stays as the person left it."""
        self.toolbar.details.setChecked(wanted)
        self._details_rule.setVisible(wanted)
        self.details.set_open(wanted)
        self.show_details()

    def show_details(self) -> None:
        """Bring the details up to date, if they are to be seen."""
        if self.details.is_open:
            chosen = self.grid.selected()
            self.details.show_asset(chosen[0] if len(chosen) == 1 else self.grid.current())

    def _ask_lineage(self, asset: Asset) -> None:
        if self.details.is_open and self._bridge.is_ready:
            self._bridge.run(lambda core: core.gallery.lineage(asset.id, 1), self.details.show_lineage, lambda _: None)

    def walk_to(self, asset: Asset) -> None:
        """Show another asset in the details, and in the grid if it is among what is shown there."""
        self._revealing = asset.id
        self.details.show_asset(asset)
        self.feed.reveal(asset)

    def show_lineage(self, asset: Asset) -> None:
        """Show in the details what an asset was made from and what was made from it."""
        self.set_details_open(True)
        self.details.show_asset(asset)
        self.details.lineage.setFocus()

    def _run_again(self, asset: Asset) -> None:
        """Open the steps that made an asset as a chain."""
        if self.offer is not None:
            self.offer.save_steps(asset)

    # -- menu, undo ----------------

    def menu_for(self, assets: list[Asset]) -> QMenu:
        """The menu of a selection; what needs a single asset is off for several."""
        return self.menus.of_assets(assets)

    def _offer_undo(self, ids: list[str]) -> None:
        self.undo_bar.offer(counted(len(ids), self.tr("Moved to trash"), self.tr("{n} moved to trash")), ids)

    def _say_exported(self, paths: list[object]) -> None:
        self.undo_bar.offer(counted(len(paths), self.tr("1 file exported"), self.tr("{n} files exported")), None)


async def _titles(core: Core) -> dict[str, str]:
    return {operation.id: operation.title for operation in core.operations()}
