"""References as the screens show them: filled, fetching, not taken, warned of; the crop editor, recent ones, the zones."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PIL import Image

from studio.app.core import Core
from studio.domain.job import JobRequest
from studio.settings.paths import Paths
from studio.settings.shipped import shipped
from studio.ui.composer.intake import Brought
from studio.ui.composer.reference import Reference
from studio.ui.composer.slot import Slot
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit
from tests.ui.media_core import write_clip

PROMPTS = ("A harbour at dusk", "An old mill by a river in autumn", "A market square in the rain, neon signs")


async def make_references(paths: Paths) -> None:
    """Three pictures made here, one of them from a reference."""
    core = await Core.open(paths)
    try:
        await core.start()
        photo = (await core.references.take(Path(shipped("samples/lighthouse.jpg")))).uri
        for number, prompt in enumerate(PROMPTS):
            values: dict[str, object] = {"prompt": prompt, "resolution": "1K", "seed": 11 + number}
            if number == 0:
                values["reference_image_urls"] = [photo]
            job = await core.submit(JobRequest("image.generate", "local", values))
            await core.wait(job.id, 120)
    finally:
        await core.close()


class References(Visit):
    """The composer with its tray, and what opens from it."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.start()
        composer = window.create_page.composer
        composer.picker.choose("video.generate")
        composer.prompt.set_text("The harbour at dusk, gulls over the water, slow dolly forward")
        await self._fill(window)
        await self.keep(window, "references", "filled", 0.8)
        start = self._slot(window, "Start frame")
        composer.tray.actions_of.open_crop(start)
        dialog = composer.tray.actions_of.crop_dialog
        if dialog is None:
            raise TimeoutError("the crop editor did not open")
        await self.until(dialog.apply_button.isEnabled, "the picture is shown")
        dialog.ratio.buttons()[1].click()
        await self.keep(dialog, "references", "crop")
        dialog.reject()
        menu = composer.tray.actions_of.menu_of(start)
        menu.popup(window.mapToGlobal(start.mapTo(window, start.rect().bottomLeft())))
        await self.keep(menu, "references", "menu")
        menu.close()
        composer.tray.actions_of.open_recent(None)
        recent = composer.tray.actions_of.recent_dialog
        if recent is None:
            raise TimeoutError("the recent references did not open")
        await self.until(recent.use.isEnabled, "something recent is there")
        await self.keep(recent, "references", "recent", 0.8)
        recent.reject()
        await self._zones(window)

    def _slot(self, window: MainWindow, title: str) -> Slot:
        return next(slot for slot in window.create_page.composer.tray.slots() if slot.title == title)

    async def _fill(self, window: MainWindow) -> None:
        """One of each: as it should be, warned of, converted, on its way, and not taken."""
        tray = window.create_page.composer.tray
        tray.set_places({})
        folder = self._out / "home" / "material"
        folder.mkdir(parents=True, exist_ok=True)
        with Image.open(shipped("samples/lighthouse.jpg")) as photo:
            wide = photo.convert("RGB")
            wide.resize((1920, 1080)).save(folder / "harbour.jpg")
            wide.resize((180, 180)).save(folder / "small.png")
            wide.resize((1200, 900)).save(folder / "scan.tiff")
        clip = write_clip(folder / "gulls.mp4", seconds=4.2, width=640, height=360)
        for title, path in (("Start frame", folder / "harbour.jpg"), ("End frame", folder / "small.png"),
                            ("Source clip", clip), ("Reference 1", folder / "scan.tiff")):
            tray.take([Brought(path=path)], self._slot(window, title))
        await self.until(lambda: not tray.is_busy(), "the files were taken")
        audio = self._slot(window, "Audio")
        tray.take([Brought(url="https://nowhere.invalid/song.mp3")], audio)
        await self.until(lambda: bool(audio.trouble), "the address was tried")
        coming = self._slot(window, "Reference 2")
        coming.begin(Brought(url="https://example.org/photo.jpg"))
        coming.set_progress(0.42)
        first = self._slot(window, "Start frame").reference
        if not isinstance(first, Reference) or first.media is None:
            raise TimeoutError("the start frame is not there")

    async def _zones(self, window: MainWindow) -> None:
        window._drops._made_here = [Path(shipped("samples/lighthouse.jpg"))]
        window.zones.open_with(window.drop_zones())
        window.zones._heat(window.zones.zones()[0].box.center())
        await asyncio.sleep(0.1)
        await self.keep(window, "references", "zones")
        window.zones.hide()
        window._drops._made_here = []
