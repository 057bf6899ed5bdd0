"""What the gallery is asked for: words, filters and the chosen source together, kept in step with one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.collection import Collection, Facets, TagCount
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.bridge import Bridge
from studio.ui.gallery.filter_bar import FilterBar
from studio.ui.gallery.filters import Known
from studio.ui.gallery.search_field import SearchField
from studio.ui.gallery.sources import SourcesPanel

if TYPE_CHECKING:
    from studio.app.core import Core

SEARCH_DELAY_MS = 120


class _Values(NamedTuple):
    """What the menus and the sources offer."""

    facets: Facets
    tags: list[TagCount]
    collections: list[Collection]


class Question(QObject):
    """`asked` (query) when something else is to be shown. `tags` are those in use; `saved` is the saved search that was
    chosen, also while it is being changed."""

    asked = Signal(object)

    def __init__(self, bridge: Bridge, search: SearchField, bar: FilterBar, sources: SourcesPanel) -> None:
        super().__init__(bar)
        self._bridge, self._search, self._bar, self._sources = bridge, search, bar, sources
        self.saved: Collection | None = None
        self.tags: Sequence[TagCount] = ()
        self._titles: Mapping[str, str] = {}
        self._facets = Facets()
        self._delay = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._delay.timeout.connect(self.ask)
        self._values_delay = QTimer(self, singleShot=True, interval=400)
        self._values_delay.timeout.connect(self._ask_values)
        search.textEdited.connect(lambda _: self._delay.start())
        search.textChanged.connect(self._text_changed)
        bar.changed.connect(lambda _: self.ask())
        sources.chosen.connect(self._kind_chosen)
        sources.starredChosen.connect(self._starred_chosen)
        sources.collectionChosen.connect(self.choose)
        bridge.collectionsChanged.connect(self._values_delay.start)
        bridge.assetsChanged.connect(self._values_soon)

    # -- the question ----------------

    def query(self) -> AssetQuery:
        return replace(self._bar.query, search=self._search.text().strip() or None)

    def ask(self) -> None:
        """Tell what is to be shown now."""
        self._delay.stop()
        query = self.query()
        self._mark_source(query)
        self.asked.emit(query)

    def set(self, query: AssetQuery) -> None:
        """Show this question in the controls; nothing is asked."""
        self._search.blockSignals(True)  # Qt's own
        self._search.setText(query.search or "")
        self._search.blockSignals(False)
        self._search.show_button()
        self._bar.set_query(replace(query, search=None))
        self._bar.set_searching(bool(query.search))
        self._mark_source(query)

    def everything(self) -> None:
        """Ask for all there is."""
        self.saved = None
        self.set(AssetQuery())
        self.ask()

    def choose(self, collection: Collection) -> None:
        """Show a collection; of a saved search, what it finds now."""
        self.saved = collection if collection.is_smart else None
        self.set(collection.query or AssetQuery(collection=collection.id))
        self.ask()

    def _text_changed(self, text: str) -> None:
        self._bar.set_searching(bool(text.strip()))
        if not text:
            self._delay.start()

    def _kind_chosen(self, kind: MediaKind | None) -> None:
        """Another kind of the same; out of a collection or of what is starred, everything of that kind."""
        before = self._bar.query
        self.saved = None
        self._bar.set_query(replace(before, kind=kind, collection=None, starred=None if before.starred else before.starred))
        self.ask()

    def _starred_chosen(self) -> None:
        self.saved = None
        self._bar.set_query(replace(self._bar.query, kind=None, collection=None, starred=True))
        self.ask()

    def _mark_source(self, query: AssetQuery) -> None:
        if self.saved is not None and self.saved.id in {one.id for one in self._sources.collections}:
            self._sources.choose(None, collection=self.saved.id)
        else:
            self._sources.choose(query.kind, starred=bool(query.starred), collection=query.collection)

    def is_saved_as_it_is(self) -> bool:
        """Whether the saved search that was chosen asks just this."""
        return self.saved is not None and self.saved.query == self.query()

    # -- what can be chosen ----------------

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Titles of operations by id."""
        self._titles = titles
        self._bar.set_known(Known(self._facets, self.tags, titles))

    def refresh(self) -> None:
        """Ask for the collections, and for the values that the filters offer."""
        self._ask_values()

    def _values_soon(self) -> None:
        if not self._values_delay.isActive():
            self._values_delay.start(2000)

    def _ask_values(self) -> None:
        async def answer(core: Core) -> _Values:
            gallery = core.gallery
            return _Values(await gallery.facets(), await gallery.tags(), await gallery.collections())

        self._bridge.run(answer, self._take_values)

    def _take_values(self, values: _Values) -> None:
        self._facets, self.tags = values.facets, values.tags
        self._bar.set_known(Known(values.facets, values.tags, self._titles))
        if values.collections != self._sources.collections:
            self._sources.show_collections(values.collections)
            if self.saved is not None:
                self.saved = next((one for one in values.collections if one.id == self.saved.id), None)
            self._mark_source(self.query())
