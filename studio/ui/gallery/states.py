"""What the gallery says when there is nothing to show, and how many there are when there is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.ui.gallery.library_feed import LibraryFeed
from studio.ui.gallery.matching import is_plain
from studio.ui.gallery.question import Question
from studio.ui.gallery.sources import SourcesPanel
from studio.ui.gallery.toolbar import Toolbar
from studio.ui.images.message import MessageView
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push

GRID, MESSAGE = 0, 1


class GalleryStates(QObject):
    """`shown` (GRID or MESSAGE) says which of the two is to be seen. `makeRequested` by the empty gallery's button."""

    shown = Signal(int)
    makeRequested = Signal()  # noqa: N815  # Qt's spelling

    def __init__(
        self, feed: LibraryFeed, question: Question, sources: SourcesPanel, toolbar: Toolbar, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._feed, self._question, self._sources, self._toolbar = feed, question, sources, toolbar
        self.message = MessageView(theme, parent)
        self.message.setObjectName("galleryMessage")
        self._make = push(self.tr("Make something"), "galleryMake", "primary")
        self._clear = push(self.tr("Clear the search"), "galleryClearSearch")
        self._widen = push(self.tr("Clear all filters"), "galleryClearFilters")
        self._again = push(self.tr("Try again"), "galleryTryAgain")
        self._failure = ""
        self._make.clicked.connect(self.makeRequested)
        self._clear.clicked.connect(toolbar.search.clear)
        self._widen.clicked.connect(question.everything)
        self._again.clicked.connect(question.ask)
        for signal in (feed.reset, feed.relaid):
            signal.connect(self.refresh)
        feed.failed.connect(self._fail)

    def forget_failure(self) -> None:
        self._failure = ""

    def _fail(self, words: str) -> None:
        self._failure = words
        self.refresh()

    def refresh(self) -> None:
        feed = self._feed
        empty = not len(feed) and (feed.exact or bool(self._failure))
        if empty or self._failure:
            self._fill()
        self.shown.emit(MESSAGE if empty else GRID)
        self._toolbar.count.setText(self._count_words())

    def _fill(self) -> None:
        say, query = self.message.say, self._feed.query
        if self._failure:
            say("alert", self.tr("The gallery could not be read"), self._failure, (self._again,))
        elif query.search:
            words = self.tr("Nothing has all these words: in its prompt, name, tags, label, model or settings. Try fewer or "
                            "shorter ones.")
            say("search", self.tr("Nothing found for “{0}”").format(query.search), words, (self._clear,))
        elif query.collection is not None and is_plain_but_collection(query.collection, self._feed):
            words = self.tr("Drag assets from the gallery onto its name, or use “Add to collection” in their menu.")
            self._widen.setText(self.tr("Show everything"))
            say("collection", self.tr("This collection is empty"), words, (self._widen,))
        elif not is_plain(query):
            words = self.tr("No asset passes all of these filters. Take one off, or clear them all.")
            self._widen.setText(self.tr("Clear all filters"))
            say("filter", self.tr("Nothing passes these filters"), words, (self._widen,))
        elif query.kind is not None:
            words = self.tr("What you make or import of this kind shows up here.")
            say("grid", self.tr("Nothing of this kind yet"), words, (self._make,))
        else:
            words = self.tr("Pictures, video, audio and prompts come here as soon as they are made, as files of your own.")
            say("image", self.tr("Your gallery is empty"), words, (self._make,))

    def _count_words(self) -> str:
        feed = self._feed
        total, more = len(feed), ""
        if not feed.exact:
            known = self._sources.count(feed.query.kind) if is_plain(feed.query) else None
            total, more = (total, "+") if known is None else (known, "")
        return self.tr("{0} · newest first").format(f"{total:,}{more}")


def is_plain_but_collection(collection: str, feed: LibraryFeed) -> bool:
    """Whether a collection as a whole is asked for."""
    from dataclasses import replace

    return feed.query.collection == collection and is_plain(replace(feed.query, collection=None))
