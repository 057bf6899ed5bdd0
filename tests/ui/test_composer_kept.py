"""What an operation or an account does not take is kept, and is there again with one that takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL, Account, Service
from studio.domain.job import Job, JobRequest
from studio.domain.operation import MediaKind, Operation, Parameter, ParameterKind
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.core_double import OPERATIONS, CoreDouble

VIDEO, IMAGE = OPERATIONS
MUSIC = Operation("music.generate", "Generate Music", MediaKind.AUDIO, (
    VIDEO.parameters[0], Parameter("seconds", "Seconds", ParameterKind.INTEGER, default=30, minimum=5, maximum=300),
))
END = Parameter("end_image_url", "End frame", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,))
EDIT = Operation("image.edit", "Edit Image", MediaKind.IMAGE, (
    VIDEO.parameters[0], Parameter("image_url", "Picture", ParameterKind.MEDIA, accepts=(MediaKind.IMAGE,)),
))
ALL = [replace(VIDEO, parameters=(*VIDEO.parameters, END)), IMAGE, EDIT, MUSIC]
WORK = Account("Work", Service.CANVAS_LABS)
FROM, TO, THIRD = (f"https://example.org/{name}.jpg" for name in ("from", "to", "third"))

Switch = Callable[[Account, list[Operation]], None]


@pytest.fixture
def session(double_bridge: Bridge) -> Iterator[Session]:
    answer = Session(double_bridge.paths.data / FILE_NAME)
    yield answer
    answer.close().result(60)


def opened(qtbot: QtBot, bridge: Bridge, theme: Theme, session: Session) -> Composer:
    composer = Composer(bridge, theme, session)
    qtbot.addWidget(composer)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    return composer


@pytest.fixture
def composer(qtbot: QtBot, double: CoreDouble, double_bridge: Bridge, theme: Theme, session: Session) -> Composer:
    double.offered = list(ALL)
    return opened(qtbot, double_bridge, theme, session)


@pytest.fixture
def switch(qtbot: QtBot, composer: Composer, double: CoreDouble) -> Switch:
    """Go to an account that offers these."""

    def to(account: Account, offered: list[Operation]) -> None:
        double.offered = offered
        composer.set_account(account)
        qtbot.waitUntil(lambda: composer._offered == offered)

    return to


def references(composer: Composer) -> dict[str, str]:
    return {slot.title: slot.reference.value for slot in composer.tray.slots() if slot.reference is not None}


def test_references_come_back_with_the_operation_that_takes_them(composer: Composer) -> None:
    composer.tray.set_values({"image_url": FROM, "end_image_url": TO})
    composer.picker.choose("music.generate")
    assert composer.values().keys() == {"seconds"}
    composer.picker.choose("image.edit")
    assert references(composer) == {"Picture": FROM}
    composer.picker.choose("video.generate")
    assert references(composer) == {"Start frame": FROM, "End frame": TO}


def test_references_that_only_moved_go_back_to_where_they_stood(composer: Composer) -> None:
    composer.tray.set_values({"image_url": FROM, "end_image_url": TO})
    composer.picker.choose("image.generate")
    assert composer.values()["reference_image_urls"] == [FROM, TO]
    composer.picker.choose("video.generate")
    assert references(composer) == {"Start frame": FROM, "End frame": TO}


def test_what_is_changed_meanwhile_counts(composer: Composer) -> None:
    composer.tray.set_values({"image_url": FROM, "end_image_url": TO})
    composer.picker.choose("image.edit")
    composer.tray.remove(composer.tray.slots()[0])
    composer.picker.choose("video.generate")
    assert references(composer) == {"End frame": TO}, "what was taken away stays away"
    composer.picker.choose("image.edit")
    composer.tray.set_values({"image_url": THIRD})  # another job's input is loaded
    composer.picker.choose("video.generate")
    assert references(composer) == {"Start frame": THIRD}, "nothing of before comes up behind it"


def test_undo_after_a_change_of_operation_puts_references_where_they_fit(composer: Composer) -> None:
    composer.tray.set_values({"image_url": FROM})
    composer.tray.set_values({"image_url": FROM, "end_image_url": TO})
    composer.picker.choose("image.generate")
    composer.tray.undo()
    assert references(composer) == {"Reference 1": FROM}
    composer.tray.redo()
    assert references(composer) == {"Reference 1": FROM, "Reference 2": TO}


def test_references_without_a_place_outlive_the_window(
    qtbot: QtBot, composer: Composer, double_bridge: Bridge, theme: Theme, session: Session
) -> None:
    composer.tray.set_values({"image_url": FROM, "end_image_url": TO})
    composer.picker.choose("image.edit")
    again = opened(qtbot, double_bridge, theme, session)
    assert references(again) == {"Picture": FROM}
    again.picker.choose("video.generate")
    assert references(again) == {"Start frame": FROM, "End frame": TO}


def poorer() -> Operation:
    """The same operation as another account offers it: no style, and other resolutions."""
    without = [p for p in IMAGE.parameters if p.name != "style"]
    return replace(IMAGE, parameters=tuple(
        replace(p, choices=("720p", "2K"), default="720p") if p.name == "resolution" else p for p in without
    ))


def test_what_another_account_does_not_take_is_there_again_with_the_first(composer: Composer, switch: Switch) -> None:
    composer.picker.choose("image.generate")
    for name, value in (("style", "noir"), ("resolution", "4K"), ("aspect_ratio", "9:16")):
        composer.set_value(name, value)
    switch(WORK, [poorer()])
    now = composer.values()
    assert (now["resolution"], now["aspect_ratio"]) == ("720p", "9:16")
    assert "style" not in now
    composer.set_value("aspect_ratio", "1:1")
    switch(LOCAL, list(ALL))
    now = composer.values()
    assert (now["style"], now["resolution"], now["aspect_ratio"]) == ("noir", "4K", "1:1")


def test_a_choice_made_for_the_other_account_counts(composer: Composer, switch: Switch) -> None:
    composer.picker.choose("image.generate")
    composer.set_value("resolution", "4K")
    switch(WORK, [poorer()])
    composer.set_value("resolution", "2K")
    switch(LOCAL, list(ALL))
    assert composer.values()["resolution"] == "2K"


def test_putting_all_back_puts_back_what_is_not_shown_too(composer: Composer, switch: Switch) -> None:
    composer.picker.choose("image.generate")
    composer.set_value("style", "noir")
    switch(WORK, [poorer()])
    composer.put({}, None)
    switch(LOCAL, list(ALL))
    assert "style" not in composer.values()


def test_an_operation_that_the_other_account_lacks_is_there_again_after_it(composer: Composer, switch: Switch) -> None:
    composer.picker.choose("music.generate")
    composer.set_value("seconds", 77)
    switch(WORK, [IMAGE])
    assert composer.operation == IMAGE
    assert "Generate Music" in composer.foot._error.text()
    switch(Account("Other", Service.CANVAS_LABS), [VIDEO])
    assert composer.operation == VIDEO
    switch(LOCAL, list(ALL))
    assert composer.operation == MUSIC
    assert composer.values()["seconds"] == 77
    assert composer.foot._error.text() == ""


def test_an_operation_chosen_meanwhile_stays(composer: Composer, switch: Switch) -> None:
    composer.picker.choose("music.generate")
    switch(WORK, [ALL[0], IMAGE])
    composer.picker.choose("image.generate")
    switch(LOCAL, list(ALL))
    assert composer.operation == IMAGE


def test_an_edited_job_keeps_its_account_when_another_one_is_chosen_for_new_jobs(
    qtbot: QtBot, composer: Composer, double: CoreDouble
) -> None:
    composer.prompt.set_text("my own words")
    composer.sending.edit(Job.new(JobRequest("image.generate", LOCAL.name, {"prompt": "of the job"})))
    composer.prompt.set_text("of the job, changed")
    composer.sending.go_to(WORK)
    assert composer.foot.account == LOCAL, "what is saved goes to the job's account: its price is what counts"
    assert composer.prompt.text() == "of the job, changed"
    composer.sending.leave()
    qtbot.waitUntil(lambda: composer.sending.job is None)
    assert composer.foot.account == WORK
    assert composer.prompt.text() == "my own words"
