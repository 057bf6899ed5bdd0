"""The crop editor: its numbers by many random steps, its dialog by mouse and keys, and what comes out of it in the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.reference import PictureEdit
from studio.media.edit import edit_picture
from studio.ui.composer.reference_crop import CropDialog
from studio.ui.composer.reference_crop_shape import LEAST, CropShape
from studio.ui.theme.theme import Theme
from tests.ui.media_core import write_picture

SIDES = st.integers(16, 9000)
SHARES = st.floats(-2, 2, allow_nan=False)
HANDLE = st.tuples(st.sampled_from((-1, 0, 1)), st.sampled_from((-1, 0, 1))).filter(lambda h: h != (0, 0))
STEP = st.one_of(
    st.tuples(st.just("move"), SHARES, SHARES), st.tuples(st.just("pull"), HANDLE, st.tuples(SHARES, SHARES)),
    st.tuples(st.just("turn"), st.integers(0, 5), st.none()), st.tuples(st.just("mirror"), st.none(), st.none()),
    st.tuples(st.just("ratio"), st.sampled_from((None, 1.0, 16 / 9, 9 / 16, 4 / 3)), st.none()),
)


@pytest.mark.slow
@given(SIDES, SIDES, st.lists(STEP, max_size=12))
@settings(max_examples=200, deadline=None)
def test_the_frame_stays_inside_and_keeps_its_ratio(
    width: int, height: int, steps: list[tuple[str, object, object]]
) -> None:
    shape = CropShape(width, height)
    for kind, first, second in steps:
        if kind == "move":
            size = shape.pixels
            shape = shape.moved(first, second)  # type: ignore[arg-type]
            assert abs(shape.pixels[0] - size[0]) <= 1
        elif kind == "pull":
            shape = shape.pulled(*first, *second)  # type: ignore[misc]
        elif kind == "turn":
            shape = shape.turned(first)  # type: ignore[arg-type]
        elif kind == "mirror":
            shape = shape.mirrored()
        else:
            shape = shape.with_ratio(first)  # type: ignore[arg-type]
        PictureEdit(box=shape.box)  # raises for a box that leads out or holds nothing
        left, top, right, bottom = shape.box
        if shape.ratio is not None:
            have = (right - left) * shape.width / ((bottom - top) * shape.height)
            assert have == pytest.approx(shape.ratio, rel=0.01)


def test_a_pull_goes_where_the_hand_goes_and_no_further() -> None:
    shape = CropShape(400, 200)
    assert shape.pulled(1, 1, -0.25, -0.5).box == pytest.approx((0, 0, 0.75, 0.5))
    assert shape.pulled(-1, 0, 3.0, 0.0).box == pytest.approx((1 - LEAST, 0, 1, 1))
    square = shape.with_ratio(1.0)
    assert square.box == pytest.approx((0.25, 0, 0.75, 1))
    assert square.moved(1.0, 0.0).box == pytest.approx((0.5, 0, 1, 1))
    assert square.pulled(1, 1, -0.25, 0.0).box == pytest.approx((0.25, 0, 0.5, 0.5))


@pytest.mark.slow
@given(st.integers(0, 3), st.booleans(), st.tuples(st.integers(0, 20), st.integers(0, 10)))
@settings(max_examples=40, deadline=None)
def test_what_the_frame_shows_is_what_is_cut(turns: int, mirrored: bool, corner: tuple[int, int]) -> None:
    """A picture in which each pixel is another: the shape and the file agree on which are kept."""
    source = Image.new("RGB", (40, 20))
    source.putdata([(x * 5, y * 10, 77) for y in range(20) for x in range(40)])
    shape = CropShape(40, 20, (corner[0] / 40, corner[1] / 20, (corner[0] + 10) / 40, (corner[1] + 6) / 20))
    kept = source.crop((corner[0], corner[1], corner[0] + 10, corner[1] + 6))
    if mirrored:
        shape, kept = shape.mirrored(), kept.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    shape = shape.turned(turns)
    for _ in range(turns):
        kept = kept.transpose(Image.Transpose.ROTATE_270)
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "in.png", Path(folder) / "out.png"
        source.save(before)
        edit_picture(before, after, turns=turns, mirrored=mirrored, box=shape.box)
        with Image.open(after) as made:
            assert made.size == kept.size
            assert made.convert("RGB").tobytes() == kept.tobytes()


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, tmp_path: Path) -> Iterator[CropDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    path = write_picture(tmp_path / "photo.png", 800, 600)
    made = CropDialog(path, "photo.png", "16:9", theme, parent)
    made.open()
    button = made.findChild(QPushButton, "cropApply")
    assert button is not None
    qtbot.waitUntil(button.isEnabled)
    yield made
    parent.close()


def press(dialog: CropDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None, name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.slow
def test_the_form_s_ratio_stands_first_and_holds(qtbot: QtBot, dialog: CropDialog) -> None:
    assert [button.text() for button in dialog.ratio.buttons()][:2] == ["Free", "16:9 (form)"]
    QTest.mouseClick(dialog.ratio.buttons()[1], Qt.MouseButton.LeftButton)
    assert dialog.view.shape_now is not None
    assert dialog.view.shape_now.pixels == (800, 450)
    assert dialog.size_words.text() == "800 × 450 pixels"


def test_arrows_move_and_pull_the_frame(qtbot: QtBot, dialog: CropDialog) -> None:
    QTest.mouseClick(dialog.ratio.buttons()[1], Qt.MouseButton.LeftButton)
    dialog.view.setFocus()
    QTest.keyClick(dialog.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.edit().box[1] == pytest.approx((75 + 10) / 600)
    QTest.mouseClick(dialog.ratio.buttons()[0], Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog.view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert dialog.edit().box[2] == pytest.approx(799 / 800)


def test_a_handle_is_pulled_with_the_mouse(qtbot: QtBot, dialog: CropDialog) -> None:
    view = dialog.view
    corner = view.frame().bottomRight()
    assert view.handle_at(corner) == (1, 1)
    middle = view.picture_box().center().toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corner.toPoint())
    QTest.mouseMove(view, corner.toPoint() - QPoint(4, 4))
    QTest.mouseMove(view, middle)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle)
    assert dialog.edit().box == pytest.approx((0, 0, 0.5, 0.5), abs=0.02)
    assert view.handle_at(QPointF(3, 3)) is None


def test_turn_mirror_reset_and_apply(qtbot: QtBot, dialog: CropDialog) -> None:
    press(dialog, "cropRight")
    assert dialog.view.shape_now is not None
    assert dialog.view.shape_now.pixels == (600, 800)
    press(dialog, "cropMirror")
    assert dialog.edit() == PictureEdit(3, mirrored=True)
    press(dialog, "cropLeft")
    assert dialog.edit() == PictureEdit(2, mirrored=True)
    press(dialog, "cropReset")
    assert dialog.edit().changes_nothing
    press(dialog, "cropRight")
    with qtbot.waitSignal(dialog.applied) as applied:
        press(dialog, "cropApply")
    assert applied.args == [PictureEdit(1)]
