"""Walks through the real window and takes a picture of each state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget

from studio.domain.account import LOCAL, Account, HostKind, MediaHost, Service
from studio.domain.asset import Asset
from studio.domain.event import JobChanged
from studio.domain.job import Job
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery, JobQuery
from studio.domain.state import JobState
from studio.settings.shipped import shipped
from studio.ui.accounts.accounts_dialog import AccountsDialog
from studio.ui.composer.intake import Brought
from studio.ui.window import CREATE, GALLERY, HISTORY, MainWindow
from tests.screens.clipping import clipped
from tests.screens.content import staged_jobs

BUCKET = MediaHost(HostKind.BUCKET, "https://s3.example.org", "my-media", "eu-central-1", "studio/")
PROMPT = "A night tram crossing a rain-soaked square, neon reflections on wet stone, slow dolly forward"


class Visit:
    """All sizes and themes of one data folder."""

    keeps_notice = False

    def __init__(self, out: Path, sizes: Sequence[tuple[int, int]], themes: Sequence[str]) -> None:
        self._out = out
        self._sizes = sizes
        self._themes = themes
        self._suffix = ""
        self.failure = ""
        self.clipped: list[str] = []

    def given(self, known: object) -> None:
        """What was made for the visit, before it begins."""

    async def run(self, window: MainWindow) -> None:
        try:
            await self.until(lambda: window.create_page.composer.operation is not None, "the form came up")
            for width, height in self._sizes:
                for theme in self._themes:
                    window.resize(width, height)
                    window.set_theme(theme)
                    self._suffix = f"{theme}-{width}x{height}"
                    await self.states(window)
        except TimeoutError as error:
            self.failure = str(error)

    async def states(self, window: MainWindow) -> None:
        raise NotImplementedError

    async def keep(self, widget: QWidget, page: str, state: str, settle_s: float = 0.35) -> None:
        """Wait until what moves has arrived, then save."""
        await asyncio.sleep(settle_s)
        notice = widget.findChild(QWidget, "noticeBar")
        if notice is not None and not self.keeps_notice:
            notice.hide()  # staged jobs are in no store: what asks for them is told so
            await asyncio.sleep(0.05)
        file = self._out / f"{page}-{state}-{self._suffix}.png"
        self.clipped += [f"{file.name}: {words}" for words in clipped(widget)]
        if not widget.grab().toImage().save(str(file)):
            raise TimeoutError(f"{file} could not be written")

    async def until(self, condition: Callable[[], bool], what: str, limit_s: float = 60) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited in vain: {what}")
            await asyncio.sleep(0.02)


class Empty(Visit):
    """A fresh machine."""

    async def states(self, window: MainWindow) -> None:
        page = window.create_page
        window.show_page(CREATE)
        if page.welcome is not None:
            page.setCurrentWidget(page.welcome)
        await self.keep(window, "welcome", "first")
        window.start()
        page.composer.prompt.set_text("")
        await self.keep(window, "composer", "empty")
        await self.keep(page.queue, "queue", "empty")
        await self.keep(page.viewer, "viewer", "empty")
        page.composer.submit()
        await self.keep(window, "composer", "error")
        page.composer.prompt.set_error("")
        window.show_page(GALLERY)
        await self.keep(window, "gallery", "empty")
        window.show_page(HISTORY)
        await self.keep(window, "history", "empty")


class Content(Visit):
    """A library in use."""

    _staged: Sequence[Job] = ()

    async def states(self, window: MainWindow) -> None:
        await self._create(window)
        await self._viewer(window)
        await self._gallery(window)
        await self._history(window)
        await self._dialogs(window)
        await self._forms(window)

    async def _asset(self, window: MainWindow, kind: MediaKind) -> Asset:
        found = await window._bridge.call(lambda core: core.assets(AssetQuery(kind=kind, limit=1)))
        return found[0]

    def _stage(self, window: MainWindow) -> Sequence[Job]:
        """As if these had just changed; they are in no store, so what asks for them there is told so, and that is hidden."""
        self._staged = self._staged or staged_jobs()
        window._bridge.jobsChanged.emit([JobChanged(job, is_new=True) for job in self._staged])
        return self._staged

    async def _create(self, window: MainWindow) -> None:
        page = window.create_page
        window.start()
        page.queue.refresh()
        page.composer.prompt.set_text(PROMPT)
        page.composer.picker.choose("video.generate")
        if not page.composer.tray.values():
            page.composer.tray.take([Brought(path=shipped("samples/lighthouse.jpg"))])
            await self.until(lambda: bool(page.composer.tray.values()), "the photo was taken")
        page.show_asset(await self._asset(window, MediaKind.VIDEO))
        await self.keep(window, "composer", "filled", 1.0)
        window.zones.open_with(window.drop_zones())
        await self.keep(window, "composer", "drag")
        window.zones.hide()
        jobs = self._stage(window)
        await self.keep(window, "queue", "busy")
        for place, state in enumerate(("failed", "unknown")):
            page.queue.select(jobs[place].id)
            await asyncio.sleep(0.5)
            window.notice.hide()
            await self.keep(window, "queue", state)
        window.notice.say("The network is gone. Nothing was charged. Jobs go on by themselves when it is back.")
        page.composer.picker.choose("image.generate")
        self.keeps_notice = True
        await self.keep(window, "composer", "image")
        self.keeps_notice = False
        window.notice.hide()

    async def _viewer(self, window: MainWindow) -> None:
        page = window.create_page
        viewer = page.viewer
        page.show_asset(await self._asset(window, MediaKind.IMAGE))
        await self.keep(viewer, "viewer", "picture", 1.0)
        await self._viewer_parts(window)
        page.show_asset(await self._asset(window, MediaKind.VIDEO))
        await asyncio.sleep(0.3)
        play = viewer.findChild(QWidget, "playButton")
        if play is None:
            raise TimeoutError("the viewer has no play button")
        shown = viewer.frames_shown
        QTest.mouseClick(play, Qt.MouseButton.LeftButton)
        await self.until(lambda: viewer.frames_shown > shown + 4, "the video plays", 30)  # a busy machine leaves most out
        await self.keep(viewer, "viewer", "playing", 0)
        failed, running = (next(job for job in staged_jobs() if job.state is state)
                           for state in (JobState.FAILED, JobState.RUNNING))
        viewer.show_job(running)
        await self.keep(viewer, "viewer", "busy")
        viewer.show_job(failed)
        await self.keep(viewer, "viewer", "failed")

    async def _viewer_parts(self, window: MainWindow) -> None:
        """How a picture was made, its histogram, two against each other, a sound."""
        viewer = window.create_page.viewer
        viewer.picture.show_histogram(True)
        viewer.stage.recipe_button.setChecked(True)
        await self.keep(window, "viewer", "recipe", 1.0)
        viewer.picture.show_histogram(False)
        pair = await window._bridge.call(lambda core: core.assets(AssetQuery(kind=MediaKind.IMAGE, limit=2)))
        if len(pair) == 2:
            window.compare(pair)
            await self.keep(window, "viewer", "compare", 1.0)
            viewer.comparing.leave()
        viewer.stage.recipe_button.setChecked(False)
        window.open_asset(await self._asset(window, MediaKind.AUDIO))
        await self.keep(viewer, "viewer", "sound", 1.5)

    async def _gallery(self, window: MainWindow) -> None:
        window.show_page(GALLERY)
        gallery = window.gallery
        if gallery is None:
            raise TimeoutError("there is no gallery")
        window.search("")
        gallery.set_details_open(False)
        await self.keep(window, "gallery", "content", 1.2)
        gallery.reveal(await self._asset(window, MediaKind.VIDEO))
        gallery.set_details_open(True)
        await self.keep(window, "gallery", "details", 0.8)
        gallery.set_details_open(False)
        window.search("xylophone")
        await self.keep(window, "gallery", "nothing", 0.8)
        window.search("")

    async def _history(self, window: MainWindow) -> None:
        window.show_page(HISTORY)
        history = window.history
        if history is None:
            raise TimeoutError("there is no history")
        history.close_details()
        self._stage(window)
        await asyncio.sleep(0.5)
        window.notice.hide()
        await self.keep(window, "history", "content", 0.8)
        done = await window._bridge.call(lambda core: core.jobs(JobQuery(state=JobState.DONE, limit=1)))
        row = history.model.row_of(done[0].id)
        if row is None:
            raise TimeoutError("the job is not in the table")
        history.table.selectRow(row)
        await self.keep(window, "history", "details", 0.8)
        history.close_details()

    async def _dialogs(self, window: MainWindow) -> None:
        window.show_page(CREATE)
        window.open_settings()
        await self._dialog(window, "settingsDialog", "settings", "open")
        window.open_guide()
        await self._dialog(window, "guideDialog", "settings", "guide")
        window.add_account()
        dialog = window.findChild(QDialog, "accountDialog")
        if dialog is None:
            raise TimeoutError("the account dialog did not open")
        await self.keep(dialog, "accounts", "add")
        filled = {"accountName": "Work", "accountBaseUrl": "http://127.0.0.1:9", "accountKey": "cl_live_example"}
        for name, words in filled.items():
            field = dialog.findChild(QLineEdit, name)
            if field is None:
                raise TimeoutError(f"the account dialog has no {name}")
            field.setText(words)
        submit = getattr(dialog, "submit", None)
        if submit is not None:
            submit()
        await self.keep(dialog, "accounts", "failed", 2.5)
        dialog.close()
        await self._accounts(window)

    async def _accounts(self, window: MainWindow) -> None:
        """The page of the accounts: one that works, one that does not answer, one that is changed; and the question."""
        team = Account("Team", Service.CANNON_STUDIO, "http://127.0.0.1:9", colour="#3FA66B", media_host=BUCKET)
        await window._bridge.call(lambda core: core.add_account(team, None))
        await window._bridge.call(lambda core: core.update_account(team))
        window.active.refresh()
        await self.until(lambda: len(window.accounts) > 1, "the account is known")
        window.open_accounts()
        page = window.findChild(AccountsDialog, "accountsDialog")
        if page is None:
            raise TimeoutError("the accounts did not open")
        await self.until(lambda: page.list.count() > 1, "the accounts are listed")
        await self.keep(page, "accounts", "local", 0.8)
        page.list.setCurrentRow(1)
        await self.keep(page, "accounts", "busy", 0)
        await self.keep(page, "accounts", "noanswer", 2.5)
        if page.details is not None:
            page.details.plan.requests.setValue(30)
            page.details.show_host()
        await self.keep(page, "accounts", "changed", 0.5)
        page.ask_to_remove("Team")
        await asyncio.sleep(0.5)
        question = page.findChild(QDialog, "confirmDialog")
        if question is None:
            raise TimeoutError("nothing is asked before an account is removed")
        await self.keep(question, "accounts", "remove")
        question.reject()
        if page.details is not None:
            page.details.discard()
        page.reject()
        await window._bridge.call(lambda core: core.remove_account("Team"))
        window.active.refresh()

    async def _forms(self, window: MainWindow) -> None:
        """Forms of the whole contract, as an account of the service shows them."""
        composer = window.create_page.composer
        window.start()
        composer.prompt.set_text("")
        account = Account("Forms", Service.CANNON_STUDIO, "http://127.0.0.1:9")
        await window._bridge.call(lambda core: core.add_account(account, None))
        composer.set_account(account)
        await self.until(lambda: composer.picker.choose("music.generate"), "the service's operations are shown")
        for name in ("music.generate", "smartmotion.generate", "subtitles.generate", "lipsync.generate", "video.generate",
                     "sora2.character.video"):
            composer.picker.choose(name)
            for button in composer.findChildren(QPushButton, "moreButton"):
                button.setChecked(True)
            await self.keep(window, "composer", name.replace(".", ""), 0.2)
        composer.picker.choose("lipsync.generate")
        composer.submit()
        await self.keep(window, "composer", "needed", 0.2)
        await window._bridge.call(lambda core: core.remove_account("Forms"))
        composer.set_account(LOCAL)
        await self.until(lambda: composer.picker.choose("scene.compose"), "the engine's operations are back")
        composer.picker.choose("video.generate")

    async def _dialog(self, window: MainWindow, name: str, page: str, state: str) -> None:
        dialog = window.findChild(QDialog, name)
        if dialog is None:
            raise TimeoutError(f"{name} did not open")
        await self.keep(dialog, page, state, 0.6)
        dialog.close()
        dialog.deleteLater()
        await asyncio.sleep(0.05)


