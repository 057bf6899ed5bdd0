"""Groups that have a control of their own: the camera's pad and sliders, and the sample of the subtitles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSlider
from pytestqt.qtbot import QtBot

from studio.domain.account import Service
from studio.domain.operation import Parameter, ParameterKind
from studio.providers.catalogue import operations
from studio.ui.composer.camera_field import CameraField
from studio.ui.composer.fields import make_field
from studio.ui.composer.group_field import GroupField
from studio.ui.composer.move_pad import MovePad
from studio.ui.composer.subtitle_field import SubtitleField
from studio.ui.theme.theme import Theme

CANNON = {operation.id: operation for operation in operations(Service.CANNON_STUDIO)}


def group(operation: str, name: str) -> Parameter:
    found = CANNON[operation].parameter(name)
    assert found is not None
    return found


@pytest.fixture
def camera(qtbot: QtBot, theme: Theme) -> CameraField:
    field = make_field(group("smartmotion.generate", "camera_control"), theme)
    assert isinstance(field, CameraField)
    qtbot.addWidget(field)
    field.resize(344, 400)
    field.show()
    return field


def pad_of(field: CameraField) -> MovePad:
    assert field.pad is not None
    return field.pad


def slider(field: CameraField, name: str) -> QSlider:
    found = field.findChild(QSlider, f"param_camera_control_{name}")
    assert found is not None
    return found


def test_nothing_is_sent_while_nothing_moves(camera: CameraField) -> None:
    assert camera.value() is None
    camera.set_value({"pan": 0, "zoom": 18})
    assert camera.value() == {"zoom": 18}


def test_the_pad_by_mouse(qtbot: QtBot, camera: CameraField) -> None:
    pad = pad_of(camera)
    with qtbot.waitSignal(camera.changed):
        QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(pad.width() - 12, 20))
    value = camera.value()
    assert isinstance(value, dict)
    assert value["horizontal"] > 80
    assert value["vertical"] > 60
    assert slider(camera, "horizontal").value() == value["horizontal"]
    QTest.mouseDClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert camera.value() is None


def test_the_pad_by_keys(camera: CameraField) -> None:
    pad = pad_of(camera)
    QTest.keyClick(pad, Qt.Key.Key_Right)
    QTest.keyClick(pad, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert camera.value() == {"horizontal": 10, "vertical": -1}
    for _ in range(20):
        QTest.keyClick(pad, Qt.Key.Key_Right)
    assert camera.value() == {"horizontal": 100, "vertical": -1}
    QTest.keyClick(pad, Qt.Key.Key_Home)
    assert camera.value() is None


def test_a_slider_moves_the_knob_and_reset_puts_all_back(qtbot: QtBot, camera: CameraField) -> None:
    slider(camera, "vertical").setValue(40)
    slider(camera, "roll").setValue(-25)
    assert pad_of(camera).values() == (0.0, 40.0)
    assert camera.value() == {"vertical": 40, "roll": -25}
    reset = camera.findChild(QPushButton, "reset_camera_control")
    assert reset is not None
    with qtbot.waitSignal(camera.changed):
        reset.click()
    assert camera.value() is None
    assert not reset.isEnabled()


@pytest.mark.parametrize("value", [None, 3, {"pan": "left"}, {"pan": True}, {"pan": 1e9}, {"nobody": 4}])
def test_odd_values_are_taken_as_far_as_they_make_sense(camera: CameraField, value: object) -> None:
    camera.set_value(value)
    assert camera.value() in (None, {"pan": 100})


def test_a_group_that_discovery_finds_gets_the_same_control(qtbot: QtBot, theme: Theme) -> None:
    part = Parameter("x", "X", ParameterKind.NUMBER, minimum=-10, maximum=10)
    found = Parameter("drift", "Drift", ParameterKind.GROUP, fields=(part, replace(part, name="y", label="Y")))
    field = make_field(found, theme)
    qtbot.addWidget(field)
    assert isinstance(field, CameraField)
    other = replace(found, fields=(part, replace(part, name="y", minimum=0)))
    plain = make_field(other, theme)
    qtbot.addWidget(plain)
    assert type(plain) is GroupField


def test_the_sample_follows_the_settings(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(group("subtitles.generate", "subtitle_settings"), theme)
    assert isinstance(field, SubtitleField)
    qtbot.addWidget(field)
    field.resize(344, 500)
    field.show()
    before = field.sample.grab().toImage()
    field.set_value({"color": "#FF0000", "fontSize": 90})
    after = field.sample.grab().toImage()
    assert before != after
    red = sum(after.pixelColor(x, y).red() > 200 > 120 > after.pixelColor(x, y).green()
              for x in range(0, after.width(), 2) for y in range(0, after.height(), 2))
    assert red > 50, "the words are not in the colour that was chosen"
    field.set_value({"color": "no colour", "strokeWidth": 0, "font": "Nowhere Sans"})
    assert not field.sample.grab().isNull()
