"""How what is shown was made: all of its recipe, to be copied and used again; its marks; what it came from and led to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QLabel, QPushButton, QWidget

from studio.domain.asset import Asset
from studio.domain.lineage import Lineage
from studio.ui.theme.theme import Theme
from studio.ui.viewer.asset_links import AssetLinks
from studio.ui.viewer.mark_editor import MarkEditor
from studio.ui.viewer.recipe_words import as_json, as_text, can_be_repeated, lines_of
from studio.ui.viewer.states import copy_text
from studio.ui.widgets.buttons import push
from studio.ui.widgets.side_panel import SidePanel
from studio.ui.widgets.words import ElidedLabel, label

_tr = partial(QCoreApplication.translate, "RecipePanel")  # also before there is a panel


class RecipePanel(SidePanel):
    """`againPressed` (asset, whether with a new seed), `assetChosen` (asset) by a link, `said` (words)."""

    againPressed = Signal(object, bool)  # noqa: N815  # Qt's spelling
    assetChosen = Signal(object)  # noqa: N815
    said = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "recipe", _tr("How it was made"), _tr("Close (D)"), parent)
        self._theme = theme
        self._asset: Asset | None = None
        self._titles: Mapping[str, str] = {}
        self.marks = MarkEditor(theme)
        self.prompt = label("", wrap=True)
        self.prompt.setObjectName("recipePrompt")
        self.prompt.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._facts = QFormLayout()
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._facts.setHorizontalSpacing(theme.current.md)
        self._facts.setVerticalSpacing(theme.current.sm)
        self._lines: list[tuple[QLabel, ElidedLabel]] = []
        self.parents_of = AssetLinks(self.tr("Made from"), "recipeParents", theme)
        self.children_of = AssetLinks(self.tr("Led to"), "recipeChildren", theme)
        for links in (self.parents_of, self.children_of):
            links.chosen.connect(self.assetChosen)
        self._build()

    def _build(self) -> None:
        rows = self.rows
        rows.addWidget(self.marks)
        rows.addWidget(self.prompt)
        rows.addLayout(self._buttons())
        rows.addLayout(self._facts)
        rows.addWidget(self.parents_of)
        rows.addWidget(self.children_of)
        rows.addStretch(1)

    def _buttons(self) -> QGridLayout:
        self._again = push(self.tr("Use again"), "recipeUseAgain", "primary")
        self._again.setToolTip(self.tr("Everything as it was, back in the form"))
        self._again.clicked.connect(lambda: self._ask_again(False))
        self._new_seed = push(self.tr("New seed"), "recipeNewSeed")
        self._new_seed.setToolTip(self.tr("The same but with a new seed, in the form"))
        self._new_seed.setAccessibleName(self.tr("Same but new seed"))
        self._new_seed.clicked.connect(lambda: self._ask_again(True))
        text = push(self.tr("Copy as text"), "recipeCopyText")
        text.clicked.connect(self._copy_text)
        told = push(self.tr("Copy as JSON"), "recipeCopyJson")
        told.clicked.connect(self._copy_json)
        grid = QGridLayout()
        grid.setSpacing(self._theme.current.sm)
        buttons: tuple[tuple[QPushButton, int, int], ...] = (
            (self._again, 0, 0), (self._new_seed, 0, 1), (text, 1, 0), (told, 1, 1),
        )
        for button, row, column in buttons:
            grid.addWidget(button, row, column)
            grid.setColumnStretch(column, 1)
        return grid

    # -- what is shown ----------------

    @property
    def asset(self) -> Asset | None:
        return self._asset

    def show_asset(self, asset: Asset, titles: Mapping[str, str]) -> None:
        """Fill the panel; links follow by `show_lineage`."""
        another = self._asset is None or self._asset.id != asset.id
        self._asset, self._titles = asset, titles
        self.marks.show_asset(asset)
        self.prompt.setText(asset.prompt)
        self.prompt.setVisible(bool(asset.prompt))
        self._show_lines(lines_of(asset, titles))
        known = can_be_repeated(asset)
        self._again.setEnabled(known)
        self._new_seed.setEnabled(known)
        if another:
            self.parents_of.show_assets(())
            self.children_of.show_assets(())

    def _show_lines(self, lines: list[tuple[str, str]]) -> None:
        """Rows are kept and filled anew: making and styling them takes longer than a frame."""
        for row, (name, value) in enumerate(lines):
            if row == len(self._lines):
                left, right = label("", "label"), ElidedLabel()
                right.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._lines.append((left, right))
                self._facts.addRow(left, right)
            left, right = self._lines[row]
            left.setText(name)
            right.setText(value)
            right.setAccessibleName(f"{name}: {value}")
        for row in range(len(self._lines)):
            self._facts.setRowVisible(row, row < len(lines))

    def show_lineage(self, lineage: Lineage) -> None:
        """What it came from, and what came of it."""
        self.parents_of.show_assets(lineage.parents(lineage.root))
        self.children_of.show_assets(lineage.children(lineage.root))

    def facts(self) -> dict[str, str]:
        """The lines shown now, by name."""
        return dict(lines_of(self._asset, self._titles)) if self._asset is not None else {}

    # -- buttons ----------------

    def _ask_again(self, new_seed: bool) -> None:
        if self._asset is not None:
            self.againPressed.emit(self._asset, new_seed)

    def _copy_text(self) -> None:
        if self._asset is not None:
            copy_text(as_text(self._asset, self._titles))
            self.said.emit(self.tr("Copied as text"))

    def _copy_json(self) -> None:
        if self._asset is not None:
            copy_text(as_json(self._asset))
            self.said.emit(self.tr("Copied as JSON"))
