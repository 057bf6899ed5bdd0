"""The scene board in the window over the real core: one truth with the composer, mouse, keyboard, touch, brush and files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.job import JobRequest
from studio.domain.scene_board import SceneBoard
from studio.domain.scene_board_file import as_object
from studio.domain.scene_geometry import box_of
from studio.domain.scene_words import placement_words
from studio.ui.bridge import Bridge
from studio.ui.composer import intake
from studio.ui.create_page import CreatePage
from studio.ui.scene.state import KEPT_AS
from studio.ui.scene.view import SceneView
from studio.ui.session import FILE_NAME, Session, read
from studio.ui.theme.theme import Theme


def figure(path: Path, colour: str, size: tuple[int, int] = (180, 240)) -> Path:
    """A picture that is cut out already: a round body with nothing behind it."""
    image = QImage(*size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setBrush(colour)
    painter.drawEllipse(10, 10, size[0] - 20, size[1] - 20)
    painter.end()
    assert image.save(str(path))
    return path


class Desk:
    """The page with the board in it, and two photos on their way."""

    def __init__(self, qtbot: QtBot, page: CreatePage, folder: Path) -> None:
        self.qtbot, self.page, self.folder = qtbot, page, folder
        self.composer = page.composer

    @property
    def view(self) -> SceneView:
        assert self.page.scene.view is not None
        return self.page.scene.view

    @property
    def board(self) -> SceneBoard:
        return self.view.state.board

    def add(self, *colours: str) -> None:
        count = len(self.board.layers) + len(colours)
        brought = [intake.Brought(path=figure(self.folder / f"{colour}.png", colour)) for colour in colours]
        self.composer.tray.take(brought)
        self.qtbot.waitUntil(lambda: len(self.board.layers) == count, timeout=10000)
        self.qtbot.waitUntil(lambda: all(layer.width for layer in self.board.layers), timeout=10000)

    def middle_of(self, at: int) -> QPoint:
        layer = self.board.layers[at]
        return self.view.canvas.view().at(layer.x, layer.y).toPoint()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view.canvas, key, modifier)

    def cut(self) -> None:
        self.qtbot.waitUntil(self.view.pictures.is_idle, timeout=40000)


@pytest.fixture
def session(ready_bridge: Bridge) -> Iterator[Session]:
    session = Session(ready_bridge.paths.data / FILE_NAME)
    yield session
    session.close().result(60)


@pytest.fixture
def desk(qtbot: QtBot, ready_bridge: Bridge, theme: Theme, session: Session, tmp_path: Path) -> Desk:
    page = CreatePage(ready_bridge, theme, session)
    qtbot.addWidget(page)
    page.resize(1280, 740)
    page.show()
    page.composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: page.composer.operation is not None, timeout=15000)
    assert page.scene.open()
    desk = Desk(qtbot, page, tmp_path)
    qtbot.waitUntil(lambda: desk.view.isVisible())
    return desk


@pytest.mark.slow
def test_the_board_stands_in_the_viewer_s_place_while_its_operation_is_chosen(desk: Desk) -> None:
    page = desk.page
    assert desk.view.isVisible()
    assert not page.viewer.isVisible()
    assert page.scene.dock is not None
    assert page.scene.dock.isVisible()
    desk.composer.picker.choose("image.generate")
    assert page.viewer.isVisible()
    assert not desk.view.isVisible()
    assert not page.scene.dock.isVisible()
    desk.composer.picker.choose("scene.compose")
    assert desk.view.isVisible()


@pytest.mark.slow
def test_photos_and_words_are_the_same_in_composer_and_board(desk: Desk) -> None:
    desk.add("red", "blue")
    assert desk.composer.values()["images"] == desk.board.images()
    field = desk.composer.findChild(QPlainTextEdit, "param_scene")
    assert field is not None
    field.setPlainText("a picnic by the river")
    assert desk.board.scene == "a picnic by the river"
    button = desk.view.findChild(QPushButton, "sceneUndo") or desk.view.tools.undo
    button.click()
    assert field.toPlainText() == ""
    assert len(desk.board.layers) == 2
    front = desk.board.images()[0]
    desk.view.state.edit(desk.board.restacked(desk.board.layers[0].id, -1))
    assert desk.composer.values()["images"] == desk.board.images()
    assert desk.board.images()[1] == front
    desk.composer.tray.slots()[0].removed.emit()
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 1)
    assert desk.board.images() == [front]


@pytest.mark.slow
def test_a_board_in_work_leaves_the_start_frame_of_a_video_where_it_stood(desk: Desk) -> None:
    desk.add("red", "blue")
    composer, board = desk.composer, desk.board
    composer.picker.choose("video.generate")
    start = figure(desk.folder / "start.png", "green").as_uri()
    composer.tray.set_values({"image_url": start})
    composer.picker.choose("scene.compose")
    assert desk.board.layers == board.layers
    assert composer.values()["images"] == board.images()
    desk.view.state.change(lambda layer: replace(layer, x=layer.x + 0.1))
    desk.view.state.edit(replace(desk.board, layers=desk.board.layers[::-1]))
    assert composer.values()["images"] == board.images()[::-1]
    composer.picker.choose("video.generate")
    assert composer.tray.values() == {"image_url": start}
    composer.picker.choose("scene.compose")
    assert composer.values()["images"] == board.images()[::-1]


@pytest.mark.slow
def test_a_photo_on_its_way_in_arrives_whatever_is_done_on_the_board_meanwhile(desk: Desk) -> None:
    desk.add("red", "blue")
    third = figure(desk.folder / "green.png", "green")
    desk.composer.tray.take([intake.Brought(path=third)])
    assert desk.composer.tray.is_busy()
    desk.view.state.edit(desk.board.restacked(desk.board.layers[0].id, -1))
    assert desk.composer.tray.is_busy(), "another order of the photos stops nothing"
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 3, timeout=10000)
    assert desk.board.layers[2].name == "green.png"
    assert desk.composer.values()["images"] == desk.board.images()


@pytest.mark.slow
def test_the_mouse_moves_scales_and_turns(desk: Desk) -> None:
    desk.add("red", "blue")
    canvas, left = Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton
    board = desk.view.canvas
    desk.view.state.snaps = False
    start = desk.middle_of(0)
    before = desk.board.layers[0]
    QTest.mousePress(board, canvas, pos=start)
    QTest.mouseMove(board, start + QPoint(40, -30))
    _move(board, start + QPoint(40, -30))
    QTest.mouseRelease(board, left, pos=start + QPoint(40, -30))
    after = desk.board.layers[0]
    scale = board.view().scale
    assert after.x - before.x == pytest.approx(40 / scale, abs=2 / scale)
    assert after.y - before.y == pytest.approx(-30 / scale, abs=2 / scale)
    selected = desk.view.state.selected
    assert selected is not None
    assert selected.id == after.id
    desk.view.state.undo()
    assert desk.board.layers[0].x == before.x, "a drag is one step"


def _move(board: QWidget, to: QPoint) -> None:
    """A move with the button held: QTest's own does not hold it on every platform."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), QPointF(board.mapToGlobal(to)), Qt.MouseButton.NoButton,
                        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(board, event)


