"""The viewer over the real library: a frame is kept and leads back to its clip, a sound has its waveform, marks stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.domain.query import AssetQuery
from studio.ui.bridge import Bridge
from studio.ui.theme.theme import Theme
from studio.ui.viewer.viewer import Viewer
from tests.media_files import write_clip
from tests.ui.test_viewer import plays


@pytest.mark.slow
@plays()
def test_a_frame_is_kept_marked_and_followed_back(
    qtbot: QtBot, ready_bridge: Bridge, theme: Theme, tmp_path: Path
) -> None:
    source = tmp_path / "brought"
    source.mkdir()
    write_clip(source / "moving.mp4", seconds=2.0, sound=True)
    found: list[Asset] = []
    ready_bridge.run(lambda core: core.gallery.import_paths([source]), lambda _result: found.clear())
    qtbot.waitUntil(lambda: _asked(qtbot, ready_bridge, found), timeout=30000)
    clip = found[0]
    viewer = Viewer(ready_bridge, theme)
    qtbot.addWidget(viewer)
    viewer.resize(900, 600)
    viewer.show()
    viewer.show_asset(clip)
    viewer.stage.transport.slider.setValue(1000)
    qtbot.waitUntil(lambda: viewer.frames_shown > 0 and viewer.player.frame_s > 0.9, timeout=15000)
    shown = viewer.last_frame()
    assert shown is not None
    wanted = shown.pixelColor(80, 48)
    with qtbot.waitSignal(viewer.playback.grabbed, timeout=15000) as grabbed:
        QTest.keyClick(viewer.video, Qt.Key.Key_G)
    frame: Asset = grabbed.args[0]
    assert (frame.kind, frame.width, frame.height) == (MediaKind.IMAGE, 160, 96)
    viewer.stage.recipe_button.setChecked(True)
    viewer.show_asset(frame)
    qtbot.waitUntil(lambda: viewer.picture.is_whole, timeout=10000)
    kept = viewer.picture.layer.image
    assert kept is not None
    got = kept.pixelColor(80, 48)
    assert abs(got.red() - wanted.red()) + abs(got.green() - wanted.green()) + abs(got.blue() - wanted.blue()) < 24
    panel = viewer.side.recipe
    assert panel is not None
    qtbot.waitUntil(lambda: len(panel.parents_of.links) == 1, timeout=10000)
    panel.marks.swatches["blue"].click()
    qtbot.waitUntil(lambda: viewer.asset is not None and viewer.asset.colour == "blue", timeout=10000)
    with qtbot.waitSignal(viewer.openAsset) as opened:
        panel.parents_of.links[0].click()
    assert opened.args[0].id == clip.id
    viewer.clear()


def _asked(qtbot: QtBot, bridge: Bridge, found: list[Asset]) -> bool:
    bridge.run(lambda core: core.assets(AssetQuery(kind=MediaKind.VIDEO, limit=1)), found.extend)
    qtbot.wait(100)
    return bool(found)
