"""The history: a real item model under the model tester, live updates, the table, the details, the sums."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset
from studio.domain.errors import Cost, JobFailedError
from studio.domain.first_screen import FirstScreen
from studio.domain.history import HistoryQuery
from studio.domain.job import Credits, Job, JobError, JobRequest, TimelineEntry, now
from studio.domain.state import JobState, WaitReason
from studio.ui.bridge import Bridge
from studio.ui.history.model import ASSET_ROLE, Column, HistoryModel
from studio.ui.history.page import HistoryPage
from studio.ui.history.rows import MOST_PAGES
from studio.ui.history.words import time_words
from studio.ui.images.captions import clock_words, duration_words, short_day_words, size_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.job_words import credit_words, state_words
from tests.ui.media_core import MediaCore, Open, days_ago, make_asset, open_bridge, write_picture

__all__ = ["open_bridge"]  # a fixture of this module

ERROR = JobError.of(JobFailedError("The service refused the prompt.", cost=Cost.NONE, advice="Change it.", code="policy"))


def make_job(
    number: int, state: JobState = JobState.DONE, *, account: str = "local", prompt: str | None = None, **more: object
) -> Job:
    """Job `number`: a higher number is newer."""
    request = JobRequest("image.generate", account, {"prompt": f"job number {number}" if prompt is None else prompt})
    return Job(id=f"job_{number:06d}", request=request, idempotency_key="k", state=state).changed(**more)


def text(model: HistoryModel, row: int, column: Column) -> str:
    return str(model.index(row, column).data())


def shown_id(model: HistoryModel, row: int) -> str | None:
    job = model.job_at(row)
    return None if job is None else job.id


@pytest.fixture
def core() -> MediaCore:
    return MediaCore(jobs=[make_job(n) for n in range(1, 41)])


@pytest.fixture
def page(qtbot: QtBot, open_bridge: Open, core: MediaCore, theme: Theme) -> HistoryPage:
    return shown(qtbot, open_bridge(core), theme)


def shown(qtbot: QtBot, bridge: Bridge, theme: Theme) -> HistoryPage:
    page = HistoryPage(bridge, theme)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    with qtbot.waitSignal(page.model.answered, timeout=5000):
        page.show()
    return page


# -- the model ----------------


@pytest.mark.slow
def test_the_model_keeps_the_rules_of_models(
    qtbot: QtBot, open_bridge: Open, qtmodeltester: ModelTester
) -> None:
    bridge = open_bridge(MediaCore(jobs=[make_job(n) for n in range(1, 251)]))
    model = HistoryModel(bridge)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    model.ask(HistoryQuery())
    qtbot.waitUntil(lambda: model.is_counted, timeout=3000)
    assert model.rowCount() == 250
    assert shown_id(model, 0) == make_job(250).id
    assert model.job_at(230) is None  # it is asked for
    qtbot.waitUntil(lambda: shown_id(model, 230) == make_job(20).id, timeout=3000)
    with qtbot.waitSignal(model.rowsInserted):
        bridge.run(lambda core: core.change_job(make_job(999, JobState.QUEUED), is_new=True))  # type: ignore[attr-defined]
    assert model.row_of(make_job(20).id) == 231
    with qtbot.waitSignal(model.dataChanged):
        bridge.run(lambda core: core.change_job(make_job(20, JobState.FAILED, error=ERROR)))  # type: ignore[attr-defined]
    with qtbot.waitSignal(model.modelReset):
        model.ask(HistoryQuery(search="number", states=(JobState.FAILED,)))
    assert [shown_id(model, row) for row in range(model.rowCount())] == [make_job(20).id]
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped


@pytest.mark.slow
def test_memory_holds_some_pages_only_and_what_is_passed_over_is_not_fetched(qtbot: QtBot, open_bridge: Open) -> None:
    core = MediaCore(jobs=[make_job(n) for n in range(1, 5001)])
    model = HistoryModel(open_bridge(core))
    model.ask(HistoryQuery())
    qtbot.waitUntil(lambda: model.is_counted, timeout=3000)
    for row in range(0, 5000, 50):
        model.job_at(row)
    qtbot.waitUntil(lambda: model.job_at(4999) is not None, timeout=3000)
    assert sum(call.startswith("page") for call in core.calls) <= 6
    for row in range(0, 5000, 100):
        qtbot.waitUntil(lambda row=row: model.job_at(row) is not None, timeout=3000)  # type: ignore[misc]
    assert len(list(model.rows.known())) == MOST_PAGES * 100


def test_a_job_that_no_longer_matches_leaves_the_filter(qtbot: QtBot, open_bridge: Open, core: MediaCore) -> None:
    core.jobs_by_id["job_000007"] = make_job(7, JobState.RUNNING)
    bridge = open_bridge(core)
    model = HistoryModel(bridge)
    with qtbot.waitSignal(model.answered):
        model.ask(HistoryQuery(states=(JobState.RUNNING,)))
    assert model.rowCount() == 1
    bridge.run(lambda core: core.change_job(make_job(7, JobState.DONE)))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: model.rowCount() == 0, timeout=3000)


def test_the_picture_of_a_row_is_fetched_when_it_is_painted(qtbot: QtBot, open_bridge: Open, tmp_path: Path) -> None:
    picture = make_asset(1, path=write_picture(tmp_path / "p.png"), job_id="job_000001")
    core = MediaCore([picture], [make_job(1, asset_ids=(picture.id,)), make_job(2, asset_ids=("asset_gone",))])
    model = HistoryModel(open_bridge(core))
    with qtbot.waitSignal(model.answered):
        model.ask(HistoryQuery())
    index = model.index(1, Column.PICTURE)
    assert index.data(ASSET_ROLE) is None
    assert model.index(0, Column.PICTURE).data(ASSET_ROLE) is None
    qtbot.waitUntil(lambda: index.data(ASSET_ROLE) == picture, timeout=3000)
    assert model.index(0, Column.PICTURE).data(ASSET_ROLE) is None  # one that is gone does not spoil the others


# -- words ----------------


def choose(box: QComboBox, value: object) -> None:
    """As the person would."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_states_costs_and_times_in_words(qtbot: QtBot) -> None:
    start = now()
    done = make_job(1, submitted_at=start, finished_at=start + timedelta(seconds=42))
    assert (state_words(done), credit_words(done), time_words(done)) == ("Done", "free", "0:42")
    paid = make_job(1, account="work", credits=Credits(45, 45))
    assert credit_words(paid) == "45"
    failed = make_job(1, JobState.FAILED, account="work", error=ERROR, credits=Credits(45, None))
    assert (state_words(failed), credit_words(failed)) == ("Failed · not charged", "0")
    unknown = make_job(1, JobState.UNKNOWN, account="work", credits=Credits(45, None))
    assert (credit_words(unknown), time_words(unknown)) == ("45?", "–")
    assert state_words(make_job(1, JobState.QUEUED, waiting_for=WaitReason.OFFLINE)) == "Waiting · no connection"
    assert state_words(make_job(1, JobState.RUNNING, progress=0.644)) == "Running · 64 %"
    assert credit_words(make_job(1, JobState.RUNNING, account="work", credits=Credits(1204.5, None))) == "≈ 1,204.5"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (duration_words(5), "0:05"),
        (duration_words(3729), "1:02:09"),
        (duration_words(None), ""),
        (clock_words(3.76), "0:03.8"),
        (clock_words(59.97), "1:00.0"),
        (size_words(15_234_567), "15.2 MB"),
        (size_words(999), "999 B"),
        (size_words(123_456), "123 kB"),
    ],
)
def test_numbers_in_words(said: str, words: str) -> None:
    assert said == words


