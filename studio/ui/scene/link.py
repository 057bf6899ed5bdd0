"""Composer and board keep one truth: the pictures in their order and the scene's words are the same in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.scene_board import FEWEST_LAYERS, Layer, SceneBoard
from studio.domain.scene_words import placement_words, with_placement, without_placement
from studio.ui.composer.reference import Reference
from studio.ui.scene.state import BoardState

if TYPE_CHECKING:
    from studio.ui.composer.composer import Composer

OPERATION = "scene.compose"
IMAGES, SCENE = "images", "scene"


class BoardLink(QObject):
    """Follows both sides. What the operation of the composer is decides whether there is anything to follow."""

    def __init__(self, composer: Composer, state: BoardState) -> None:
        super().__init__(state)
        self._composer, self._state = composer, state
        self._inside = False
        self._busy = False
        self._gone: dict[str, Layer] = {}
        composer.amend = self.amended
        composer.changed.connect(self.follow_composer)
        state.changed.connect(self._follow_board)

    @property
    def is_on(self) -> bool:
        """Whether the composer's operation is the board's."""
        operation = self._composer.operation
        return operation is not None and operation.id == OPERATION

    def presets(self) -> tuple[str, ...]:
        """The scenes that the operation names."""
        parameter = self._composer.operation.parameter(SCENE) if self._composer.operation is not None else None
        return tuple(str(name) for name in parameter.suggestions) if parameter is not None else ()

    def is_own_words(self) -> bool:
        """Whether the scene is said in the person's own words, and not by a preset's name."""
        scene = self._state.board.scene.strip()
        return bool(scene) and scene.lower() not in self.presets()

    def amended(self, given: Mapping[str, object]) -> dict[str, object]:
        """What is sent: as given, with the placement in words behind own words where the person wants that."""
        board, values = self._state.board, dict(given)
        scene = values.get(SCENE)
        if self.is_on and board.says_placement and self.is_own_words() and isinstance(scene, str):
            values[SCENE] = with_placement(without_placement(scene), board)
        return values

    def placement(self) -> str:
        """The words of where the photos stand; empty without photos."""
        return placement_words(self._state.board)

    def follow_composer(self) -> None:
        """Take over what the composer shows now."""
        if self._busy:
            return
        if not self.is_on:
            self._inside = False
            return
        shown = self._shown()
        if not self._inside:
            self._inside = True
            if len(self._state.board.layers) >= FEWEST_LAYERS:
                self._follow_board(lent=True)  # a board in work is not given up for what another operation had in its slots
                return
            shown = shown if shown.scene else replace(shown, scene=self._state.board.scene)
            shown = shown if shown.layers else replace(shown, layers=self._state.board.layers)
        before = self._state.board
        for layer in before.layers:
            if shown.layer(layer.id) is None:
                self._gone[layer.uri] = layer  # what comes back, by another drop or a draft, comes back as it was
        self._busy = True
        self._state.edit(shown, "scene-words" if shown.layers == before.layers else "")
        self._busy = False
        added = [layer for layer in shown.layers if before.layer(layer.id) is None]
        if added:
            self._state.select(added[-1].id)
        self._follow_board()

    def _shown(self) -> SceneBoard:
        """The board with the pictures and words that stand in the composer."""
        values = self._composer.values()
        images, scene = values.get(IMAGES), values.get(SCENE)
        references = [slot.reference for slot in self._composer.tray.slots() if slot.reference is not None]
        names = {reference.value: reference.name for reference in references}
        photos = [(uri, names.get(uri, "")) for uri in images if isinstance(uri, str)] if isinstance(images, list) else []
        words = without_placement(scene) if isinstance(scene, str) else ""
        return replace(self._state.board.with_images(photos, tuple(self._gone.values())), scene=words)

    def _follow_board(self, *, lent: bool = False) -> None:
        """Put the board's pictures and words into the composer. `lent`: in place of what another operation had there."""
        if self._busy or not self._inside or not self.is_on:
            return
        board, shown = self._state.board, self._composer.values()
        given = shown.get(IMAGES)
        words = shown.get(SCENE)
        self._busy = True
        if (list(given) if isinstance(given, list) else []) != board.images():
            photos = {(IMAGES, at): Reference(layer.uri, layer.name) for at, layer in enumerate(board.layers, 1)}
            self._composer.tray.rearrange(photos, lent=lent)
        if (without_placement(words) if isinstance(words, str) else "") != board.scene:
            self._composer.set_value(SCENE, board.scene)
        self._busy = False
