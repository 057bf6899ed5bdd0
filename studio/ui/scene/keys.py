"""What keys do to the photo that is selected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.domain.scene_board import Layer
from studio.ui.scene.state import BoardState

STEP, BIG_STEP = 1.0, 10.0  # frame px
GROWTH = 1.05
ANGLE, BIG_ANGLE = 1.0, 15.0
_WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_LARGER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_SMALLER = (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)
_LEFT_TURN = (Qt.Key.Key_BracketLeft, Qt.Key.Key_BraceLeft)
_RIGHT_TURN = (Qt.Key.Key_BracketRight, Qt.Key.Key_BraceRight)


def press(state: BoardState, event: QKeyEvent) -> bool:
    """Do what a key asks for. False for a key that means nothing here."""
    if event.matches(QKeySequence.StandardKey.Undo):
        state.undo()
        return True
    if event.matches(QKeySequence.StandardKey.Redo) or _is(event, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier):
        state.redo()
        return True
    layer = state.selected
    if layer is None:
        return False
    key = Qt.Key(event.key())
    if key in _WAYS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        state.edit(state.board.restacked(layer.id, 1 if key in (Qt.Key.Key_Up, Qt.Key.Key_Right) else -1))
        return True
    if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        state.edit(state.board.without(layer.id))
        return True
    change = _change(key, shifted=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
    if change is None:
        return False
    group, what = change
    state.change(what, f"{group}-{layer.id}" if group else "")
    return True


def _change(key: Qt.Key, *, shifted: bool) -> tuple[str, Callable[[Layer], Layer]] | None:
    """The kind of step, by which such steps in a row count as one, and what it does."""
    if key in _WAYS:
        across, down = _WAYS[key]
        step = BIG_STEP if shifted else STEP
        return "keys-move", lambda layer: replace(layer, x=layer.x + across * step, y=layer.y + down * step)
    if key in _LARGER or key in _SMALLER:
        factor = GROWTH if key in _LARGER else 1 / GROWTH
        return "keys-scale", lambda layer: replace(layer, scale=layer.scale * factor)
    if key in _LEFT_TURN or key in _RIGHT_TURN:
        angle = (BIG_ANGLE if shifted else ANGLE) * (1 if key in _RIGHT_TURN else -1)
        return "keys-turn", lambda layer: replace(layer, rotation=layer.rotation + angle)
    if key == Qt.Key.Key_M:
        return "", lambda layer: replace(layer, mirrored=not layer.mirrored)
    return None


def _is(event: QKeyEvent, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    return event.key() == key and event.modifiers() == modifiers
