"""The left side of the gallery: which assets to show, each with its number; under them the collections."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.domain.collection import Collection
from studio.domain.operation import MediaKind
from studio.ui.gallery.source_row import DropRow, SourceRow
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label, tip

WIDTH = 224


class SourcesPanel(QFrame):
    """`chosen` (MediaKind or None for all), `starredChosen`, `collectionChosen` (Collection) when the person picks another
    source. `createRequested`; `menuRequested` (Collection, global position); `dropped` (Collection, asset ids)."""

    chosen = Signal(object)
    starredChosen = Signal()  # noqa: N815  # Qt's spelling
    collectionChosen = Signal(object)  # noqa: N815
    createRequested = Signal()  # noqa: N815
    menuRequested = Signal(object, object)  # noqa: N815
    dropped = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallerySources")
        self.setAccessibleName(self.tr("Sources"))
        self.setProperty("surface", "panel")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._rows: dict[MediaKind | None, SourceRow] = {}
        self._collection_rows: dict[str, DropRow] = {}
        self.collections: list[Collection] = []
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(12, 16, 12, 16)
        self._column.setSpacing(theme.current.xs)
        self._add_kinds()
        self._column.addSpacing(theme.current.md)
        self._column.addWidget(self._head())
        self._hint = label(self.tr("Drag assets here once you have one."), "small", wrap=True)
        self._hint.setContentsMargins(12, 0, 12, 0)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._rows[None].setChecked(True)
        theme.changed.connect(self._repaint)

    def _add_kinds(self) -> None:
        names: tuple[tuple[MediaKind | None, str, str, str], ...] = (
            (None, "grid", self.tr("All"), "sourceAll"),
            (MediaKind.IMAGE, "image", self.tr("Pictures"), "sourcePictures"),
            (MediaKind.VIDEO, "video", self.tr("Video"), "sourceVideo"),
            (MediaKind.AUDIO, "audio", self.tr("Audio"), "sourceAudio"),
            (MediaKind.PROMPT, "prompt", self.tr("Prompts"), "sourcePrompts"),
        )
        for kind, icon, name, object_name in names:
            row = self._row(SourceRow(icon, name, self._theme, self), object_name)
            row.clicked.connect(lambda _=False, kind=kind: self.chosen.emit(kind))
            self._rows[kind] = row
        self.starred = self._row(SourceRow("star", self.tr("Starred"), self._theme, self), "sourceStarred")
        self.starred.clicked.connect(lambda _=False: self.starredChosen.emit())

    def _row(self, row: SourceRow, object_name: str) -> SourceRow:
        row.setObjectName(object_name)
        self._group.addButton(row)
        self._column.addWidget(row)
        return row

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 0, 0)
        row.addWidget(label(self.tr("Collections"), "label"), 1)
        self.add = tool("plus", self.tr("New collection"), "collectionAdd", self._theme)
        self.add.clicked.connect(self.createRequested)
        row.addWidget(self.add)
        return head

    # -- numbers and names ----------------

    def show_counts(self, counts: dict[str, int]) -> None:
        """Numbers by kind, and `all`; `starred` where it is known."""
        for kind, row in self._rows.items():
            row.set_count(counts.get("all" if kind is None else kind.value, 0))
        self.starred.set_count(counts.get("starred"))

    def count(self, kind: MediaKind | None) -> int | None:
        return self._rows[kind].count

    def show_collections(self, collections: Sequence[Collection]) -> None:
        """All of them, in their order."""
        checked = self.collection
        for row in self._collection_rows.values():
            self._group.removeButton(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.collections = list(collections)
        self._collection_rows = {}
        first = self._column.indexOf(self._hint)
        for place, one in enumerate(collections):
            row = DropRow("search" if one.is_smart else "collection", one.title, self._theme, self)
            row.setObjectName("collectionRow")
            row.set_count(one.count)
            row.setToolTip(tip(one.title))
            row.takes_drops(not one.is_smart)
            row.clicked.connect(partial(self.collectionChosen.emit, one))
            row.dropped.connect(partial(self.dropped.emit, one))
            row.menu_wanted.connect(partial(self.menuRequested.emit, one))
            self._group.addButton(row)
            self._column.insertWidget(first + place, row)
            self._collection_rows[one.id] = row
        self._hint.setVisible(not collections)
        if checked is not None and checked.id in self._collection_rows:
            self._collection_rows[checked.id].setChecked(True)
        elif checked is not None:
            self._rows[None].setChecked(True)

    # -- what is chosen ----------------

    def choose(self, kind: MediaKind | None, *, starred: bool = False, collection: str | None = None) -> None:
        """Mark a source; nothing is emitted."""
        row: SourceRow | None = self._collection_rows.get(collection) if collection else None
        if row is None:
            row = self.starred if starred and kind is None else self._rows[kind]
        row.setChecked(True)

    @property
    def kind(self) -> MediaKind | None:
        """The kind that is chosen; None is everything."""
        return next((kind for kind, row in self._rows.items() if row.isChecked()), None)

    @property
    def collection(self) -> Collection | None:
        """The collection that is chosen."""
        chosen = next((name for name, row in self._collection_rows.items() if row.isChecked()), None)
        return next((one for one in self.collections if one.id == chosen), None)

    def row_of(self, collection_id: str) -> DropRow | None:
        return self._collection_rows.get(collection_id)

    def _repaint(self) -> None:
        for row in (*self._rows.values(), self.starred, *self._collection_rows.values()):
            row.update()