# -- the page ----------------


def test_rows_say_what_was_asked(qtbot: QtBot, page: HistoryPage) -> None:
    qtbot.waitUntil(lambda: text(page.model, 0, Column.ACCOUNT) == "This computer", timeout=3000)
    assert text(page.model, 0, Column.TITLE) == "job number 40"
    assert text(page.model, 0, Column.OPERATION) == "Generate Image"
    qtbot.waitUntil(lambda: page.totals.words()[1] == "40", timeout=3000)
    assert page.table.isVisible()


def test_search_and_state_filter(qtbot: QtBot, page: HistoryPage, core: MediaCore) -> None:
    page.search.setFocus()
    QTest.keyClicks(page.search, "17")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=3000)
    page.search.clear()
    qtbot.waitUntil(lambda: page.model.rowCount() == 40, timeout=3000)
    choose(page.filters.states, JobState.FAILED.value)
    qtbot.waitUntil(lambda: page.message.isVisible(), timeout=3000)
    page.findChild(QPushButton, "historyClear").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.model.rowCount() == 40, timeout=3000)


def test_details_show_every_step_with_its_milliseconds(qtbot: QtBot, page: HistoryPage, core: MediaCore) -> None:
    job = make_job(40, account="work", remote_id="job_8f3k2m1n", credits=Credits(45, 44))
    at = days_ago(0).replace(microsecond=204000)
    core.jobs_by_id[job.id] = job
    core.timelines[job.id] = [
        TimelineEntry(at, JobState.QUEUED, "Written down"),
        TimelineEntry(at + timedelta(milliseconds=707), JobState.RUNNING, "Sent, accepted as job_8f3k2m1n"),
        TimelineEntry(at + timedelta(days=1), JobState.DONE),
    ]
    page._bridge.run(lambda core: core.change_job(job))  # type: ignore[attr-defined]
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    page.table.select_job(job.id)
    assert page.details.isVisible()
    qtbot.waitUntil(lambda: len(page.details.timeline.lines()) == 3, timeout=3000)
    lines = page.details.timeline.lines()
    assert lines[0] == ("Written down", f"{at.astimezone():%H:%M:%S}.204")
    assert lines[1][1].endswith(".911")
    assert lines[2][0] == "In the gallery"
    assert lines[2][1].startswith(short_day_words((at + timedelta(days=1)).astimezone().date()))
    qtbot.waitUntil(lambda: page.details.job == job, timeout=3000)
    cost = page.findChild(QLabel, "detailsCost")
    assert cost is not None
    assert cost.text() == "Estimated 45 · charged 44"
    with qtbot.waitSignal(page.runAgain) as blocker:
        page.findChild(QPushButton, "changeButton").click()  # type: ignore[union-attr]
    assert blocker.args == [job]
    QTest.keyClick(page.table, Qt.Key.Key_Escape)
    assert not page.details.isVisible()