@pytest.mark.slow
def test_handles_scale_and_turn(desk: Desk) -> None:
    from studio.ui.scene.painting import outline, turn_handle

    desk.add("red")
    board, state = desk.view.canvas, desk.view.state
    state.select(desk.board.layers[0].id)
    before = desk.board.layers[0]
    corner = outline(board.view(), before)[2].toPoint()
    middle = desk.middle_of(0)
    further = middle + (corner - middle) * 2
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=corner)
    _move(board, further)
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=further)
    assert desk.board.layers[0].scale == pytest.approx(2 * before.scale, rel=0.06)
    state.undo()
    knob = turn_handle(board.view(), before).toPoint()
    reach = middle.y() - knob.y()
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=knob)
    _move(board, middle + QPoint(reach, 1))
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=middle + QPoint(reach, 1))
    assert desk.board.layers[0].rotation == 90


@pytest.mark.slow
def test_a_drag_snaps_to_the_middle_and_shows_it(desk: Desk) -> None:
    desk.add("red")
    board = desk.view.canvas
    start = desk.middle_of(0)
    to = QPoint(round(board.view().rect.center().x()) + 3, start.y() - 40)
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=start)
    _move(board, to)
    assert desk.board.layers[0].x == pytest.approx(desk.board.frame[0] / 2)
    assert any(guide.upright for guide in board._guides)
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=to)
    assert not board._guides


