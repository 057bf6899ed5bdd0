"""What differs in how two assets were made, line by line; long texts word by word."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from html import escape

from PySide6.QtCore import QCoreApplication, QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.word_changes import Change, word_changes
from studio.ui.theme.theme import Theme
from studio.ui.viewer.recipe_words import Difference, differences
from studio.ui.widgets.side_panel import SidePanel
from studio.ui.widgets.words import label

_tr = partial(QCoreApplication.translate, "DifferencePanel")  # also before there is a panel
_APART = "\u2009"  # what came stands right behind what went


class _Signals(QObject):
    compared = Signal(int, int, object)


class _Compare(QRunnable):
    """Long texts are compared in a worker thread: it grows with the square of their length."""

    def __init__(self, number: int, label_number: int, one: Difference, signals: _Signals) -> None:
        super().__init__()
        self._number, self._label_number, self._one, self._signals = number, label_number, one, signals

    def run(self) -> None:
        runs = word_changes(self._one.before, self._one.after)
        with suppress(RuntimeError):  # the program ends: nobody is there to hear it
            self._signals.compared.emit(self._number, self._label_number, runs)


class DifferencePanel(SidePanel):
    """Each part in which two recipes differ, below each other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "difference", _tr("What differs"), _tr("Close"), parent)
        self._theme = theme
        self._pair: tuple[Asset, Asset] | None = None
        self._titles: Mapping[str, str] = {}
        self.shown: list[Difference] = []
        self._number = 0
        self._long: list[QLabel] = []
        self._signals = _Signals()
        self._signals.compared.connect(self._show_runs, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._again)

    def show_assets(self, before: Asset, after: Asset, titles: Mapping[str, str]) -> None:
        self._pair, self._titles = (before, after), titles
        self.shown = differences(before, after, titles)
        self._number += 1
        self._long = []
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not self.shown:
            self.rows.addWidget(label(self.tr("Both were made in the same way."), "dim", wrap=True))
        for one in self.shown:
            self.rows.addWidget(self._row(one))
        self.rows.addStretch(1)

    def _again(self) -> None:
        if self._pair is not None:
            self.show_assets(*self._pair, self._titles)

    def _row(self, one: Difference) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.current.xs)
        column.addWidget(label(one.name, "label"))
        words = QLabel(self._rich(one) if not one.long else escape(one.after or one.before))
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        nothing = self.tr("nothing")
        said = self.tr("{0}: {1} became {2}")
        words.setAccessibleName(said.format(one.name, one.before or nothing, one.after or nothing))
        column.addWidget(words)
        if one.long:
            self._long.append(words)
            work = _Compare(self._number, len(self._long) - 1, one, self._signals)
            QThreadPool.globalInstance().start(work)
        return row

    def _rich(self, one: Difference) -> str:
        nothing = self.tr("nothing")
        return f"{escape(one.before or nothing)} → <b>{escape(one.after or nothing)}</b>"

    def _show_runs(self, number: int, label_number: int, runs: list[tuple[Change, str]]) -> None:
        """What went is struck through, what came is underlined: the colour alone says nothing to some."""
        if number != self._number:
            return
        tokens = self._theme.current
        came = f'<span style="color:{tokens.ok};text-decoration:underline">'
        marks = {
            Change.SAME: "<span>", Change.ADDED: came,
            Change.REMOVED: f'<span style="color:{tokens.bad};text-decoration:line-through">',
        }
        text = "".join(f"{marks[change]}{escape(words)}</span>" for change, words in runs)
        self._long[label_number].setText(text.replace(f"</span>{came}", f"</span>{_APART}{came}"))
