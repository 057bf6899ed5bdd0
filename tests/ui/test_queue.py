"""The queue: one row a job, words for every state, what can be done, single rows updated."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.errors import Cost, JobFailedError
from studio.domain.event import JobChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Credits, Job, JobError, JobRequest, now
from studio.domain.state import JobState, WaitReason
from studio.ui.bridge import Bridge
from studio.ui.queue import words
from studio.ui.queue.actions import actions_for
from studio.ui.queue.model import LeftRole, QueueModel
from studio.ui.queue.panel import QueuePanel
from studio.ui.theme.theme import Theme
from studio.ui.widgets import job_words
from tests.ui.core_double import CoreDouble

_count = 0


def job(state: JobState = JobState.QUEUED, prompt: str = "A fox", account: str = "Work", **changes: Any) -> Job:
    """A job whose id is newer than that of the one before."""
    global _count
    _count += 1
    made = Job.new(JobRequest("video.generate", account, {"prompt": prompt}, changes.pop("label", None)))
    return made.changed(**{"id": f"job_{_count:012x}", "state": state, "position": float(_count), **changes})


FAILED = JobError.of(JobFailedError("The model was overloaded.", cost=Cost.NONE))


@pytest.fixture
def panel(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> QueuePanel:
    panel = QueuePanel(double_bridge, theme)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    return panel


def shown(panel: QueuePanel) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def test_the_model_keeps_to_qt_s_rules(qtmodeltester: Any) -> None:
    model = QueueModel()
    qtmodeltester.check(model)
    model.set_jobs([job() for _ in range(5)])
    model.take([JobChanged(job(), is_new=True)])
    qtmodeltester.check(model)


def test_a_change_touches_one_row_and_moves_none(qtbot: QtBot) -> None:
    model = QueueModel()
    jobs = [job(prompt=str(number)) for number in range(4)]
    model.set_jobs(jobs)
    assert [model.index(row).data() for row in range(4)] == ["0", "1", "2", "3"]
    touched: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: touched.append((first.row(), last.row())))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.rowsMoved):
        model.take([JobChanged(jobs[0].changed(state=JobState.RUNNING, revision=1))])
    assert (0, 0) in touched
    assert set(touched) <= {(0, 0), (1, 1)}, "only its own row and the one that is next now"
    model.take([JobChanged(jobs[0].changed(state=JobState.QUEUED, revision=0))])
    assert model.jobs()[0].state is JobState.RUNNING, "an older revision does not overwrite a newer one"


def test_the_estimate_falls_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("studio.ui.queue.model.time.monotonic", lambda: clock[0])
    model = QueueModel()
    model.set_jobs([job(JobState.RUNNING, eta_s=21.0)])
    clock[0] += 4
    assert model.index(0).data(LeftRole) == 17
    assert model.tick()
    clock[0] += 100
    assert model.index(0).data(LeftRole) == 0
    model.take([JobChanged(model.jobs()[0].changed(state=JobState.DONE, eta_s=None, revision=1))])
    assert not model.tick(), "nothing runs down any more: the clock may stop"


def test_time_and_cost_in_words() -> None:
    moment = now()
    assert words.time_words(job(JobState.RUNNING), 21.4, moment) == "0:21 left"
    sent = job(JobState.RUNNING, submitted_at=moment - timedelta(seconds=40))
    assert words.time_words(sent, 21.4, moment) == "0:40 / 1:01", "elapsed and expected"
    assert words.time_words(sent, None, moment) == "0:40"
    assert words.time_words(job(), None, moment, is_next=True) == "next"
    assert words.time_words(job(JobState.UNKNOWN), None, moment) == "Needs you"
    assert words.time_words(job(JobState.QUEUED, not_before=moment + timedelta(seconds=65)), None, moment) == "in 1:05"
    done = job(JobState.DONE, finished_at=moment)
    assert words.time_words(done, None, moment) == moment.astimezone().strftime("%H:%M")
    assert words.cost_words(job(account="local")) == "free"
    assert words.cost_words(job(credits=Credits(17, None))) == "≈ 17 cr"
    assert words.cost_words(job(JobState.UNKNOWN, credits=Credits(45, None))) == "45 cr?"
    assert words.cost_words(job(JobState.DONE, credits=Credits(45, 44.5))) == "44.5 cr"


def test_how_long_the_service_keeps_a_result_is_said_until_it_is_here() -> None:
    moment = now()
    answer = {"expires_at": (moment + timedelta(minutes=10)).isoformat()}
    waiting = job(JobState.DOWNLOADING, output=answer)
    assert waiting.expires_at is not None
    assert "for 10:00 more" in words.deadline_words(waiting, moment)
    assert "it may be gone" in words.deadline_words(waiting, moment + timedelta(hours=1))
    assert words.deadline_words(waiting.changed(state=JobState.DONE), moment) == ""
    assert words.deadline_words(job(JobState.RUNNING), moment) == ""


@pytest.mark.parametrize("state", list(JobState))
def test_every_state_has_words_and_something_to_do(state: JobState) -> None:
    assert job_words.state_words(job(state))
    assert actions_for(job(state))


def test_the_sums_have_a_long_and_a_short_form() -> None:
    states = (JobState.RUNNING, JobState.DOWNLOADING, JobState.QUEUED, JobState.UNKNOWN, JobState.DONE)
    assert words.summary(Counter(states)) == (
        "1 needs you · 2 running · 1 waiting", "1 unknown · 2 running · 1 waiting", "1 unknown · 3 active"
    )
    assert words.summary(Counter([*states, JobState.UNKNOWN]))[0].startswith("2 need you")
    assert words.summary({}) == ("", "", "")


def test_a_row_says_the_operation_by_its_own_title() -> None:
    assert words.line_words(job(JobState.RUNNING, progress=0.64), "Generate Video") == "Running · 64 % · Generate Video"
    assert words.line_words(job(JobState.FAILED, error=FAILED), "Generate Video") == "Failed: The model was overloaded."
    assert job_words.operation_words("video.generate") == "Generate Video"
    assert job_words.operation_words("lipsync.generate", {"lipsync.generate": "Generate Lip Sync"}) == "Generate Lip Sync"


def test_on_this_computer_nothing_ever_costs() -> None:
    maybe = JobError.of(JobFailedError("The renderer failed.", cost=Cost.UNKNOWN))
    assert job_words.state_words(job(JobState.FAILED, account="local", error=maybe)) == "Failed · not charged"
    assert "Nothing was charged" in job_words.error_words(job(JobState.FAILED, account="local", error=maybe))
    assert "may have been charged" in job_words.error_words(job(JobState.FAILED, error=maybe))


@pytest.mark.parametrize("reason", list(WaitReason))
def test_every_reason_for_waiting_is_explained(reason: WaitReason) -> None:
    assert job_words.wait_sentence(job(waiting_for=reason)).count(".") >= 1
    assert not job_words.wait_sentence(job())
    assert not job_words.wait_sentence(job(JobState.DONE, waiting_for=reason))


@pytest.mark.parametrize("reason", list(WaitReason))
def test_every_reason_for_waiting_has_words(reason: WaitReason) -> None:
    assert job_words.state_words(job(waiting_for=reason)) != job_words.state_words(job())


def test_the_counts_come_from_the_states(panel: QueuePanel) -> None:
    panel.model.set_jobs([])
    first = job(JobState.RUNNING)
    panel.take([JobChanged(first), JobChanged(job()), JobChanged(job(JobState.UNKNOWN)), JobChanged(job(JobState.DONE))])
    assert panel.counts.text() == "1 needs you · 1 running · 1 waiting"
    panel.take([JobChanged(first.changed(state=JobState.DONE, revision=1))])
    assert panel.counts.text() == "1 needs you · 1 waiting"


def test_it_says_what_to_do_while_it_is_empty(panel: QueuePanel) -> None:
    label = panel.findChild(QLabel, "queueEmpty")
    assert label is not None
    assert label.isVisible()
    panel.take([JobChanged(job(), is_new=True)])
    assert not label.isVisible()
    assert panel.view.isVisible()


def test_the_first_screen_is_shown_before_the_core_is_ready(qtbot: QtBot, paths: Any, theme: Theme) -> None:
    bridge = Bridge(paths)
    panel = QueuePanel(bridge, theme)
    qtbot.addWidget(panel)
    panel.show_first(FirstScreen(jobs=(job(prompt="kept"),)))
    assert shown(panel) == ["kept"]
    assert bridge.close(60)


def test_a_failed_job_says_all_three_parts_and_offers_a_way_on(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    failed = double.show(job(JobState.FAILED, error=FAILED, remote_id="job_remote"))
    qtbot.waitUntil(lambda: panel.model.row_of(failed.id) >= 0)
    assert panel.select(failed.id)
    message = panel.findChild(QLabel, "queueMessage")
    assert message is not None
    assert message.text() == "The model was overloaded. Nothing was charged. Change the input or retry."
    check = panel.findChild(QPushButton, "queueAction_check_again")
    assert check is not None
    QTest.mouseClick(check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: double.queue.calls == [("check_again", failed.id)])
    button = panel.findChild(QPushButton, "queueAction_retry")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: double.asked == [("retry", failed.id)])


@pytest.mark.parametrize(("action", "words_on_it"), [("retry", "Send again"), ("give_up", "Give up")])
def test_an_unknown_job_leaves_the_choice_to_the_person(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, action: str, words_on_it: str
) -> None:
    unknown = double.show(job(JobState.UNKNOWN))
    qtbot.waitUntil(lambda: panel.select(unknown.id))
    button = panel.findChild(QPushButton, f"queueAction_{action}")
    assert button is not None
    assert button.text() == words_on_it
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: double.asked == [(action, unknown.id)])


def test_delete_cancels_only_the_selected_job(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    running = double.show(job(JobState.RUNNING))
    waiting = double.show(job(JobState.QUEUED))
    qtbot.waitUntil(lambda: panel.select(waiting.id))
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: double.asked == [("cancel", waiting.id)])
    qtbot.waitUntil(lambda: panel.model.job(waiting.id).state is JobState.CANCELLED)  # type: ignore[union-attr]
    assert panel.model.job(running.id).state is JobState.RUNNING  # type: ignore[union-attr]


def test_an_action_that_does_not_fit_the_state_does_nothing(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    done = double.show(job(JobState.DONE))
    qtbot.waitUntil(lambda: panel.select(done.id))
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    QTest.keyClick(panel.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(80)
    assert double.asked == []
    assert double.queue.calls == []


def test_copying_and_using_again(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    failed = double.show(job(JobState.FAILED, error=FAILED, remote_id="job_remote"))
    qtbot.waitUntil(lambda: panel.select(failed.id))
    panel.do("copy_remote_id")
    assert QGuiApplication.clipboard().text() == "job_remote"
    panel.do("copy_error")
    assert QGuiApplication.clipboard().text().startswith("The model was overloaded.")
    with qtbot.waitSignal(panel.reuse_wanted) as caught:
        panel.do("reuse")
    assert caught.args == [failed]


def test_what_another_process_wrote_is_read_and_the_selection_stays(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    mine = double.show(job(prompt="mine"))
    qtbot.waitUntil(lambda: panel.select(mine.id))
    other = job(prompt="from the command line")
    double._jobs[other.id] = other
    panel._bridge.storeChanged.emit()
    qtbot.waitUntil(lambda: shown(panel) == ["mine", "from the command line"])
    current = panel.current()
    assert current is not None
    assert current.id == mine.id


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_every_state_is_painted(qtbot: QtBot, panel: QueuePanel, theme: Theme, mode: str) -> None:
    theme.set_mode(mode)
    panel.take([JobChanged(job(state, prompt="words " * 30, error=FAILED, progress=0.5, eta_s=3.0)) for state in JobState])
    image = panel.view.grab().toImage()
    row = panel.view.visualRect(panel.model.index(0))
    assert row.height() == 60
    colours = {image.pixelColor(x, row.center().y()).name() for x in range(0, row.width(), 2)}
    assert len(colours) > 3
    theme.set_mode("dark")