@pytest.mark.slow
def test_everything_by_keyboard(desk: Desk) -> None:
    desk.add("red", "blue")
    canvas, state = desk.view.canvas, desk.view.state
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    first, second = desk.board.layers
    state.select(first.id)  # after two at once the one that was read last is selected
    desk.key(Qt.Key.Key_Tab)
    assert state.selected is not None
    assert state.selected.id == second.id
    desk.key(Qt.Key.Key_Left)
    desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    moved = desk.board.layers[1]
    assert (moved.x, moved.y) == (second.x - 1, second.y - 10)
    desk.key(Qt.Key.Key_Plus)
    desk.key(Qt.Key.Key_BracketRight)
    desk.key(Qt.Key.Key_M)
    moved = desk.board.layers[1]
    assert moved.scale == pytest.approx(second.scale * 1.05)
    assert moved.rotation == 1
    assert moved.mirrored
    desk.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert desk.board.layers[0].id == second.id
    assert "in front" in canvas.accessibleDescription()
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.board.layers[1].id == second.id
    desk.key(Qt.Key.Key_Delete)
    assert [layer.id for layer in desk.board.layers] == [first.id]
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.composer.values()["images"]) == 2  # type: ignore[arg-type]  # a list of addresses


@pytest.mark.slow
def test_tab_leaves_the_board_after_the_last_photo(desk: Desk) -> None:
    desk.add("red")
    canvas = desk.view.canvas
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.hasFocus()
    desk.key(Qt.Key.Key_Tab)
    assert not canvas.hasFocus()


@pytest.mark.slow
def test_two_fingers_move_scale_and_turn(desk: Desk) -> None:
    desk.add("red")
    canvas = desk.view.canvas
    before = desk.board.layers[0]
    middle = desk.middle_of(0)
    device = QTest.createTouchDevice()
    sides = QPoint(20, 0)
    touch = QTest.touchEvent(canvas, device)
    touch.press(0, middle - sides, canvas).commit()
    QTest.touchEvent(canvas, device).move(0, middle - sides, canvas).press(1, middle + sides, canvas).commit()
    QTest.touchEvent(canvas, device).move(0, middle - sides * 2, canvas).move(1, middle + sides * 2, canvas).commit()
    QTest.touchEvent(canvas, device).release(0, middle - sides * 2, canvas).release(1, middle + sides * 2, canvas).commit()
    after = desk.board.layers[0]
    assert after.scale == pytest.approx(2 * before.scale, rel=0.05)
    assert (after.x, after.y) == pytest.approx((before.x, before.y), abs=2)
    desk.view.state.undo()
    assert desk.board.layers[0].scale == before.scale


