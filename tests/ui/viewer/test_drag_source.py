"""What is seen in the viewer can be dragged out of it, and a drag is no click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.domain.kinds import MediaKind
from studio.ui.gallery import drag_out
from studio.ui.theme.theme import Theme
from studio.ui.viewer.drag_source import DragSource
from studio.ui.viewer.video import VideoView
from studio.ui.viewer.viewer import Viewer
from tests.ui.media_core import make_asset, write_picture

LEFT = Qt.MouseButton.LeftButton
Dragged = list[str]


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> Dragged:
    """The ids that went off with each drag. (Qt's own drag would wait for a mouse that is not there.)"""
    gone: Dragged = []
    start: Callable[..., None] = lambda source, assets, ids, picture: gone.extend(ids)  # noqa: E731
    monkeypatch.setattr(drag_out, "start_drag", start)
    return gone


def drag(widget: QWidget, by: int) -> None:
    at = widget.rect().center()
    QTest.mousePress(widget, LEFT, pos=at)
    QTest.mouseMove(widget, at + QPoint(by // 2, 0))
    QTest.mouseMove(widget, at + QPoint(by, 0))
    QTest.mouseRelease(widget, LEFT, pos=at + QPoint(by, 0))


def test_a_picture_goes_along_only_where_the_mouse_does_not_move_it(
    qtbot: QtBot, viewer: Viewer, dragged: Dragged, tmp_path: Path
) -> None:
    asset = make_asset(1, path=write_picture(tmp_path / "p.png", 1600, 1200), width=1600, height=1200)
    viewer.show_asset(asset)
    qtbot.waitUntil(lambda: viewer.picture.scale > 0, timeout=5000)
    drag(viewer.picture, 4)
    assert dragged == []
    drag(viewer.picture, 60)
    assert dragged == [asset.id]
    viewer.picture.actual_size()
    drag(viewer.picture, 60)
    assert dragged == [asset.id]


def test_a_clip_is_dragged_or_played_but_never_both(qtbot: QtBot, theme: Theme, dragged: Dragged, tmp_path: Path) -> None:
    asset = make_asset(2, kind=MediaKind.VIDEO, path=tmp_path / "c.mp4", duration_s=1.0, width=160, height=96)
    view = VideoView(theme)
    qtbot.addWidget(view)
    DragSource(view, lambda _: asset)
    view.resize(400, 300)
    view.show()
    pressed: list[bool] = []
    view.pressed.connect(lambda: pressed.append(True))
    at = view.rect().center()
    QTest.mousePress(view, LEFT, pos=at)
    QTest.mouseMove(view, at + QPoint(60, 0))
    assert (dragged, pressed) == ([asset.id], [])
    QTest.mouseClick(view, LEFT, pos=at)
    assert (dragged, pressed) == ([asset.id], [True])
