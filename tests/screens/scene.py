"""The scene board as the screens show it: empty, filled with two photos, and with what came of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

from PIL import Image
from skimage import data as skimage_data

from studio.app.core import Core
from studio.settings.paths import Paths
from studio.ui.composer.intake import Brought
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit

data: Any = skimage_data
WORDS = "two friends in a summer meadow, late afternoon"


async def make_scene(paths: Paths, folder: Path) -> tuple[Path, Path]:
    """Two photos in `folder`, cut out already, so that no screen waits for it."""
    core = await Core.open(paths)
    try:
        portrait, cat = folder / "astronaut.png", folder / "cat.png"
        await asyncio.to_thread(Image.fromarray(data.astronaut()).save, portrait)
        await asyncio.to_thread(Image.fromarray(data.cat()).save, cat)
        for photo in (portrait, cat):
            await core.scenes.cut_out(await core.attach(photo))
    finally:
        await core.close()
    return portrait, cat


class Scene(Visit):
    """The board in its states. `photos` are what is put on it."""

    photos: tuple[Path, ...] = ()

    def given(self, known: object) -> None:
        self.photos = cast("tuple[Path, ...]", known)

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.open_scene()
        page = window.create_page
        view = page.scene.view
        if view is None:
            raise TimeoutError("the board did not open")
        page.composer.tray.set_values({})
        page.composer.tray.changed.emit()
        page.composer.set_value("scene", "")
        view.show_result(False)
        await self.keep(window, "scene", "empty", 0.6)
        page.composer.tray.take([Brought(path=photo) for photo in self.photos])
        await self.until(lambda: len(view.state.board.layers) == len(self.photos), "the photos lie on the board")
        await self.until(view.pictures.is_idle, "the photos are cut out")
        page.composer.set_value("scene", "park")
        view.state.select(view.state.board.layers[0].id)
        await self.keep(window, "scene", "filled", 0.6)
        page.composer.set_value("scene", WORDS)
        if not view.says_placement.isChecked():
            view.says_placement.click()
        view.canvas.brush.set_on(True)
        await self.keep(window, "scene", "refine", 0.6)
        view.canvas.brush.set_on(False)
        page.composer.set_value("scene", "park")
        page.composer.set_value("resolution", "720p")
        page.composer.submit()
        await self.until(lambda: view.shows_result and view.compare.has_result, "the scene was composed", 120)
        await self.keep(window, "scene", "result", 0.8)
        view.show_result(False)
        window.zones.open_with(window.drop_zones())
        window.zones._heat(view.mapTo(window, view.rect().center()))
        await self.keep(window, "scene", "drag")
        window.zones.hide()
