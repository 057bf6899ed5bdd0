"""The viewer's keys, for whatever it shows. (Zoom, turning and the histogram are the picture's own.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from studio.ui.viewer.viewer import Viewer

SEEK_S = 1.0


def pressed(viewer: Viewer, event: QKeyEvent) -> bool:
    """Do what a key stands for; False for one that stands for nothing here."""
    key = Qt.Key(event.key())
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    if _anywhere(viewer, key):
        return True
    plays = viewer.stage.plays
    if plays and _of_transport(viewer, key):
        return True
    if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not plays:
        viewer.stepRequested.emit(-1 if key == Qt.Key.Key_Left else 1)
        return True
    return False


def _anywhere(viewer: Viewer, key: Qt.Key) -> bool:
    if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        viewer.stepRequested.emit(-1 if key == Qt.Key.Key_PageUp else 1)
    elif key == Qt.Key.Key_F and viewer.asset is not None:
        viewer.set_full_screen(not viewer.is_full_screen)
    elif key == Qt.Key.Key_Escape and (viewer.is_full_screen or viewer.comparing.is_active):
        viewer.leave()
    elif key == Qt.Key.Key_D and viewer.asset is not None:
        viewer.stage.recipe_button.click()
    elif key == Qt.Key.Key_C and viewer.comparing.is_possible:
        viewer.comparing.choose()
    else:
        return False
    return True


def _of_transport(viewer: Viewer, key: Qt.Key) -> bool:
    playback, transport = viewer.playback, viewer.stage.transport
    here = transport.slider.value() / 1000
    doings = {
        Qt.Key.Key_Space: playback.toggle,
        Qt.Key.Key_K: playback.toggle,
        Qt.Key.Key_Left: lambda: transport.slider.setValue(round((here - SEEK_S) * 1000)),
        Qt.Key.Key_Right: lambda: transport.slider.setValue(round((here + SEEK_S) * 1000)),
        Qt.Key.Key_Comma: lambda: playback.step(False),
        Qt.Key.Key_Period: lambda: playback.step(True),
        Qt.Key.Key_L: transport.loop_button.toggle,
        Qt.Key.Key_M: transport.mute_button.click,  # does nothing where there is no sound device
        Qt.Key.Key_I: lambda: playback.mark("in"),
        Qt.Key.Key_BracketLeft: lambda: playback.mark("in"),
        Qt.Key.Key_O: lambda: playback.mark("out"),
        Qt.Key.Key_BracketRight: lambda: playback.mark("out"),
        Qt.Key.Key_X: lambda: playback.mark("clear"),
        Qt.Key.Key_Up: lambda: transport.nudge_volume(1),
        Qt.Key.Key_Down: lambda: transport.nudge_volume(-1),
        Qt.Key.Key_Less: lambda: transport.nudge_speed(-1),
        Qt.Key.Key_Greater: lambda: transport.nudge_speed(1),
        Qt.Key.Key_G: playback.grab_frame,
    }
    do = doings.get(key)
    if do is None:
        return False
    do()
    return True