@pytest.mark.slow
def test_a_failed_job_is_explained_copied_and_retried(qtbot: QtBot, page: HistoryPage, core: MediaCore) -> None:
    failed = make_job(39, JobState.FAILED, account="work", error=ERROR, remote_id="job_x")
    page._bridge.run(lambda core: core.change_job(failed))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.model.job_at(1) == failed, timeout=3000)
    page.table.select_job(failed.id)
    happened = page.findChild(QLabel, "errorHappened")
    assert happened is not None
    assert happened.isVisible()
    page.findChild(QPushButton, "copyErrorButton").click()  # type: ignore[union-attr]
    copied = QApplication.clipboard().text()
    for part in ("The service refused the prompt.", "Nothing was charged.", "Change it.", "policy", failed.id, "job_x"):
        assert part in copied
    retry = page.findChild(QPushButton, "retryButton")
    assert retry is not None
    assert retry.isVisible()
    retry.click()
    qtbot.waitUntil(lambda: f"retry {failed.id}" in core.calls, timeout=3000)
    qtbot.waitUntil(lambda: not happened.isVisible(), timeout=3000)


def test_a_new_job_comes_on_top_and_the_sums_follow(qtbot: QtBot, page: HistoryPage) -> None:
    page.table.select_job(make_job(30).id)
    fresh = make_job(77, JobState.DONE, account="work", credits=Credits(45, 45))
    page._bridge.run(lambda core: core.change_job(fresh, is_new=True))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.model.job_at(0) == fresh, timeout=3000)
    current = page.table.current_job()
    assert current is not None
    assert current.id == make_job(30).id  # the selection stays with its job
    qtbot.waitUntil(lambda: page.totals.words()[:2] == ("45 credits", "41"), timeout=3000)
    assert page.totals.chart.bars()[-1][1] == 1.0


