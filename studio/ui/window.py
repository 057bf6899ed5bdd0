"""The main window. It assembles: the bar on top, the pages, and who tells whom. The work is done by the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QMimeData, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.account import LOCAL, Account, Balance, Service
from studio.domain.asset import Asset
from studio.domain.event import BalanceChanged, EngineChanged, JobChanged
from studio.domain.job import Job
from studio.domain.query import FirstScreen
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer import intake
from studio.ui.create_page import CreatePage
from studio.ui.session import FILE_NAME, Session
from studio.ui.shell.command_list import commands_for
from studio.ui.shell.drop_zones import DropZones, Zone
from studio.ui.shell.notice_bar import NoticeBar
from studio.ui.shell.top_bar import TopBar
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.settings.preferences import Preferences
    from studio.ui.dialogs.settings_dialog import SettingsDialog
    from studio.ui.gallery.page import GalleryPage
    from studio.ui.history.page import HistoryPage

CREATE, GALLERY, HISTORY = 0, 1, 2


class MainWindow(QMainWindow):
    """`first_painted` once, when the first content is on the screen; `close_wanted` when a held window is closed."""

    first_painted = Signal()
    close_wanted = Signal()

    def __init__(
        self,
        bridge: Bridge,
        theme: Theme,
        first: FirstScreen,
        preferences: Preferences,
        session: Session | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Studio")
        self.setAcceptDrops(True)
        self.hold_close = False
        self._bridge = bridge
        self._theme = theme
        self._first = first
        self._painted = False
        self.preferences = preferences
        self.session = session or Session(bridge.paths.data / FILE_NAME, parent=self)
        self.account: Account = LOCAL
        self.accounts: list[Account] = [LOCAL]
        self.gallery: GalleryPage | None = None
        self.history: HistoryPage | None = None
        self.top = TopBar(theme)
        self.notice = NoticeBar(theme)
        self.create_page = CreatePage(bridge, theme, self.session)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.create_page)
        self.zones = DropZones(self, theme)
        self._lay_out()
        self._connect()
        self._shortcuts()
        self.create_page.show_first(first)
        self.show_page(CREATE)
        self._restore_size()
        self._first_focus()
        if bridge.is_ready:
            self._core_ready()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.notice)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(inside)
        self.setMinimumSize(900, 560)

    def _connect(self) -> None:
        bridge, page = self._bridge, self.create_page
        bridge.ready.connect(self._core_ready)
        bridge.problem.connect(self.notice.say)
        bridge.balanceChanged.connect(self._balance_changed)
        bridge.engineChanged.connect(self._engine_changed)
        bridge.jobsChanged.connect(self._jobs_changed)
        self.session.failed.connect(self.notice.say)
        self.top.page_wanted.connect(self.show_page)
        self.top.settings_wanted.connect(self.open_settings)
        self.top.help_wanted.connect(self.open_guide)
        self.top.chip.switch_wanted.connect(self.switch_account)
        self.top.chip.add_wanted.connect(self.add_account)
        self.top.field.searched.connect(self.search)
        self.top.field.set_commands(commands_for(self))
        page.key_wanted.connect(self.add_account)
        page.queue.asset_wanted.connect(self.open_asset)
        page.composer.submitted.connect(self._submitted)
        page.viewer.useAsReference.connect(self.use_as_reference)
        page.viewer.usePrompt.connect(self.use_prompt)
        page.panels_changed.connect(self._show_panels)
        for button, dock in zip(self.top.panels, page.docks(), strict=True):
            button.clicked.connect(dock.setVisible)
        self._show_panels()

    def _shortcuts(self) -> None:
        keys: Sequence[tuple[str | QKeySequence.StandardKey, object]] = (
            ("Ctrl+1", partial(self.show_page, CREATE)),
            ("Ctrl+2", partial(self.show_page, GALLERY)),
            ("Ctrl+3", partial(self.show_page, HISTORY)),
            ("Ctrl+K", self._focus_field),
            ("Ctrl+,", self.open_settings),
            ("F1", self.open_guide),
            ("Ctrl+L", self.start),
        )
        for key, slot in keys:
            QShortcut(QKeySequence(key), self, slot)  # type: ignore[call-overload]  # the stubs want a narrower callable

    # pages

    def build_pages(self) -> None:
        """Make Gallery and History, which the first screen does without."""
        if self.gallery is not None:
            return
        from studio.ui.gallery.page import GalleryPage
        from studio.ui.history.page import HistoryPage

        self.gallery = GalleryPage(self._bridge, self._theme)
        self.history = HistoryPage(self._bridge, self._theme)
        for page in (self.gallery, self.history):
            page.show_first(self._first)
            self.pages.addWidget(page)
        self.gallery.opened.connect(self.open_asset)
        self.gallery.useAsReference.connect(self.use_as_reference)
        self.gallery.makeRequested.connect(self.start)
        self.history.assetOpened.connect(self.open_asset)
        self.history.runAgain.connect(self.reuse)

    def show_page(self, index: int) -> None:
        if index != CREATE:
            self.build_pages()
        self.pages.setCurrentIndex(index)
        self.top.show_page(index)

    def search(self, words: str) -> None:
        """Show what the gallery finds for `words`."""
        self.show_page(GALLERY)
        if self.gallery is not None:
            self.gallery.search.setText(words)
            self.gallery.search.textEdited.emit(words)

    def open_asset(self, asset: Asset) -> None:
        """Show an asset in the viewer."""
        self.show_page(CREATE)
        self.create_page.show_asset(asset)

    def reuse(self, job: Job) -> None:
        """Put an earlier job's input into the composer, to be changed or sent again."""
        self.start()
        self.create_page.composer.load(job.request)

    def use_prompt(self, words: str) -> None:
        self.start()
        self.create_page.composer.prompt.replace_text(words)

    def use_as_reference(self, asset: Asset) -> None:
        """Put an asset of the library beside the next prompt."""
        self.start()
        self.create_page.composer.tray.take([intake.Brought(path=asset.path)])

    def start(self) -> None:
        """The composer, ready to be typed into."""
        self.show_page(CREATE)
        self.create_page.start()

    def say(self, words: str) -> None:
        """Something worth knowing, at the top of the page."""
        self.notice.say(words, "info")

    def _first_focus(self) -> None:
        """Into the prompt; nowhere on the welcome, so that no ring stands on a page's button."""
        if self.create_page.is_welcoming():
            self.pages.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self.pages.setFocus()
        else:
            self.create_page.composer.prompt.edit.setFocus()

    def _focus_field(self) -> None:
        self.top.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top.field.selectAll()

    # accounts and preferences

    def _core_ready(self) -> None:
        async def ask(core: Core) -> tuple[list[Account], str, Preferences]:
            return core.accounts(), core.default_account(), core.preferences

        self._bridge.run(ask, self._accounts_known)

    def _accounts_known(self, answer: tuple[list[Account], str, Preferences]) -> None:
        self.accounts, name, self.preferences = answer
        self._show_account(next((account for account in self.accounts if account.name == name), LOCAL))

    def _show_account(self, account: Account) -> None:
        self.account = account
        self.top.chip.show_account(account, self.accounts)
        self.create_page.composer.set_account(account)
        if account.service is not Service.LOCAL:
            self._ask_balance()

    def _ask_balance(self) -> None:
        name = self.account.name
        known, unknown = partial(self._balance_known, name), partial(self._no_balance, name)
        self._bridge.run(lambda core: core.balance(name), known, unknown)

    def _balance_known(self, name: str, balance: Balance) -> None:
        if name == self.account.name:
            self.top.chip.show_balance(balance)
            self.create_page.composer.foot.set_balance(balance)

    def _no_balance(self, name: str, error: BaseException) -> None:
        if name == self.account.name:
            self.top.chip.show_trouble(in_words(error))

    def _balance_changed(self, event: BalanceChanged) -> None:
        self._balance_known(event.account, event.balance)

    def _engine_changed(self, event: EngineChanged) -> None:
        if self.account.service is Service.LOCAL and not event.running and event.note:
            self.say(event.note)

    def _jobs_changed(self, changes: Sequence[JobChanged]) -> None:
        paid = any(c.job.is_terminal and c.job.request.account == self.account.name for c in changes)
        if paid and self.account.service is not Service.LOCAL:
            self._ask_balance()

    def switch_account(self, name: str) -> None:
        """Use another account for new jobs, from now on and at the next start."""
        account = next((one for one in self.accounts if one.name == name), None)
        if account is not None and account != self.account:
            self._show_account(account)
            self.set_preferences(replace(self.preferences, default_account=name))

    def set_preferences(self, preferences: Preferences) -> None:
        """Apply and keep."""
        before, self.preferences = self.preferences, preferences
        self._theme.reduced_motion = preferences.reduced_motion
        self._theme.set_mode(preferences.theme)
        if preferences.default_account != before.default_account and preferences.default_account != self.account.name:
            self._show_account(next((a for a in self.accounts if a.name == preferences.default_account), LOCAL))
        self._bridge.run(lambda core: core.set_preferences(preferences))

    def set_theme(self, mode: str) -> None:
        self.set_preferences(replace(self.preferences, theme=mode))

    # dialogs

    def open_settings(self) -> None:
        from studio.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._bridge, self._theme, self.preferences, self)
        dialog.changed.connect(self.set_preferences)
        dialog.add_wanted.connect(self.add_account)
        dialog.accounts_changed.connect(self._core_ready)
        dialog.open()

    def add_account(self, service: Service = Service.CANVAS_LABS) -> None:
        from studio.ui.dialogs.account_dialog import AccountDialog

        dialog = AccountDialog(self._bridge, self._theme, service, self._settings() or self)
        dialog.added.connect(self._account_added)
        dialog.open()

    def _settings(self) -> SettingsDialog | None:
        """The settings, while they are open."""
        dialog = self.findChild(QDialog, "settingsDialog")
        return cast("SettingsDialog", dialog) if dialog is not None and dialog.isVisible() else None

    def open_guide(self) -> None:
        from studio.ui.dialogs.guide_dialog import GuideDialog

        GuideDialog(self._bridge, self._theme, self).open()

    def _account_added(self, account: Account, balance: Balance | None) -> None:
        self.accounts = [*(one for one in self.accounts if one.name != account.name), account]
        settings = self._settings()
        if settings is not None:
            settings.refresh_accounts()
        if balance is not None:
            self.switch_account(account.name)
            self._balance_known(account.name, balance)
            self.create_page.start()
        else:
            self.top.chip.show_account(self.account, self.accounts)

    # panels, size, drops, end

    @property
    def media_folder(self) -> Path:
        """Where results lie, for the person to look into."""
        return self._bridge.paths.media

    def _show_panels(self) -> None:
        for button, dock in zip(self.top.panels, self.create_page.docks(), strict=True):
            button.setChecked(not dock.isHidden())

    def _submitted(self, job: Job) -> None:
        viewer = self.create_page.viewer
        if viewer.asset is None:
            viewer.show_job(job)

    def _restore_size(self) -> None:
        kept = self.session.get("window")
        if not (isinstance(kept, str) and self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii")))):
            self.resize(1280, 800)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if intake.may_hold_media(event.mimeData()):
            self.zones.open_with(self._drop_zones())
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        # also sent when the drag goes over to the zones, which lie on this window
        QTimer.singleShot(50, self.zones.close_if_left)

    def dropEvent(self, event: QDropEvent) -> None:
        # a drop so quick that the zones never saw the mouse
        self.zones.take(event.mimeData(), event.position().toPoint())
        event.acceptProposedAction()

    def _drop_zones(self) -> list[Zone]:
        bar = self.top.height()
        page = QRect(0, bar, self.width(), self.height() - bar)
        zones: list[Zone] = []
        if self.pages.currentIndex() == CREATE:
            zones = self.create_page.drop_zones(self)
        if zones:
            left = max((zone.box.right() for zone in zones), default=0) + 1
            page.setLeft(left if left < self.width() - 120 else 0)
        return [*zones, Zone(self.tr("Add to gallery"), page, self._import)]

    def _import(self, mime: QMimeData) -> None:
        files = [thing.path for thing in intake.read(mime) if thing.path is not None]
        if not files:
            self.notice.say(self.tr("Only files can be added to the gallery. Save the picture first, or drop it on a slot."))
            return

        async def bring(core: Core) -> int:
            for path in files:
                await core.import_file(path)
            return len(files)

        self._bridge.run(bring, self._imported)

    def _imported(self, count: int) -> None:
        self.say(self.tr("{n} added to the gallery.").format(n=count))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # after this round of painting: the children are painted in it too
            QTimer.singleShot(0, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.first_painted.emit()
        QTimer.singleShot(0, self.build_pages)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.create_page.keep_layout()
        self.session.keep("window", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        if self.hold_close:
            event.ignore()
            self.hide()
            self.close_wanted.emit()
            return
        super().closeEvent(event)


