"""The panel at the right of the viewer: how what is shown was made, or what differs between two. Made when first opened."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout

from studio.domain.asset import Asset
from studio.ui.bridge import Bridge, in_words
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.job import Job, JobRequest
    from studio.domain.lineage import Lineage
    from studio.ui.viewer.difference_panel import DifferencePanel
    from studio.ui.viewer.recipe_panel import RecipePanel

log = logging.getLogger(__name__)

NEW_SEED = 2**31


class Side(QObject):
    """`reuse` (JobRequest) and `openAsset` (asset) by the panel's buttons and links, `said` (words), `closed`."""

    reuse = Signal(object)
    openAsset = Signal(object)  # noqa: N815  # Qt's spelling
    said = Signal(str)
    closed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, row: QHBoxLayout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._theme, self._row = bridge, theme, row
        self._open = False
        self._asset: Asset | None = None
        self._pair: tuple[Asset, Asset] | None = None
        self._titles: Mapping[str, str] = {}
        self._titles_asked = False
        self.recipe: RecipePanel | None = None
        self.difference: DifferencePanel | None = None

    @property
    def is_open(self) -> bool:
        return self._open

    def set_open(self, wanted: bool) -> None:
        self._open = wanted
        if wanted and not self._titles_asked:
            self._titles_asked = True
            self._bridge.run(_titles, self._take_titles)
        self._refresh(None)

    def show(self, asset: Asset | None, pair: tuple[Asset, Asset] | None) -> None:
        """Follow what the viewer shows."""
        if asset is self._asset and pair is self._pair:
            return
        before, self._asset, self._pair = self._asset, asset, pair
        if self._open:
            self._refresh(before)

    def _refresh(self, before: Asset | None) -> None:
        if self._open and self._pair is not None:
            self._difference_panel().show_assets(*self._pair, self._titles)
        elif self._open and self._asset is not None:
            self._recipe_panel().show_asset(self._asset, self._titles)
            if before is None or before.id != self._asset.id:
                self._ask_lineage(self._asset.id)
        if self.difference is not None:
            self.difference.setVisible(self._open and self._pair is not None)
        if self.recipe is not None:
            self.recipe.setVisible(self._open and self._pair is None and self._asset is not None)

    def _take_titles(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._refresh(self._asset)

    def _difference_panel(self) -> DifferencePanel:
        if self.difference is None:
            from studio.ui.viewer.difference_panel import DifferencePanel

            self.difference = DifferencePanel(self._theme)
            self.difference.closed.connect(self.closed)
            self._row.addWidget(self.difference)
        return self.difference

    def _recipe_panel(self) -> RecipePanel:
        if self.recipe is None:
            from studio.ui.viewer.recipe_panel import RecipePanel

            panel = RecipePanel(self._theme)
            panel.closed.connect(self.closed)
            panel.assetChosen.connect(self.openAsset)
            panel.said.connect(self.said)
            panel.againPressed.connect(self._use_again)
            panel.marks.starChosen.connect(self._set_star)
            panel.marks.colourChosen.connect(self._set_colour)
            panel.marks.tagAdded.connect(self._add_tag)
            panel.marks.tagRemoved.connect(self._remove_tag)
            self._row.addWidget(panel)
            self.recipe = panel
        return self.recipe

    # -- what the core is asked ----------------

    def _ask_lineage(self, asset_id: str) -> None:
        def ask(core: Core) -> Awaitable[Lineage]:
            return core.gallery.lineage(asset_id, depth=1, limit=50)

        self._bridge.run(ask, self._show_lineage, self._no_lineage)

    def _show_lineage(self, lineage: Lineage) -> None:
        if self.recipe is not None and self._asset is not None and lineage.root == self._asset.id:
            self.recipe.show_lineage(lineage)

    def _no_lineage(self, error: BaseException) -> None:
        log.info("where it came from is not known: %s", error)  # the panel shows no links then

    def _use_again(self, asset: Asset, new_seed: bool) -> None:
        self._bridge.run(partial(_request_of, asset, new_seed), self.reuse.emit, self._say_error)

    def _set_star(self, on: bool) -> None:
        asset_id = self._asset.id if self._asset is not None else ""
        self._bridge.run(lambda core: core.gallery.set_starred([asset_id], on), None, self._say_error)

    def _set_colour(self, colour: str | None) -> None:
        asset_id = self._asset.id if self._asset is not None else ""
        self._bridge.run(lambda core: core.gallery.set_colour([asset_id], colour), None, self._say_error)

    def _add_tag(self, tag: str) -> None:
        asset_id = self._asset.id if self._asset is not None else ""
        self._bridge.run(lambda core: core.gallery.add_tags([asset_id], [tag]), None, self._say_error)

    def _remove_tag(self, tag: str) -> None:
        asset_id = self._asset.id if self._asset is not None else ""
        self._bridge.run(lambda core: core.gallery.remove_tags([asset_id], [tag]), None, self._say_error)

    def _say_error(self, error: BaseException) -> None:
        self.said.emit(in_words(error))
        self._refresh(self._asset)  # the panel shows again what holds


async def _titles(core: Core) -> dict[str, str]:
    return {operation.id: operation.title for operation in core.operations()}


async def _request_of(asset: Asset, new_seed: bool, core: Core) -> JobRequest:
    """What made it, as its job was sent; of an asset without a job, as its recipe says. Raises InputError for neither."""
    import random
    from dataclasses import replace

    from studio.domain.errors import InputError, StudioError
    from studio.domain.job import JobRequest

    job: Job | None = None
    if asset.job_id is not None:
        try:
            job = await core.job(asset.job_id)
        except StudioError:
            job = None  # it was brought in with its recipe, or its job is gone from the history
    if job is not None:
        request = replace(job.request, chain_run=None)
    elif asset.recipe is not None:
        request = JobRequest(asset.recipe.operation, core.default_account(), dict(asset.recipe.input))
    else:
        raise InputError("Nothing is known of how it was made.", advice="Its prompt can still be used.")
    if new_seed:
        return replace(request, input={**request.input, "seed": random.randrange(NEW_SEED)})
    if "seed" not in request.input and asset.recipe is not None and asset.recipe.seed is not None:
        return replace(request, input={**request.input, "seed": asset.recipe.seed})  # the same again means the same seed
    return request
