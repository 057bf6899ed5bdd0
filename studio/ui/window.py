"""The main window. It assembles: the bar on top, the pages, and who tells whom. The work is done by the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.account import Account, Balance, Service
from studio.domain.asset import Asset
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job
from studio.ui.bridge import Bridge
from studio.ui.costs.hold_bar import HoldBar
from studio.ui.create_page import CreatePage
from studio.ui.session import FILE_NAME, Session
from studio.ui.shell.active_account import ActiveAccount
from studio.ui.shell.command_list import commands_for
from studio.ui.shell.dialog_opener import DialogOpener
from studio.ui.shell.drop_zones import Zone
from studio.ui.shell.notice_bar import NoticeBar
from studio.ui.shell.shortcuts import add_shortcuts
from studio.ui.shell.top_bar import TopBar
from studio.ui.shell.window_drops import WindowDrops
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.settings.preferences import Preferences
    from studio.ui.chains.desk import ChainsDesk
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
        self.active = ActiveAccount(bridge, theme, preferences, self)
        self.session = session or Session(bridge.paths.data / FILE_NAME, parent=self)
        self.gallery: GalleryPage | None = None
        self.history: HistoryPage | None = None
        self.chains: ChainsDesk | None = None
        self.top = TopBar(theme)
        self.notice = NoticeBar(theme)
        self.hold_bar = HoldBar(bridge)
        self.create_page = CreatePage(bridge, theme, self.session)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.create_page)
        self._drops = WindowDrops(self, bridge, theme, self.top.height, self._page_zones)
        self.zones = self._drops.zones
        self._dialogs = DialogOpener(self, bridge, theme, self.active)
        self._lay_out()
        self._connect()
        add_shortcuts(self)
        self.create_page.show_first(first)
        self.show_page(CREATE)
        self._restore_size()
        self._first_focus()
        if bridge.is_ready:
            self.active.refresh()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.notice)
        column.addWidget(self.hold_bar)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(inside)
        self.setMinimumSize(900, 560)

    def _connect(self) -> None:
        page = self.create_page
        self._bridge.problem.connect(self.notice.say)
        self.session.failed.connect(self.notice.say)
        self.hold_bar.failed.connect(self.notice.say)
        self._drops.refused.connect(self.notice.say)
        self._drops.imported.connect(self.say)
        self.active.changed.connect(self._show_account)
        self.active.balance.connect(self._show_balance)
        self.active.trouble.connect(self.top.chip.show_trouble)
        self.active.note.connect(self.say)
        self._dialogs.account_ready.connect(page.start)
        self.top.page_wanted.connect(self.show_page)
        self.top.settings_wanted.connect(self.open_settings)
        self.top.help_wanted.connect(self.open_guide)
        self.top.chip.switch_wanted.connect(self.switch_account)
        self.top.chip.add_wanted.connect(self.add_account)
        self.top.chip.manage_wanted.connect(self.open_accounts)
        self.top.chip.refresh_wanted.connect(self.active.refresh_balance)
        self.top.field.searched.connect(self.search)
        self.top.field.set_commands(commands_for(self))
        page.key_wanted.connect(self.add_account)
        page.queue.asset_wanted.connect(self.open_asset)
        page.viewer.showInGallery.connect(self.show_in_gallery)
        page.panels_changed.connect(self._show_panels)
        page.scene.said.connect(self.say)
        page.scene.failed.connect(self.notice.say)
        for button, dock in zip(self.top.panels, page.docks(), strict=True):
            button.clicked.connect(dock.setVisible)
        self._show_panels()

    # pages

    def build_pages(self) -> None:
        """Make Gallery and History, which the first screen does without."""
        if self.gallery is not None:
            return
        from studio.ui.chains.desk import ChainsDesk
        from studio.ui.gallery.page import GalleryPage
        from studio.ui.history.page import HistoryPage

        self.gallery = GalleryPage(self._bridge, self._theme, self.session)
        self.history = HistoryPage(self._bridge, self._theme)
        for page in (self.gallery, self.history):
            page.show_first(self._first)
            self.pages.addWidget(page)
        self.gallery.opened.connect(self.open_asset)
        self.gallery.useAsReference.connect(self.use_as_reference)
        self.gallery.compareRequested.connect(self.compare)
        self.gallery.makeRequested.connect(self.start)
        # a clip that plays holds its file open, and a file held open cannot be moved to the trash on Windows
        self.gallery.actions_of.trashing.connect(self.create_page.viewer.release_if_shown)
        self.history.assetOpened.connect(self.open_asset)
        self.history.showInGallery.connect(self.show_in_gallery)
        self.history.runAgain.connect(self.reuse)
        self.history.makeRequested.connect(self.start)
        self.history.say.connect(self.say)
        self.chains = ChainsDesk(self, self._bridge, self._theme)

    def show_page(self, index: int) -> None:
        if index != CREATE:
            self.build_pages()
        changed = index != self.pages.currentIndex()
        self.pages.setCurrentIndex(index)
        self.top.show_page(index)
        page = self.pages.currentWidget()
        if changed and index != CREATE and page is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_costs(self) -> None:
        """What was spent, in the history."""
        self.show_page(HISTORY)
        if self.history is not None:
            self.history.show_view("costs")

    def pause_queue(self) -> None:
        """Nothing leaves the queue any more; what was sent goes on."""
        self._bridge.run(lambda core: core.pause_queue())

    def resume_queue(self) -> None:
        """Let the queue go on."""
        self._bridge.run(lambda core: core.resume_queue())

    def search(self, words: str) -> None:
        """Show what the gallery finds for `words`."""
        self.show_page(GALLERY)
        if self.gallery is not None:
            self.gallery.search.setText(words)
            self.gallery.search.textEdited.emit(words)

    def show_in_gallery(self, asset: Asset) -> None:
        """Show an asset where it lies among the others."""
        self.show_page(GALLERY)
        if self.gallery is not None:
            self.gallery.reveal(asset)

    def open_asset(self, asset: Asset) -> None:
        """Show an asset in the viewer."""
        self.show_page(CREATE)
        self.create_page.show_asset(asset)

    def compare(self, assets: Sequence[Asset]) -> None:
        """Show two assets against each other in the viewer."""
        self.show_page(CREATE)
        self.create_page.compare(assets)

    def reuse(self, job: Job) -> None:
        """Put an earlier job's input into the composer, to be changed or sent again."""
        self.show_page(CREATE)
        self.create_page.reuse(job)

    def use_as_reference(self, asset: Asset) -> None:
        """Put an asset of the library beside the next prompt."""
        self.show_page(CREATE)
        self.create_page.use_asset(asset)

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

    # accounts and preferences

    @property
    def account(self) -> Account:
        """The account that new jobs go to."""
        return self.active.account

    @property
    def accounts(self) -> list[Account]:
        return self.active.accounts

    @property
    def preferences(self) -> Preferences:
        return self.active.preferences

    def _show_account(self, account: Account, accounts: Sequence[Account]) -> None:
        self.top.chip.show_account(account, accounts)
        self.create_page.composer.sending.go_to(account)

    def _show_balance(self, balance: Balance) -> None:
        self.top.chip.show_balance(balance)
        shown = self.create_page.composer.foot.account
        if shown is not None and shown.name == self.account.name:  # not while a waiting job of another one is edited
            self.create_page.composer.foot.set_balance(balance)

    def switch_account(self, name: str) -> None:
        """Use another account for new jobs, from now on and at the next start."""
        self.active.switch(name)

    def set_theme(self, mode: str) -> None:
        self.active.set_preferences(replace(self.preferences, theme=mode))

    # dialogs

    def open_settings(self) -> None:
        self._dialogs.settings()

    def add_account(self, service: Service = Service.CANVAS_LABS) -> None:
        self._dialogs.account(service)

    def open_accounts(self) -> None:
        """Balances, keys, limits, media hosts and webhooks of all accounts."""
        self._dialogs.accounts()

    def open_chains(self) -> None:
        """Several steps as one item: choose one, fill it in, run it."""
        self.build_pages()
        if self.chains is not None:
            self.chains.open()

    def open_scene(self) -> None:
        """The scene board, with the operation that it is for."""
        self.start()
        self.create_page.scene.open()

    def restore_settings(self) -> None:
        """Bring back the settings that made a file, which is asked for."""
        self._drops.browse_settings()

    def open_guide(self) -> None:
        self._dialogs.guide()

    # panels, size, drops, end

    @property
    def media_folder(self) -> Path:
        """Where results lie, for the person to look into."""
        return self._bridge.paths.media

    def _show_panels(self) -> None:
        for button, dock in zip(self.top.panels, self.create_page.docks(), strict=True):
            button.setChecked(not dock.isHidden())

    def _restore_size(self) -> None:
        kept = self.session.get("window")
        if not (isinstance(kept, str) and self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii")))):
            self.resize(1280, 800)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drops.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drops.drop(event)

    def drop_zones(self) -> list[Zone]:
        """What a drop would do now, and where."""
        return self._drops.all_zones()

    def _page_zones(self) -> list[Zone]:
        return self.create_page.drop_zones(self) if self.pages.currentIndex() == CREATE else []

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
