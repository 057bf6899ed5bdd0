"""The composer: forms from operations, sending, errors where they belong, drafts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL, Account, Service
from studio.domain.job import Job, JobRequest
from studio.domain.operation import Parameter, ParameterKind
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.composer.field import Field
from studio.ui.composer.fields import make_field
from studio.ui.session import FILE_NAME, Session, read
from studio.ui.theme.theme import Theme
from studio.ui.widgets.segments import Segments
from tests.ui.core_double import OPERATIONS, CoreDouble


def open_composer(qtbot: QtBot, bridge: Bridge, theme: Theme, session: Session) -> Composer:
    composer = Composer(bridge, theme, session)
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    return composer


@pytest.fixture
def session(double_bridge: Bridge) -> Iterator[Session]:
    answer = Session(double_bridge.paths.data / FILE_NAME)
    yield answer
    answer.close().result(60)


@pytest.fixture
def composer(qtbot: QtBot, double_bridge: Bridge, theme: Theme, session: Session) -> Composer:
    return open_composer(qtbot, double_bridge, theme, session)


Found = TypeVar("Found", bound=QWidget)


def find(composer: Composer, kind: type[Found], name: str) -> Found:
    widget = composer.findChild(kind, name)
    assert widget is not None, name
    return widget


def words(composer: Composer, name: str) -> str:
    label = composer.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisibleTo(composer) else ""


def test_ctrl_enter_sends_what_the_form_holds_and_keeps_it(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.picker.choose("video.generate")
    edit = composer.prompt.edit
    QTest.keyClicks(edit, "A harbour at dusk")
    sent: list[Job] = []
    composer.submitted.connect(sent.append)
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(sent))
    request = double.requests[0]
    assert (request.operation, request.account) == ("video.generate", "local")
    given = dict(request.input)
    seed = given.pop("seed")
    assert isinstance(seed, int)
    assert 0 <= seed <= 2147483647
    assert given == {
        "prompt": "A harbour at dusk", "duration": 5, "aspect_ratio": "16:9", "resolution": "1080p", "audio": False,
    }
    assert composer.prompt.text() == "A harbour at dusk"


def test_each_job_has_a_seed_of_its_own_until_it_is_locked(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.prompt.set_text("waves")
    for _ in range(2):
        with qtbot.waitSignal(composer.submitted):
            composer.submit()
    assert double.requests[0].input["seed"] != double.requests[1].input["seed"]
    assert find(composer, QLineEdit, "param_seed").property("text") == str(double.requests[1].input["seed"])
    QTest.mouseClick(find(composer, QToolButton, "seedLock"), Qt.MouseButton.LeftButton)
    for _ in range(2):
        with qtbot.waitSignal(composer.submitted):
            composer.submit()
    seeds = [request.input["seed"] for request in double.requests[1:]]
    assert len(set(seeds)) == 1


def test_an_empty_prompt_is_said_beside_the_prompt(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.prompt.set_text("   ")
    QTest.mouseClick(find(composer, QPushButton, "generateButton"), Qt.MouseButton.LeftButton)
    assert "Write a few words" in words(composer, "promptError")
    assert not double.requests
    composer.prompt.set_text("a")
    assert words(composer, "promptError") == ""


def test_a_prompt_that_is_too_long_is_not_sent(composer: Composer, double: CoreDouble) -> None:
    composer.prompt.set_text("x" * 5001)
    composer.submit()
    assert "5,000" in words(composer, "promptError")
    assert words(composer, "promptCounter") == "5,001 / 5,000"
    assert not double.requests


def test_what_the_core_refuses_appears_at_its_field(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.prompt.set_text("reject this")
    composer.submit()
    qtbot.waitUntil(lambda: "refused" in words(composer, "promptError"))
    assert composer.prompt.text() == "reject this"


def test_the_operation_box_holds_all_operations(qtbot: QtBot, composer: Composer) -> None:
    box = composer.findChild(QComboBox, "operationBox")
    assert box is not None
    assert {box.itemData(row) for row in range(box.count())} == {operation.id for operation in OPERATIONS}
    box.setCurrentIndex(box.findData("image.generate"))
    assert composer.operation is not None
    assert composer.operation.id == "image.generate"
    assert composer.findChild(QWidget, "param_style") is not None
    qtbot.waitUntil(lambda: composer.findChild(QWidget, "param_duration") is None)


def test_values_and_prompt_outlive_a_change_of_operation(composer: Composer) -> None:
    composer.prompt.set_text("a fox")
    spin = find(composer, QSpinBox, "param_duration")
    spin.setValue(12)
    composer.picker.choose("image.generate")
    assert composer.prompt.text() == "a fox"
    composer.picker.choose("video.generate")
    assert composer.values()["duration"] == 12


def test_quick_lengths_and_the_spin_box_are_one_value(qtbot: QtBot, composer: Composer) -> None:
    spin = find(composer, QSpinBox, "param_duration")
    row = spin.parentWidget()
    assert row is not None
    segments = row.findChild(Segments)
    assert segments is not None
    QTest.mouseClick(segments.buttons()[1], Qt.MouseButton.LeftButton)
    assert spin.value() == 10
    spin.setValue(7)
    assert segments.value() is None
    assert composer.values()["duration"] == 7


def test_loading_a_job_shows_all_of_its_input(composer: Composer) -> None:
    composer.load(JobRequest("image.generate", "local", {
        "prompt": "old words", "aspect_ratio": "9:16", "resolution": "2K", "quality": "high", "seed": 77,
    }))
    assert composer.values() == {
        "prompt": "old words", "aspect_ratio": "9:16", "resolution": "2K", "quality": "high", "seed": 77,
    }
    composer._form.draw_seeds()  # type: ignore[union-attr]  # what sending does first
    assert composer.values()["seed"] == 77, "the seed of a loaded job is locked"


def test_what_was_typed_comes_back_after_loading_a_job(composer: Composer) -> None:
    composer.prompt.edit.insertPlainText("my own words")
    composer.load(JobRequest("video.generate", "local", {"prompt": "old words"}))
    assert composer.prompt.text() == "old words"
    composer.prompt.edit.undo()
    assert composer.prompt.text() == "my own words"


def test_an_operation_that_is_not_offered_is_said(composer: Composer) -> None:
    composer.load(JobRequest("music.generate", "local", {"prompt": "a"}))
    assert "does not offer music.generate" in words(composer, "composerError")


@pytest.mark.slow
def test_the_draft_is_there_again(
    qtbot: QtBot, composer: Composer, double_bridge: Bridge, theme: Theme, session: Session
) -> None:
    composer.picker.choose("image.generate")
    composer.prompt.set_text("half a tho")
    field = find(composer, QLineEdit, "param_style")
    field.setText("noir")
    path = double_bridge.paths.data / FILE_NAME
    qtbot.waitUntil(lambda: path.exists() and "noir" in path.read_text(encoding="utf-8"), timeout=2000)
    again = open_composer(qtbot, double_bridge, theme, Session(path, read(path)))
    assert again.prompt.text() == "half a tho"
    assert again.operation is not None
    assert again.operation.id == "image.generate"
    assert again.values()["style"] == "noir"


def test_the_cost_line_tells_free_from_unknown(composer: Composer, qtbot: QtBot) -> None:
    assert words(composer, "costLabel") == "Free on this computer"
    composer.set_account(Account("Work", Service.CANVAS_LABS))
    assert words(composer, "costLabel") == "…"
    qtbot.waitUntil(lambda: words(composer, "costLabel") == "Price not known before it is sent")


def test_every_control_has_a_name_and_can_be_reached(composer: Composer) -> None:
    for operation in OPERATIONS:
        composer.picker.choose(operation.id)
        composer.findChildren(QPushButton, "moreButton")[-1].click()  # that of the form before goes with the next event
        for parameter in operation.parameters:
            if parameter.is_media or parameter.name == "prompt":
                continue
            control = find(composer, QWidget, f"param_{parameter.name}")
            assert control.accessibleName() == parameter.label
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in composer.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not widget.accessibleName()
        and not isinstance(widget, QLineEdit)
    ]
    assert not nameless


def test_the_prompt_grows_with_its_text_to_a_limit(composer: Composer) -> None:
    small = composer.prompt.edit.height()
    composer.prompt.set_text("line\n" * 8)
    grown = composer.prompt.edit.height()
    composer.prompt.set_text("line\n" * 80)
    most = composer.prompt.edit.height()
    assert small < grown < most < 320


CASES = [
    (Parameter("n", "N", ParameterKind.INTEGER, default=4, minimum=1, maximum=9), 7, 4),
    (Parameter("n", "N", ParameterKind.NUMBER, default=0.5, minimum=0, maximum=1), 0.75, 0.5),
    (Parameter("n", "N", ParameterKind.NUMBER, minimum=0, maximum=1), 0.25, None),
    (Parameter("n", "N", ParameterKind.INTEGER, minimum=0, maximum=9), 0, None),
    (Parameter("n", "N", ParameterKind.CHOICE, default="a", choices=("a", "b")), "b", "a"),
    (Parameter("n", "N", ParameterKind.CHOICE, choices=("a", "b", "c", "d", "e")), "d", None),
    (Parameter("n", "N", ParameterKind.CHOICE, default=5, choices=(5, 10, 15), unit="s"), 10, 5),
    (Parameter("n", "N", ParameterKind.SWITCH, default=False), True, False),
    (Parameter("n", "N", ParameterKind.SWITCH), False, None),
    (Parameter("n", "N", ParameterKind.TEXT), "words", None),
    (Parameter("n", "N", ParameterKind.TEXT, multiline=True), "two\nlines", None),
    (Parameter("n", "N", ParameterKind.ASPECT_RATIO, default="1:1", choices=("16:9", "1:1")), "16:9", "1:1"),
    (Parameter("n", "N", ParameterKind.SEED), 5, None),
    (Parameter("n", "N", ParameterKind.GROUP), {"pan": 3}, None),
]


@pytest.mark.parametrize(("parameter", "value", "default"), CASES, ids=[f"{c[0].kind.value}-{c[1]}" for c in CASES])
def test_a_field_gives_back_what_it_was_given(
    qtbot: QtBot, theme: Theme, parameter: Parameter, value: object, default: object
) -> None:
    field: Field = make_field(parameter, theme)
    qtbot.addWidget(field)
    assert field.value() == default
    field.set_value(value)
    assert field.value() == value
    assert type(field.value()) is type(value)
    field.reset()
    assert field.value() == default
    field.set_error("Wrong.")
    label = field.findChild(QLabel, "error_n")
    assert label is not None
    assert label.text() == "Wrong."


def test_text_can_be_typed_into_a_plain_text_field(qtbot: QtBot, theme: Theme) -> None:
    field = make_field(Parameter("n", "N", ParameterKind.TEXT, multiline=True, help="What to leave out."), theme)
    qtbot.addWidget(field)
    edit = field.findChild(QPlainTextEdit, "param_n")
    assert edit is not None
    with qtbot.waitSignal(field.changed):
        QTest.keyClicks(edit, "fog")
    assert field.value() == "fog"
    assert field.toolTip() == "What to leave out."
