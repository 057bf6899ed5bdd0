"""Accounts compared as the screens show them: choosing, on their way, two results, three, and one that was refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from studio.domain.account import LOCAL, Account, Service
from studio.domain.job import JobRequest
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.ui.composer.compare_column import CompareColumn
from studio.ui.composer.compare_dialog import CompareDialog
from studio.ui.window import CREATE, MainWindow
from tests.screens.visits import Visit

WORDS = "A harbour at dusk, fishing boats come home, gulls over the masts"
_FORM = {"prompt": WORDS, "resolution": "1K", "aspect_ratio": "16:9", "seed": 5}


async def make_accounts(paths: Paths, url: str) -> None:
    """Two accounts beside this computer: a long name, and another contract of the same engine."""
    paths.create()
    book = AccountBook(paths)
    book.add(Account("Team", Service.CANNON_STUDIO, url, colour="#3FA66B"))
    book.add(Account("Agency spring campaign", Service.CANVAS_LABS, f"{url}/v1", colour="#C9793B"))


class Comparing(Visit):
    """The dialog in its states; the jobs are real ones."""

    async def states(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.start()
        composer = window.create_page.composer
        await self.until(lambda: composer.picker.choose("image.generate"), "the form is there")
        composer.load(JobRequest("image.generate", LOCAL.name, _FORM))
        await self._compared(window, 2, "two")
        await self._compared(window, 3, "three")
        await self._refused(window)

    async def _opened(self, window: MainWindow) -> CompareDialog:
        window.create_page.composer.compare()
        await self.until(lambda: self._dialog(window) is not None, "the comparison opened")
        dialog = self._dialog(window)
        if dialog is None:
            raise TimeoutError("the comparison closed by itself")
        await self.until(lambda: len(dialog.chosen()) == 2, "the accounts are listed")
        return dialog

    @staticmethod
    def _dialog(window: MainWindow) -> CompareDialog | None:
        return next((one for one in window.findChildren(CompareDialog) if one.isVisible()), None)

    async def _compared(self, window: MainWindow, count: int, state: str) -> None:
        dialog = await self._opened(window)
        for box in dialog._boxes[:count]:
            box.setChecked(True)
        await self.keep(dialog, "compare", f"choose{state}", 0.6)
        dialog.send()
        await self.keep(dialog, "compare", f"busy{state}", 0.2)
        columns = dialog.findChildren(CompareColumn)
        await self.until(lambda: all(column.over and column._show.isEnabled() for column in columns), "the results", 120)
        await self.keep(dialog, "compare", state, 1.0)
        dialog.reject()
        await asyncio.sleep(0.2)

    async def _refused(self, window: MainWindow) -> None:
        """One of the accounts is asked for something that its service does not make."""
        dialog = await self._opened(window)
        other = dialog._entrants[1]
        wrong = replace(other.request, input={**other.request.input, "aspect_ratio": "7:3"})
        dialog._entrants[1] = other._replace(request=wrong)
        dialog.send()
        columns = dialog.findChildren(CompareColumn)
        await self.until(lambda: all(column.over for column in columns), "one result and one refusal", 120)
        await self.keep(dialog, "compare", "refused", 1.0)
        dialog.reject()
        await asyncio.sleep(0.2)
