"""Chains as the screens show them: the list with its forms, the editor, a run under way, one that failed, and the menu."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QPoint

from studio.app.core import Core
from studio.domain.chain import Chain, Step
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.settings.paths import Paths
from studio.settings.shipped import shipped
from studio.ui.chains.dialog import ChainsDialog
from studio.ui.window import CREATE, GALLERY, MainWindow
from tests.screens.visits import Visit

OWN = Chain("", "Tram at night, in three steps", (
    Step("picture", "image.generate", {"prompt": {"$ask": {"name": "prompt", "label": "What is seen"}}, "resolution": "2K",
                                       "aspect_ratio": "16:9"}),
    Step("noir", "style.transfer", {"image_url": {"$from": "picture"}, "style": "noir"}),
    Step("clip", "smartmotion.generate", {"file_url": {"$from": "noir"}, "motion": "zoom_in", "duration": 5}),
), "A picture, drawn again as film noir, then a slow dolly forward.")
NO_FACE = Chain("", "Speaking harbour", (
    Step("voice", "narration.generate", {"text": "Once there was a lighthouse at the end of the world."}),
    Step("clip", "smartmotion.generate", {"file_url": "", "duration": 1}),
    Step("lips", "lipsync.generate", {"video_url": {"$from": "clip"}, "audio_url": {"$from": "voice"}}),
    Step("subtitles", "subtitles.generate", {"video_url": {"$from": "lips"}}),
))


async def make_chains(paths: Paths) -> None:
    """A chain of the person's own, a run that is done, and one that failed because there is no face in its picture."""
    core = await Core.open(paths)
    try:
        await core.start()
        await core.chains.save(OWN)
        photo = shipped("samples/lighthouse.jpg")
        uri = await core.attach(Path(photo))
        own = await core.chains.get(OWN.title)
        small = own.changed(steps=(own.steps[0], *(Step(s.name, s.operation, {**s.input, **_SMALL[s.operation]})
                                                   for s in own.steps[1:])))
        done = await core.chains.start(small, "local", {"prompt": "A night tram crossing a rain-soaked square, neon"})
        await core.chains.wait(done.id, 180)
        voice, clip, *rest = NO_FACE.steps
        failing = NO_FACE.changed(steps=(voice, Step(clip.name, clip.operation, {**clip.input, "file_url": uri}), *rest))
        failed = await core.chains.start(failing, "local", {})
        await core.chains.wait(failed.id, 120)
    finally:
        await core.close()


_SMALL: dict[str, dict[str, object]] = {"style.transfer": {"resolution": "720p"}, "smartmotion.generate": {"duration": 1}}


class Chains(Visit):
    """The dialog, the queue with runs on top, and what can follow a picture."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.build_pages()
        desk = window.chains
        if desk is None:
            raise TimeoutError("there are no chains")
        await self.until(lambda: bool(desk.strip.cards()), "the run that failed is shown")
        page = window.create_page
        clips = await window._bridge.call(lambda core: core.assets(AssetQuery(kind=MediaKind.VIDEO, limit=1)))
        page.show_asset(clips[0])
        page.queue.select("")
        await self.keep(window, "queue", "chainfailed", 1.0)
        await self._run(window)
        page.show_asset(clips[0])
        await asyncio.sleep(0.3)
        menu = page.viewer.open_menu(page.viewer.mapToGlobal(QPoint(40, 40)))
        if menu is None:
            raise TimeoutError("the viewer has no menu")
        inner = next(one for one in menu.children() if one.objectName() == "continueMenu")
        inner.popup(page.viewer.mapToGlobal(QPoint(240, 40)))  # type: ignore[attr-defined]  # a QMenu
        await self.keep(inner, "viewer", "continue")  # type: ignore[arg-type]  # a QMenu
        inner.close()  # type: ignore[attr-defined]
        menu.close()
        window.open_chains()
        dialog = window.findChild(ChainsDialog)
        if dialog is None:
            raise TimeoutError("the chains did not open")
        await self._dialog(dialog)
        dialog.close()
        window.show_page(GALLERY)

    async def _run(self, window: MainWindow) -> None:
        chain = await window._bridge.call(lambda core: core.chains.get(OWN.title))
        run = await window._bridge.call(lambda core: core.chains.start(chain, "local", {"prompt": "A tram in the rain"}))
        strip = window.chains.strip if window.chains is not None else None
        if strip is None:
            raise TimeoutError("there is no strip")
        await self.until(lambda: any(card.run.id == run.id and card.run.current == 1 for card in strip.cards()), "a step on")
        await self.keep(window, "queue", "chain", 0.6)
        await window._bridge.call(lambda core: core.chains.cancel(run.id))
        await self.until(lambda: all(card.run.id != run.id for card in strip.cards()), "the run is gone")

    async def _dialog(self, dialog: ChainsDialog) -> None:
        await self.until(lambda: dialog.list.count() > 3, "the chains are listed")
        dialog.list.setCurrentRow(0)
        await self.keep(dialog, "chains", "form", 0.8)
        dialog.page.run()
        await self.keep(dialog, "chains", "needed", 0.4)
        dialog.list.setCurrentRow(1)
        await self.keep(dialog, "chains", "second", 0.8)
        dialog.list.setCurrentRow(3)
        await self.keep(dialog, "chains", "own", 0.8)
        dialog.edit(dialog.page.chain)
        await asyncio.sleep(0.5)
        dialog.editor.list.setCurrentRow(1)
        await self.keep(dialog, "chains", "editor", 0.5)
        dialog.editor.move_step(-1)
        dialog.editor.save()
        await self.keep(dialog, "chains", "wrong", 0.6)
        dialog.editor.left.emit()
