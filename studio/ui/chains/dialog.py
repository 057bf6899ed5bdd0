"""The chains: a list at the left, the chosen one with its form at the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.account import Account
from studio.domain.asset import Asset
from studio.domain.chain import Chain
from studio.domain.chain_run import ChainRun
from studio.ui.bridge import Bridge, in_words
from studio.ui.chains.chain_list import ChainList
from studio.ui.chains.editor import ChainEditor
from studio.ui.chains.page import ChainPage, Drafts
from studio.ui.dialogs.confirm_dialog import ConfirmDialog
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label, rule

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core

_FILTER = "JSON (*.json)"


class ChainsDialog(QDialog):
    """`started(run)` once a chain was started; it stays open. Shown with `open()`."""

    started = Signal(object)

    def __init__(
        self, bridge: Bridge, theme: Theme, accounts: Sequence[Account], account: str, parent: QWidget | None = None,
        drafts: Drafts | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chainsDialog")
        self.setWindowTitle(self.tr("Chains"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(940, 680)
        self.setMinimumSize(720, 480)
        self._bridge, self._theme, self._account = bridge, theme, account
        self._file_dialog: QFileDialog | None = None
        self._wanted = ""
        self._draft: Chain | None = None
        self.list = ChainList(theme)
        self.list.chosen.connect(self._choose)
        self.page = ChainPage(bridge, theme, accounts, account, drafts)
        self.finished.connect(lambda _: self.page.keep())
        self.page.started.connect(self._started)
        self.page.edit_wanted.connect(self.edit)
        self.page.export_wanted.connect(self.ask_where_to_export)
        self.page.remove_wanted.connect(self.ask_to_remove)
        self.editor = ChainEditor(bridge, theme)
        self.editor.saved.connect(self._saved)
        self.editor.left.connect(self._leave_editor)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.editor)
        self._message = label("", "label", wrap=True)
        self._message.setObjectName("chainsMessage")
        self._message.hide()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        new = self._new = push(self.tr("New chain…"), "chainNew")
        new.clicked.connect(lambda: self.edit(None))
        bring = self._bring = push(self.tr("Import…"), "chainImport")
        bring.clicked.connect(self.ask_what_to_import)
        close = push(self.tr("Close"), "chainsClose")
        close.clicked.connect(self.reject)
        head = label(self.tr("Chains"), "heading")
        head.setContentsMargins(12, 0, 0, 4)
        left = QVBoxLayout()
        left.setContentsMargins(8, 20, 8, 16)
        left.setSpacing(8)
        left.addWidget(head)
        left.addWidget(self.list, 1)
        left.addWidget(self._message)
        for together in ([new, bring], [close]):
            buttons = QHBoxLayout()
            buttons.setContentsMargins(8, 0, 8, 0)
            buttons.setSpacing(8)
            for button in together:
                buttons.addWidget(button, 1)
            left.addLayout(buttons)
        side = QWidget()
        side.setProperty("surface", "panel")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(288)
        side.setLayout(left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(rule(vertical=True))
        row.addWidget(self._stack, 1)

    # the list

    def refresh(self, wanted: str = "") -> None:
        """Read the chains anew; `wanted` is shown if it is there."""
        self._wanted = wanted or self._wanted
        self._bridge.run(lambda core: core.chains.list(), self._show, self._say_error)

    def _show(self, chains: Sequence[Chain]) -> None:
        self.list.show_chains(chains, self._wanted)
        chosen = self.list.current()
        if chosen is not None and chosen != self.page.chain:
            self._choose(chosen)

    def _choose(self, chain: Chain) -> None:
        self._wanted = chain.id
        self.page.show_chain(chain)

    def start_from(self, asset: Asset) -> None:
        """The asset answers the first question that takes it."""
        self.page.start_from(asset)
        if self.page.chain is not None:
            self.page.show_chain(self.page.chain)

    def _started(self, run: ChainRun) -> None:
        self.started.emit(run)
        self.accept()

    # changing

    def edit(self, chain: Chain | None) -> None:
        """Open the editor on a chain, or on an empty one."""
        self.editor.show_chain(chain, self.page.account.name)
        self._set_editing(True)

    def _set_editing(self, editing: bool) -> None:
        """Whether the editor is shown; another chain is not chosen meanwhile."""
        self._stack.setCurrentWidget(self.editor if editing else self.page)
        for widget in (self.list, self._new, self._bring):
            widget.setEnabled(not editing)

    def is_editing(self) -> bool:
        """Whether the editor is shown."""
        return self._stack.currentWidget() is self.editor

    def _saved(self, chain: Chain) -> None:
        self._set_editing(False)
        self.refresh(chain.id)

    def _leave_editor(self) -> None:
        self._set_editing(False)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Close; out of the editor first. Where something is not saved the person is asked."""
        if not self.is_editing():
            super().reject()
            return
        if not self.editor.is_dirty():
            self._leave_editor()
            return
        words = self.tr("What you changed in this chain is not saved.")
        dialog = ConfirmDialog(self.tr("Leave without saving?"), words, self.tr("Discard changes"), self)
        dialog.confirmed.connect(self._leave_editor)
        dialog.open()

    def ask_to_remove(self, chain: Chain) -> None:
        words = self.tr("What it made stays, and runs that have begun go on to their end.")
        heading = self.tr("Remove {chain}?").format(chain=chain.title)
        dialog = ConfirmDialog(heading, words, self.tr("Remove"), self)
        dialog.confirmed.connect(lambda: self._remove(chain))
        dialog.open()

    def _remove(self, chain: Chain) -> None:
        self._wanted = ""
        self._bridge.run(lambda core: core.chains.remove(chain.id), lambda _: self.refresh(), self._say_error)

    # files

    def ask_what_to_import(self) -> None:
        """Ask for a file. The dialog is opened, not executed: nothing waits for it."""
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self, self.tr("Import a chain"))
        dialog.setObjectName("chainImportDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_FILTER)
        dialog.fileSelected.connect(lambda path: self.import_file(Path(path)))
        self._open_file_dialog(dialog)

    def import_file(self, path: Path) -> None:
        self._bridge.run(lambda core: core.chains.import_file(path), self._saved, self._say_error)

    def ask_where_to_export(self, chain: Chain) -> None:
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self, self.tr("Export a chain"))
        dialog.setObjectName("chainExportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_FILTER)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{chain.id}.json")
        dialog.fileSelected.connect(lambda path: self.export_to(chain, Path(path)))
        self._open_file_dialog(dialog)

    def export_to(self, chain: Chain, path: Path) -> None:
        async def work(core: Core) -> Path:
            return await core.chains.export(chain.id, path)

        self._bridge.run(work, self._say_exported, self._say_error)

    def _open_file_dialog(self, dialog: QFileDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        self._file_dialog = dialog
        dialog.open()

    def _say_exported(self, path: Path) -> None:
        self._say(self.tr("Written to {file}. Accounts, keys and local files are not in it.").format(file=path.name))

    def _say_error(self, error: BaseException) -> None:
        self._say(in_words(error))

    def _say(self, words: str) -> None:
        self._message.setText(words)
        self._message.show()
