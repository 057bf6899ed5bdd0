"""The gallery's menus and small boxes: of assets, colours, tags, collections, dates and the library as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from studio.domain.asset import COLOURS, Asset
from studio.domain.collection import Collection
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge
from studio.ui.gallery.actions import is_usable_as_reference, open_outside, show_in_folder
from studio.ui.gallery.asset_menu import MenuLine, make_menu
from studio.ui.gallery.facts import use_words
from studio.ui.gallery.label_colours import SHOWN, colour_words

if TYPE_CHECKING:
    from studio.ui.gallery.date_jump import DateJump
    from studio.ui.gallery.name_popover import NamePopover
    from studio.ui.gallery.page import GalleryPage
    from studio.ui.gallery.tag_popover import TagPopover


class GalleryMenus(QObject):
    """Opens them for `page`, and has done what is chosen in them."""

    def __init__(self, page: GalleryPage, bridge: Bridge) -> None:
        super().__init__(page)
        self._page, self._bridge = page, bridge
        bulk, sources = page.bulk, page.sources
        bulk.colourWanted.connect(lambda button: self.colours().popup(_over(button)))
        bulk.tagsWanted.connect(self.tags)
        bulk.collectWanted.connect(lambda button: self.collect().popup(_over(button)))
        page.grid.tagsRequested.connect(self.tags)
        page.toolbar.jump_wanted.connect(self.jump)
        page.toolbar.menu_wanted.connect(lambda: self.library().popup(_under(page.toolbar.menu)))
        page.filters.save_wanted.connect(self.save_search)
        sources.createRequested.connect(lambda: self.name_collection(page.sources.add))
        sources.menuRequested.connect(lambda collection, at: self.of_collection(collection).popup(at))
        sources.dropped.connect(lambda collection, ids: page.marking.collect(collection, ids))

    # -- of assets ----------------

    def of_assets(self, assets: Sequence[Asset]) -> QMenu:
        """What can be done with a selection; what needs a single asset is off for several."""
        page, act = self._page, self._page.actions_of
        ids, first, single = page.grid.selected_ids() or [asset.id for asset in assets], assets[0], len(assets) == 1
        usable = single and is_usable_as_reference(first)
        pictures = [asset for asset in assets if asset.kind is MediaKind.IMAGE]
        menu = make_menu(page, "galleryMenu", (
            MenuLine(self.tr("Open"), lambda: page.opened.emit(first), single),
            MenuLine(use_words(first.kind), lambda: page.useAsReference.emit(first), usable),
            MenuLine(self.tr("Compare"), lambda: page.compareRequested.emit(pictures), 2 <= len(pictures) == len(ids)),
            MenuLine(self.tr("Copy prompt"), lambda: act.copy_text(first.prompt), single and bool(first.prompt)),
            MenuLine(self.tr("Copy"), lambda: act.copy_files(assets)),
            MenuLine(self.tr("Details"), lambda: page.set_details_open(True)),
            MenuLine(self.tr("Where it came from"), lambda: page.show_lineage(first), single),
            MenuLine(self.tr("Unstar") if all(asset.starred for asset in assets) else self.tr("Star"),
                     lambda: page.marking.toggle_star(assets, ids), apart=True),
            MenuLine(self.tr("Tags…"), lambda: self.tags()),
            MenuLine(self.tr("Show in folder"), lambda: show_in_folder(first.path), single, apart=True),
            MenuLine(self.tr("Export…"), lambda: act.export(ids, first)),
            MenuLine(self.tr("Move to trash"), lambda: act.trash(ids), apart=True),
        ))
        tags = next(action for action in menu.actions() if action.text() == self.tr("Tags…"))
        menu.insertMenu(tags, self.colours(menu))
        menu.insertMenu(tags, self.collect(menu))
        if single and page.offer is not None:
            from studio.ui.chains.continuing import add_continue_menu  # not loaded at the start

            add_continue_menu(menu, first, page.offer, at=2)
        return menu

    def colours(self, parent: QWidget | None = None) -> QMenu:
        """The colours to label what is selected with."""
        menu = QMenu(self.tr("Colour"), parent or self._page)
        menu.setObjectName("colourMenu")
        ids = self._page.chosen.ids()
        given = {asset.colour for asset in self._page.grid.selected()}
        for number, colour in enumerate((*COLOURS, None), start=1):
            key = number if colour else 0
            action = menu.addAction(_swatch(colour), f"{colour_words(colour)}\t{key}")
            action.setCheckable(True)
            action.setChecked(given == {colour})
            action.triggered.connect(lambda _=False, colour=colour: self._page.marking.colour(ids, colour))
        return menu

    def tags(self, anchor: QWidget | None = None) -> TagPopover | None:
        """Give and take tags of what is selected."""
        from studio.ui.gallery.tag_popover import TagPopover  # not loaded at the start

        page = self._page
        ids = page.chosen.ids()
        if not ids:
            return None
        popover = TagPopover(page, page.chosen.assets(), len(ids), page.question.tags)
        popover.tagged.connect(lambda add, remove: page.marking.tag(ids, add, remove))
        popover.open_at(anchor or page.grid, None if anchor is not None else _at_current(page))
        return popover

    # -- collections ----------------

    def collect(self, parent: QWidget | None = None) -> QMenu:
        """The collections that take what is selected."""
        page = self._page
        ids = page.chosen.ids()
        menu = QMenu(self.tr("Add to collection"), parent or page)
        menu.setObjectName("collectMenu")
        for one in page.sources.collections:
            if not one.is_smart:
                menu.addAction(one.title.replace("&", "&&")).triggered.connect(partial(self._collect, one, ids))
        menu.addSeparator()
        menu.addAction(self.tr("New collection…")).triggered.connect(lambda: self.name_collection(page.sources.add, ids))
        shown = page.sources.collection
        if shown is not None and not shown.is_smart:
            words = self.tr("Take out of “{0}”").format(shown.title).replace("&", "&&")
            menu.addAction(words).triggered.connect(lambda: page.marking.take_out(shown, ids))
        return menu

    def _collect(self, collection: Collection, ids: list[str]) -> None:
        self._page.marking.collect(collection, ids)

    def name_collection(self, anchor: QWidget, ids: Sequence[str] = ()) -> NamePopover:
        """Ask for the name of a new collection; `ids` are put there."""
        from studio.ui.gallery.name_popover import NamePopover

        popover = NamePopover(self._page, self.tr("New collection"), self.tr("Create"))
        popover.named.connect(lambda title: self._page.marking.create(title, None, ids))
        popover.open_at(anchor)
        return popover

    def save_search(self) -> NamePopover | None:
        """Keep what is asked for now; where a saved search was chosen and changed, that one takes it."""
        from studio.ui.gallery.name_popover import NamePopover

        page = self._page
        query = page.question.query()
        popover = NamePopover(page, self.tr("Save this search"), self.tr("Save"), query.search or "")
        popover.named.connect(lambda title: page.marking.create(title, query))
        popover.open_at(page.filters.save)
        return popover

    def of_collection(self, collection: Collection) -> QMenu:
        """What can be done with a collection."""
        page = self._page
        query = page.question.query()
        changed = page.question.saved is not None and page.question.saved.id == collection.id and query != collection.query
        return make_menu(page, "collectionMenu", (
            MenuLine(self.tr("Rename…"), lambda: self._rename(collection)),
            MenuLine(self.tr("Save the present search as this"),
                     lambda: page.marking.search_anew(collection, query), changed),
            MenuLine(self.tr("Remove the collection"), lambda: page.marking.remove(collection), apart=True),
        ))

    def _rename(self, collection: Collection) -> None:
        from studio.ui.gallery.name_popover import NamePopover

        popover = NamePopover(self._page, self.tr("Rename"), self.tr("Rename"), collection.title)
        popover.named.connect(lambda title: self._page.marking.rename(collection, title))
        popover.open_at(self._page.sources.row_of(collection.id) or self._page.sources)

    # -- the whole ----------------

    def jump(self) -> DateJump | None:
        """Months and years to jump to."""
        from studio.ui.gallery.date_jump import DateJump  # not loaded at the start

        page = self._page
        if not page.feed.list.days:
            return None
        top = page.grid.first_in_sight()
        popover = DateJump(page, page.feed.list.days, None if top is None else top.created_at.astimezone().date())
        popover.chosen.connect(page.grid.jump_to)
        popover.open_at(page.toolbar.jump)
        return popover

    def library(self) -> QMenu:
        """What can be done with the library as a whole."""
        page = self._page
        return make_menu(page, "galleryToolsMenu", (
            MenuLine(self.tr("Import files…"), lambda: page.bringing.choose_files()),
            MenuLine(self.tr("Import a folder…"), lambda: page.bringing.choose_folder()),
            MenuLine(self.tr("Rescan"), lambda: page.bringing.rescan(), apart=True),
            MenuLine(self.tr("Open the media folder"), lambda: open_outside(self._media())),
        ))

    def _media(self) -> Path:
        return self._bridge.paths.media


def _over(button: QWidget) -> QPoint:
    return button.mapToGlobal(QPoint(0, -8))


def _under(button: QWidget) -> QPoint:
    return button.mapToGlobal(QPoint(0, button.height() + 4))


def _at_current(page: GalleryPage) -> QPoint:
    """Beside the cell that the keyboard stands on."""
    at = page.grid.current_index()
    box = page.grid.viewport().rect() if at is None else page.grid.cell_rect(at)
    return page.grid.viewport().mapToGlobal(box.center())


def _swatch(colour: str | None) -> QIcon:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QPainter

    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    if colour:
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(SHOWN[colour]))
        painter.drawEllipse(2, 2, 12, 12)
        painter.end()
    return QIcon(picture)
