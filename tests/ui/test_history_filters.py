"""The filters of the history: what the choices mean, ranges of one's own, order, and the export of what is shown."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDateEdit, QDialog, QDoubleSpinBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.history import HistoryFacets, HistoryOrder, HistoryQuery
from studio.domain.job import JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.history.export_bar import ExportBar
from studio.ui.history.filters import CHOOSE, Filters
from studio.ui.history.page import HistoryPage
from studio.ui.history.ranges import days_of
from studio.ui.history.row_words import Column
from studio.ui.images.captions import short_day_words, today
from studio.ui.theme.theme import Theme


def choose(box: QComboBox, value: object) -> None:
    """As the person would."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


@pytest.fixture
def filters(qtbot: QtBot, theme: Theme) -> Filters:
    filters = Filters()
    qtbot.addWidget(filters)
    filters.show_facets(HistoryFacets(("image.edit",), ("local", "Team"), ("Spring",)), {"image.edit": "Edit Image"},
                        {"local": "This computer"})
    filters.show()
    return filters


def test_the_choices_mean_what_they_say(filters: Filters) -> None:
    assert filters.is_open
    choose(filters.states, JobState.RUNNING.value)
    choose(filters.kinds, MediaKind.IMAGE.value)
    choose(filters.operations, "image.edit")
    choose(filters.accounts, "Team")
    choose(filters.labels, "Spring")
    choose(filters.order, HistoryOrder.COST.value)
    query = filters.query("  tram ")
    assert query.search == "tram"
    assert {JobState.UPLOADING, JobState.RUNNING} < set(query.states)
    assert (query.kind, query.operations, query.account, query.label, query.order) == (
        MediaKind.IMAGE, ("image.edit",), "Team", "Spring", HistoryOrder.COST)
    assert filters.operations.currentText() == "Edit Image"
    filters.show_facets(HistoryFacets(("video.generate",), (), ()), {}, {})
    assert filters.query("").operations == ("image.edit",)  # what is chosen stays, though it occurs no more
    filters.clear_button.click()
    assert filters.query("") == HistoryQuery()


def test_days_and_costs_by_menu_and_by_a_range_of_ones_own(qtbot: QtBot, filters: Filters) -> None:
    choose(filters.days, "7")
    query = filters.query("")
    assert query.since is not None
    assert query.until is not None
    assert (query.since.date(), query.until.date()) == (today() - timedelta(days=6), today() + timedelta(days=1))
    choose(filters.days, CHOOSE)
    dialog = filters.window().findChild(QDialog, "historyRange")
    assert dialog is not None
    dialog.findChild(QDateEdit, "historyFirstDay").setDate(QDate(2026, 3, 9))  # type: ignore[union-attr]
    dialog.findChild(QDateEdit, "historyLastDay").setDate(QDate(2026, 3, 2))  # type: ignore[union-attr]
    dialog.findChild(QPushButton, "historyRangeShow").click()  # type: ignore[union-attr]
    query = filters.query("")
    assert query.since is not None
    assert query.since.date() == date(2026, 3, 2)
    assert filters.days.shown_words() == f"{short_day_words(date(2026, 3, 2))} – {short_day_words(date(2026, 3, 9))}"
    choose(filters.costs, CHOOSE)
    dialog = filters.window().findChildren(QDialog, "historyRange")[-1]
    dialog.findChild(QDoubleSpinBox, "historyLeastCredits").setValue(5)  # type: ignore[union-attr]
    dialog.findChild(QDoubleSpinBox, "historyMostCredits").setValue(20)  # type: ignore[union-attr]
    dialog.findChild(QPushButton, "historyRangeShow").click()  # type: ignore[union-attr]
    assert (filters.query("").min_credits, filters.query("").max_credits) == (5, 20)
    assert filters.costs.shown_words() == "5 to 20 credits"
    assert days_of("last_month", date(2026, 3, 9)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert days_of(None, date(2026, 3, 9)) == (None, None)


@pytest.fixture
def page(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> HistoryPage:
    """Over the real core, with four jobs that wait."""
    ready_bridge.run(lambda core: core.pause_queue()).result(60)
    for number in range(4):
        request = JobRequest("image.generate", "local", {"prompt": f"take {number}", "seed": number}, f"Label {number % 2}")
        ready_bridge.run(lambda core, request=request: core.submit(request)).result(60)  # type: ignore[misc]
    page = HistoryPage(ready_bridge, theme)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 4 and page.filters.labels.count() == 3, timeout=5000)
    return page


def titles(page: HistoryPage) -> list[str]:
    return [str(page.model.index(row, Column.TITLE).data()) for row in range(page.model.rowCount())]


def test_headings_and_choices_ask_the_store(qtbot: QtBot, page: HistoryPage) -> None:
    assert [job.prompt for job in page.model.rows.known()] == ["take 3", "take 2", "take 1", "take 0"]
    headings = page.table.headings
    QTest.mouseClick(headings, Qt.MouseButton.LeftButton, pos=QPoint(30, 18))
    qtbot.waitUntil(lambda: next(iter(page.model.rows.known())).prompt == "take 0", timeout=3000)
    assert page.filters.query("").order is HistoryOrder.OLDEST
    assert headings.order is HistoryOrder.OLDEST
    QTest.mouseClick(headings, Qt.MouseButton.LeftButton, pos=QPoint(30, 18))
    choose(page.filters.labels, "Label 1")
    qtbot.waitUntil(lambda: titles(page) == ["Label 1", "Label 1"], timeout=3000)
    count = page.findChild(QLabel, "historyCount")
    assert count is not None
    assert count.text() == "2 jobs"


@pytest.mark.slow
def test_run_again_sends_the_same_with_its_seed_and_raw_says_what_was_asked(qtbot: QtBot, page: HistoryPage) -> None:
    page.table.selectRow(1)
    assert page.details.job is not None
    with qtbot.waitSignal(page.say, timeout=5000) as said:
        page.findChild(QPushButton, "runAgainButton").click()  # type: ignore[union-attr]
    assert "as it was" in said.args[0]
    qtbot.waitUntil(lambda: page.model.rowCount() == 5, timeout=5000)
    newest, same = page.model.job_at(0), page.details.job
    assert newest is not None
    assert same is not None
    assert newest.request.input == same.request.input == {"prompt": "take 2", "seed": 2}
    page.details.raw_button.click()
    qtbot.waitUntil(lambda: '"seed": 2' in page.details.raw.text.toPlainText(), timeout=3000)
    page.details.raw.copy_button.click()
    assert '"operation": "image.generate"' in QApplication.clipboard().text()


@pytest.mark.slow
def test_what_is_shown_is_exported(qtbot: QtBot, page: HistoryPage, tmp_path: Path) -> None:
    choose(page.filters.labels, "Label 0")
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=3000)
    page.export_button.click()
    dialog = page.export.dialog
    assert dialog is not None
    target = tmp_path / "jobs.csv"
    with qtbot.waitSignal(page.say, timeout=5000) as said:
        dialog.fileSelected.emit(str(target))
    dialog.reject()
    assert said.args == [f"2 jobs were written to {target}."]
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3
    assert page.export.isHidden()


def test_an_export_is_stopped(qtbot: QtBot, ready_bridge: Bridge, tmp_path: Path) -> None:
    bar = ExportBar(ready_bridge)
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.said, timeout=5000) as said:
        bar.start(tmp_path / "jobs.json", HistoryQuery())
        assert bar.is_running
        bar.stop_button.click()
    assert "stopped" in said.args[0]
    assert bar.isHidden()
    qtbot.wait(100)
    assert not list(tmp_path.glob("*.part"))
