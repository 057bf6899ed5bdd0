"""Clips and sounds: single frames, a range over and over, speed, volume, frames kept, copies of what does not play here, and
a player that never hangs."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.viewer.play_range import PlayRange
from studio.ui.viewer.sound import peaks_of
from studio.ui.viewer.standing import StandingFrame
from studio.ui.viewer.viewer import Viewer
from tests.media_files import write_clip, write_picture
from tests.ui.media_core import make_asset
from tests.ui.test_viewer import plays
from tests.ui.viewer.gallery_double import GalleryDouble


def video(path: Path, number: int = 1, **more: object) -> Asset:
    values: dict[str, object] = {"width": 160, "height": 96, "duration_s": 2.0} | more
    return make_asset(number, kind=MediaKind.VIDEO, path=path, **values)  # type: ignore[arg-type]


def test_a_range_keeps_its_ends_in_order() -> None:
    whole = PlayRange()
    assert not whole.is_set
    assert not whole.is_over(100.0)
    some = whole.starting(1.0).ending(3.0)
    assert (some.start_s, some.end_s) == (1.0, 3.0)
    assert some.is_over(3.0)
    assert not some.is_over(2.0)
    assert some.ending(0.5) == PlayRange(None, 0.5)
    assert some.starting(3.0) == PlayRange(3.0, None)
    assert whole.ending(0.0).end_s == pytest.approx(0.1)


def _stands_at(viewer: Viewer, seconds: float) -> bool:
    return abs(viewer.player.frame_s - seconds) < 0.002


@plays()
def test_frame_by_frame_and_back(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    viewer.video.setFocus()
    QTest.keyClick(viewer.video, Qt.Key.Key_Period)  # opens it, at its first frame
    qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=15000)
    for key, wanted in ((Qt.Key.Key_Period, 0.04), (Qt.Key.Key_Period, 0.08), (Qt.Key.Key_Comma, 0.04)):
        QTest.keyClick(viewer.video, key)
        qtbot.waitUntil(partial(_stands_at, viewer, wanted), timeout=5000)
    assert not viewer.player.is_playing


@pytest.mark.slow
@plays()
def test_a_range_is_played_over_and_over_and_marked(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    viewer.stage.transport.slider.setValue(500)
    qtbot.waitUntil(lambda: viewer.frames_shown > 0 and abs(viewer.player.position_s - 0.5) < 0.1, timeout=15000)
    QTest.keyClick(viewer.video, Qt.Key.Key_I)
    viewer.stage.transport.slider.setValue(900)
    qtbot.waitUntil(lambda: viewer.player.frame_s > 0.8, timeout=5000)
    QTest.keyClick(viewer.video, Qt.Key.Key_O)
    assert viewer.stage.transport.slider.accessibleDescription() == "Repeats 0:00.5 to 0:00.9"
    viewer.player.set_speed(0.5)  # so that a busy machine does not hear of the range's end at the clip's
    places: list[float] = []
    viewer.player.moved.connect(places.append)
    viewer.toggle_play()

    def turns() -> list[float]:
        return [later for earlier, later in pairwise(places) if later < earlier - 0.1]

    qtbot.waitUntil(lambda: len(turns()) >= 2, timeout=15000)
    assert min(turns()) > 0.3, "to the start of the range, and not of the clip"
    assert max(places) < 1.9
    QTest.keyClick(viewer.video, Qt.Key.Key_X)
    assert viewer.stage.transport.slider.accessibleDescription() == ""
    viewer.player.set_speed(2.0)
    qtbot.waitUntil(lambda: max(places) > 1.9, timeout=15000)


@plays()
def test_speed_volume_and_mute_by_keys(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    transport = viewer.stage.transport
    for _ in range(3):
        QTest.keyClick(viewer.video, Qt.Key.Key_Greater)
    assert transport.speed_button.text() == "2×"
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.player._player is not None, timeout=15000)
    inner = viewer.player._player
    assert inner is not None
    assert inner.playbackRate() == 2.0
    for _ in range(9):
        QTest.keyClick(viewer.video, Qt.Key.Key_Less)
    assert transport.speed_button.text() == "0.25×"
    if transport.volume.isEnabled():
        QTest.keyClick(viewer.video, Qt.Key.Key_Down)
        assert transport.volume.value() == 95
    else:  # no sound device: it plays in silence and says so
        assert transport.note.text() == "No sound device"
        assert not transport.mute_button.isEnabled()


@plays()
def test_a_frame_is_kept_at_its_own_time(
    qtbot: QtBot, viewer: Viewer, gallery: GalleryDouble, clip: Path
) -> None:
    viewer.show_asset(video(clip))
    viewer.stage.transport.slider.setValue(1000)
    qtbot.waitUntil(lambda: viewer.frames_shown > 0 and viewer.player.frame_s > 0.9, timeout=15000)
    with qtbot.waitSignal(viewer.playback.grabbed, timeout=5000):
        QTest.keyClick(viewer.video, Qt.Key.Key_G)
    name, asset_id, at = gallery.calls[-1]
    assert (name, asset_id) == ("grab_frame", viewer.asset.id if viewer.asset else "")
    assert at == pytest.approx(viewer.player.frame_s)
    assert viewer.stage.said == "The frame is in the gallery"


needs_av1 = pytest.mark.skipif("libsvtav1" not in av.codecs_available, reason="no AV1 encoder to make the clip with")


@pytest.mark.slow
@plays("Immediate exit requested")
@needs_av1
def test_what_qt_cannot_decode_plays_from_a_copy(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "av1.mp4", seconds=2.0, codec="libsvtav1", sound=True)
    asset = video(path)
    viewer.show_asset(asset)
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.playback.from_copy or viewer.frames_shown > 0, timeout=30000)
    if not viewer.playback.from_copy:
        pytest.skip("Qt decodes AV1 on this computer")
    qtbot.waitUntil(lambda: viewer.frames_shown > 3, timeout=15000)
    frame = viewer.last_frame()
    assert frame is not None
    assert (frame.width(), frame.height()) == (160, 96)
    assert "copy" in viewer.stage.said
    assert viewer.stage.transport.note.text().startswith("Copy")
    kept = list((viewer._bridge.paths.cache / "proxies").glob("*.mp4"))
    assert [one.stem for one in kept] == [asset.sha256]
    viewer.show_asset(make_asset(5, path=write_picture(tmp_path / "p.png")))
    viewer.show_asset(asset)  # the second time at once
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=5000)


@plays("Immediate exit requested")
@needs_av1
def test_the_making_of_a_copy_can_be_cancelled_and_left(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    asset = video(write_clip(tmp_path / "av1.mp4", seconds=4.0, width=320, height=192, codec="libsvtav1"), duration_s=4.0)
    viewer.show_asset(asset)
    viewer.playback._cannot_play("not decodable")  # at once, and not after the second and a half of looking for a frame
    assert viewer.stage.making_bar.isVisible()
    viewer.findChild(QPushButton, "makingCancel").click()  # type: ignore[union-attr]
    assert viewer.stage.failure_bar.isVisible()
    viewer.show_asset(asset)
    viewer.playback._cannot_play("not decodable")
    viewer.show_asset(make_asset(5, path=write_picture(tmp_path / "p.png")))
    qtbot.waitUntil(lambda: viewer.picture.has_picture, timeout=5000)
    folder = viewer._bridge.paths.cache / "proxies"
    qtbot.waitUntil(lambda: not list(folder.glob(".*.mp4")), timeout=5000)


@pytest.mark.slow
@plays("Immediate exit requested", "Could not open")
def test_opened_and_closed_two_hundred_times(qtbot: QtBot, viewer: Viewer, clip: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mp4", seconds=1.0, width=96, height=160)
    for number in range(200):
        viewer.show_asset(video(clip if number % 2 else other, number % 2))
        viewer.toggle_play()
        if number % 20 == 0:
            qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=10000)
        elif number % 3 == 0:
            qtbot.wait(5)
        viewer.clear()
        assert viewer.player._player is not None
        assert viewer.player._player.source().isEmpty()
    viewer.show_asset(video(clip))
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.frames_shown > 2, timeout=10000)


@plays()
def test_full_screen_and_back_while_it_plays(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    viewer.toggle_play()
    viewer.player.set_loop(True)  # it is over after two seconds
    qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=15000)
    QTest.keyClick(viewer.video, Qt.Key.Key_F)
    window = next(one for one in QApplication.topLevelWidgets() if one.objectName() == "fullScreenViewer")
    assert viewer.is_full_screen
    assert viewer.stage.window() is window
    shown = viewer.frames_shown
    qtbot.waitUntil(lambda: viewer.frames_shown > shown, timeout=5000)
    QTest.keyClick(viewer.video, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not viewer.player.is_playing, timeout=5000)
    with qtbot.waitSignal(viewer.stepRequested):
        QTest.keyClick(viewer.video, Qt.Key.Key_PageDown)
    QTest.keyClick(viewer.video, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not viewer.is_full_screen, timeout=2000)
    assert viewer.stage.window() is viewer.window()
    assert viewer.stage.isVisible()


@plays()
def test_a_sound_has_a_waveform_and_a_click_goes_there(
    qtbot: QtBot, viewer: Viewer, gallery: GalleryDouble, clip: Path, tmp_path: Path
) -> None:
    sound = make_asset(7, kind=MediaKind.AUDIO, path=clip, duration_s=2.0, prompt="a calm voice")
    wave = tmp_path / "w.bin"
    wave.write_bytes(b"".join(bytes((round(128 - 90 * abs(math.sin(n / 9))), 200)) for n in range(400)))
    gallery.waves[sound.id] = wave
    viewer.show_asset(sound)
    view = viewer.stage.sound
    qtbot.waitUntil(lambda: view.has_waveform, timeout=5000)
    assert peaks_of(bytes((0, 255, 128, 128))) == [(-1.0, pytest.approx(0.992, abs=0.001)), (0.0, 0.0)]
    box = view._wave_box()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    qtbot.waitUntil(lambda: abs(viewer.player.position_s - 1.0) < 0.1, timeout=15000)
    plain = view.grab().toImage()
    QTest.keyClick(view, Qt.Key.Key_I)
    assert view.grab().toImage() != plain
    QTest.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.player.position_s > 1.1, timeout=5000)
    hidden = [viewer.findChild(QWidget, name) for name in ("stepBackButton", "grabFrameButton")]
    assert all(one is not None and not one.isVisible() for one in hidden)
    viewer.show_asset(make_asset(8, kind=MediaKind.AUDIO, path=clip, duration_s=2.0))
    qtbot.waitUntil(lambda: bool(view._note), timeout=5000)  # no waveform: it says so, and plays all the same
    assert not view.has_waveform


def test_a_standing_clip_takes_the_frame_of_its_moment_only() -> None:
    standing = StandingFrame()
    assert standing.takes(0, 40_000)
    assert standing.neighbour_ms(ahead=True) == 41  # at 40 ms the backend still shows the first frame
    standing.seeks(0.041)
    assert standing.takes(40_000, 200_000)
    assert not standing.takes(200_000, 220_000)  # handed on unasked
    assert standing.takes(40_000, 200_000)  # the same once more is no harm
    assert standing.neighbour_ms(ahead=True) == 201
    assert standing.neighbour_ms(ahead=False) == 39
    standing.plays()
    assert standing.takes(200_000, 220_000)
    standing.seeks(0.0)
    assert standing.takes(80_000, 120_000)  # a clip whose first frame begins late
    standing.forget()
    assert (standing.begin_us, standing.neighbour_ms(ahead=False)) == (0, 0)