@pytest.mark.slow
def test_a_brush_stroke_takes_away_and_undo_brings_it_back(desk: Desk) -> None:
    desk.add("red")
    desk.cut()
    canvas, state = desk.view.canvas, desk.view.state
    layer = desk.board.layers[0]
    assert desk.view.pictures.is_solid_at(layer, 0.37, 0.5)
    assert not desk.view.pictures.is_solid_at(layer, 0.005, 0.005), "its background is out"
    desk.view.tools.refine.click()
    at = desk.middle_of(0)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    _move(canvas, at + QPoint(12, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(12, 0))
    assert len(desk.board.layers[0].strokes) == 1
    desk.qtbot.waitUntil(lambda: not desk.view.pictures.is_solid_at(desk.board.layers[0], 0.375, 0.5), timeout=5000)
    state.undo()
    desk.qtbot.waitUntil(lambda: desk.view.pictures.is_solid_at(desk.board.layers[0], 0.375, 0.5), timeout=5000)
    desk.key(Qt.Key.Key_Escape)
    assert not canvas.brush.on


@pytest.mark.slow
def test_a_preset_and_own_words_with_the_placement(desk: Desk) -> None:
    desk.add("red", "blue")
    view = desk.view
    beach = next(preset for preset in view.presets.presets() if preset.name == "beach")
    beach.click()
    assert desk.composer.values()["scene"] == "beach"
    box = view.findChild(QCheckBox, "scenePlacement")
    assert box is not None
    assert not box.isEnabled(), "a preset goes by its name alone"
    desk.composer.set_value("scene", "a harbour at dusk")
    assert not beach.isChecked()
    assert box.isEnabled()
    assert desk.composer.values()["scene"] == "a harbour at dusk"
    box.click()
    sent = desk.composer.values()["scene"]
    assert sent == f"a harbour at dusk; {placement_words(desk.board)}"
    assert desk.board.scene == "a harbour at dusk"
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.composer.values()["scene"] == "a harbour at dusk"


@pytest.mark.slow
def test_the_list_says_each_photo_and_changes_their_order(desk: Desk) -> None:
    desk.add("red", "blue")
    panel = desk.view.layers
    desk.qtbot.waitUntil(lambda: panel.list.count() == 2)
    desk.cut()
    desk.qtbot.waitUntil(lambda: "Cut out" in str(panel.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)))
    words = str(panel.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert words.startswith("Picture 1, red.png: Cut out · in front")
    front = desk.board.layers[0].id
    panel.list.setCurrentRow(0)
    panel.back.click()
    assert desk.board.layers[1].id == front
    QTest.keyClick(panel.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert desk.board.layers[0].id == front


@pytest.mark.slow
def test_what_is_dropped_on_the_board_goes_through_the_composer(desk: Desk) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(figure(desk.folder / f"{c}.png", c))) for c in ("red", "green")])
    desk.view.canvas.dropped.emit(mime)
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 2, timeout=10000)
    assert desk.composer.values()["images"] == desk.board.images()


@pytest.mark.slow
def test_a_photo_that_is_taken_away_and_dropped_again_stands_where_it_stood(desk: Desk) -> None:
    desk.add("red", "blue")
    desk.view.state.select(desk.board.layers[0].id)
    desk.key(Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ShiftModifier)
    before = desk.board.layers[0]
    desk.composer.tray.slots()[0].removed.emit()
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 1)
    desk.composer.tray.take([intake.Brought(path=desk.folder / "red.png")])
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 2, timeout=10000)
    assert before in desk.board.layers


@pytest.mark.slow
def test_an_earlier_job_comes_back_onto_the_board(desk: Desk) -> None:
    desk.add("red", "blue")
    images = desk.board.images()
    desk.add("green")
    sent = "a lake; the first large on the left in front; the second on the right behind"
    desk.composer.picker.choose("image.generate")
    desk.composer.load(JobRequest("scene.compose", "local", {"images": images, "scene": sent}))
    assert desk.view.isVisible()
    assert desk.board.images() == images
    assert desk.board.scene == "a lake"
    assert desk.composer.values()["images"] == images


@pytest.mark.slow
def test_a_drop_anywhere_on_the_board_is_offered_while_something_is_dragged(desk: Desk) -> None:
    zone = next(one for one in desk.page.drop_zones(desk.page) if one.name == "Scene board")
    assert zone.box.contains(desk.view.canvas.mapTo(desk.page, desk.view.canvas.rect().center()))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(figure(desk.folder / "red.png", "red")))])
    zone.take(mime)
    desk.qtbot.waitUntil(lambda: len(desk.board.layers) == 1, timeout=10000)


@pytest.mark.slow
def test_the_viewer_is_one_press_from_the_board(desk: Desk) -> None:
    desk.page.scene.show_viewer()
    assert desk.page.viewer.isVisible()
    back = desk.page.findChild(QPushButton, "backToSceneButton")
    assert back is not None
    assert back.isVisible()
    back.click()
    assert desk.view.isVisible()
    desk.page.reset_panels()
    assert desk.page.scene.dock is not None
    assert desk.page.scene.dock.isVisible()


