"""The panel at the right of the gallery: what the selected asset is, what made it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.lineage import Lineage
from studio.domain.operation import MediaKind
from studio.ui.gallery.facts import facts_of, use_words
from studio.ui.gallery.lineage_view import LineageView
from studio.ui.images.captions import title_of
from studio.ui.images.labels import AssetLabel
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.side_panel import panel_body, panel_head
from studio.ui.widgets.words import ElidedLabel, label

WIDTH = 320


class DetailsPanel(QFrame):
    """Slides in and out by `set_open`. The buttons' wishes go out as signals; the page carries them out."""

    openRequested = Signal(object)  # noqa: N815  # Qt's spelling
    referenceRequested = Signal(object)  # noqa: N815
    folderRequested = Signal(object)  # noqa: N815
    exportRequested = Signal(object)  # noqa: N815
    trashRequested = Signal(object)  # noqa: N815
    copyRequested = Signal(str)  # noqa: N815
    stepsRequested = Signal(object)  # noqa: N815
    lineageWanted = Signal(object)  # noqa: N815
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryDetails")
        self.setAccessibleName(self.tr("Details"))
        self.setProperty("surface", "panel")
        self._theme = theme
        self._asset: Asset | None = None
        self._titles: Mapping[str, str] = {}
        self.picture = AssetLabel(theme)
        self._prompt = label("", wrap=True)
        self._prompt.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._prompt.setObjectName("detailsPrompt")
        self._facts = QFormLayout()
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts.setHorizontalSpacing(theme.current.lg)
        self._facts.setVerticalSpacing(theme.current.sm)
        self.lineage = LineageView(theme)
        self._again = push(self.tr("Run these steps again with…"), "detailsStepsAgain", "link")
        self._again.clicked.connect(lambda: self._ask(self.stepsRequested))
        self._path = ElidedLabel("", "label", Qt.TextElideMode.ElideMiddle)
        self._path.setObjectName("detailsPath")
        self._build()
        self.setFixedWidth(0)
        self.hide()
        self._slide = QPropertyAnimation(self, b"maximumWidth", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self.setFixedWidth)
        self._slide.finished.connect(self._settled)
        self._wants_open = False

    # -- contents ----------------

    def _build(self) -> None:
        body = QWidget(self)
        body.setFixedWidth(WIDTH)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head, close = panel_head(
            label(self.tr("Details"), "strong"), self.tr("Close details"), "detailsClose", self._theme
        )
        close.clicked.connect(self.closed)
        column.addWidget(head)
        scroll, rows = panel_body(self._theme)
        rows.addWidget(self.picture)
        rows.addLayout(self._buttons())
        rows.addWidget(self._prompt)
        rows.addLayout(self._facts)
        rows.addWidget(self.lineage)
        rows.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self._path)
        rows.addLayout(self._file_buttons())
        rows.addStretch(1)
        column.addWidget(scroll, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(body)

    def _buttons(self) -> QHBoxLayout:
        self._open = push(self.tr("Open"), "detailsOpen", "primary")
        self._open.clicked.connect(lambda: self._ask(self.openRequested))
        self._use = push(self.tr("Use as start frame"), "detailsUse")
        self._use.clicked.connect(lambda: self._ask(self.referenceRequested))
        row = QHBoxLayout()
        row.setSpacing(self._theme.current.sm)
        row.addWidget(self._open, 1)
        row.addWidget(self._use, 1)
        return row

    def _file_buttons(self) -> QVBoxLayout:
        self._copy = push(self.tr("Copy prompt"), "detailsCopyPrompt")
        self._copy.clicked.connect(lambda: self.copyRequested.emit(self._prompt.text()))
        folder = push(self.tr("Show in folder"), "detailsFolder")
        folder.clicked.connect(lambda: self._ask(self.folderRequested))
        export = push(self.tr("Export…"), "detailsExport")
        export.clicked.connect(lambda: self._ask(self.exportRequested))
        trash = push(self.tr("Move to trash"), "detailsTrash")
        trash.clicked.connect(lambda: self._ask(self.trashRequested))
        rows = QVBoxLayout()
        rows.setSpacing(self._theme.current.sm)
        for pair in ((self._copy, folder), (export, trash)):
            row = QHBoxLayout()
            row.setSpacing(self._theme.current.sm)
            for button in pair:
                row.addWidget(button, 1)
            rows.addLayout(row)
        return rows

    def _ask(self, signal: object) -> None:
        if self._asset is not None:
            signal.emit(self._asset)  # type: ignore[attr-defined]  # a bound signal; PySide names no type for it

    # -- what is shown ----------------

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """Titles of operations by id."""
        self._titles = titles
        self.show_asset(self._asset)

    def show_asset(self, asset: Asset | None) -> None:
        """Fill the panel; None empties it."""
        before = None if self._asset is None else self._asset.id
        self._asset = asset
        self.picture.show_asset(asset)
        while self._facts.rowCount():
            self._facts.removeRow(0)
        self._shown: list[tuple[str, str]] = [] if asset is None else facts_of(asset, self._titles)
        self._prompt.setText("" if asset is None else title_of(asset))
        self._path.setText("" if asset is None else str(asset.path))
        for button in (self._open, self._use, self._copy):
            button.setEnabled(asset is not None)
        self._again.setVisible(asset is not None and asset.job_id is not None)
        if asset is None:
            self.lineage.show_lineage(None)
            return
        if asset.id != before:
            self.lineage.show_lineage(None)
            self.lineageWanted.emit(asset)
        self._use.setEnabled(asset.kind in (MediaKind.IMAGE, MediaKind.VIDEO))
        self._use.setText(use_words(asset.kind))
        self._copy.setEnabled(bool(asset.prompt))
        for name, value in self._shown:
            self._add_fact(name, value)

    def _add_fact(self, name: str, value: str) -> None:
        right = ElidedLabel(value)
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._facts.addRow(label(name, "label"), right)

    def facts(self) -> dict[str, str]:
        """The lines shown now, by name."""
        return dict(self._shown)

    def show_lineage(self, lineage: Lineage | None) -> None:
        """Where the asset that is shown came from; the answer to `lineageWanted`."""
        if lineage is None or (self._asset is not None and lineage.root == self._asset.id):
            self.lineage.show_lineage(lineage)

    # -- in and out ----------------

    @property
    def is_open(self) -> bool:
        return self._wants_open

    def set_open(self, wanted: bool) -> None:
        """Slide in or out; at once with reduced motion."""
        if wanted == self._wants_open:
            return
        self._wants_open = wanted
        self._slide.stop()
        self.show()
        target = WIDTH if wanted else 0
        duration = self._theme.duration_ms(150)
        if duration == 0:
            self.setFixedWidth(target)
            self._settled()
            return
        self._slide.setDuration(duration)
        self._slide.setStartValue(self.width())
        self._slide.setEndValue(target)
        self._slide.start()

    def _settled(self) -> None:
        self.setVisible(self._wants_open)
