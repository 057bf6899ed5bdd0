"""Choosing two pictures and comparing them in the viewer: the second is whatever is shown next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.theme.theme import Theme
from studio.ui.viewer.stage import Stage

if TYPE_CHECKING:
    from studio.ui.viewer.compare_bar import CompareBar
    from studio.ui.viewer.compare_view import CompareView

COMPARED = (MediaKind.IMAGE, MediaKind.VIDEO)


class Comparing(QObject):
    """`changed` when a comparison begins or ends; `ended` (the first asset) when the person is done with it."""

    changed = Signal()
    ended = Signal(object)

    def __init__(self, stage: Stage, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage, self._theme = stage, theme
        self._asset: Asset | None = None
        self._choosing = False
        self.view: CompareView | None = None
        self.bar: CompareBar | None = None

    def follow(self, asset: Asset | None) -> None:
        """What the viewer shows now: the one that would be compared with another."""
        self._asset = asset

    @property
    def is_possible(self) -> bool:
        """Whether what is shown can be compared with something."""
        return self._asset is not None and self._asset.kind in COMPARED and not self.is_active

    @property
    def is_choosing(self) -> bool:
        """Whether the next asset that is shown becomes the second one."""
        return self._choosing

    @property
    def is_shown(self) -> bool:
        return self.view is not None and self.view.assets is not None

    @property
    def is_active(self) -> bool:
        return self._choosing or self.is_shown

    @property
    def assets(self) -> tuple[Asset, Asset] | None:
        """The two that are compared now."""
        return self.view.assets if self.view is not None else None

    def choose(self) -> None:
        """Ask for the other one: a click in the row of results, or in the gallery."""
        if self.is_possible:
            self._choosing = True
            self._stage.say(self.tr("Choose the other one below, or in the gallery. Esc: never mind"), stays=True)
            self.changed.emit()

    def takes(self, asset: Asset) -> bool:
        """Offer what is about to be shown; True if it became the second of a comparison."""
        first = self._asset
        if not self._choosing or first is None or asset.kind not in COMPARED or asset.id == first.id:
            return False
        self.show(first, asset)
        return True

    def show(self, first: Asset, second: Asset) -> None:
        """Compare these two."""
        self._choosing = False
        self._stage.say("")
        if self.view is None or self.bar is None:
            self._make()
        if self.view is not None and self.bar is not None:
            self._stage.show_view(self.view, self.bar)
            self.view.show_assets(first, second)
            self.view.setFocus()
        self.changed.emit()

    def _make(self) -> None:
        from studio.ui.viewer.compare_bar import CompareBar
        from studio.ui.viewer.compare_view import CompareView

        view, bar = CompareView(self._theme), CompareBar(self._theme)
        bar.modeChosen.connect(view.set_mode)
        bar.fitPressed.connect(view.fit)
        bar.actualPressed.connect(view.actual_size)
        bar.swapPressed.connect(self.swap)
        bar.donePressed.connect(self.leave)
        view.said.connect(self._stage.say)
        self._stage.add_view(view, bar)
        self.view, self.bar = view, bar

    def swap(self) -> None:
        """A becomes B."""
        if self.view is not None and self.view.assets is not None:
            first, second = self.view.assets
            self.show(second, first)

    def clear(self) -> None:
        """Let go of both pictures; the viewer shows something else."""
        was = self.is_active
        self._choosing = False
        if self.view is not None:
            self.view.clear()
        if was:
            self._stage.say("")
            self.changed.emit()

    def leave(self) -> None:
        """Back to the first one."""
        first = self.assets[0] if self.assets is not None else self._asset
        shown = self.is_shown
        self.clear()
        if shown and first is not None:
            self.ended.emit(first)
