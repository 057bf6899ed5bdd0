"""What the person says of assets: star, colour, tags, collections. Asked of the core; the views hear of it by its events."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from studio.domain.asset import Asset
from studio.domain.collection import Collection
from studio.domain.query import AssetQuery
from studio.ui.bridge import Bridge
from studio.ui.widgets.words import counted


class Marking(QObject):
    """`said` (words) when something was done that is not to be seen at once."""

    said = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge

    def star(self, ids: Sequence[str], *, on: bool) -> None:
        wanted = list(ids)
        self._bridge.run(lambda core: core.gallery.set_starred(wanted, on))

    def toggle_star(self, assets: Sequence[Asset], ids: Sequence[str]) -> None:
        """On for all, unless all that are known have it."""
        self.star(ids, on=not (assets and all(asset.starred for asset in assets)))

    def colour(self, ids: Sequence[str], colour: str | None) -> None:
        """A colour for all; none of all."""
        wanted = list(ids)
        self._bridge.run(lambda core: core.gallery.set_colour(wanted, colour))

    def tag(self, ids: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> None:
        wanted, more, less = list(ids), list(add), list(remove)
        if more:
            self._bridge.run(lambda core: core.gallery.add_tags(wanted, more))
        if less:
            self._bridge.run(lambda core: core.gallery.remove_tags(wanted, less))

    def collect(self, collection: Collection, ids: Sequence[str]) -> None:
        wanted = list(ids)

        def done(_: Collection) -> None:
            self.said.emit(counted(
                len(wanted), self.tr("Added to “{0}”").replace("{0}", collection.title),
                self.tr("{n} added to “{0}”").replace("{0}", collection.title.replace("{", "{{").replace("}", "}}")),
            ))

        self._bridge.run(lambda core: core.gallery.add_to_collection(collection.id, wanted), done)

    def take_out(self, collection: Collection, ids: Sequence[str]) -> None:
        wanted = list(ids)
        self._bridge.run(lambda core: core.gallery.remove_from_collection(collection.id, wanted))

    def create(self, title: str, query: AssetQuery | None, ids: Sequence[str] = ()) -> None:
        """A collection; with assets, they are put there."""
        wanted = list(ids)

        def made(collection: Collection) -> None:
            if wanted and query is None:
                self.collect(collection, wanted)

        self._bridge.run(lambda core: core.gallery.create_collection(title, query), made)

    def rename(self, collection: Collection, title: str) -> None:
        self._bridge.run(lambda core: core.gallery.change_collection(collection.id, title=title))

    def search_anew(self, collection: Collection, query: AssetQuery) -> None:
        """Another question for a saved search."""
        self._bridge.run(lambda core: core.gallery.change_collection(collection.id, query=query))

    def remove(self, collection: Collection) -> None:
        """The collection; its assets stay."""
        self._bridge.run(lambda core: core.gallery.remove_collection(collection.id))
