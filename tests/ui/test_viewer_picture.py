"""Pictures in the viewer: fit, 1:1, zoom to the pointer; the arithmetic by properties, the widget by keys and wheel."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.images.reading import ReadProblem
from studio.ui.theme.theme import Theme
from studio.ui.viewer.picture import PictureView
from studio.ui.viewer.zoom import Zoom
from tests.ui.media_core import write_picture


def fitted(view: tuple[float, float], picture: tuple[float, float]) -> Zoom:
    zoom = Zoom(*view, *picture)
    zoom.fit()
    return zoom


sizes = st.tuples(st.floats(50, 4000), st.floats(50, 4000))


@given(sizes, sizes, st.floats(0.01, 40), st.floats(0, 1), st.floats(0, 1))
def test_zoom_keeps_the_point_and_leaves_no_gap(
    view: tuple[float, float], picture: tuple[float, float], scale: float, across: float, down: float
) -> None:
    zoom = fitted(view, picture)
    at_x, at_y = zoom.x + across * picture[0] * zoom.scale, zoom.y + down * picture[1] * zoom.scale
    zoom.zoom_to(scale, at_x, at_y)
    for place, room, size in ((zoom.x, view[0], picture[0]), (zoom.y, view[1], picture[1])):
        shown = size * zoom.scale
        if shown <= room:
            assert place == pytest.approx((room - shown) / 2, abs=1e-6)
        else:
            assert place <= 1e-6
            assert place + shown >= room - 1e-6
    if picture[0] * zoom.scale > view[0] * 3 and 0.35 < across < 0.65:
        assert (at_x - zoom.x) / zoom.scale == pytest.approx(across * picture[0], rel=1e-6)


def test_a_fitted_picture_stays_fitted_when_the_window_grows() -> None:
    zoom = fitted((400, 300), (4000, 2000))
    zoom.resize_view(800, 600)
    assert zoom.scale == pytest.approx(0.2)
    zoom.zoom_to(1.0, 400, 300)
    middle = (zoom.view_width / 2 - zoom.x) / zoom.scale
    zoom.resize_view(1000, 700)
    assert not zoom.fitted
    assert (zoom.view_width / 2 - zoom.x) / zoom.scale == pytest.approx(middle)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> PictureView:
    answer = PictureView(theme)
    qtbot.addWidget(answer)
    answer.resize(408, 308)  # 400 × 300 within the inset
    answer.show()
    return answer


def open_picture(qtbot: QtBot, view: PictureView, path: Path, width: int, height: int) -> None:
    with qtbot.waitSignal(view.shown, timeout=5000):
        view.show_picture(path, None, width, height)


def wheel(view: PictureView, at: QPointF, turned: int) -> None:
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view, event)


def test_a_large_picture_is_decoded_small_and_in_full_only_when_zoomed_in(
    qtbot: QtBot, view: PictureView, tmp_path: Path
) -> None:
    open_picture(qtbot, view, write_picture(tmp_path / "large.png", 1600, 1200), 1600, 1200)
    assert view.is_fitted
    assert view.scale == pytest.approx(0.25)
    was_whole = view.is_whole
    assert not was_whole
    with qtbot.waitSignal(view.shown, timeout=5000):
        view.actual_size()
    assert view.is_whole
    assert view.scale == 1.0


def test_the_wheel_zooms_to_the_pointer(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    open_picture(qtbot, view, write_picture(tmp_path / "p.png", 1600, 1200), 1600, 1200)
    view.actual_size()
    at = QPointF(130, 210)
    before = view.picture_point(at)
    for turned in (120, 120, 240):
        wheel(view, at, turned)
    assert view.scale == pytest.approx(1.2**4)
    after = view.picture_point(at)
    assert after.x() == pytest.approx(before.x(), abs=0.01)
    assert after.y() == pytest.approx(before.y(), abs=0.01)
    for _ in range(30):
        wheel(view, at, -120)
    assert view.scale == pytest.approx(0.25)  # no smaller than fitted


def test_keys_double_click_and_drag(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    open_picture(qtbot, view, write_picture(tmp_path / "p.png", 1600, 1200), 1600, 1200)
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.scale == 1.0
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale == pytest.approx(1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.is_fitted
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert view.scale == 1.0
    before = view.picture_point(QPointF(200, 150))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(view, QPoint(170, 140))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(170, 140))
    after = view.picture_point(QPointF(200, 150))
    assert after.x() - before.x() == pytest.approx(30)
    assert after.y() - before.y() == pytest.approx(10)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert view.is_fitted


def test_the_pixels_are_the_files_own(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "p.png", 400, 300)
    open_picture(qtbot, view, path, 400, 300)
    from PIL import Image

    pixel = view.grab().toImage().pixelColor(4 + 123, 4 + 77)
    assert (pixel.red(), pixel.green(), pixel.blue()) == Image.open(path).getpixel((123, 77))


def test_what_is_not_there_is_told(qtbot: QtBot, view: PictureView, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.failed, timeout=5000) as blocker:
        view.show_picture(tmp_path / "x.png", None, None, None)
    assert blocker.args == [ReadProblem.MISSING]
