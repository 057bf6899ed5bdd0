"""Chains in the main window: the runs on top of the queue, what can follow an asset in its menus, and the dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from studio.domain.asset import Asset
from studio.domain.chain import Chain
from studio.domain.chain_run import ChainRun
from studio.domain.follow_ups import FollowUp
from studio.ui.bridge import Bridge, in_words
from studio.ui.chains.continuing import Continuing, Offer
from studio.ui.chains.strip import RunsStrip
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push

if TYPE_CHECKING:
    from studio.ui.chains.dialog import ChainsDialog
    from studio.ui.chains.page import Drafts
    from studio.ui.create_page import CreatePage
    from studio.ui.window import MainWindow


class ChainsDesk(QObject):
    """Made once the window is painted."""

    def __init__(self, window: MainWindow, bridge: Bridge, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._bridge, self._theme = window, bridge, theme
        self._drafts: Drafts = {}  # what was filled in for chains, as long as the window is there
        page = window.create_page
        self.continuing = Continuing(bridge, page.composer)
        self.continuing.ready.connect(page.start)
        self.strip = RunsStrip(bridge, theme)
        self.strip.job_wanted.connect(page.queue.select)
        column = page.queue.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(0, self.strip)
        self._add_button(page)
        self.offer = Offer(self.continuing.follow_ups, self.go_on, self.open, self.save_steps)
        page.viewer.offer = self.offer
        if window.gallery is not None:
            window.gallery.offer = self.offer

    def _add_button(self, page: CreatePage) -> None:
        """Into the bar of the composer's panel."""
        self.button = push(self.tr("Chains"), "chainsButton", "ghost")
        self.button.setToolTip(self.tr("Several steps as one item: choose a chain, fill it in, run it"))
        self.button.clicked.connect(lambda: self.open())
        bar = page.composer_dock.titleBarWidget()
        row = bar.findChild(QHBoxLayout) if bar is not None else None
        if row is not None:
            row.insertWidget(row.count() - 2, self.button)

    def go_on(self, asset: Asset, follow: FollowUp) -> None:
        """Show the composer with an asset in its place."""
        self._window.show_page(0)
        self.continuing.go_on(asset, follow)

    def open(self, asset: Asset | None = None) -> ChainsDialog:
        """Show the chains beside the window; with an asset, it answers the first question that takes it."""
        from studio.ui.chains.dialog import ChainsDialog  # not loaded at the start

        dialog = self._window.findChild(ChainsDialog)
        if dialog is None or not dialog.isVisible():
            accounts, now = self._window.accounts, self._window.account
            dialog = ChainsDialog(self._bridge, self._theme, accounts or [now], now.name, self._window, self._drafts)
            dialog.started.connect(self._started)
            dialog.show()
        if asset is not None:
            dialog.start_from(asset)
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _started(self, run: ChainRun) -> None:
        self.strip.take([run])
        self._window.show_page(0)
        self._window.create_page.start()
        self._window.create_page.queue_dock.show()

    def save_steps(self, asset: Asset) -> None:
        """Open the editor on the steps that made an asset."""
        self._bridge.run(lambda core: core.chains.of_asset(asset.id), self._edit, self._not_saved)

    def _edit(self, chain: Chain) -> None:
        self.open().edit(chain.changed(id=""))

    def _not_saved(self, error: BaseException) -> None:
        self._window.notice.say(in_words(error))
