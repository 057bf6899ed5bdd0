"""The real window with two photos on the scene board, for a test with a real pointer: `board_window FOLDER PHOTO PHOTO`.

FOLDER/studio is the data folder. FOLDER/board.json says again and again, in pixels of the screen, where the photo in front
stands (its middle, and its corner at the lower right) and how it is placed. It ends when the window is closed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPointF

from studio.settings.paths import Paths
from studio.ui.composer.intake import Brought
from studio.ui.host import run_window
from studio.ui.scene.painting import outline
from studio.ui.scene.view import SceneView
from studio.ui.window import CREATE, MainWindow

PAUSE_S = 0.05


def main(folder: Path, photos: list[Path]) -> None:
    async def visit(window: MainWindow) -> None:
        window.show_page(CREATE)
        window.start()
        await _until(lambda: window.create_page.composer.operation is not None)
        window.open_scene()
        view = window.create_page.scene.view
        assert view is not None
        window.create_page.composer.tray.take([Brought(path=photo) for photo in photos])
        state = view.state
        await _until(lambda: len(state.board.layers) == len(photos) and all(one.width for one in state.board.layers))
        for layer in state.board.layers:  # as they are: what stands out in a photo is no matter here
            state.edit(state.board.changed(layer.id, lambda one: replace(one, cut_out=False)))
        state.select(state.board.layers[0].id)
        await _until(lambda: all(view.pictures.standing(layer) == "ready" for layer in state.board.layers))
        turn = 0
        while window.isVisible():
            turn += 1
            _tell(view, turn, folder / "board.json")
            await asyncio.sleep(PAUSE_S)

    run_window(Paths.of_home(folder / "studio"), visit=visit)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # there is nothing to be woken by
        await asyncio.sleep(PAUSE_S)


def _tell(view: SceneView, turn: int, file: Path) -> None:
    """`turn` counts, so that who reads can tell that the window has had time for what came in before."""
    canvas, layer = view.canvas, view.state.board.layers[0]
    shown = canvas.view()

    def on_screen(point: QPointF) -> list[int]:
        spot = canvas.mapToGlobal(point)
        return [round(spot.x()), round(spot.y())]

    corner = max(outline(shown, layer), key=lambda point: point.x() + point.y())
    told = {"turn": turn, "window": view.window().size().toTuple(), "middle": on_screen(shown.at(layer.x, layer.y)),
            "corner": on_screen(corner), "x": layer.x, "y": layer.y, "scale": layer.scale}
    part = file.with_suffix(".part")
    part.write_text(json.dumps(told), encoding="utf-8")
    os.replace(part, file)  # never half of it


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
