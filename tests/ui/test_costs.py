"""Costs in the window, over the real core and an engine that plays a paid service: the price on the button, the question
about a held job, the held queue, the sums and their chart, the file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.account import KEY_VARIABLES, Account, Budget, Service
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job
from studio.domain.ledger import EntryKind, Estimate, EstimateSource, Grouping, LedgerEntry
from studio.domain.state import JobState
from studio.settings.accounts import AccountBook
from studio.settings.paths import Paths
from studio.settings.preferences import Preferences, load, save
from studio.ui.accounts.budget_section import BudgetSection
from studio.ui.bridge import Bridge
from studio.ui.costs.chart import Bar, CostChart, nice_step
from studio.ui.costs.queue_settings import QueueSettings
from studio.ui.costs.words import estimate_short, estimate_tip, estimate_words, ledger_words
from studio.ui.dialogs.settings_dialog import SettingsDialog
from studio.ui.theme.theme import Theme
from studio.ui.theme.tokens import DARK
from studio.ui.window import MainWindow
from tests.ui.test_shell_window import open_window
from tests.unit.engine.rig import KEY, Rig, engine

PAID = Account("Work", Service.CANNON_STUDIO)


@pytest.fixture
def rig(tmp_path: Path, paths: Paths) -> Iterator[Rig]:
    """A paid service, an account at it, and the settings that name it."""
    keys = dict.fromkeys(KEY_VARIABLES.values(), KEY)
    with patch.dict(os.environ, keys), engine(tmp_path / "service", plan="pro", credits=500) as rig:
        AccountBook(paths).add(Account("Work", Service.CANNON_STUDIO, rig.url, budget=Budget(ask_above=5, per_day=400)))
        save(paths.settings, Preferences(default_account="Work"))
        yield rig


@pytest.fixture
def window(qtbot: QtBot, rig: Rig, ready_bridge: Bridge, theme: Theme) -> MainWindow:
    window = open_window(qtbot, ready_bridge, theme, FirstScreen())
    window.start()
    window.switch_account("Work")
    composer = window.create_page.composer
    qtbot.waitUntil(lambda: window.account.name == "Work" and composer.operation is not None, timeout=15000)
    window.create_page.composer.picker.choose("image.generate")
    window.create_page.composer.prompt.set_text("a lake")
    return window


def cost(window: MainWindow) -> str:
    return window.create_page.composer.foot.generate.cost()


def dear(window: MainWindow, qtbot: QtBot) -> None:
    """4K costs 16 credits: more than one job may without a question."""
    form = window.create_page.composer._form
    assert form is not None
    form.set_values({"resolution": "4K"})
    window.create_page.composer._keep()
    qtbot.waitUntil(lambda: cost(window) == "16 credits", timeout=15000)


def press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def jobs(window: MainWindow) -> list[Job]:
    return list(window.create_page.queue.model.jobs())


def sent(job: Job) -> bool:
    """The service has it; it tells when to look again, some half a minute later for a large picture."""
    return job.remote_id is not None and job.approved


@pytest.mark.slow
def test_the_button_says_the_price_and_follows_the_form(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: cost(window) == "4 credits", timeout=15000)
    assert window.create_page.composer.foot.cost_words() == "4 credits · rate card"
    assert "4 credits" in window.create_page.composer.foot.generate.accessibleName()
    dear(window, qtbot)
    window.create_page.composer.picker.choose("prompt.enhance.image")
    qtbot.waitUntil(lambda: cost(window) == "1 credit", timeout=15000)


@pytest.mark.slow
def test_a_held_job_is_asked_about_beside_the_work_and_sent_at_a_word(qtbot: QtBot, window: MainWindow) -> None:
    dear(window, qtbot)
    window.create_page.composer.submit()
    qtbot.waitUntil(window.hold_bar.isVisible, timeout=15000)
    assert [job.prompt for job in window.hold_bar.held] == ["a lake"]
    assert "16 credits" in window.hold_bar.accessibleName()
    window.create_page.composer.prompt.set_text("something else")  # nothing stands in the way meanwhile
    press(window, "approveHeld")
    qtbot.waitUntil(lambda: sent(jobs(window)[0]), timeout=20000)
    qtbot.waitUntil(lambda: not window.hold_bar.isVisible(), timeout=5000)


@pytest.mark.slow
def test_several_held_jobs_can_be_sent_together_or_let_go(qtbot: QtBot, window: MainWindow) -> None:
    dear(window, qtbot)
    for number in range(3):
        window.create_page.composer.prompt.set_text(f"lake {number}")
        window.create_page.composer.submit()
        qtbot.waitUntil(lambda wanted=number + 1: len(window.hold_bar.held) == wanted, timeout=15000)  # type: ignore[misc]
    press(window, "cancelHeld")
    qtbot.waitUntil(lambda: len(window.hold_bar.held) == 2, timeout=15000)
    press(window, "approveAllHeld")
    qtbot.waitUntil(lambda: [sent(job) for job in jobs(window)].count(True) == 2, timeout=20000)
    assert [job.state for job in jobs(window)].count(JobState.CANCELLED) == 1


@pytest.mark.slow
def test_the_queue_offers_to_send_a_held_job_too(qtbot: QtBot, window: MainWindow) -> None:
    dear(window, qtbot)
    window.create_page.composer.submit()
    qtbot.waitUntil(lambda: len(window.hold_bar.held) == 1, timeout=15000)
    window.create_page.queue.select(window.hold_bar.held[0].id)
    press(window, "queueAction_approve")
    qtbot.waitUntil(lambda: sent(jobs(window)[0]), timeout=20000)


@pytest.mark.slow
def test_a_held_queue_says_so_and_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    window.pause_queue()
    qtbot.waitUntil(window.hold_bar.isVisible, timeout=15000)
    window.create_page.composer.submit()
    qtbot.waitUntil(lambda: bool(jobs(window)) and jobs(window)[0].waiting_for is not None, timeout=15000)
    press(window, "resumeQueue")
    qtbot.waitUntil(lambda: jobs(window)[0].state is JobState.DONE, timeout=20000)
    qtbot.waitUntil(lambda: not window.hold_bar.isVisible(), timeout=5000)


@pytest.mark.slow
def test_what_was_spent_is_shown_summed_up_and_written_to_a_file(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.create_page.composer.submit()
    qtbot.waitUntil(lambda: bool(jobs(window)) and jobs(window)[0].state is JobState.DONE, timeout=20000)
    window.show_costs()
    assert window.history is not None
    costs = window.history.costs
    qtbot.waitUntil(lambda: len(costs.model.rows) == 1, timeout=15000)
    assert costs.model.rows[0].spent == 4
    assert len(costs.chart.bars) == 30
    assert costs.chart.bars[-1].spent == 4
    assert costs.budgets.isVisible()
    for grouping, title in ((Grouping.ACCOUNT, "Cannon Studio · Work"), (Grouping.OPERATION, "Generate Image"),
                            (Grouping.LABEL, "No label")):
        costs.groups.set_value(grouping)
        costs.refresh()
        qtbot.waitUntil(lambda title=title: costs.model.index(0, 0).data() == title, timeout=15000)  # type: ignore[misc]
    with qtbot.waitSignal(costs.say, timeout=15000) as said:
        costs.export(tmp_path / "costs.csv")
    assert said.args is not None
    assert str(tmp_path / "costs.csv") in said.args[0]
    with (tmp_path / "costs.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["kind"] for row in csv.DictReader(stream)] == ["charged", "estimated"]
    window.history.show_view("jobs")
    window.history.table.selectRow(0)
    lines = window.history.details.findChild(QLabel, "detailsLedger")
    assert lines is not None
    qtbot.waitUntil(lambda: lines.text().startswith("Estimated 4 ·") and "\nCharged 4 ·" in lines.text(), timeout=15000)
    window.show_costs()
    costs.account_box.setCurrentIndex(costs.account_box.findData("local"))
    costs.refresh()
    qtbot.waitUntil(costs.message.isVisible, timeout=15000)  # nothing there


@pytest.mark.slow
def test_the_limits_of_an_account_are_set_on_its_page(qtbot: QtBot, theme: Theme) -> None:
    section = BudgetSection()
    qtbot.addWidget(section)
    budget = Budget(ask_above=0, per_day=12.5, per_month=None)
    section.show_budget(budget)
    assert section.budget() == budget
    assert (section.ask_above.text(), section.per_day.text(), section.per_month.text()) == ("0", "12.5", "No limit")
    with qtbot.waitSignal(section.changed):
        section.per_month.setValue(1200)
    assert section.budget() == replace(budget, per_month=1200.0)
    assert section.per_month.text() == "1,200"
    assert section.mark("budget.per_day")
    assert section.per_day.property("wrong") is True
    assert not section.mark("base_url")


# -- words


@pytest.mark.parametrize(("estimate", "short", "line"), [
    (Estimate(), "", "Price not known before it is sent"),
    (Estimate(0.0, EstimateSource.FREE), "", "Free at this engine"),
    (Estimate(23.0, EstimateSource.RATE_CARD), "23 credits", "23 credits · rate card"),
    (Estimate(45.0, EstimateSource.PUBLISHED), "≈ 45 credits", "≈ 45 credits · published"),
    (Estimate(17.0, EstimateSource.EARLIER, 4, 17.0, 18.0), "≈ 17 credits", "≈ 17 credits · from 4 earlier jobs"),
    (Estimate(1.0, EstimateSource.SCALED, 1), "≈ 1 credit", "≈ 1 credit · from 1 earlier job"),
])
def test_the_price_in_words(estimate: Estimate, short: str, line: str) -> None:
    assert estimate_short(estimate) == short
    assert estimate_words(estimate, PAID) == line
    assert estimate_tip(estimate).endswith(".")


def test_the_lines_of_the_ledger_in_words() -> None:
    at = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    given = [(EntryKind.REFUNDED, 8.0), (EntryKind.UNKNOWN, None), (EntryKind.UNKNOWN, 5.0), (EntryKind.ESTIMATED, 4.5)]
    entries = [LedgerEntry(4 - place, "job_1", "paid", "image.generate", None, at, kind, amount)
               for place, (kind, amount) in enumerate(given)]
    lines = [line.rpartition(" · ")[0] for line in ledger_words(entries).split("\n")]
    assert lines == ["Estimated 4.5", "Cost not said perhaps 5", "Cost not said", "Given back 8"]


# -- the chart


@pytest.mark.parametrize(("most", "step"), [(0, 1), (3, 1), (4, 1), (7, 2), (64, 20), (80, 20), (100, 50), (0.3, 0.1)])
def test_lines_of_an_axis_are_round_numbers(most: float, step: float) -> None:
    assert nice_step(most) == pytest.approx(step)
    assert most / step <= 4 + 1e-9


@pytest.fixture
def chart(qtbot: QtBot, theme: Theme) -> CostChart:
    chart = CostChart(theme)
    qtbot.addWidget(chart)
    chart.resize(420, 160)
    bars = [Bar(f"{day}.11.", f"day {day}", float(day), 2.0 if day == 3 else 0.0) for day in range(1, 11)]
    chart.show_bars(bars, "Spent", "55 credits")
    chart.show()
    return chart


@pytest.mark.slow
def test_the_chart_paints_in_proportion_and_marks_doubt(chart: CostChart) -> None:
    image: QImage = chart.grab().toImage()
    accent = [sum(image.pixelColor(x, y).name().upper() == DARK.accent for y in range(20, image.height() - 22))
              for x in range(image.width())]
    plot = chart._plot()
    columns = [int(plot.left() + plot.width() * (n + 0.3) / 10) for n in range(10)]
    heights = [max(accent[left:left + int(plot.width() * 0.04)]) for left in columns]
    assert heights == sorted(heights)
    assert heights[9] == pytest.approx(10 * heights[0], abs=10)
    below_legend = [(x, y) for x in range(image.width()) for y in range(20, image.height())]
    assert sum(image.pixelColor(x, y).name().upper() == DARK.warn for x, y in below_legend) > 50


@pytest.mark.slow
def test_the_chart_can_be_read_with_the_keys_and_the_pointer(qtbot: QtBot, chart: CostChart) -> None:
    said: list[str] = []
    chart.pointed.connect(said.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(chart, key)
    assert said == ["day 10", "day 9", "day 1", "day 2", "day 10"]
    plot = chart._plot()
    assert chart._number_at(QPointF(plot.left() + plot.width() * 0.05, 50)) == 0
    assert chart._number_at(QPointF(1, 50)) == -1
    assert chart.accessibleName() == "Spent"
    assert chart.accessibleDescription() == "55 credits"


# -- the settings


@pytest.mark.slow
def test_the_settings_say_what_the_queue_does_at_a_start_and_when_to_ask(qtbot: QtBot, theme: Theme) -> None:
    settings = QueueSettings("as_was", None)
    qtbot.addWidget(settings)
    assert (settings.on_start.value(), settings.ask_above.text()) == ("as_was", "Never ask")
    with qtbot.waitSignal(settings.start_chosen) as chosen:
        settings.on_start.buttons()[1].click()
    assert chosen.args == ["paused"]
    with qtbot.waitSignal(settings.ask_chosen) as asked:
        settings.ask_above.setValue(25)
    assert asked.args == [25.0]
    with qtbot.waitSignal(settings.ask_chosen) as asked:
        settings.ask_above.setValue(-1)
    assert asked.args == [None]


@pytest.mark.slow
def test_the_settings_are_kept_and_a_window_opens_with_a_held_queue(qtbot: QtBot, paths: Paths, ready_bridge: Bridge,
                                                                    theme: Theme) -> None:
    window = open_window(qtbot, ready_bridge, theme, FirstScreen())
    window.open_settings()
    dialog = window.findChild(SettingsDialog, "settingsDialog")
    assert dialog is not None
    dialog.queue.on_start.buttons()[1].click()
    qtbot.waitUntil(lambda: load(paths.settings).on_start == "paused", timeout=5000)
    dialog.close()
    assert ready_bridge.close(60)
    second = Bridge(paths)
    second.start()
    again = open_window(qtbot, second, theme, FirstScreen())
    try:
        qtbot.waitUntil(again.hold_bar.isVisible, timeout=15000)
        assert "held" in again.hold_bar.findChild(QLabel, "pauseWords").text()  # type: ignore[union-attr]
    finally:
        assert second.close(60)
