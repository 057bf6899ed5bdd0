"""The history on the line of time: where bars stand, what is read, keys, zoom, and what is chosen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.domain.history import DayCount, JobBar
from studio.domain.job import Job, JobRequest
from studio.domain.state import JobState
from studio.ui.history.page import HistoryPage
from studio.ui.history.timeline_layout import HEAD, LANE, LEAST, MOST_LANES, Days, height_of, hour_step, lanes_of, place
from studio.ui.history.timeline_painter import AXIS, GUTTER
from studio.ui.history.timeline_view import JobTimeline
from studio.ui.history.timeline_words import bar_words
from studio.ui.theme.theme import Theme
from tests.ui.media_core import MediaCore, Open, days_ago, open_bridge

__all__ = ["open_bridge"]
DAY = date(2026, 11, 3)
MIDNIGHT = datetime(2026, 11, 3).astimezone()


def bar(number: int, begin_min: float, end_min: float | None, state: JobState = JobState.DONE) -> JobBar:
    begin = MIDNIGHT + timedelta(minutes=begin_min)
    end = None if end_min is None else MIDNIGHT + timedelta(minutes=end_min)
    return JobBar(f"job_{number}", state, begin, begin + timedelta(seconds=30), end, "video.generate", "Spring")


# -- where things stand ----------------


def test_bars_stand_by_their_times_and_beside_each_other_where_they_overlap() -> None:
    bars = [bar(1, 60, 120), bar(2, 90, 100), bar(3, 121, 122), bar(5, 700, None, JobState.RUNNING), bar(4, 1439, 1500)]
    placed = place(bars, DAY, 1440.0, MIDNIGHT + timedelta(minutes=720))
    assert [one.lane for one in placed] == [0, 1, 1, 0, 0]
    assert placed[0].left == pytest.approx(60)
    assert placed[0].start == pytest.approx(60.5)
    assert placed[0].right == pytest.approx(120)
    assert placed[2].right - placed[2].start >= LEAST
    assert placed[3].right == pytest.approx(720)
    assert placed[4].right == 1440
    many = place([bar(number, 60, 61) for number in range(40)], DAY, 1440.0, MIDNIGHT)
    assert max(one.lane for one in many) == MOST_LANES - 1


def test_days_are_found_by_height_whether_there_are_few_or_many() -> None:
    counts = [DayCount(DAY - timedelta(days=number), 1 + number % 9) for number in range(2000)]
    days = Days(counts)
    assert days.height == sum(height_of(day) for day in counts)
    for number in (0, 1, 777, 1999):
        assert days.at(days.top(number)) == number
        assert days.at(days.top(number) + height_of(counts[number]) - 1) == number
        assert days.number_of(counts[number].day) == number
    assert list(days.between(days.top(5) + 1, days.top(7))) == [5, 6, 7]
    assert days.at(-1) is None
    assert days.at(days.height) is None
    assert list(Days(()).between(0, 100)) == []
    assert lanes_of(1) == 2


def test_hours_stand_far_enough_apart() -> None:
    assert [hour_step(pixels) for pixels in (10, 30, 60, 300)] == [6.0, 2.0, 1.0, 0.25]


def test_a_bar_in_words() -> None:
    words = bar_words(bar(1, 60, 62), {"video.generate": "Generate Video"})
    assert words == "Generate Video · Spring · Done · 01:00:30 – 01:02:00 (1:30)"


# -- the view ----------------


def job(number: int, back: int, hour: int, state: JobState = JobState.DONE) -> Job:
    at = days_ago(back, hour)
    request = JobRequest("image.generate", "local", {"prompt": f"job number {number}"})
    return Job(id=f"job_{number:06d}", request=request, idempotency_key="k", state=state, created_at=at, submitted_at=at,
               finished_at=at + timedelta(minutes=30))


@pytest.fixture
def core() -> MediaCore:
    jobs = [job(100 - back * 3 - n, back, 8 + 4 * n) for back in range(30) for n in range(2)]
    return MediaCore(jobs=jobs)


def placed_anew(view: JobTimeline, day: date) -> bool:
    """Whether the bars of a day are there, and placed for the width that the view has now."""
    shapes = view.days.shapes(day)
    return shapes is not None and shapes.width == view.plot_width()


@pytest.fixture
def page(qtbot: QtBot, open_bridge: Open, core: MediaCore, theme: Theme) -> HistoryPage:
    page = HistoryPage(open_bridge(core), theme)
    qtbot.addWidget(page)
    page.resize(1200, 600)
    page.show()
    qtbot.waitUntil(lambda: page.model.is_counted, timeout=5000)
    page.show_view("timeline")
    newest = days_ago(0).astimezone().date()
    qtbot.waitUntil(lambda: placed_anew(page.timeline, newest), timeout=5000)
    return page


@pytest.mark.slow
def test_only_days_in_sight_are_read(qtbot: QtBot, page: HistoryPage, core: MediaCore) -> None:
    def read() -> set[str]:
        return {call for call in core.calls if call.startswith("bars")}

    qtbot.waitUntil(lambda: len(read()) >= 5)
    qtbot.wait(50)
    assert len(read()) <= 15
    oldest = days_ago(29).astimezone().date()
    assert f"bars {oldest}" not in read()
    bar = page.timeline.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: f"bars {oldest}" in core.calls, timeout=3000)


@pytest.mark.slow
def test_keys_go_from_job_to_job_and_from_day_to_day(qtbot: QtBot, page: HistoryPage) -> None:
    view = page.timeline
    view.setFocus()
    heard: list[str] = []
    view.chosen.connect(heard.append)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up)
    # noon of today, its morning, yesterday's morning and noon, today's noon; keys are quicker than days are read
    went = ["job_000099", "job_000100", "job_000097", "job_000096", "job_000099"]
    qtbot.waitUntil(lambda: len(heard) == len(went), timeout=5000)
    assert heard == went
    qtbot.waitUntil(lambda: page.details.job is not None and page.details.job.id == "job_000099", timeout=3000)
    assert page.details.isVisible()
    assert "Done" in view.accessibleDescription()
    page.close_details()
    assert view.current is None


@pytest.mark.slow
def test_keys_that_are_quicker_than_the_days_are_read_are_not_lost(qtbot: QtBot, page: HistoryPage, core: MediaCore) -> None:
    view = page.timeline
    view.setFocus()
    heard: list[str] = []
    view.chosen.connect(heard.append)
    core.delay_s = 0.2
    QTest.keyClick(view, Qt.Key.Key_End)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
    assert heard == [], "nothing of the days down there is read yet"
    qtbot.waitUntil(lambda: len(heard) == 4, timeout=5000)
    numbers = [int(name.removeprefix("job_")) for name in heard]
    # noon of the day on top, noon of the day before, its morning, and the morning of the day on top
    assert [number - numbers[0] for number in numbers] == [0, -3, -2, 1]
    assert numbers[0] < 60


@pytest.mark.slow
def test_zoom_keeps_what_is_under_the_pointer_and_reads_the_days_anew(qtbot: QtBot, page: HistoryPage) -> None:
    view = page.timeline
    newest = view.days.layout.days[0].day

    def left() -> float:
        return (view.days.placed(newest) or ())[0].left

    before, at = left(), 500
    view.set_zoom(4.0, at)
    qtbot.waitUntil(lambda: left() > before * 2, timeout=3000)
    assert left() == pytest.approx(before * 4, rel=0.01)
    share = (view.horizontalScrollBar().value() + at - GUTTER) / view.plot_width()
    assert share == pytest.approx((at - GUTTER) / (view.plot_width() / 4), abs=0.01)
    page.findChild(QToolButton, "timelineZoomOut").click()  # type: ignore[union-attr]
    assert view.zoom == pytest.approx(4.0 / 1.5)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 1.0


@pytest.mark.slow
def test_a_press_on_a_bar_chooses_its_job_and_beside_it_nothing(qtbot: QtBot, page: HistoryPage) -> None:
    view = page.timeline
    qtbot.waitUntil(lambda: bool(view.days.placed(view.days.layout.days[1].day)), timeout=3000)
    wanted = (view.days.placed(view.days.layout.days[1].day) or ())[0]
    at = QPoint(round(GUTTER + wanted.start + 2), AXIS + view.days.layout.top(1) + HEAD + wanted.lane * LANE + 4)
    with qtbot.waitSignal(view.chosen) as heard:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert heard.args == [wanted.bar.job_id]
    with qtbot.assertNotEmitted(view.chosen):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at - QPoint(60, 0))


@pytest.mark.slow
def test_a_job_that_comes_in_is_drawn(qtbot: QtBot, page: HistoryPage) -> None:
    newest = page.timeline.days.layout.days[0].day
    page._bridge.run(lambda core: core.change_job(job(500, 0, 10), is_new=True))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(page.timeline.days.placed(newest) or ()) == 3, timeout=3000)