@pytest.mark.slow
def test_show_in_gallery_and_enter_give_the_result(qtbot: QtBot, open_bridge: Open, theme: Theme, tmp_path: Path) -> None:
    picture: Asset = make_asset(1, path=write_picture(tmp_path / "p.png"), job_id="job_000001")
    page = shown(qtbot, open_bridge(MediaCore([picture], [make_job(1, asset_ids=(picture.id,))])), theme)
    page.table.setFocus()
    page.table.select_job("job_000001")
    button = page.findChild(QPushButton, "showInGalleryButton")
    assert button is not None
    qtbot.waitUntil(button.isVisible, timeout=3000)
    with qtbot.waitSignal(page.showInGallery) as blocker:
        button.click()
    assert blocker.args == [picture]
    with qtbot.waitSignal(page.assetOpened) as opened:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [picture]


@pytest.mark.slow
def test_empty_failed_and_first_screen(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore()
    page = shown(qtbot, open_bridge(core), theme)
    assert page.message.heading == "Nothing was sent yet"
    with qtbot.waitSignal(page.makeRequested):
        page.findChild(QPushButton, "historyMake").click()  # type: ignore[union-attr]
    core.fail = OSError("disk on fire")
    page._ask()
    qtbot.waitUntil(lambda: "disk on fire" in page.message.words, timeout=3000)
    core.fail = None
    page.findChild(QPushButton, "historyTryAgain").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.message.heading == "Nothing was sent yet", timeout=3000)
    page.show_first(FirstScreen(jobs=(make_job(2), make_job(1))))
    assert page.model.rowCount() == 2
    assert page.table.isVisible()


@pytest.mark.slow
def test_with_the_real_core(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> None:
    page = shown(qtbot, ready_bridge, theme)
    assert page.message.isVisible()
    qtbot.waitUntil(lambda: page.totals.words() == ("0 credits", "0", "0"), timeout=5000)


@pytest.mark.slow
def test_what_nobody_sees_is_not_read_anew_before_it_is_seen(
    qtbot: QtBot, open_bridge: Open, theme: Theme, core: MediaCore
) -> None:
    bridge = open_bridge(core)
    page = shown(qtbot, bridge, theme)
    page.hide()
    core.calls.clear()
    core.jobs_by_id["job_000900"] = make_job(900)
    bridge.storeChanged.emit()
    qtbot.wait(150)
    assert not [call for call in core.calls if call.startswith("outline")]
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 41, timeout=3000)


@pytest.mark.slow
def test_rows_read_anew_keep_the_place_and_the_choice(qtbot: QtBot, open_bridge: Open, theme: Theme) -> None:
    core = MediaCore(jobs=[make_job(n) for n in range(1, 401)])
    bridge = open_bridge(core)
    page = shown(qtbot, bridge, theme)
    qtbot.waitUntil(lambda: page.model.rowCount() == 400, timeout=3000)
    page.table.verticalScrollBar().setValue(200 * 56 + 10)
    qtbot.waitUntil(lambda: shown_id(page.model, 200) == make_job(200).id, timeout=3000)
    page.table.selectRow(202)
    qtbot.waitUntil(lambda: len(page.model.watched) == 2, timeout=3000)
    for number in (150, 399, 501, 502):  # two are gone, two are new on top, by another process
        if number < 500:
            del core.jobs_by_id[make_job(number).id]
        else:
            core.jobs_by_id[make_job(number).id] = make_job(number)
    del core.jobs_by_id[make_job(398).id]
    bridge.storeChanged.emit()
    qtbot.waitUntil(lambda: page.model.rowCount() == 399, timeout=3000)
    qtbot.waitUntil(lambda: page.table.verticalScrollBar().value() == 200 * 56 + 10, timeout=3000)
    assert shown_id(page.model, 200) == make_job(200).id
    current = page.table.current_job()
    assert current is not None
    assert current.id == make_job(198).id
