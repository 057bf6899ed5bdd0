"""What keeps its place, and words that can be read whole where there is little room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.errors import Cost, JobFailedError, LocalError
from studio.domain.job import Job, JobError, JobRequest
from studio.domain.state import JobState, WaitReason
from studio.ui.bridge import Bridge
from studio.ui.create_page import CreatePage
from studio.ui.gallery.bringing import Bringing
from studio.ui.gallery.work_bar import WorkBar
from studio.ui.history.row_words import Column, cell_tip
from studio.ui.queue.details import JobDetails
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from studio.ui.viewer.messages import job_message
from studio.ui.widgets.segments import Segments


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path / FILE_NAME)
    yield session
    session.close().result(60)


@pytest.fixture
def page(qtbot: QtBot, ready_bridge: Bridge, theme: Theme, session: Session) -> CreatePage:
    page = CreatePage(ready_bridge, theme, session)
    qtbot.addWidget(page)
    page.resize(1280, 740)
    page.show()
    page.composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: page.composer.operation is not None, timeout=15000)
    return page


def test_the_hidden_board_takes_no_room_from_the_panels(qtbot: QtBot, page: CreatePage) -> None:
    assert page.scene.open()
    view = page.scene.view
    assert view is not None
    middle = view.parentWidget()
    assert middle is not None
    qtbot.waitUntil(lambda: middle.minimumWidth() >= view.minimumSizeHint().width())
    widths = [dock.width() for dock in page.docks()]
    assert page.composer.picker.choose("video.generate")
    qtbot.waitUntil(lambda: middle.minimumWidth() < view.minimumSizeHint().width())
    view.tools.setMinimumWidth(1200)  # as wide as it is for a moment while a theme is changed, and wider
    QCoreApplication.sendPostedEvents()
    assert [dock.width() for dock in page.docks()] == widths


def test_the_last_row_of_zones_is_as_wide_as_the_others(page: CreatePage) -> None:
    assert page.composer.picker.choose("video.generate")
    boxes = [zone.box for zone in page.drop_zones(page)]
    assert len(boxes) % 3, "the last row is not full"
    rows = {top: [box for box in boxes if box.top() == top] for top in {box.top() for box in boxes}}
    ends = [max(box.right() for box in row) for row in rows.values()]
    assert max(ends) - min(ends) <= 3
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)


def test_choices_share_a_narrow_place_by_their_words(qtbot: QtBot) -> None:
    segments = Segments(((1, "Slider"), (2, "Side by side"), (3, "Onion skin"), (4, "Difference")))
    qtbot.addWidget(segments)
    segments.share_width()
    needed = [button.fontMetrics().horizontalAdvance(button.text()) for button in segments.buttons()]
    segments.resize(sum(needed) + 40, 32)
    segments.show()
    assert all(button.width() >= width for button, width in zip(segments.buttons(), needed, strict=True))


@pytest.mark.parametrize("reason", [WaitReason.PAUSED, WaitReason.BUDGET])
def test_nothing_moves_for_a_job_that_waits_for_a_person(reason: WaitReason) -> None:
    job = Job.new(JobRequest("image.generate", "Work", {"prompt": "a lake"}))
    job = job.changed(state=JobState.QUEUED, waiting_for=reason)
    assert not job_message(job).busy
    assert job_message(job.changed(waiting_for=WaitReason.CONCURRENCY_LIMIT)).busy


def test_the_buttons_of_a_job_keep_their_words_in_a_narrow_panel(qtbot: QtBot, theme: Theme) -> None:
    details = JobDetails(theme)
    qtbot.addWidget(details)
    details.resize(240, 300)
    details.show()
    error = JobError.of(JobFailedError("The service stopped the job.", cost=Cost.NONE))
    job = Job.new(JobRequest("image.generate", "Work", {"prompt": "a lake"}))
    details.show_jobs([job.changed(state=JobState.FAILED, remote_id="req_1", error=error)], "Generate Image")
    buttons = [one for one in details.findChildren(QPushButton) if one.objectName().startswith("queueAction_")]
    assert len(buttons) > 2
    qtbot.waitUntil(lambda: len({one.y() for one in buttons}) > 1)  # there is no room for all side by side
    assert all(one.width() >= one.sizeHint().width() for one in buttons)
    assert all(details.rect().contains(one.geometry()) for one in buttons)


def test_what_a_narrow_column_cuts_is_in_its_tip() -> None:
    job = Job.new(JobRequest("image.generate", "Work", {"prompt": "a lake"}))
    assert cell_tip(job, Column.ACCOUNT, "Generate Image", "Cannon Studio · Work") == "Cannon Studio · Work"
    assert cell_tip(job, Column.OPERATION, "Generate Image", "Cannon Studio · Work") == "Generate Image"


def test_an_import_that_failed_looks_like_it(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> None:
    holder = QLabel()
    qtbot.addWidget(holder)
    bringing = Bringing(ready_bridge, holder)
    bar = WorkBar(bringing, theme)
    qtbot.addWidget(bar)

    def role() -> object:
        return next(one.property("role") for one in bar.findChildren(QLabel) if one.text() == bar.words)

    bringing._failed(LocalError("The disk is full.", advice="Make room."))
    assert "The disk is full." in bar.words
    assert role() == "error"
    bringing.began.emit("Importing…")
    assert not role()
