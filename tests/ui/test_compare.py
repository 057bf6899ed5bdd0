"""The same form to several accounts at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL, Account, Service
from studio.domain.asset import Asset
from studio.domain.event import AssetAdded
from studio.domain.job import Credits, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.state import JobState
from studio.ui.bridge import Bridge
from studio.ui.composer.compare_column import CompareColumn
from studio.ui.composer.compare_dialog import CompareDialog
from studio.ui.theme.theme import Theme
from tests.ui.core_double import OPERATIONS, CoreDouble

REQUEST = JobRequest("video.generate", "Work", {"prompt": "a harbour at dusk", "duration": 5, "nobody_takes": 1})


@pytest.fixture
def dialog(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> CompareDialog:
    double._accounts = [LOCAL, Account("Work", Service.CANNON_STUDIO, colour="#3D8BE8"), Account("Lab", Service.CANVAS_LABS)]
    double.offered = list(OPERATIONS)
    dialog = CompareDialog(double_bridge, theme, REQUEST)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.chosen()) == 2, timeout=5000)
    return dialog


def says(dialog: CompareDialog) -> str:
    found = dialog.findChild(QLabel, "compareSays")
    assert found is not None
    return found.text()


def send_of(dialog: CompareDialog) -> QPushButton:
    found = dialog.findChild(QPushButton, "compareSend")
    assert found is not None
    return found


def box_of(dialog: CompareDialog, account: str) -> QCheckBox:
    found = dialog.findChild(QCheckBox, f"compare_{account}")
    assert found is not None
    return found


def test_the_forms_own_account_stands_first_and_what_is_left_out_is_said(dialog: CompareDialog) -> None:
    assert [one.account.name for one in dialog.chosen()] == ["Work", "local"]
    assert "Nobody takes" in box_of(dialog, "Work").accessibleDescription()
    assert send_of(dialog).text() == "Send to 2"


def test_what_another_account_lacks_has_the_name_that_the_form_shows(
    qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    double._accounts = [LOCAL, Account("Work", Service.CANNON_STUDIO)]
    video = OPERATIONS[0]
    without = replace(video, parameters=tuple(one for one in video.parameters if one.name != "image_url"))
    monkeypatch.setattr(double, "operations", lambda account=None: [without if account == "Work" else video])
    given = {"prompt": "a harbour", "image_url": "https://example.org/a.jpg"}
    dialog = CompareDialog(double_bridge, theme, JobRequest("video.generate", "local", given))
    qtbot.addWidget(dialog)
    dialog.open()
    assert "Asking" in says(dialog)
    qtbot.waitUntil(lambda: len(dialog.chosen()) == 2, timeout=5000)
    assert "does not take: Start frame" in box_of(dialog, "Work").accessibleDescription()


def test_two_or_three(dialog: CompareDialog) -> None:
    box_of(dialog, "local").setChecked(False)
    assert not send_of(dialog).isEnabled()
    assert "two or three" in says(dialog)
    for name in ("local", "Lab"):
        box_of(dialog, name).setChecked(True)
    assert send_of(dialog).isEnabled()
    assert send_of(dialog).text() == "Send to 3"


def test_side_by_side_with_time_and_cost(qtbot: QtBot, dialog: CompareDialog, double: CoreDouble, tmp_path: Path) -> None:
    send_of(dialog).click()
    qtbot.waitUntil(lambda: len(double.requests) == 2, timeout=5000)
    assert {request.account for request in double.requests} == {"Work", "local"}
    assert all(request.input == {"prompt": "a harbour at dusk", "duration": 5} for request in double.requests)
    columns = {column.objectName(): column for column in dialog.findChildren(CompareColumn)}
    work = columns["compareColumn_Work"]
    qtbot.waitUntil(lambda: work.job_id is not None, timeout=5000)
    job = double._jobs[work.job_id or ""]
    asset = Asset("asset_1", MediaKind.VIDEO, tmp_path / "a.mp4", "video/mp4", "0" * 64, 1, prompt="x", job_id=job.id)
    done = job.changed(state=JobState.DONE, credits=Credits(40, 45), finished_at=job.created_at + timedelta(seconds=83),
                       revision=job.revision + 3)
    double.show(done)
    double.emit(AssetAdded(asset))
    qtbot.waitUntil(lambda: "1:23 · 45 credits" in work.facts.text(), timeout=5000)
    assert work.over
    assert not columns["compareColumn_local"].over
    show = work.findChild(QPushButton, "compareShow")
    assert show is not None
    qtbot.waitUntil(show.isEnabled, timeout=5000)
    with qtbot.waitSignal(dialog.asset_wanted) as wanted:
        show.click()
    assert wanted.args == [asset]


def test_a_refusal_of_one_keeps_no_other_from_going(
    qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme
) -> None:
    double._accounts = [LOCAL, Account("Work", Service.CANNON_STUDIO)]
    dialog = CompareDialog(double_bridge, theme, JobRequest("video.generate", "local", {"prompt": "reject this"}))
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.chosen()) == 2, timeout=5000)
    send_of(dialog).click()
    columns = dialog.findChildren(CompareColumn)
    qtbot.waitUntil(lambda: all(column.over for column in columns), timeout=5000)
    assert all("refused" in column.error.text() for column in columns)


def test_nobody_else_offers_it(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> None:
    dialog = CompareDialog(double_bridge, theme, REQUEST)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: "Only one account" in says(dialog), timeout=5000)
    assert not send_of(dialog).isEnabled()
