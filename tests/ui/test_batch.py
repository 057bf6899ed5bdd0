"""More than one job at once from the composer, and a waiting job that is changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import Account, Service
from studio.domain.batch import Axis, Batch
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.ledger import Estimate, EstimateSource
from studio.domain.operation import Parameter, ParameterKind
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.composer.batch import times
from studio.ui.composer.batch_dialog import BatchDialog
from studio.ui.composer.batch_values import can_vary, lines_of, media_in, parse_values, prompts_of
from studio.ui.composer.composer import Composer
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.core_double import OPERATIONS, CoreDouble
from tests.ui.media_core import write_picture
from tests.ui.test_accessibility import assert_named
from tests.ui.test_composer import open_composer

VIDEO = OPERATIONS[0]
DURATION = Parameter("duration", "Duration", ParameterKind.INTEGER, minimum=1, maximum=60)


@pytest.fixture
def session(double_bridge: Bridge) -> Iterator[Session]:
    answer = Session(double_bridge.paths.data / FILE_NAME)
    yield answer
    answer.close().result(60)


@pytest.fixture
def composer(qtbot: QtBot, double_bridge: Bridge, theme: Theme, session: Session) -> Composer:
    composer = open_composer(qtbot, double_bridge, theme, session)
    composer.picker.choose("video.generate")
    composer.prompt.set_text("A fox")
    return composer


def words(widget: QWidget, name: str) -> str:
    label = widget.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def open_batch(qtbot: QtBot, composer: Composer) -> BatchDialog:
    QTest.mouseClick(composer.foot.batch.more, Qt.MouseButton.LeftButton)
    dialog = composer.sending.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.send.isEnabled)
    return dialog


# what is typed


def test_values_are_read_with_their_limits() -> None:
    assert parse_values(DURATION, "5, 10,,15, 5") == (5, 10, 15)
    assert parse_values(Parameter("s", "Style", ParameterKind.TEXT), "noir, at night | watercolour |") == (
        "noir, at night", "watercolour")
    assert parse_values(Parameter("s", "Speed", ParameterKind.NUMBER), "0.5,1") == (0.5, 1.0)
    for text in ("5, ten", "0", "61", "1.5"):
        with pytest.raises(InputError) as caught:
            parse_values(DURATION, text)
        assert caught.value.field == "duration"


def test_what_can_be_varied() -> None:
    assert [p.name for p in VIDEO.parameters if can_vary(p)] == ["duration", "aspect_ratio", "resolution", "audio"]


def test_one_prompt_a_line() -> None:
    assert prompts_of("A fox\n\n  A tram \n") == ("A fox", "A tram")


def test_a_folder_gives_the_files_of_the_kinds_that_are_taken(tmp_path: Path) -> None:
    for name in ("b.png", "A.jpg", ".hidden.png", "notes.txt", "clip.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in media_in(tmp_path, (MediaKind.IMAGE,))] == ["A.jpg", "b.png"]


def test_each_job_is_told_by_what_tells_it_from_the_others() -> None:
    request = JobRequest("video.generate", "local", {"prompt": "A fox"})
    batch = Batch(request, 2, axes=(Axis("duration", (5,)), Axis("audio", (True,))))
    made = JobRequest("video.generate", "local", {"prompt": "A fox", "duration": 5, "audio": True, "seed": 9})
    assert lines_of(batch, [made], VIDEO, {}) == ["1.  5 s · on · seed 9"]
    files = Batch(request, files=("file:///x/aa.png",), slot="image_url")
    with_file = JobRequest("video.generate", "local", {"image_url": "file:///x/aa.png"})
    assert lines_of(files, [with_file], VIDEO, {"file:///x/aa.png": "fox.png"}) == ["1.  fox.png"]
    assert lines_of(Batch(request), [request], VIDEO, {}) == ["1.  as in the composer"]
    wild = Batch(JobRequest("video.generate", "local", {"prompt": "A {red|grey} fox"}), 2, lists={}, drawing=1)
    drawn = JobRequest("video.generate", "local", {"prompt": "A red fox", "seed": 9})
    assert lines_of(wild, [drawn], VIDEO, {}) == ["1.  A red fox · seed 9"]


def test_several_cost_several_times_as_much() -> None:
    one = Estimate(5.0, EstimateSource.EARLIER, 3, 4.0, None)
    assert times(one, 4) == Estimate(20.0, EstimateSource.EARLIER, 3, 16.0, None)
    assert times(None, 4) is None
    assert times(Estimate(), 4) == Estimate()


# how many


def test_the_stepper_makes_several_with_different_seeds(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    box = composer.foot.batch.count
    box.setFocus()
    for _ in range(3):
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert composer.foot.generate.text() == "Generate 4"
    assert composer.foot.generate.accessibleName() == "Generate 4"
    sent: list[Job] = []
    composer.submitted.connect(sent.append)
    QTest.mouseClick(composer.foot.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(sent) == 1)
    assert double.requests == [], "in one go, not one by one"
    seeds = [job.request.input["seed"] for job in double._jobs.values()]
    assert len(seeds) == 4
    assert len(set(seeds)) == 4
    assert composer.foot.batch.count.value() == 4, "the next press makes as many again"
    composer.foot.set_count(1)
    QTest.mouseClick(composer.foot.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(double.requests) == 1)


def test_the_price_on_the_button_is_that_of_all(qtbot: QtBot, composer: Composer) -> None:
    composer.foot.set_account(Account("Team", Service.CANNON_STUDIO))
    composer.foot.set_estimate(Estimate(5.0, EstimateSource.RATE_CARD))
    composer.foot.set_count(4)
    assert composer.foot.generate.cost() == "20 credits"
    assert composer.foot.cost_words().startswith("20 credits")
    composer.foot.set_count(1)
    assert composer.foot.generate.cost() == "5 credits"


# the dialog


@pytest.mark.slow
@pytest.mark.parametrize("way", ["matrix", "folder", "prompts"])
def test_every_control_of_the_dialog_has_its_names(qtbot: QtBot, composer: Composer, way: str) -> None:
    dialog = open_batch(qtbot, composer)
    dialog.axes[0].choose("resolution")
    dialog.axes[1].choose("duration")
    dialog.show_way(way)
    assert_named(dialog, 6)
    assert dialog.windowTitle()
    dialog.reject()


@pytest.mark.slow
def test_a_matrix_is_seen_before_it_is_sent(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    dialog = open_batch(qtbot, composer)
    dialog.axes[0].choose("resolution")
    four_k = dialog.findChild(QCheckBox, "firstAxisValue_4k")
    assert four_k is not None
    four_k.setChecked(False)
    dialog.axes[1].choose("duration")
    QTest.keyClicks(dialog.axes[1].edit, "5, 10, 15")
    dialog.count.setValue(2)
    qtbot.waitUntil(lambda: dialog.send.isEnabled() and dialog.send.text() == "Generate 12")
    assert words(dialog, "batchTotal") == "12 jobs"
    assert words(dialog, "batchPrice") == "60 credits"
    assert dialog.list.model().rowCount() == 12
    first = dialog.list.model().index(0, 0).data()
    assert first.startswith("1.  720p · 5 s · seed ")
    with qtbot.waitSignal(composer.submitted):
        dialog.submit()
    assert len(double._jobs) == 12
    assert {(job.request.input["resolution"], job.request.input["duration"]) for job in double._jobs.values()} == {
        (resolution, duration) for resolution in ("720p", "1080p") for duration in (5, 10, 15)}


@pytest.mark.slow
def test_values_that_cannot_be_read_are_said(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    dialog = open_batch(qtbot, composer)
    dialog.axes[0].choose("duration")
    QTest.keyClicks(dialog.axes[0].edit, "5, 99")
    qtbot.waitUntil(lambda: words(dialog, "batchError") == "Duration: 99 is not between 1 and 60.")
    assert not dialog.send.isEnabled()
    dialog.axes[0].edit.setText("5")
    dialog.count.setValue(500)
    dialog.axes[1].choose("aspect_ratio")
    qtbot.waitUntil(lambda: "2,500 jobs" in words(dialog, "batchError"))
    assert not dialog.send.isEnabled()
    dialog.submit()
    assert double.queue.batches == []


@pytest.mark.slow
def test_one_job_a_prompt(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    dialog = open_batch(qtbot, composer)
    dialog.show_way("prompts")
    edit = dialog.findChild(QPlainTextEdit, "batchPrompts")
    assert edit is not None
    assert edit.toPlainText() == "A fox"
    edit.setPlainText("")
    qtbot.waitUntil(lambda: not dialog.send.isEnabled())
    edit.setPlainText("A fox\n\nA tram")
    qtbot.waitUntil(lambda: dialog.send.text() == "Generate 2")
    dialog.submit()
    qtbot.waitUntil(lambda: len(double._jobs) == 2)
    assert {job.prompt for job in double._jobs.values()} == {"A fox", "A tram"}


def test_one_job_a_file_of_a_folder(qtbot: QtBot, composer: Composer, double: CoreDouble, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(11):
        write_picture(folder / f"{number:02}.png", hue=number)
    (folder / "broken.png").write_bytes(b"no picture")
    dialog = open_batch(qtbot, composer)
    dialog.show_way("folder")
    source = dialog.folder
    assert source is not None
    source.read(folder)
    qtbot.waitUntil(lambda: dialog.send.text() == "Generate 11" and dialog.send.isEnabled())
    assert "1 cannot be read: broken.png" in words(dialog, "batchFolderStatus")
    assert dialog.list.model().index(10, 0).data() == "11.  10.png"
    dialog.submit()
    qtbot.waitUntil(lambda: len(double._jobs) == 11)
    starts = {job.request.input["image_url"] for job in double._jobs.values()}
    assert len(starts) == 11
    assert all(str(address).startswith("file:") for address in starts)


def test_a_refusal_stays_in_the_dialog(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    dialog = open_batch(qtbot, composer)
    double.queue.fail = InputError("The disk is full.")
    dialog.submit()
    qtbot.waitUntil(lambda: words(dialog, "batchError").startswith("The disk is full."))
    assert dialog.isVisible()
    dialog.reject()


def test_an_unknown_price_is_said(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    double.queue.price = None
    dialog = open_batch(qtbot, composer)
    qtbot.waitUntil(lambda: words(dialog, "batchPrice") == "Price not known before it is sent")
    dialog.reject()


# a waiting job


def waiting(double: CoreDouble, account: str = "local") -> Job:
    return double.show(Job.new(JobRequest("image.generate", account, {"prompt": "A tram", "resolution": "2K"}, "Spring")))


def test_a_waiting_job_is_changed_where_it_stands_and_the_draft_comes_back(
    qtbot: QtBot, composer: Composer, double: CoreDouble, session: Session
) -> None:
    before = session.get("draft")
    job = waiting(double)
    composer.sending.edit(job)
    assert composer.sending.bar.isVisible()
    assert composer.prompt.text() == "A tram"
    assert composer.foot.generate.text() == "Save"
    assert not composer.foot.batch.isVisible()
    composer.prompt.set_text("A tram at night")
    assert session.get("draft") == before, "what is typed into the job is not the draft"
    with qtbot.waitSignal(composer.submitted):
        QTest.mouseClick(composer.sending.bar.save, Qt.MouseButton.LeftButton)
    assert double.queue.calls == [("edit", job.id)]
    stored = double._jobs[job.id].request
    assert (stored.input["prompt"], stored.input["resolution"], stored.label) == ("A tram at night", "2K", "Spring")
    assert not composer.sending.bar.isVisible()
    assert composer.operation is not None
    assert (composer.operation.id, composer.prompt.text()) == ("video.generate", "A fox")
    assert composer.foot.generate.text() == "Generate"
    assert double.requests == []


def test_a_job_is_kept_as_it_was(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    job = waiting(double)
    composer.sending.edit(job)
    composer.prompt.set_text("Something else")
    QTest.mouseClick(composer.sending.bar.keep, Qt.MouseButton.LeftButton)
    assert composer.prompt.text() == "A fox"
    assert double._jobs[job.id].request == job.request
    assert double.queue.calls == []


@pytest.mark.slow
def test_a_job_that_is_sent_meanwhile_cannot_be_saved(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    job = waiting(double)
    composer.sending.edit(job)
    double.show(job.changed(state=JobState.RUNNING, revision=1))
    qtbot.waitUntil(lambda: not composer.sending.bar.save.isEnabled())
    assert "left the queue" in words(composer, "composerError")
    composer.sending.leave()
    assert composer.sending.bar.save.isEnabled()
    assert words(composer, "composerError") == ""


def test_a_refused_change_says_why_and_goes_on_being_edited(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    job = waiting(double)
    composer.sending.edit(job)
    double.queue.fail = InputError("The job has left the queue.")
    composer.submit()
    qtbot.waitUntil(lambda: "left the queue" in words(composer, "composerError"))
    assert composer.sending.bar.isVisible()


def test_a_job_of_another_account_is_shown_with_what_that_one_offers(
    qtbot: QtBot, composer: Composer, double: CoreDouble
) -> None:
    team = Account("Team", Service.CANVAS_LABS)
    double._accounts.append(team)
    job = waiting(double, "Team")
    composer.sending.edit(job)
    qtbot.waitUntil(lambda: composer.prompt.text() == "A tram")
    assert composer.foot.account == team
    composer.submit()
    qtbot.waitUntil(lambda: double.queue.calls == [("edit", job.id)])
    qtbot.waitUntil(lambda: composer.prompt.text() == "A fox")
    assert composer.foot.account is not None
    assert composer.foot.account.name == "local"
