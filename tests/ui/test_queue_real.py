"""The panel and the composer over the real core and its store: order, holds, labels, edits and batches are kept there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.job import Job, JobRequest
from studio.domain.pause import Pause
from studio.domain.query import JobQuery
from studio.domain.state import JobState
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.queue.panel import QueuePanel
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.media_core import write_picture

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def panel(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> QueuePanel:
    """Held as a whole, so that what waits goes on waiting."""
    ready_bridge.run(lambda core: core.queue.pause("all")).result(60)
    panel = QueuePanel(ready_bridge, theme)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    return panel


@pytest.fixture
def composer(qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel, theme: Theme) -> Iterator[Composer]:
    session = Session(ready_bridge.paths.data / FILE_NAME)
    composer = Composer(ready_bridge, theme, session)
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    panel.edit_wanted.connect(composer.sending.edit)
    yield composer
    session.close().result(60)


def submit(bridge: Bridge, *prompts: str, label: str | None = None) -> list[Job]:
    given = {"aspect_ratio": "1:1", "resolution": "1K"}
    requests = [JobRequest("image.generate", "local", {"prompt": words, **given}, label) for words in prompts]
    return [bridge.run(lambda core, one=one: core.submit(one)).result(60) for one in requests]  # type: ignore[misc]


def stored(bridge: Bridge) -> list[Job]:
    """The waiting jobs of the store in their order."""
    jobs = bridge.run(lambda core: core.jobs(JobQuery(state=JobState.QUEUED, limit=600))).result(60)
    return sorted(jobs, key=lambda job: job.place)


def prompts(jobs: list[Job]) -> list[str]:
    return [job.prompt for job in jobs]


@pytest.mark.slow
def test_places_in_line_are_kept_by_the_store(qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel) -> None:
    jobs = submit(ready_bridge, "a", "b", "c", "d")
    qtbot.waitUntil(lambda: prompts(panel.model.jobs()) == ["a", "b", "c", "d"])
    panel.select(jobs[3].id)
    QTest.keyClick(panel.view, Qt.Key.Key_Up, ALT)
    QTest.keyClick(panel.view, Qt.Key.Key_Up, ALT)
    qtbot.waitUntil(lambda: prompts(stored(ready_bridge)) == ["a", "d", "b", "c"])
    panel.select(jobs[0].id)
    QTest.keyClick(panel.view, Qt.Key.Key_End, ALT)
    qtbot.waitUntil(lambda: prompts(stored(ready_bridge)) == ["d", "b", "c", "a"])
    qtbot.waitUntil(lambda: prompts(panel.model.jobs()) == ["d", "b", "c", "a"])
    panel.refresh()
    qtbot.wait(300)
    assert prompts(panel.model.jobs()) == ["d", "b", "c", "a"]


def test_labels_holds_and_cancels_reach_the_store(qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel) -> None:
    jobs = submit(ready_bridge, "a", "b", "c")
    qtbot.waitUntil(lambda: len(panel.model.jobs()) == 3)
    panel.work.set_label(jobs[:2], "Spring")
    qtbot.waitUntil(lambda: [job.request.label for job in panel.model.jobs()] == ["Spring", "Spring", None])
    panel.work.hold("job", jobs[2].id)
    held = {Pause("all"), Pause("job", jobs[2].id)}
    qtbot.waitUntil(lambda: ready_bridge.run(lambda core: core.queue.pauses()).result(60) == held)
    panel.work.cancel_waiting(label="Spring")
    qtbot.waitUntil(lambda: [job.state for job in panel.model.jobs()] == [JobState.QUEUED, *[JobState.CANCELLED] * 2])
    assert [job.id for job in stored(ready_bridge)] == [jobs[2].id]
    panel.work.release("job", jobs[2].id)
    qtbot.waitUntil(lambda: ready_bridge.run(lambda core: core.queue.pauses()).result(60) == {Pause("all")})


@pytest.mark.slow
def test_a_waiting_job_is_edited_and_the_timeline_is_shown(
    qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel, composer: Composer
) -> None:
    job, = submit(ready_bridge, "a boat", label="Spring")
    qtbot.waitUntil(lambda: panel.select(job.id))
    assert panel.do("edit")
    assert composer.prompt.text() == "a boat"
    composer.prompt.set_text("a boat at night")
    composer.submit()
    qtbot.waitUntil(lambda: prompts(stored(ready_bridge)) == ["a boat at night"])
    after, = stored(ready_bridge)
    assert (after.id, after.idempotency_key, after.request.label) == (job.id, job.idempotency_key, "Spring")
    qtbot.waitUntil(lambda: prompts(panel.model.jobs()) == ["a boat at night"])
    panel.do("details")
    facts = panel.details.facts
    assert facts is not None
    qtbot.waitUntil(lambda: bool(facts.steps.lines()))
    said = [label.text() for label in facts.findChildren(QLabel)]
    assert "Aspect ratio" in said, "the operation's own names"
    assert "a boat at night" in said


@pytest.mark.slow
def test_four_results_are_four_jobs_with_different_seeds(
    qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel, composer: Composer
) -> None:
    composer.picker.choose("image.generate")
    composer.prompt.set_text("a lighthouse")
    composer.foot.set_count(4)
    composer.submit()
    qtbot.waitUntil(lambda: len(panel.model.jobs()) == 4)
    jobs = stored(ready_bridge)
    assert len({job.request.input["seed"] for job in jobs}) == 4
    assert len({job.request.label for job in jobs}) == 1
    assert jobs[0].request.label


@pytest.mark.slow
def test_a_folder_s_files_are_in_the_library_when_the_jobs_are(
    qtbot: QtBot, ready_bridge: Bridge, panel: QueuePanel, composer: Composer, paths: Paths, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        write_picture(folder / f"{number}.png", hue=number)
    composer.picker.choose("image.edit")
    composer.prompt.set_text("make it brighter")
    composer.sending.open_batch()
    dialog = composer.sending.dialog
    assert dialog is not None
    assert dialog.folder is not None
    dialog.show_way("folder")
    dialog.folder.read(folder)
    qtbot.waitUntil(lambda: dialog.send.isEnabled() and dialog.send.text() == "Generate 3", timeout=15000)
    price = dialog.findChild(QLabel, "batchPrice")
    assert price is not None
    assert price.text() == "Free"
    slot = dialog.folder.slot.name
    dialog.submit()  # it closes, and is gone then
    qtbot.waitUntil(lambda: len(stored(ready_bridge)) == 3)
    for job in stored(ready_bridge):
        given = job.request.input[slot]
        address = given[0] if isinstance(given, list) else given
        assert Path(str(address).removeprefix("file://")).is_file()
