"""Forms of all operations of both services: each kind of parameter, what applies, what a model takes, what is required."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Service
from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.providers.catalogue import operations
from studio.ui.bridge import Bridge
from studio.ui.composer.colour_field import ColourField, as_hex
from studio.ui.composer.composer import Composer
from studio.ui.composer.fields import make_field
from studio.ui.composer.form import Form
from studio.ui.composer.list_field import TextListField
from studio.ui.composer.narrowing import fitted
from studio.ui.composer.operation_groups import Group, group_of
from studio.ui.composer.prompt_box import prompt_parameter
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from studio.ui.widgets.segments import Segments
from tests.ui.core_double import CoreDouble

CANNON = {operation.id: operation for operation in operations(Service.CANNON_STUDIO)}
EVERY = [*operations(Service.CANNON_STUDIO), *operations(Service.CANVAS_LABS)]


def form_of(qtbot: QtBot, theme: Theme, name: str) -> Form:
    operation = CANNON[name]
    form = Form(operation, prompt_parameter(operation), theme)
    qtbot.addWidget(form)
    form.resize(344, 700)
    form.show()
    return form


def note(form: Form) -> str:
    field = form.field("model")
    assert field is not None
    label = field.findChild(QLabel, "note_model")  # not there before there is something to say
    return label.text() if label is not None and label.isVisibleTo(form) else ""


@pytest.fixture
def composer(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Iterator[Composer]:
    double.offered = list(CANNON.values())
    session = Session(double_bridge.paths.data / FILE_NAME)
    composer = Composer(double_bridge, theme, session)
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(Account("Work", Service.CANNON_STUDIO))
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=5000)
    yield composer
    session.close().result(60)


@pytest.mark.slow
@pytest.mark.parametrize("operation", EVERY, ids=[f"{'cl.' if o.id in ('scene.compose',) else ''}{o.id}-{n}"
                                                   for n, o in enumerate(EVERY)])
def test_every_operation_has_a_form_with_a_named_control_for_each_field(
    qtbot: QtBot, theme: Theme, operation: Operation
) -> None:
    form = Form(operation, prompt_parameter(operation), theme)
    qtbot.addWidget(form)
    for parameter in operation.parameters:
        if parameter.is_media or parameter is prompt_parameter(operation):
            continue
        field = form.field(parameter.name)
        assert field is not None, parameter.name
        assert field.control.objectName() == f"param_{parameter.name}"
        assert field.control.accessibleName() == parameter.label
        assert field.value() == parameter.default
    defaults = {p.name: p.default for p in operation.parameters if p.default is not None}
    assert form.values() == defaults


def test_a_colour_is_typed_in_any_spelling_and_sent_in_one(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(Parameter("c", "Colour", ParameterKind.COLOUR, suggestions=("#FFFFFF",)), theme)
    qtbot.addWidget(field)
    assert field.value() is None
    edit = field.findChild(QLineEdit, "param_c")
    assert edit is not None
    QTest.keyClicks(edit, "fc0")
    assert field.value() == "#FFCC00"
    edit.editingFinished.emit()
    assert edit.text() == "#FFCC00"
    edit.setText("reddish")
    edit.editingFinished.emit()
    error = field.findChild(QLabel, "error_c")
    assert error is not None
    assert "six digits" in error.text()
    assert [as_hex(text) for text in ("#12ab9f", " abc ", "#12", "")] == ["#12AB9F", "#AABBCC", None, None]


def test_the_colour_chooser_does_not_block_and_cancel_takes_it_back(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(Parameter("c", "Colour", ParameterKind.COLOUR), theme)
    assert isinstance(field, ColourField)
    qtbot.addWidget(field)
    field.show()
    field.set_value("#102030")
    field.choose()
    dialog = field.findChild(QColorDialog, "colourDialog")
    assert dialog is not None
    dialog.setCurrentColor(Qt.GlobalColor.red)
    assert field.value() == "#FF0000"
    dialog.reject()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert field.value() == "#102030"


def test_a_list_of_texts_grows_splits_what_is_pasted_and_has_an_end(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(Parameter("ids", "Characters", ParameterKind.TEXT_LIST, required=True, maximum=4), theme)
    assert isinstance(field, TextListField)
    qtbot.addWidget(field)
    field.show()
    assert field.value() is None
    first = field.edits()[0]
    QTest.keyClicks(first, "char_1")
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert [edit.objectName() for edit in field.edits()] == ["param_ids_1", "param_ids_2"]
    second = field.edits()[1]
    second.setText("char_2, char_3,char_4, char_5")
    second.textEdited.emit(second.text())
    assert field.value() == ["char_1", "char_2", "char_3", "char_4"]
    add = field.findChild(QPushButton, "add_ids")
    assert add is not None
    assert not add.isEnabled()
    field._remove(field.edits()[0])
    assert field.value() == ["char_2", "char_3", "char_4"]
    field.set_value(["one"])
    assert field.value() == ["one"]
    field.reset()
    assert field.value() is None


def test_a_group_sends_only_what_is_given_in_it(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "subtitles.generate")
    assert "subtitle_settings" not in form.values()
    form.set_values({"subtitle_settings": {"fontSize": 56, "color": "#FFFFFF"}})
    assert form.values()["subtitle_settings"] == {"fontSize": 56, "color": "#FFFFFF"}
    size = form.findChild(QWidget, "param_subtitle_settings_fontSize")
    assert size is not None
    assert size.accessibleName() == "Size"
    form.set_values({})
    assert "subtitle_settings" not in form.values()


def test_free_text_stays_possible_beside_suggestions(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "smartmotion.generate")
    box = form.findChild(QComboBox, "param_motion")
    assert box is not None
    assert "Zoom in" in [box.itemText(row) for row in range(box.count())]
    box.setEditText("zoom in")
    assert form.values()["motion"] == "zoom_in"
    box.setEditText("a slow spiral")
    assert form.values()["motion"] == "a slow spiral"
    box.setEditText("  ")
    assert "motion" not in form.values()
    form.set_values({"motion": "pan_left"})
    assert box.currentText() == "Pan left"


def test_what_does_not_count_is_neither_shown_nor_sent(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "smartmotion.generate")
    camera = form.field("camera_control")
    assert camera is not None
    assert not camera.isVisible()
    form.set_values({"control_mode": "camera_control", "camera_control": {"zoom": 18.0}})
    assert camera.isVisible()
    assert form.values()["camera_control"] == {"zoom": 18.0}
    control = form.findChild(QComboBox, "param_control_mode")
    assert control is not None
    control.setEditText("")
    assert not camera.isVisible()
    assert "camera_control" not in form.values()
    control.setEditText("camera_control")
    assert form.values()["camera_control"] == {"zoom": 18.0}, "it comes back with what makes it count"


def test_the_folded_fields_count_before_they_are_unfolded(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "music.generate")
    assert form.findChild(QWidget, "param_vocal_gender") is None
    form.set_values({"custom_mode": True, "vocal_gender": "f", "style": "noir"})
    assert form.values()["vocal_gender"] == "f"
    form.set_values({"custom_mode": False, "vocal_gender": "f"})
    assert "vocal_gender" not in form.values()
    more = form.findChild(QPushButton, "moreButton")
    assert more is not None
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    gender = form.findChild(QWidget, "param_vocal_gender")
    assert gender is not None
    assert not gender.isVisible()
    custom = form.findChild(Segments, "param_custom_mode")
    assert custom is not None
    QTest.mouseClick(custom.buttons()[1], Qt.MouseButton.LeftButton)
    assert gender.isVisible()
    assert form.values()["vocal_gender"] == "f"


def test_a_model_keeps_what_fits_says_what_changed_and_gives_it_back(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "video.generate")
    form.set_values({"duration": 30, "resolution": "4k", "aspect_ratio": "9:16"})
    model = form.findChild(QComboBox, "param_model")
    assert model is not None
    model.setEditText("wan27video")
    values = form.values()
    assert (values["duration"], values["resolution"], values["aspect_ratio"]) == (15, "1080p", "9:16")
    assert "Duration 30 to 15 s" in note(form)
    assert "Resolution 4K to 1080p" in note(form)
    spin = form.findChild(QSpinBox, "param_duration")
    assert spin is not None
    assert (spin.minimum(), spin.maximum()) == (2, 15)
    model.setEditText("sora-2")
    assert form.values()["duration"] == 20, "the nearest to what was wanted, not to what the other model made of it"
    model.setEditText("")
    values = form.values()
    assert (values["duration"], values["resolution"]) == (30, "4k")
    assert note(form) == ""


def test_a_job_of_a_narrower_model_is_loaded_as_it_was_sent(qtbot: QtBot, theme: Theme) -> None:
    form = form_of(qtbot, theme, "video.generate")
    sent = {"model": "sora-2", "duration": 12, "resolution": "720p", "aspect_ratio": "9:16", "seed": 4}
    form.set_values({**sent, "seed_locked": True})
    assert form.values() == sent
    assert note(form) == ""


FITTED = [
    (7, Parameter("n", "N", ParameterKind.INTEGER, minimum=1, maximum=5), 5),
    (0.2, Parameter("n", "N", ParameterKind.NUMBER, minimum=0.5), 0.5),
    (9, Parameter("n", "N", ParameterKind.CHOICE, choices=(4, 8, 12)), 8),
    ("4k", Parameter("n", "N", ParameterKind.CHOICE, choices=("720p", "1080p"), default="720p"), "1080p"),
    ("1:1", Parameter("n", "N", ParameterKind.ASPECT_RATIO, choices=("16:9", "9:16"), default="16:9"), "16:9"),
    ("words", Parameter("n", "N", ParameterKind.TEXT, maximum=2), "words"),
    (None, Parameter("n", "N", ParameterKind.INTEGER, default=3), 3),
    (None, Parameter("n", "N", ParameterKind.CHOICE, choices=("a",)), None),
]


@pytest.mark.parametrize(("value", "now", "wanted"), FITTED)
def test_the_nearest_value_that_is_taken(value: object, now: Parameter, wanted: object) -> None:
    whole = Parameter("n", "N", now.kind, choices=("720p", "1080p", "4k") if isinstance(value, str) else ())
    assert fitted(value, now, whole) == wanted


def test_an_optional_number_is_emptied_back_to_auto(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(Parameter("n", "N", ParameterKind.NUMBER, minimum=8, maximum=300, suggestions=(56,)), theme)
    qtbot.addWidget(field)
    spin = field.control
    assert field.value() is None
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert field.value() == 56
    spin.findChild(QLineEdit).clear()  # type: ignore[union-attr]  # a spin box has a line
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert field.value() is None


@pytest.mark.slow
def test_the_tabs_hold_all_operations_and_remember_the_last_of_each(qtbot: QtBot, composer: Composer) -> None:
    groups = {group: [o.id for o in CANNON.values() if group_of(o.id, o.kind) is group] for group in Group}
    assert sum(len(ids) for ids in groups.values()) == 19
    assert groups[Group.FINISH] == ["lipsync.generate", "subtitles.generate", "smartmotion.generate", "video.upscale"]
    assert len(groups[Group.AUDIO]) == 3
    assert len(groups[Group.PROMPT]) == 4
    tabs = composer.findChild(Segments, "operationGroups")
    assert tabs is not None
    composer.picker.choose("soundfx.generate")
    QTest.mouseClick(tabs.buttons()[0], Qt.MouseButton.LeftButton)
    assert composer.operation is not None
    assert composer.operation.id == "image.generate"
    QTest.mouseClick(tabs.buttons()[2], Qt.MouseButton.LeftButton)
    assert composer.operation.id == "soundfx.generate"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "shown", "caption"), [
    ("video.upscale", False, ""), ("subtitles.generate", False, ""), ("lipsync.generate", False, ""),
    ("narration.generate", True, "Text"), ("music.generate", True, "Prompt"),
])
def test_the_prompt_box_is_there_where_there_is_a_prompt(
    composer: Composer, name: str, shown: bool, caption: str
) -> None:
    composer.picker.choose(name)
    assert composer.prompt.isVisible() is shown
    if shown:
        assert composer.prompt.edit.accessibleName() == caption
    composer.prompt.set_text("Some words")
    expected = {"narration.generate": "text", "music.generate": "prompt"}.get(name)
    assert ([key for key, value in composer.values().items() if value == "Some words"] == [expected]) is shown


def test_what_is_needed_is_said_at_its_place(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.picker.choose("lipsync.generate")
    composer.submit()
    error = composer.findChild(QLabel, "referenceError")
    assert error is not None
    assert error.text().startswith("Video, Speech are needed")
    composer.picker.choose("sora2.video.edit")
    composer.prompt.set_text("Night falls")
    composer.submit()
    missing = composer.findChild(QLabel, "error_sora_video_id")
    assert missing is not None
    assert missing.text() == "This is needed."
    assert not double.requests


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smartmotion.generate", "soundfx.generate", "video.generate", "subtitles.generate"])
def test_tab_goes_through_the_form_as_it_is_read(qtbot: QtBot, composer: Composer, name: str) -> None:
    composer.picker.choose(name)
    composer.findChildren(QPushButton, "moreButton")[-1].click()
    control = composer.findChild(QComboBox, "param_control_mode")
    if control is not None:
        control.setEditText("camera_control")
    qtbot.wait(30)  # what was replaced has gone
    composer.activateWindow()
    composer.picker.box.setFocus()
    qtbot.waitUntil(composer.picker.box.hasFocus)
    inside = composer._scroll.widget()
    assert inside is not None
    places: list[tuple[int, str]] = []
    while not composer.foot.generate.hasFocus() and len(places) < 60:
        focused = QApplication.focusWidget()
        assert focused is not None
        places.append((focused.mapTo(inside, focused.rect().center()).y(), focused.objectName()))
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert composer.foot.generate.hasFocus(), places
    assert len(places) > 8
    assert not [(one, other) for one, other in itertools.pairwise(places) if other[0] < one[0] - 16]


def test_a_long_list_of_references_shows_one_empty_place_more(composer: Composer) -> None:
    composer.picker.choose("video.generate")
    titles = [slot.title for slot in composer.tray.slots()]
    assert titles == ["Start frame", "End frame", "Source clip", "Reference 1", "Audio"]
    addresses = [f"https://example.org/{n}.png" for n in range(9)]
    composer.tray.set_values({"reference_image_urls": addresses[:2]})
    assert [slot.title for slot in composer.tray.slots()][3:6] == ["Reference 1", "Reference 2", "Reference 3"]
    composer.tray.set_values({"reference_image_urls": addresses})
    assert composer.tray.values()["reference_image_urls"] == addresses
    assert len(composer.tray.slots()) == 13
