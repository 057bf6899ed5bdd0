"""The viewer as a whole: real playback of a real clip offscreen, every kind after every other, and all states in words."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.errors import Cost, JobFailedError
from studio.domain.job import Job, JobError, JobRequest
from studio.domain.operation import MediaKind
from studio.domain.state import JobState
from studio.ui.theme.theme import Theme
from studio.ui.viewer.viewer import Viewer
from tests.ui.media_core import MediaCore, Open, make_asset, open_bridge, write_clip, write_picture

__all__ = ["open_bridge"]  # a fixture of this module



def playable() -> str:
    """Why nothing can be played here; empty if it can."""
    try:
        import PySide6.QtMultimedia  # noqa: F401
    except ImportError as error:
        return str(error)
    return ""


# What Qt says of a machine without a window system, sound server or graphics processor; none of it is about the studio.
NO_DEVICES = ("propagateSizeHints", "pipewire", "PulseAudio", "No HW decoder", "No RHI backend", r"(load|resolve) va\b")
Test = Callable[..., None]


def plays(*provoked: str) -> Callable[[Test], Test]:
    """A test of real playback: skipped with the reason where QtMultimedia cannot be loaded; `provoked` are warnings of Qt
    that the test itself brings about."""
    reason = playable()

    def mark(test: Test) -> Test:
        quiet = pytest.mark.qt_log_ignore(*NO_DEVICES, *provoked, extend=True)
        marked: Test = pytest.mark.skipif(bool(reason), reason=f"QtMultimedia cannot be loaded here: {reason}")(quiet(test))
        return marked

    return mark


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "moving.mp4", seconds=2.0, sound=True)


@pytest.fixture
def core() -> MediaCore:
    return MediaCore()


@pytest.fixture
def viewer(qtbot: QtBot, open_bridge: Open, theme: Theme, core: MediaCore) -> Viewer:
    answer = Viewer(open_bridge(core), theme)
    qtbot.addWidget(answer)
    answer.resize(640, 480)
    answer.show()
    return answer


def video(path: Path, number: int = 1, **more: object) -> Asset:
    values: dict[str, object] = {"width": 160, "height": 96, "duration_s": 2.0} | more
    return make_asset(number, kind=MediaKind.VIDEO, path=path, **values)  # type: ignore[arg-type]


def label(viewer: Viewer, name: str) -> str:
    found = viewer.findChild(QLabel, name)
    assert found is not None
    return found.text()


def difference(one: QImage, other: QImage) -> float:
    """Mean difference of red between two frames, on a coarse grid."""
    points = [(x, y) for x in range(0, one.width(), 8) for y in range(0, one.height(), 8)]
    return sum(abs(one.pixelColor(*p).red() - other.pixelColor(*p).red()) for p in points) / len(points)


@pytest.mark.slow
@plays()
def test_frames_of_a_clip_reach_the_viewer_and_differ(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    assert viewer.frames_shown == 0
    assert viewer.last_frame() is None
    play = viewer.findChild(QToolButton, "playButton")
    assert play is not None
    play.click()
    qtbot.waitUntil(lambda: viewer.frames_shown >= 2, timeout=15000)
    first = viewer.last_frame()
    assert first is not None
    assert (first.width(), first.height()) == (160, 96)
    first = first.copy()
    viewer.player.set_loop(True)  # it is over after two seconds, and a busy machine shows few frames of them
    shown = viewer.frames_shown
    qtbot.waitUntil(lambda: viewer.frames_shown >= shown + 5, timeout=15000)

    def another() -> bool:
        later = viewer.last_frame()
        return later is not None and difference(first, later) > 5

    qtbot.waitUntil(another)
    middle = viewer.video.grab().toImage()
    assert middle.pixelColor(middle.width() // 2, middle.height() // 2).lightness() > 10  # it is painted too


@pytest.mark.slow
@plays()
def test_pause_seek_loop_and_the_end(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    viewer.setFocus()
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=15000)
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not viewer.player.is_playing, timeout=5000)
    assert label(viewer, "lengthLabel") == "0:02.0"
    viewer.stage.transport.slider.setValue(1000)
    qtbot.waitUntil(lambda: abs(viewer.player.position_s - 1.0) < 0.2, timeout=5000)
    QTest.keyClick(viewer, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: viewer.player.position_s < 0.3, timeout=5000)
    QTest.keyClick(viewer, Qt.Key.Key_L)
    loop = viewer.findChild(QToolButton, "loopButton")
    assert loop is not None
    assert loop.isChecked()
    loop.click()
    viewer.stage.transport.slider.setValue(1700)
    with qtbot.waitSignal(viewer.player.ended, timeout=15000):
        viewer.toggle_play()
    qtbot.waitUntil(lambda: not viewer.player.is_playing, timeout=5000)
    loop.click()  # it goes on for as long as is looked
    viewer.toggle_play()  # from the beginning again
    qtbot.waitUntil(lambda: 0 < viewer.player.position_s < 1.6, timeout=10000)


@pytest.mark.slow
@plays()
def test_seeking_before_the_first_play_shows_that_frame(qtbot: QtBot, viewer: Viewer, clip: Path) -> None:
    viewer.show_asset(video(clip))
    viewer.stage.transport.slider.setValue(1200)
    qtbot.waitUntil(lambda: viewer.frames_shown >= 1, timeout=15000)
    qtbot.waitUntil(lambda: abs(viewer.player.position_s - 1.2) < 0.2, timeout=5000)
    assert not viewer.player.is_playing


@plays()
def test_one_player_goes_from_clip_to_clip_and_lets_the_file_go(
    qtbot: QtBot, viewer: Viewer, clip: Path, tmp_path: Path
) -> None:
    other = write_clip(tmp_path / "other.mp4", seconds=1.0, width=96, height=160)
    viewer.show_asset(video(clip))
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.frames_shown > 0, timeout=15000)
    player = viewer.player._player
    viewer.show_asset(video(other, 2, width=96, height=160, duration_s=1.0))
    assert viewer.frames_shown == 0
    assert viewer.last_frame() is None
    assert player is not None
    assert player.source().isEmpty()
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.last_frame() is not None, timeout=15000)
    assert viewer.player._player is player
    frame = viewer.last_frame()
    assert frame is not None
    assert (frame.width(), frame.height()) == (96, 160)
    viewer.release()
    assert player.source().isEmpty()


@plays("Immediate exit requested")  # a clip is let go while it is being opened
def test_every_kind_after_every_other(qtbot: QtBot, viewer: Viewer, clip: Path, tmp_path: Path) -> None:
    picture = make_asset(3, path=write_picture(tmp_path / "p.png", 200, 100), width=200, height=100)
    prompt = make_asset(4, kind=MediaKind.PROMPT, prompt="a calm harbour")
    sound = make_asset(5, kind=MediaKind.AUDIO, path=clip, duration_s=2.0)
    kinds = [video(clip), picture, prompt, sound]
    for before in kinds:
        for after in kinds:
            viewer.show_asset(before)
            if before.kind is MediaKind.VIDEO:
                viewer.toggle_play()
            viewer.show_asset(after)
            assert viewer.asset is after
            assert viewer.last_frame() is None
    viewer.show_asset(picture)
    qtbot.waitUntil(lambda: viewer.picture.has_picture, timeout=5000)
    assert viewer.picture.isVisible()
    viewer.show_asset(prompt)
    assert viewer.stage.prompt.text.toPlainText() == "a calm harbour"
    with qtbot.waitSignal(viewer.usePrompt) as used:
        viewer.findChild(QPushButton, "promptUse").click()  # type: ignore[union-attr]
    assert used.args == ["a calm harbour"]
    viewer.show_asset(sound)
    viewer.toggle_play()
    qtbot.waitUntil(lambda: viewer.player.position_s > 0, timeout=15000)
    assert not viewer.failure


@pytest.mark.slow
@plays("Could not open media")
def test_a_clip_that_cannot_be_played_says_so_and_offers_a_way_out(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is not a video" * 100)
    viewer.show_asset(video(broken, thumbnail=write_picture(tmp_path / "poster.png", 160, 96)))
    qtbot.waitUntil(lambda: viewer.video.has_poster, timeout=5000)
    viewer.toggle_play()
    qtbot.waitUntil(lambda: bool(viewer.failure), timeout=15000)
    assert "cannot be played here" in viewer.stage.failure_bar.words.text()
    assert viewer.stage.failure_bar.isVisible()
    assert viewer.video.isVisible()  # with its poster
    assert viewer.findChild(QPushButton, "playOutsideButton") is not None


def test_without_qtmultimedia_the_poster_stays(
    qtbot: QtBot, viewer: Viewer, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "PySide6.QtMultimedia":
            raise ImportError("libpulse.so.0: cannot open shared object file")
        return whole(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    viewer.show_asset(video(clip, thumbnail=write_picture(tmp_path / "poster.png", 160, 96)))
    viewer.toggle_play()
    assert "libpulse.so.0" in viewer.failure
    monkeypatch.undo()
    qtbot.waitUntil(lambda: viewer.video.has_poster, timeout=5000)


@pytest.mark.slow
def test_nothing_of_qtmultimedia_is_loaded_before_the_first_play() -> None:
    import subprocess
    import sys

    code = ("import sys; import studio.ui.viewer.viewer, studio.ui.gallery.page, studio.ui.history.page; "
            "heavy = ('PySide6.QtMultimedia', 'numpy', 'cv2', 'PIL', 'av', 'sqlalchemy', 'httpx', 'pydantic'); "
            "print([name for name in heavy if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


# -- states ----------------


def job(state: JobState, **more: object) -> Job:
    request = JobRequest("video.generate", "local", {"prompt": "a night tram"})
    return Job.new(request).changed(id="job_1", state=state, **more)


def test_empty_says_what_to_do(viewer: Viewer) -> None:
    assert viewer.message.view.heading == "Nothing to show yet"
    assert "Generate" in viewer.message.view.words


def test_a_running_job_shows_its_progress_and_then_its_result(
    qtbot: QtBot, viewer: Viewer, core: MediaCore, tmp_path: Path
) -> None:
    viewer.show_job(job(JobState.RUNNING, progress=0.42, eta_s=21.0))
    assert viewer.message.view.heading == "a night tram"
    assert "42 %" in viewer.message.view.words
    assert "0:21" in viewer.message.view.words
    assert viewer.message.view.progress.value() == 420
    picture = make_asset(8, path=write_picture(tmp_path / "p.png"), job_id="job_1")
    core.assets_by_id[picture.id] = picture
    done = job(JobState.DONE, asset_ids=(picture.id,))
    viewer._bridge.run(lambda core: core.change_job(done))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: viewer.asset == picture, timeout=5000)
    assert viewer.picture.isVisible()


def test_a_failed_job_says_all_three_parts_and_can_be_retried(qtbot: QtBot, viewer: Viewer, core: MediaCore) -> None:
    error = JobFailedError("The service refused the prompt.", cost=Cost.NONE, advice="Change the prompt.")
    failed = job(JobState.FAILED, error=JobError.of(error))
    core.jobs_by_id[failed.id] = failed
    viewer.show_job(failed)
    words = viewer.message.view.words
    assert words == "The service refused the prompt. Nothing was charged. Change the prompt."
    button = viewer.findChild(QPushButton, "viewerRetryButton")
    assert button is not None
    assert button.isVisible()
    button.click()
    qtbot.waitUntil(lambda: f"retry {failed.id}" in core.calls, timeout=5000)
    qtbot.waitUntil(lambda: "Waiting" in viewer.message.view.words, timeout=5000)


def test_unknown_and_cancelled_have_words(viewer: Viewer) -> None:
    viewer.show_job(job(JobState.UNKNOWN))
    assert "may have been charged" in viewer.message.view.words
    viewer.show_job(job(JobState.CANCELLED))
    assert "cancelled" in viewer.message.view.heading


def test_a_missing_picture_is_told_and_a_deleted_one_goes(
    qtbot: QtBot, viewer: Viewer, core: MediaCore, tmp_path: Path
) -> None:
    viewer.show_asset(make_asset(1, path=tmp_path / "gone.png"))
    qtbot.waitUntil(lambda: "not there any more" in viewer.message.view.words, timeout=5000)
    asset = make_asset(2, path=write_picture(tmp_path / "p.png"))
    core.assets_by_id[asset.id] = asset
    viewer.show_asset(asset)
    viewer._bridge.run(lambda core: core.delete([asset.id]))
    qtbot.waitUntil(lambda: viewer.asset is None, timeout=5000)
    assert viewer.message.isVisible()


def test_next_and_previous_are_asked_for(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    viewer.show_asset(make_asset(2, path=write_picture(tmp_path / "p.png")))
    for key, step in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_Left, -1)):
        with qtbot.waitSignal(viewer.stepRequested) as blocker:
            QTest.keyClick(viewer, key)
        assert blocker.args == [step]


def test_what_can_be_used_has_a_name(viewer: Viewer) -> None:
    bars = (viewer.stage.transport, viewer.stage.picture_bar)  # made when they are first wanted
    assert all(bar.objectName() for bar in bars)
    for name in ("playButton", "loopButton", "muteButton", "speedButton", "fitButton", "actualSizeButton"):
        button = viewer.findChild(QToolButton, name)
        assert button is not None, name
        assert button.accessibleName(), name
    assert viewer.stage.transport.slider.objectName() == "seekSlider"
