"""The prompt's tools as the screens show them: earlier prompts, the book, wildcards, an enhancement; presets; accounts
compared."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from studio.app.core import Core
from studio.domain.job import JobRequest
from studio.settings.paths import Paths
from studio.ui.composer.composer import Composer
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit

EARLIER = (
    "A harbour at dusk, gulls over the masts, wet stones",
    "An old mill by a river in autumn, morning mist, long exposure",
    "A market square in the rain, neon signs, people with umbrellas, seen from a first-floor window",
)
WILD = "A {dawn|dusk} over __place__, {gulls|no birds}, slow dolly forward"
PLAIN = "a lighthouse on a cliff, waves"


async def make_prompts(paths: Paths) -> None:
    """A few jobs, so that there are earlier prompts."""
    core = await Core.open(paths)
    try:
        await core.start()
        for number, prompt in enumerate(EARLIER):
            values = {"prompt": prompt, "resolution": "1K", "seed": number}
            job = await core.submit(JobRequest("image.generate", "local", values))
            await core.wait(job.id, 120)
    finally:
        await core.close()


class Prompts(Visit):
    """What opens from the prompt box and from the form as a whole."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.start()
        composer = window.create_page.composer
        composer.picker.choose("image.generate")
        composer.prompt.set_text(WILD)
        await self.keep(window, "prompts", "wildcards", 0.8)
        composer.foot.batch.count.setValue(6)
        await self.keep(window, "prompts", "wildcards-six", 0.4)
        composer.foot.batch.count.setValue(1)
        await self._popups(window, composer)
        await self._enhanced(window, composer)
        composer.compare()
        await self._dialog(window, "compare")

    async def _popups(self, window: MainWindow, composer: Composer) -> None:
        tools = composer.prompt_tools
        tools.open_history()
        await self._popup("history")
        tools.open_menu()
        await self._popup("phrases")
        tools.open_book()
        await self._dialog(window, "book")
        composer.form_menu.open()
        await self._popup("presets")
        composer.form_menu.ask_name()
        await self._dialog(window, "preset-name")

    async def _popup(self, state: str) -> None:
        await self.until(lambda: self._opened() is not None, f"{state} opened")
        popup = self._opened()
        if popup is None:
            raise TimeoutError(f"{state} closed by itself")
        await self.keep(popup, "prompts", state, 0.6)
        popup.close()
        await asyncio.sleep(0.1)

    @staticmethod
    def _opened() -> QWidget | None:
        popup = QApplication.activePopupWidget()
        return popup if popup is not None and popup.isVisible() else None

    async def _dialog(self, window: MainWindow, state: str) -> None:
        def there() -> QDialog | None:
            return next((one for one in window.findChildren(QDialog) if one.isVisible()), None)

        await self.until(lambda: there() is not None, f"{state} opened")
        dialog = there()
        if dialog is None:
            raise TimeoutError(f"{state} closed by itself")
        await self.keep(dialog, "prompts", state, 0.8)
        dialog.reject()
        await asyncio.sleep(0.2)

    async def _enhanced(self, window: MainWindow, composer: Composer) -> None:
        composer.prompt.set_text(PLAIN)
        await self.until(composer.prompt_tools.enhance_button.isEnabled, "the prompt can be enhanced")
        composer.prompt_tools.enhance()
        await self.keep(window, "prompts", "enhancing", 0.1)
        await self.until(lambda: composer.prompt.text() != PLAIN, "the better prompt came")
        await self.keep(window, "prompts", "enhanced", 0.5)
