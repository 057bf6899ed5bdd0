"""Chains in the window: chosen, filled in and run, followed on top of the queue, changed, and what can follow an asset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.chain import Chain, Step
from studio.domain.chain_run import ChainRun, RunState, StepJob
from studio.domain.event import JobChanged
from studio.domain.first_screen import FirstScreen
from studio.domain.job import Job, JobError, JobRequest, now
from studio.domain.state import JobState
from studio.settings.shipped import shipped
from studio.ui.bridge import Bridge
from studio.ui.chains.dialog import ChainsDialog
from studio.ui.chains.strip import RunsStrip
from studio.ui.dialogs.confirm_dialog import ConfirmDialog
from studio.ui.theme.theme import Theme
from studio.ui.window import MainWindow
from tests.ui.media_core import write_clip
from tests.ui.test_accessibility import assert_named
from tests.ui.test_shell_window import open_window
from tests.unit.domain.chains import TALKING, ask, take

OWN = Chain("", "Two pictures", (
    Step("first", "image.generate", {"prompt": ask("prompt", label="What is seen"), "resolution": "1K"}),
    Step("second", "style.transfer", {"image_url": take("first"), "style": "noir"}),
))
PHOTO = shipped("samples/lighthouse.jpg")


@pytest.fixture
def dialog(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> ChainsDialog:
    """Over the real core, whose queue is held: nothing is sent."""
    ready_bridge.run(lambda core: core.pause_queue()).result(60)
    ready_bridge.run(lambda core: core.chains.save(OWN)).result(60)
    dialog = ChainsDialog(ready_bridge, theme, [LOCAL], "local")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() == 4, timeout=10000)
    return dialog


def choose(qtbot: QtBot, dialog: ChainsDialog, row: int, asked: str) -> None:
    dialog.list.setCurrentRow(row)
    shown = lambda: any(one.isVisibleTo(dialog) for one in dialog.findChildren(QWidget, asked))  # noqa: E731
    qtbot.waitUntil(shown, timeout=10000)


def child(parent: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = [one for one in parent.findChildren(kind, name) if one.isVisibleTo(parent)]
    assert found, f"there is no {name}"
    return found[-1]


def words_of(parent: QWidget, name: str) -> str:
    found = child(parent, QLabel, name)
    assert isinstance(found, QLabel)
    return found.text()


# choosing and running


@pytest.mark.slow
def test_a_chain_asks_what_it_needs_and_says_what_it_costs(qtbot: QtBot, dialog: ChainsDialog) -> None:
    choose(qtbot, dialog, 0, "param_words")
    assert [slot.title for slot in dialog.page.tray.slots()] == ["Portrait"]
    assert dialog.page.steps.accessibleName() == "Steps: Voice → Move → Lips → Subtitles"
    qtbot.waitUntil(lambda: words_of(dialog, "chainCost") == "Free on this computer", timeout=5000)
    assert not dialog.page.remove_button.isVisible()
    assert dialog.page.edit_button.text() == "Edit a copy…"
    dialog.list.setCurrentRow(3)
    assert dialog.page.remove_button.isVisible()
    qtbot.waitUntil(lambda: not dialog.page.tray.isVisible(), timeout=5000)


@pytest.mark.slow
def test_what_is_missing_is_said_where_it_is_missing(qtbot: QtBot, dialog: ChainsDialog) -> None:
    choose(qtbot, dialog, 0, "param_words")
    QTest.mouseClick(dialog.page.run_button, Qt.MouseButton.LeftButton)
    assert "Portrait" in words_of(dialog, "referenceError")
    assert words_of(dialog, "error_words") == "This is needed."
    assert dialog.isVisible()


@pytest.mark.slow
def test_what_is_filled_in_is_there_again_after_a_look_at_another_chain_and_after_closing(
    qtbot: QtBot, dialog: ChainsDialog, ready_bridge: Bridge, theme: Theme
) -> None:
    drafts, face = dialog.page._drafts, "https://example.org/portrait.jpg"
    choose(qtbot, dialog, 0, "param_words")
    child(dialog, QPlainTextEdit, "param_words").setPlainText("Good morning.")  # type: ignore[attr-defined]
    dialog.page.tray.set_values({"portrait": face})
    assert dialog.page.tray.values() == {"portrait": face}
    choose(qtbot, dialog, 3, "param_prompt")
    assert dialog.page.tray.values() == {}
    choose(qtbot, dialog, 0, "param_words")
    wanted = {"words": "Good morning.", "portrait": face}
    qtbot.waitUntil(lambda: wanted.items() <= dialog.page.answers().items(), timeout=10000)
    dialog.reject()
    again = ChainsDialog(ready_bridge, theme, [LOCAL], "local", None, drafts)
    again.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.list.count() == 4, timeout=10000)
    choose(qtbot, again, 0, "param_words")
    qtbot.waitUntil(lambda: wanted.items() <= again.page.answers().items(), timeout=10000)


@pytest.mark.slow
def test_a_chain_is_started_with_what_was_filled_in(qtbot: QtBot, dialog: ChainsDialog, ready_bridge: Bridge) -> None:
    choose(qtbot, dialog, 3, "param_prompt")
    box = child(dialog, QPlainTextEdit, "param_prompt")
    QTest.keyClicks(box, "a pier")
    with qtbot.waitSignal(dialog.started, timeout=10000) as started:
        QTest.mouseClick(dialog.page.run_button, Qt.MouseButton.LeftButton)
    run: ChainRun = started.args[0]
    assert run.answers == {"prompt": "a pier"}
    assert run.current_job is not None
    assert run.current_job.request.input["prompt"] == "a pier"
    assert not dialog.isVisible()
    ready_bridge.run(lambda core: core.chains.cancel(run.id)).result(60)


@pytest.mark.slow
def test_an_asset_answers_the_first_question_that_takes_it(
    qtbot: QtBot, dialog: ChainsDialog, ready_bridge: Bridge
) -> None:
    picture = ready_bridge.run(lambda core: core.import_file(PHOTO)).result(60)
    choose(qtbot, dialog, 0, "param_words")
    dialog.start_from(picture)
    qtbot.waitUntil(lambda: dialog.page.answers().get("portrait") == picture.path.as_uri(), timeout=5000)


def test_a_chain_travels_as_a_file(qtbot: QtBot, dialog: ChainsDialog, tmp_path: Path) -> None:
    dialog.list.setCurrentRow(3)
    chain = dialog.list.current()
    assert chain is not None
    dialog.export_to(chain, tmp_path / "mine.json")
    qtbot.waitUntil(lambda: (tmp_path / "mine.json").is_file(), timeout=5000)
    qtbot.waitUntil(lambda: "mine.json" in words_of(dialog, "chainsMessage"), timeout=5000)
    document = json.loads((tmp_path / "mine.json").read_text("utf-8"))
    (tmp_path / "mine.json").write_text(json.dumps({**document, "title": "Brought along"}), "utf-8")
    dialog.import_file(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: dialog.list.count() == 5, timeout=5000)
    current = dialog.list.current()
    assert current is not None
    assert current.title == "Brought along"
    (tmp_path / "bad.json").write_text("{}", "utf-8")
    dialog.import_file(tmp_path / "bad.json")
    qtbot.waitUntil(lambda: "no chain" in words_of(dialog, "chainsMessage"), timeout=5000)
    dialog._remove(current)
    qtbot.waitUntil(lambda: dialog.list.count() == 4, timeout=5000)


def test_every_control_has_a_name(qtbot: QtBot, dialog: ChainsDialog) -> None:
    choose(qtbot, dialog, 0, "param_words")
    assert_named(dialog, 10)
    dialog.list.setCurrentRow(3)
    dialog.edit(dialog.list.current())
    qtbot.waitUntil(lambda: dialog.editor.list.count() == 2, timeout=5000)
    assert_named(dialog, 12)
    assert dialog.editor.list.focusPolicy() != Qt.FocusPolicy.NoFocus


# changing


@pytest.mark.slow
def test_steps_are_added_moved_renamed_and_saved(qtbot: QtBot, dialog: ChainsDialog) -> None:
    dialog.edit(None)
    editor = dialog.editor
    qtbot.waitUntil(lambda: bool(editor._operations), timeout=5000)
    QTest.keyClicks(editor.title, "My chain")
    for name in ("image.generate", "smartmotion.generate", "narration.generate"):
        editor.add_step(editor._operations[name])
    assert editor.list.count() == 3
    assert editor.chain().steps[1].input == {"file_url": take("image")}
    editor.list.setCurrentRow(0)
    edit = child(editor, QLineEdit, "stepName")
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, "still")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert editor.chain().steps[1].input == {"file_url": take("still")}
    editor.list.setCurrentRow(2)
    QTest.mouseClick(editor.up, Qt.MouseButton.LeftButton)
    assert [step.name for step in editor.chain().steps] == ["still", "narration", "smartmotion"]
    QTest.mouseClick(editor.remove, Qt.MouseButton.LeftButton)
    assert [step.name for step in editor.chain().steps] == ["still", "smartmotion"]
    with qtbot.waitSignal(editor.saved, timeout=5000) as saved:
        QTest.mouseClick(editor.save_button, Qt.MouseButton.LeftButton)
    assert saved.args[0].id == "my-chain"
    qtbot.waitUntil(lambda: dialog.list.count() == 5, timeout=5000)


@pytest.mark.slow
def test_a_chain_that_cannot_run_is_not_saved_and_says_where_it_is_wrong(qtbot: QtBot, dialog: ChainsDialog) -> None:
    dialog.list.setCurrentRow(3)
    dialog.edit(dialog.list.current())
    editor = dialog.editor
    qtbot.waitUntil(lambda: editor.list.count() == 2, timeout=5000)
    editor.move_step(1)
    QTest.mouseClick(editor.save_button, Qt.MouseButton.LeftButton)
    found = lambda: any(one.isVisible() for one in editor.findChildren(QLabel, "inputError_image_url"))  # noqa: E731
    qtbot.waitUntil(found, timeout=5000)
    assert words_of(editor, "inputError_image_url") == "The step “first” comes later."
    assert editor.list.currentRow() == 0
    editor.move_step(1)
    source = child(editor, QComboBox, "source_image_url")
    assert isinstance(source, QComboBox)
    assert [source.itemText(row) for row in range(source.count())] == ["Asked at the start", "From first",
                                                                      "As asked: prompt"]
    source.setCurrentIndex(0)
    assert editor.chain().steps[1].input["image_url"] == ask("image_url", label="Picture")


@pytest.mark.slow
def test_a_fixed_value_becomes_the_usual_answer_when_it_is_asked(qtbot: QtBot, dialog: ChainsDialog) -> None:
    dialog.list.setCurrentRow(3)
    dialog.edit(dialog.list.current())
    editor = dialog.editor
    qtbot.waitUntil(lambda: editor.list.count() == 2, timeout=5000)
    source = child(editor, QComboBox, "source_resolution")
    assert isinstance(source, QComboBox)
    source.setCurrentIndex(source.findData("ask"))
    assert editor.chain().steps[0].input["resolution"] == ask("resolution", label="Resolution", default="1K")
    assert not dialog.list.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)  # not saved: it asks first
    question = dialog.findChild(ConfirmDialog)
    assert question is not None
    assert dialog.is_editing()
    question.confirmed.emit()
    question.reject()
    assert not dialog.is_editing()
    dialog.edit(dialog.list.current())
    qtbot.waitUntil(lambda: editor.list.count() == 2, timeout=5000)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.is_editing()
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# runs


def run_at(step: int, job_state: JobState, **more: object) -> ChainRun:
    """A run of the talking clip whose steps before `step` are done."""
    run = ChainRun.new(TALKING, "local", {})
    jobs = []
    for number in range(step + 1):
        request = JobRequest(TALKING.steps[number].operation, "local", {}, chain_run=run.id)
        jobs.append(StepJob(number, 1, Job.new(request).changed(state=job_state if number == step else JobState.DONE)))
    return run.changed(jobs=tuple(jobs), current=step, revision=step + 1, **more)


@pytest.fixture
def strip(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> RunsStrip:
    strip = RunsStrip(double_bridge, theme)
    strip.resize(320, 200)
    qtbot.addWidget(strip)
    answered: list[object] = []
    double_bridge.run(lambda core: core.chains.runs(), answered.append)  # after the strip's own question
    qtbot.waitUntil(lambda: bool(answered))
    return strip


def test_a_run_is_one_item_with_its_step_and_state(qtbot: QtBot, strip: RunsStrip, double_bridge: Bridge) -> None:
    assert strip.isHidden()
    run = run_at(1, JobState.RUNNING)
    double_bridge.chainsChanged.emit([run])
    (card,) = strip.cards()
    assert words_of(card, "runWords") == "Step 2 of 5 · Picture · running"
    names = [mark.accessibleName() for mark in card.marks]
    assert names[:3] == ["1. Better: Done", "2. Picture: Running", "3. Clip: waiting"]
    assert [mark.isEnabled() for mark in card.marks] == [True, True, False, False, False]
    assert card.pause_button.isVisibleTo(card)
    assert not card.retry_button.isVisibleTo(card)
    job = run.jobs[1].job
    double_bridge.jobsChanged.emit([JobChanged(job.changed(progress=0.5))])
    assert words_of(card, "runWords") == "Step 2 of 5 · Picture · running 50 %"
    with qtbot.waitSignal(strip.job_wanted) as wanted:
        QTest.mouseClick(card.marks[1], Qt.MouseButton.LeftButton)
    assert wanted.args == [job.id]
    double_bridge.chainsChanged.emit([run.changed(revision=0, current=0)])  # came late
    assert words_of(card, "runWords").startswith("Step 2")
    double_bridge.chainsChanged.emit([run.changed(state=RunState.DONE, revision=9)])
    assert strip.isHidden()


def test_a_run_that_failed_says_why_and_offers_to_go_on_there(qtbot: QtBot, strip: RunsStrip, double_bridge: Bridge) -> None:
    run = run_at(2, JobState.FAILED, state=RunState.FAILED)
    error = JobError("input", "no_face", "No face was found.", False, "Choose another picture.")
    run = run.changed(jobs=(*run.jobs[:2], replace(run.jobs[2], job=run.jobs[2].job.changed(error=error))))
    double_bridge.chainsChanged.emit([run])
    (card,) = strip.cards()
    assert words_of(card, "runWords") == "Step 3 of 5 · Clip · failed"
    assert words_of(card, "runError") == "No face was found. Nothing was charged. Choose another picture."
    assert card.retry_button.isVisibleTo(card)
    assert not card.pause_button.isVisibleTo(card)
    with qtbot.waitSignal(card.wanted) as wanted:
        QTest.mouseClick(card.retry_button, Qt.MouseButton.LeftButton)
    assert wanted.args == ["retry"]


def test_an_unknown_outcome_tells_the_risk_before_it_is_sent_again(strip: RunsStrip, double_bridge: Bridge) -> None:
    double_bridge.chainsChanged.emit([run_at(1, JobState.UNKNOWN)])
    (card,) = strip.cards()
    assert "may have been charged" in words_of(card, "runError")
    assert card.retry_button.isVisibleTo(card)


def test_only_the_newest_runs_are_shown_and_the_others_counted(strip: RunsStrip, double_bridge: Bridge) -> None:
    began = now()
    runs = [run_at(0, JobState.QUEUED, created_at=began + timedelta(seconds=number)) for number in range(5)]
    double_bridge.chainsChanged.emit(runs)
    assert len(strip.cards()) == 3
    assert words_of(strip, "moreRuns") == "and 2 more chains"
    held = runs[-1].changed(paused=True, revision=9)
    double_bridge.chainsChanged.emit([held])
    card = next(one for one in strip.cards() if one.run.id == held.id)
    assert words_of(card, "runWords") == "Step 1 of 5 · Better · held"
    assert card.resume_button.isVisibleTo(card)


# what can follow


@pytest.fixture
def window(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Iterator[MainWindow]:
    ready_bridge.run(lambda core: core.pause_queue()).result(60)
    window = open_window(qtbot, ready_bridge, theme, FirstScreen())
    window.build_pages()
    qtbot.waitUntil(lambda: window.create_page.composer.operation is not None, timeout=15000)
    yield window
    window.session.close().result(60)


def continue_lines(menu: QMenu | None) -> list[str]:
    assert menu is not None
    inner = menu.findChild(QMenu, "continueMenu")
    assert inner is not None
    return [action.text() for action in inner.actions() if action.text()]


@pytest.mark.slow
def test_what_can_follow_a_picture_is_in_the_menus_and_puts_it_in_its_place(
    qtbot: QtBot, window: MainWindow, ready_bridge: Bridge, paths: object
) -> None:
    picture = ready_bridge.run(lambda core: core.import_file(PHOTO)).result(60)
    window.open_asset(picture)
    composer = window.create_page.composer
    composer.prompt.set_text("at night")
    menu = window.create_page.viewer.open_menu(window.pos())
    lines = continue_lines(menu)
    assert lines[:3] == ["Make a video of it…", "Set it in motion…", "Edit…"]
    assert lines[-1] == "A chain of steps…"  # no job made it: there are no steps to save
    assert window.gallery is not None
    assert continue_lines(window.gallery.menu_for([picture])) == lines
    inner = menu.findChild(QMenu, "continueMenu") if menu is not None else None
    assert inner is not None
    assert window.chains is not None
    with qtbot.waitSignal(window.chains.continuing.ready, timeout=5000):
        inner.actions()[2].trigger()
    assert composer.operation is not None
    assert composer.operation.id == "image.edit"
    assert composer.tray.values() == {"image_url": picture.path.as_uri()}
    assert composer.prompt.text() == "at night"
    if menu is not None:
        menu.close()


@pytest.mark.slow
def test_an_earlier_clip_is_named_and_put_in_its_place(
    qtbot: QtBot, window: MainWindow, ready_bridge: Bridge, tmp_path: Path
) -> None:
    clip = ready_bridge.run(lambda core: core.import_file(write_clip(tmp_path / "clip.mp4"))).result(60)
    assert window.chains is not None
    offered = {one.operation.id: one for one in window.chains.offer.follow_ups(clip)}
    with qtbot.waitSignal(window.chains.continuing.ready, timeout=5000):
        window.chains.go_on(clip, offered["sora2.video.extend"])
    composer = window.create_page.composer
    values = composer.values()
    assert (values["sora_video_id"], values["source_video_url"]) == (clip.id, clip.path.as_uri())


@pytest.mark.slow
def test_the_chains_open_from_the_composer_and_from_the_command_field(qtbot: QtBot, window: MainWindow) -> None:
    assert window.chains is not None
    QTest.mouseClick(window.chains.button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(ChainsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.count() == 3, timeout=5000)
    assert not dialog.isModal()
    window.open_chains()
    assert len(window.findChildren(ChainsDialog)) == 1
    dialog.close()