@pytest.mark.slow
def test_aligning_and_the_frame_s_shape(desk: Desk) -> None:
    desk.add("red")
    desk.view.state.select(desk.board.layers[0].id)
    desk.view.tools.align_to("left")
    assert box_of(desk.board.layers[0]).left == pytest.approx(0)
    desk.view.tools.set_ratio("9:16")
    assert desk.board.frame == (1080, 1920)
    assert desk.view.canvas.view().rect.height() > desk.view.canvas.view().rect.width()
    desk.view.tools.mirror.click()
    assert desk.board.layers[0].mirrored
    desk.view.tools.cut_out.click()
    assert not desk.board.layers[0].cut_out
    for _ in range(4):
        desk.view.tools.undo.click()
    assert desk.board.ratio == "16:9"
    assert not desk.board.layers[0].mirrored


@pytest.mark.slow
def test_the_draft_is_there_again_after_a_crash(
    desk: Desk, qtbot: QtBot, ready_bridge: Bridge, theme: Theme, session: Session
) -> None:
    desk.add("red", "blue")
    desk.view.state.select(desk.board.layers[0].id)
    desk.key(Qt.Key.Key_BracketRight)
    kept = as_object(desk.board)
    path = ready_bridge.paths.data / FILE_NAME
    qtbot.waitUntil(lambda: path.exists() and read(path).get(KEPT_AS) == json.loads(json.dumps(kept)), timeout=1500)
    again = CreatePage(ready_bridge, theme, Session(path, read(path)))
    qtbot.addWidget(again)
    again.composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: again.scene.view is not None, timeout=10000)
    assert again.scene.view is not None
    assert again.scene.view.state.board == desk.board
    assert again.composer.values()["images"] == desk.board.images()


@pytest.mark.slow
def test_a_board_is_saved_and_opened_by_dialogs(desk: Desk, tmp_path: Path) -> None:
    desk.add("red", "blue")
    desk.view.state.change(lambda layer: layer)
    saved = desk.board
    desk.view.files.ask_save()
    desk.qtbot.waitUntil(lambda: desk.view.files.dialog is not None, timeout=5000)
    dialog = desk.view.files.dialog
    assert isinstance(dialog, QFileDialog)
    assert dialog.isVisible()
    with desk.qtbot.waitSignal(desk.view.said, timeout=5000):
        dialog.fileSelected.emit(str(tmp_path / "picnic.scene.json"))
    dialog.close()
    desk.view.state.renew(SceneBoard())
    assert "images" not in desk.composer.values()
    desk.view.files.open(tmp_path / "picnic.scene.json")
    desk.qtbot.waitUntil(lambda: desk.board == saved, timeout=5000)
    assert desk.composer.values()["images"] == saved.images()
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with desk.qtbot.waitSignal(desk.view.failed, timeout=5000) as told:
        desk.view.files.open(tmp_path / "other.json")
    assert "no scene board" in told.args[0]
    assert desk.board == saved


@pytest.mark.slow
def test_the_flat_picture_goes_to_another_operation(desk: Desk) -> None:
    desk.add("red", "blue")
    desk.view.use_flat("image.edit")
    desk.qtbot.waitUntil(lambda: desk.composer.operation is not None and desk.composer.operation.id == "image.edit"
                         and desk.composer.tray.values() != {}, timeout=40000)
    value = next(iter(desk.composer.tray.values().values()))
    address = str(value[0] if isinstance(value, list) else value)
    image = QImage(QUrl(address).toLocalFile())
    assert (image.width(), image.height()) == (1920, 1080)
    desk.composer.picker.choose("scene.compose")
    assert len(desk.board.layers) == 2
    assert desk.composer.values()["images"] == desk.board.images()


@pytest.mark.slow
def test_a_board_is_sent_to_the_engine_and_its_result_stands_beside_it(desk: Desk) -> None:
    desk.add("red", "blue")
    desk.composer.set_value("scene", "studio")
    desk.composer.set_value("resolution", "720p")
    desk.composer.submit()
    desk.qtbot.waitUntil(lambda: desk.view.shows_result and desk.view.compare.has_result, timeout=90000)
    before = desk.view.compare.share
    QTest.keyClick(desk.view.compare, Qt.Key.Key_Right)
    assert desk.view.compare.share > before
    desk.view.film_result.click()
    desk.qtbot.waitUntil(lambda: "image_url" in desk.composer.values(), timeout=10000)
    assert desk.composer.operation is not None
    assert desk.composer.operation.id == "video.generate"
