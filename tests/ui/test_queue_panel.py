"""The panel as it is worked with: filter, details, several jobs, labels, holds, places in line; by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.domain.errors import Cost, InputError, JobFailedError
from studio.domain.job import Credits, Job, JobError, TimelineEntry, now
from studio.domain.ledger import EntryKind, LedgerEntry
from studio.domain.pause import Pause
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.queue.order import Part
from studio.ui.queue.panel import QueuePanel
from studio.ui.queue.view import JOBS_MIME
from studio.ui.theme.theme import Theme
from tests.ui.core_double import CoreDouble
from tests.ui.test_queue_model import job

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
FAILED = JobError.of(JobFailedError("The model was overloaded.", code="overloaded", cost=Cost.NONE))


@pytest.fixture
def panel(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> Iterator[QueuePanel]:
    panel = QueuePanel(double_bridge, theme)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    yield panel
    for menu in panel.findChildren(QMenu):
        menu.close()


def fill(qtbot: QtBot, panel: QueuePanel, double: CoreDouble, *jobs: Job) -> list[Job]:
    for one in jobs:
        double.show(one)
    qtbot.waitUntil(lambda: len(panel.model.all_jobs()) == len(jobs))
    return list(jobs)


def prompts(panel: QueuePanel) -> list[str]:
    return [one.prompt for one in panel.model.jobs()]


def choose(panel: QueuePanel, *jobs: Job) -> None:
    panel.view.clearSelection()
    chosen = panel.view.selectionModel()
    for one in jobs:
        index = panel.model.index(panel.model.row_of(one.id))
        chosen.setCurrentIndex(index, chosen.SelectionFlag.Select)


def button(qtbot: QtBot, panel: QueuePanel, name: str) -> QPushButton:
    """The one that is shown: those that went are deleted a moment later."""
    def shown() -> list[QPushButton]:
        return [one for one in panel.findChildren(QPushButton, name) if one.isVisibleTo(panel)]

    qtbot.waitUntil(lambda: bool(shown()))
    return shown()[0]


def is_open(panel: QueuePanel) -> bool:
    return panel.details.is_open


# filter


def test_the_filter_is_reached_and_left_by_keys(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    fill(qtbot, panel, double, job(1, prompt="A fox"), job(2, prompt="A tram"), job(3, JobState.DONE, prompt="A tram, done"))
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)
    QTest.keyClick(panel.view, Qt.Key.Key_F, CONTROL)
    assert panel.filter.field.hasFocus()
    QTest.keyClicks(panel.filter.field, "tram")
    assert prompts(panel) == ["A tram", "A tram, done"]
    QTest.keyClick(panel.filter.field, Qt.Key.Key_Down)
    assert panel.view.hasFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F, CONTROL)
    QTest.keyClick(panel.filter.field, Qt.Key.Key_Escape)
    assert len(prompts(panel)) == 3
    QTest.keyClick(panel.filter.field, Qt.Key.Key_Escape)
    assert panel.view.hasFocus()


@pytest.mark.parametrize(("place", "expected"), [
    (0, ["run", "wait", "fail", "done"]), (1, ["wait"]), (2, ["run"]), (3, ["done"]), (4, ["fail"]),
])
def test_the_parts_show_jobs_by_their_states(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, place: int, expected: list[str]
) -> None:
    fill(qtbot, panel, double, job(1, prompt="wait"), job(2, JobState.RUNNING, prompt="run"),
         job(3, JobState.DONE, prompt="done"), job(4, JobState.FAILED, prompt="fail"))
    chip = panel.filter.parts.buttons()[place]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert prompts(panel) == expected
    assert chip.toolTip().endswith(str(len(expected)))


def test_nothing_found_is_said_and_a_job_that_is_asked_for_is_shown_all_the_same(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    one, = fill(qtbot, panel, double, job(1, prompt="A fox"))
    panel.filter.field.setText("zebra")
    nothing = panel.findChild(QLabel, "queueNothing")
    assert nothing is not None
    assert nothing.isVisible()
    assert panel.select(one.id)
    assert prompts(panel) == ["A fox"]
    assert panel.filter.field.text() == ""


def test_a_click_on_a_label_shows_its_jobs_only(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    one, _other = fill(qtbot, panel, double, job(1, label="Spring"), job(2, label="Trailer"))
    row = panel.model.index(panel.model.row_of(one.id))
    tag = panel.view.label_box(panel.view.visualRect(row), row)
    assert not tag.isEmpty()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=tag.center())
    assert prompts(panel) == ["take 1"]
    shown = panel.findChild(QLabel, "queueLabel")
    assert shown is not None
    assert shown.text() == "Label: Spring"
    assert panel.view.label_box(panel.view.visualRect(panel.model.index(0)), panel.model.index(0)).isEmpty(), "said once"
    clear = panel.findChild(QToolButton, "queueLabelClear")
    assert clear is not None
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert len(prompts(panel)) == 2


def test_the_selection_survives_a_filter_that_shows_it(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    one, two = fill(qtbot, panel, double, job(1, prompt="A fox"), job(2, prompt="A tram"))
    choose(panel, one, two)
    panel.filter.field.setText("tram")
    assert [chosen.id for chosen in panel.view.selected_jobs()] == [two.id]


# details


def test_enter_opens_the_details_and_escape_closes_them(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = now()

    async def timeline(_: str) -> list[TimelineEntry]:
        later = moment + timedelta(days=1)
        return [TimelineEntry(moment, JobState.QUEUED), TimelineEntry(later, JobState.FAILED, "Refused.")]

    async def costs(job_id: str) -> list[LedgerEntry]:
        return [LedgerEntry(1, job_id, "Work", "video.generate", None, moment, EntryKind.ESTIMATED, 45.0)]

    monkeypatch.setattr(double, "timeline", timeline)
    monkeypatch.setattr(double, "job_costs", costs)
    one, = fill(qtbot, panel, double, job(1, JobState.FAILED, prompt="A fox", error=FAILED, remote_id="req_1",
                                          credits=Credits(45, 0)))
    panel.select(one.id)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert is_open(panel)
    facts = panel.details.facts
    assert facts is not None
    qtbot.waitUntil(lambda: len(facts.steps.lines()) == 2)
    assert facts.steps.lines()[0][0] == "Written down"
    assert facts.steps.lines()[1][0] == "Refused."
    assert "," in facts.steps.lines()[1][1], "another day is said"
    assert "45" in facts._cost.text()
    assert "Estimated 45 · charged 0" in facts._cost.text()
    said = [label.text() for label in facts.findChildren(QLabel)]
    assert "A fox" in said
    assert "Prompt" in said
    copied = {"queueCopyError": "The model was overloaded.", "queueRemoteIdCopy": "req_1", "queueJobIdCopy": one.id}
    for name, text in copied.items():
        copy = panel.findChild(QToolButton, name) or panel.findChild(QPushButton, name)
        assert copy is not None
        copy.click()
        assert QGuiApplication.clipboard().text().startswith(text)
    assert "overloaded · " in facts.error_text()
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert not is_open(panel)
    assert panel.view.hasFocus()
    drawer = panel.findChild(QToolButton, "queueDrawer")
    assert drawer is not None
    QTest.mouseClick(drawer, Qt.MouseButton.LeftButton)
    assert is_open(panel)
    QTest.keyClick(panel.details, Qt.Key.Key_Escape)
    assert not is_open(panel)


def test_a_job_that_was_just_sent_is_selected_while_control_is_held(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    """Ctrl+Enter sends, and the hand is still on the key."""
    older, newer = fill(qtbot, panel, double, job(1), job(2))
    panel.select(older.id)
    window = panel.windowHandle()
    QTest.keyPress(window, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    try:
        assert QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        panel.select(newer.id)
    finally:
        QTest.keyRelease(window, Qt.Key.Key_Control)
    assert panel.view.selected_jobs() == [newer]
    assert panel.current() == newer


def test_the_details_follow_the_selection(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    one, two = fill(qtbot, panel, double, job(1, prompt="A fox"), job(2, prompt="A tram"))
    panel.select(one.id)
    panel.do("details")
    panel.select(two.id)
    facts = panel.details.facts
    assert facts is not None

    def said() -> list[str]:
        return [label.text() for label in facts.findChildren(QLabel) if label.isVisibleTo(panel)] if facts else []

    qtbot.waitUntil(lambda: "A tram" in said())
    assert "A fox" not in said()
    choose(panel, one, two)
    assert not is_open(panel), "of several there is no timeline"


# several jobs


def test_several_jobs_are_cancelled_at_once_and_only_those(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    run, wait, wait2, done, other = fill(
        qtbot, panel, double, job(1, JobState.RUNNING), job(2), job(3), job(4, JobState.DONE), job(5))
    choose(panel, wait, wait2, done)
    assert panel.details.isVisible()
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: sorted(double.asked) == [("cancel", wait.id), ("cancel", wait2.id)])
    assert [double._jobs[one.id].state for one in (run, other)] == [JobState.RUNNING, JobState.QUEUED]


def test_one_that_moved_on_does_not_keep_the_others_from_it(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = fill(qtbot, panel, double, job(1), job(2))
    real = double.cancel

    async def cancel(job_id: str) -> Job:
        if job_id == jobs[0].id:
            raise InputError("The job is done: there is nothing to cancel.")
        return await real(job_id)

    monkeypatch.setattr(double, "cancel", cancel)
    choose(panel, *jobs)
    with qtbot.waitSignal(panel._bridge.problem) as said:
        panel.do("cancel")
    assert "nothing to cancel" in said.args[0]
    assert double._jobs[jobs[1].id].state is JobState.CANCELLED


def test_duplicating_and_checking_again(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    one, two = fill(qtbot, panel, double, job(1, JobState.DONE, remote_id="r1"), job(2))
    choose(panel, one, two)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: len(panel.model.all_jobs()) == 4)
    panel.do("check_again")
    qtbot.waitUntil(lambda: ("check_again", one.id) in double.queue.calls)
    assert ("check_again", two.id) not in double.queue.calls, "it was never sent"


def test_to_edit_is_handed_on_only_while_it_waits(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    wait, run = fill(qtbot, panel, double, job(1), job(2, JobState.RUNNING))
    panel.select(wait.id)
    with qtbot.waitSignal(panel.edit_wanted) as caught:
        QTest.mouseClick(button(qtbot, panel, "queueAction_edit"), Qt.MouseButton.LeftButton)
    assert caught.args == [wait]
    panel.select(run.id)
    assert not panel.do("edit")


# labels


def test_a_label_is_typed_into_the_row_for_all_selected(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    one, two, _three = fill(qtbot, panel, double, job(1), job(2), job(3))
    choose(panel, one, two)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F2)
    edit = panel.findChild(QLineEdit, "queueLabelEdit")
    assert edit is not None
    assert edit.accessibleName()
    QTest.keyClicks(edit, "Spring")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: double.queue.calls == [("label", (one.id, two.id), "Spring")])
    qtbot.waitUntil(lambda: [job.request.label for job in panel.model.jobs()] == ["Spring", "Spring", None])


def test_the_jobs_of_a_label_are_held_moved_and_cancelled_together(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    a, b, c, d = fill(qtbot, panel, double, job(1), job(2, label="Spring"), job(3), job(4, label="Spring"))
    choose(panel, b)
    menu = panel._open_job_menu(QPoint(5, 5))
    assert menu is not None
    inner = next(action.menu() for action in menu.actions() if action.menu() is not None)
    assert isinstance(inner, QMenu)
    ways = {action.text(): action for action in inner.actions() if action.text()}
    ways["Move to the front"].trigger()
    qtbot.waitUntil(lambda: double.queue.calls == [("move", (b.id, d.id), a.id)])
    qtbot.waitUntil(lambda: prompts(panel) == ["take 2", "take 4", "take 1", "take 3"])
    ways["Hold"].trigger()
    qtbot.waitUntil(lambda: double.queue.held == {Pause("job", b.id), Pause("job", d.id)})
    qtbot.waitUntil(lambda: panel.model.is_paused(b))
    assert not panel.model.is_paused(c)
    ways["Cancel all but the running"].trigger()
    qtbot.waitUntil(lambda: ("cancel_waiting", None, "Spring") in double.queue.calls)
    ways["Show only these"].trigger()
    assert {one.id for one in panel.model.jobs()} == {b.id, d.id}


# holding, and cancelling everything


def queue_menu(panel: QueuePanel) -> dict[str, object]:
    panel.filter.menu.click()
    menu = panel.findChildren(QMenu, "queueActions")[-1]
    found: dict[str, object] = {}
    for action in menu.actions():
        inner = action.menu()
        found[action.text()] = action
        if isinstance(inner, QMenu):
            found.update({one.text(): one for one in inner.actions()})
    return found


def test_the_queue_an_account_and_a_job_are_held_and_let_go(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    work, other = fill(qtbot, panel, double, job(1), job(2, account="Other"))
    queue_menu(panel)["Hold Other"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: panel.model.is_paused(other))
    assert not panel.model.is_paused(work)
    panel.select(work.id)
    QTest.mouseClick(button(qtbot, panel, "queueAction_pause_job"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.is_paused(work))
    QTest.mouseClick(button(qtbot, panel, "queueAction_resume_job"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.model.is_paused(work))
    queue_menu(panel)["Hold the queue"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: panel.model.is_paused(work))
    queue_menu(panel)["Let the queue go on"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not panel.model.is_paused(work))
    assert double.queue.held == {Pause("account", "Other")}


def test_cancelling_all_asks_first_and_says_what_it_costs(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    fill(qtbot, panel, double, job(1, JobState.RUNNING, credits=Credits(45)), job(2), job(3), job(4, JobState.UNKNOWN))
    queue_menu(panel)["Cancel all…"].trigger()  # type: ignore[attr-defined]
    dialog = panel.findChild(QDialog, "confirmDialog")
    assert dialog is not None
    words = dialog.findChild(QLabel, "confirmWords")
    assert words is not None
    assert words.text() == "2 wait: they cost nothing. 1 runs and is stopped: up to 45 credits may be charged all the same."
    assert double.queue.calls == []
    yes = dialog.findChild(QPushButton, "confirmYes")
    assert yes is not None
    yes.click()
    qtbot.waitUntil(lambda: double.queue.calls == [("cancel_all", None, None)])


def test_the_running_ones_stay_when_the_waiting_are_cancelled(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    run, _wait = fill(qtbot, panel, double, job(1, JobState.RUNNING), job(2))
    queue_menu(panel)["Cancel all but the running"].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: double.queue.calls == [("cancel_waiting", None, None)])
    qtbot.waitUntil(lambda: prompts(panel) == ["take 1", "take 2"])
    assert double._jobs[run.id].state is JobState.RUNNING


# places in line


@pytest.mark.parametrize(("key", "expected", "call"), [
    (Qt.Key.Key_Up, ["take 2", "take 1", "take 3"], 1), (Qt.Key.Key_Down, ["take 1", "take 3", "take 2"], None),
    (Qt.Key.Key_Home, ["take 2", "take 1", "take 3"], 1), (Qt.Key.Key_End, ["take 1", "take 3", "take 2"], None),
])
def test_alt_and_an_arrow_move_a_waiting_job(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, key: Qt.Key, expected: list[str], call: int | None
) -> None:
    jobs = fill(qtbot, panel, double, job(1), job(2), job(3))
    panel.select(jobs[1].id)
    QTest.keyClick(panel.view, key, ALT)
    assert prompts(panel) == expected, "at once, before the store has answered"
    before = None if call is None else jobs[0].id
    qtbot.waitUntil(lambda: double.queue.calls == [("move", (jobs[1].id,), before)])
    assert panel.current() is not None
    assert panel.current().id == jobs[1].id, "it stays selected"  # type: ignore[union-attr]


def test_pressing_quickly_goes_on_from_where_it_stands_now(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    jobs = fill(qtbot, panel, double, *(job(number) for number in range(1, 6)))
    panel.select(jobs[4].id)
    for _ in range(3):
        QTest.keyClick(panel.view, Qt.Key.Key_Up, ALT)
    assert prompts(panel) == ["take 1", "take 5", "take 2", "take 3", "take 4"]
    qtbot.waitUntil(lambda: len(double.queue.calls) == 3)
    qtbot.wait(150)
    assert prompts(panel) == ["take 1", "take 5", "take 2", "take 3", "take 4"]


def test_a_move_that_is_refused_is_taken_back(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    jobs = fill(qtbot, panel, double, job(1), job(2))
    double.queue.fail = InputError("One of these jobs has left the queue.")
    panel.select(jobs[1].id)
    with qtbot.waitSignal(panel._bridge.problem):
        QTest.keyClick(panel.view, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: prompts(panel) == ["take 1", "take 2"])


LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def mime_of(*jobs: Job) -> QMimeData:
    mime = QMimeData()
    if jobs:
        mime.setData(JOBS_MIME, QByteArray("\n".join(one.id for one in jobs).encode()))
    return mime


def drag_over(panel: QueuePanel, mime: QMimeData, at: QPoint) -> bool:
    event = QDragMoveEvent(at, Qt.DropAction.MoveAction, mime, LEFT, PLAIN)
    panel.view.dragMoveEvent(event)
    return event.isAccepted()


def drop(panel: QueuePanel, job_: Job, at: QPoint) -> bool:
    mime = mime_of(job_)
    drag_over(panel, mime, at)
    event = QDropEvent(QPointF(at), Qt.DropAction.MoveAction, mime, LEFT, PLAIN)
    panel.view.dropEvent(event)
    return event.isAccepted()


def test_dragging_puts_jobs_where_the_line_shows(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    run, a, b, c, other = fill(
        qtbot, panel, double, job(1, JobState.RUNNING), job(2), job(3), job(4), job(5, account="Other"))
    row = panel.view.visualRect(panel.model.index(panel.model.row_of(a.id)))
    assert drop(panel, c, QPoint(50, row.top() + 4))
    qtbot.waitUntil(lambda: double.queue.calls == [("move", (c.id,), a.id)])
    assert prompts(panel) == ["take 1", "take 4", "take 2", "take 3", "take 5"]
    top = panel.view.visualRect(panel.model.index(panel.model.row_of(run.id)))
    assert drop(panel, b, QPoint(50, top.top() + 2)), "above those that run is the front of the line"
    qtbot.waitUntil(lambda: double.queue.calls[-1] == ("move", (b.id,), c.id))
    end = panel.view.visualRect(panel.model.index(panel.model.row_of(other.id)))
    assert drop(panel, b, QPoint(50, end.bottom()))
    qtbot.waitUntil(lambda: double.queue.calls[-1] == ("move", (b.id,), None))


def test_the_drop_line_is_seen_while_dragging(qtbot: QtBot, panel: QueuePanel, double: CoreDouble, theme: Theme) -> None:
    a, b = fill(qtbot, panel, double, job(1), job(2))
    row = panel.view.visualRect(panel.model.index(panel.model.row_of(a.id)))
    mime, nothing = mime_of(b), mime_of()
    assert drag_over(panel, mime, QPoint(60, row.bottom() - 4))
    image: QImage = panel.view.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    column = [image.pixelColor(round(160 * ratio), y).name().lower() for y in range(image.height())]
    assert theme.current.accent.lower() in column
    assert not drag_over(panel, nothing, QPoint(60, row.bottom() - 4))
    image = panel.view.viewport().grab().toImage()
    assert theme.current.accent.lower() not in [image.pixelColor(160, y).name().lower() for y in range(image.height())]


def test_only_what_waits_can_be_dragged_and_files_go_on_to_the_window(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    run, a, other = fill(qtbot, panel, double, job(1, JobState.RUNNING), job(2), job(3, account="Other"))
    choose(panel, run, other, a)
    assert [one.id for one in panel.view.dragged()] == [a.id], "with the one under the mouse, of its account, waiting"
    choose(panel, run)
    assert panel.view.dragged() == []
    nothing = mime_of()
    assert not drag_over(panel, nothing, QPoint(50, 20))


def test_a_drag_takes_the_selected_jobs_along(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, run = fill(qtbot, panel, double, job(1), job(2), job(3, JobState.RUNNING))
    taken: list[list[str]] = []

    class Drag(QDrag):
        def exec(self, *_: object) -> Qt.DropAction:
            taken.append(_ids(self.mimeData()))
            return Qt.DropAction.MoveAction

    monkeypatch.setattr("studio.ui.queue.view.QDrag", Drag)
    choose(panel, a, b)
    panel.view.startDrag(Qt.DropAction.MoveAction)
    choose(panel, run)
    panel.view.startDrag(Qt.DropAction.MoveAction)
    assert taken == [[a.id, b.id]]


def _ids(mime: QMimeData) -> list[str]:
    return bytes(mime.data(JOBS_MIME).data()).decode().split("\n")


# staying still


def test_what_happens_above_does_not_move_the_rows_that_are_seen(
    qtbot: QtBot, panel: QueuePanel, double: CoreDouble
) -> None:
    jobs = fill(qtbot, panel, double, *(job(number) for number in range(60)))
    panel.view.verticalScrollBar().setValue(600)
    seen = panel.view.indexAt(QPoint(5, 5)).data()
    double.show(jobs[0].changed(state=JobState.DONE, finished_at=now(), revision=1))
    double.show(jobs[3].changed(state=JobState.CANCELLED, finished_at=now(), revision=1))
    qtbot.waitUntil(lambda: panel.model.row_of(jobs[0].id) == 59 or panel.model.row_of(jobs[0].id) == 58)
    assert panel.view.indexAt(QPoint(5, 5)).data() == seen


def test_a_reader_hears_all_that_is_painted(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    fill(qtbot, panel, double, job(1, JobState.RUNNING, prompt="A fox", label="Spring", progress=0.5, eta_s=20.0,
                                   credits=Credits(45), submitted_at=now() - timedelta(seconds=10)))
    said = panel.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    for words in ("A fox", "label Spring", "Running · 50 %", "running for 0:1", "about 0:", "≈ 45 cr"):
        assert words in said, said


def test_counts_and_parts_agree_with_the_states(qtbot: QtBot, panel: QueuePanel, double: CoreDouble) -> None:
    fill(qtbot, panel, double, *(job(number) for number in range(1200)), job(2000, JobState.RUNNING))
    assert panel.counts.accessibleName() == "1 running · 1,200 waiting"
    assert panel.filter.parts.buttons()[1].toolTip() == "Waiting: 1,200"
    panel.filter.parts.set_value(Part.WAITING)
