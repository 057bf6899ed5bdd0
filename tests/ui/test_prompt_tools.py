"""What helps to write a prompt: earlier ones, the prompt book, wildcards, and enhance in its place."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.asset import Asset
from studio.domain.batch import expand
from studio.domain.job import Job, JobError, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.domain.prompt_book import Phrase, PromptBook
from studio.domain.state import JobState
from studio.settings import prompt_book
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.composer.enhancer import Enhancer
from studio.ui.composer.prompt_history import HistoryPopup
from studio.ui.composer.wildcard_preview import WildcardPreview
from studio.ui.dialogs.prompt_book_dialog import LISTS, STYLES, PromptBookDialog
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.core_double import OPERATIONS, CoreDouble

BOOK = PromptBook(
    (Phrase("Portrait", "portrait of [who], [light] light"),),
    (Phrase("Ink & line", "ink drawing", "colour"),),
    {"animal": ("a fox", "a heron")},
)
ENHANCE = Operation(
    "prompt.enhance.video", "Enhance Video Prompt", MediaKind.PROMPT,
    (Parameter("prompt", "Prompt", ParameterKind.TEXT, required=True, maximum=5000),),
)


def shown(qtbot: QtBot, bridge: Bridge, theme: Theme) -> Composer:
    session = Session(bridge.paths.data / FILE_NAME)
    composer = Composer(bridge, theme, session)
    session.setParent(composer)
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=10000)
    return composer


@pytest.fixture
def composer(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Composer:
    """Over the real core, with a book of its own."""
    prompt_book.save(ready_bridge.paths.data / prompt_book.FILE_NAME, BOOK)
    return shown(qtbot, ready_bridge, theme)


@pytest.fixture
def lone(qtbot: QtBot, double_bridge: Bridge, double: CoreDouble, theme: Theme) -> Composer:
    """Over the double, which offers an enhancement too."""
    double.offered = [*OPERATIONS, ENHANCE]
    return shown(qtbot, double_bridge, theme)


def button_of(within: QWidget, name: str) -> QPushButton:
    found = within.findChild(QPushButton, name)
    assert found is not None
    return found


def words_of(within: QWidget, name: str) -> QLabel:
    found = within.findChild(QLabel, name)
    assert found is not None
    return found


def keep_jobs(bridge: Bridge, *prompts: str) -> None:
    """Jobs in the store, as if they had been sent; no engine is started for them."""

    async def add(core: object) -> None:
        for words in prompts:
            job = Job.new(JobRequest("image.generate", "local", {"prompt": words})).changed(state=JobState.CANCELLED)
            await core._store.add(job)  # type: ignore[attr-defined]

    bridge.run(add).result(60)


def type_keys(composer: Composer, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(composer.prompt.edit, key, modifier)


CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.slow
def test_earlier_prompts_by_keys_and_back_to_what_was_being_written(qtbot: QtBot, composer: Composer) -> None:
    keep_jobs(composer._bridge, "the oldest", "in the middle", "{the|latest}")
    composer.prompt.edit.setPlainText("half a thou")
    type_keys(composer, Qt.Key.Key_Up, CTRL)
    qtbot.waitUntil(lambda: composer.prompt.text() == r"\{the\|latest\}", timeout=5000)
    assert composer.values()["prompt"] == "{the|latest}", "sent before with its braces, sent again with them"
    type_keys(composer, Qt.Key.Key_Up, CTRL)
    type_keys(composer, Qt.Key.Key_Up, CTRL)
    assert composer.prompt.text() == "the oldest"
    type_keys(composer, Qt.Key.Key_Up, CTRL)
    assert composer.prompt.text() == "the oldest", "there is nothing before it"
    for _ in range(4):
        type_keys(composer, Qt.Key.Key_Down, CTRL)
    assert composer.prompt.text() == "half a thou"
    type_keys(composer, Qt.Key.Key_Up, CTRL)
    composer.prompt.edit.insertPlainText("changed")
    type_keys(composer, Qt.Key.Key_Down, CTRL)
    assert "changed" in composer.prompt.text(), "what is written now is the newest"


@pytest.mark.slow
def test_earlier_prompts_found_by_a_few_letters(qtbot: QtBot, composer: Composer) -> None:
    keep_jobs(composer._bridge, "a harbour at dusk", "a mountain\nin two lines", "harbour crane")
    composer.prompt.edit.setPlainText("mine")
    composer.prompt_tools.history_button.click()
    popup = composer.prompt.findChild(HistoryPopup)
    assert popup is not None
    model = popup.view.model()
    qtbot.waitUntil(lambda: model.rowCount() == 3, timeout=5000)
    QTest.keyClicks(popup.search, "harb")
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=5000)
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert composer.prompt.text() == "a harbour at dusk"
    composer.prompt.edit.undo()
    assert composer.prompt.text() == "mine"


def test_no_earlier_prompt(qtbot: QtBot, composer: Composer) -> None:
    composer.prompt_tools.open_history()
    popup = composer.prompt.findChild(HistoryPopup)
    assert popup is not None
    qtbot.waitUntil(popup.nothing.isVisible, timeout=5000)
    assert "No prompt" in popup.nothing.text()
    QTest.keyClick(popup.search, Qt.Key.Key_Return)  # nothing to take
    popup.close()


def test_a_template_is_filled_in_with_tab(qtbot: QtBot, composer: Composer) -> None:
    composer.prompt.edit.setPlainText("mine")
    composer.prompt_tools.open_menu()
    qtbot.waitUntil(lambda: bool(composer.prompt_tools.book_button.findChildren(QMenu, "phraseMenu")), timeout=5000)
    menu = composer.prompt_tools.book_button.findChildren(QMenu, "phraseMenu")[0]
    templates, styles, lists = (action.menu() for action in menu.actions()[:3])
    assert [action.text() for action in templates.actions()] == ["Portrait"]  # type: ignore[attr-defined]
    assert [action.text() for action in styles.actions()] == ["Ink && line"]  # type: ignore[attr-defined]
    assert [action.text() for action in lists.actions()] == ["__animal__"]  # type: ignore[attr-defined]
    templates.actions()[0].trigger()  # type: ignore[attr-defined]
    menu.close()
    edit = composer.prompt.edit
    assert edit.textCursor().selectedText() == "[who]"
    QTest.keyClicks(edit, "a sailor")
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.textCursor().selectedText() == "[light]"
    QTest.keyClicks(edit, "soft")
    assert composer.prompt.text() == "portrait of a sailor, soft light"
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert composer.prompt.text() == "portrait of a sailor, soft light", "no place is left: Tab leaves the prompt"
    while edit.document().isUndoAvailable():
        edit.undo()
    assert composer.prompt.text() == "mine"


def test_a_style_is_added_and_keeps_things_out(composer: Composer) -> None:
    composer.prompt.edit.setPlainText("a fox")
    composer.prompt_tools.add_style(BOOK.styles[0])
    composer.prompt_tools.add_style(BOOK.styles[0])
    assert composer.values()["prompt"] == "a fox, ink drawing"
    assert composer.operation is not None
    if composer.operation.parameter("negative_prompt") is not None:
        assert composer.values()["negative_prompt"] == "colour"


@pytest.mark.slow
def test_wildcards_are_sent_as_the_preview_shows_them(qtbot: QtBot, composer: Composer) -> None:
    composer.prompt.edit.setPlainText("__animal__ at {dawn|dusk}")
    qtbot.waitUntil(lambda: "one of 4" in _preview(composer).words(), timeout=5000)
    sent = composer.values()["prompt"]
    assert sent in {f"{who} at {when}" for who in ("a fox", "a heron") for when in ("dawn", "dusk")}
    assert _preview(composer).words().endswith(str(sent))
    assert composer.values()["prompt"] == sent, "drawn once, not at each look"
    seen: set[object] = {sent}
    for _ in range(60):
        _preview(composer).draw()
        seen.add(composer.values()["prompt"])
    assert len(seen) == 4
    composer.prompt.edit.setPlainText("__nobody__ at dawn")
    assert "“nobody”" in _preview(composer).words()
    composer.prompt.edit.setPlainText("plain")
    assert _preview(composer).isHidden()
    assert composer.values()["prompt"] == "plain"


def _preview(composer: Composer) -> WildcardPreview:
    found = composer.prompt.findChild(WildcardPreview)
    assert found is not None
    return found


@pytest.mark.slow
def test_the_draft_keeps_the_wildcards(qtbot: QtBot, composer: Composer) -> None:
    composer.prompt.edit.setPlainText("a {red|blue} door")
    path = composer._bridge.paths.data / FILE_NAME

    def kept() -> object:
        return json.loads(path.read_text(encoding="utf-8")).get("draft", {}).get("prompt") if path.exists() else None

    qtbot.waitUntil(lambda: kept() == "a {red|blue} door")


def test_after_each_job_other_words_are_drawn(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    lone.prompt.edit.setPlainText("{a|b|c|d|e|f|g|h} fox")
    for _ in range(2):
        shown_words = lone.values()["prompt"]
        with qtbot.waitSignal(lone.submitted, timeout=5000):
            lone.submit()
        assert double.requests[-1].input["prompt"] == shown_words
    assert double.requests[0].input["prompt"] != double.requests[1].input["prompt"]
    assert lone.prompt.text() == "{a|b|c|d|e|f|g|h} fox"


def test_of_several_jobs_each_sends_the_words_it_was_shown_with(
    qtbot: QtBot, lone: Composer, double: CoreDouble
) -> None:
    lone.prompt.edit.setPlainText("{a|b|c|d|e|f|g|h} fox in {fog|snow|rain}")
    lone.foot.batch.count.setValue(6)
    heading, *shown_words, rest = _preview(lone).words().splitlines()
    assert heading == "Sends 6, each one of 24:"
    assert rest == "and 2 more"
    with qtbot.waitSignal(lone.submitted, timeout=5000):
        lone.submit()
    operation = lone.operation
    assert operation is not None
    made = expand(double.queue.batches[-1], operation, random.Random(1))
    sent = [request.input["prompt"] for request in made]
    assert len(sent) == 6
    assert [line.partition(". ")[2] for line in shown_words] == sent[:4]
    assert len(set(sent)) > 1
    assert _preview(lone).words().splitlines()[1:5] != shown_words  # the next ones are drawn anew
    lone.foot.batch.count.setValue(1)
    assert _preview(lone).words().startswith("Sends, one of 24: ")


# the editor of the book


def dialog_of(qtbot: QtBot, composer: Composer) -> PromptBookDialog:
    composer.prompt_tools.open_book()
    dialog = composer.window().findChild(PromptBookDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.names.count() == 1, timeout=5000)
    return dialog


@pytest.mark.slow
def test_the_book_is_edited_and_kept(qtbot: QtBot, composer: Composer) -> None:
    dialog = dialog_of(qtbot, composer)
    dialog.kind.set_value(STYLES)
    dialog._show_kind()
    dialog.add()
    QTest.keyClicks(dialog.name, "Chalk")
    dialog.text.setPlainText("chalk on slate")
    dialog.kind.set_value(LISTS)
    dialog._show_kind()
    dialog.text.setPlainText("a fox\n\na hare\n")
    with qtbot.waitSignal(dialog.saved, timeout=5000) as saved:
        button_of(dialog, "promptBookSave").click()
    book = saved.args[0]
    assert book.styles[1] == Phrase("Chalk", "chalk on slate")
    assert book.lists["animal"] == ("a fox", "a hare")
    kept, problem = prompt_book.load(composer._bridge.paths.data / prompt_book.FILE_NAME, Path("nowhere"))
    assert (kept, problem) == (book, None)


@pytest.mark.slow
def test_what_cannot_be_kept_is_said_and_stays(qtbot: QtBot, composer: Composer) -> None:
    dialog = dialog_of(qtbot, composer)
    dialog.name.setText("")
    dialog._edited()
    dialog.save()
    error = words_of(dialog, "promptBookError")
    qtbot.waitUntil(lambda: error.isVisible(), timeout=5000)
    assert "name" in error.text()
    assert dialog.isVisible()
    dialog.remove()
    assert dialog.names.count() == 0
    assert not dialog.text.isEnabled()
    dialog.reject()


@pytest.mark.slow
def test_a_shared_book_is_taken_in_and_given_out(qtbot: QtBot, composer: Composer, tmp_path: Path) -> None:
    dialog = dialog_of(qtbot, composer)
    (tmp_path / "trees.txt").write_text("an oak\na yew\n", encoding="utf-8")
    dialog.import_file(str(tmp_path / "trees.txt"))
    qtbot.waitUntil(lambda: "trees" in dialog.book().lists, timeout=5000)
    assert dialog.kind.value() == LISTS
    dialog.export_file(str(tmp_path / "all.json"))
    qtbot.waitUntil((tmp_path / "all.json").exists, timeout=5000)
    wanted = replace(BOOK, lists={**BOOK.lists, "trees": ("an oak", "a yew")})
    assert prompt_book.read_shared(tmp_path / "all.json") == wanted
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    dialog.import_file(str(tmp_path / "bad.json"))
    error = words_of(dialog, "promptBookError")
    qtbot.waitUntil(lambda: error.isVisible(), timeout=5000)
    assert "bad.json" in error.text()
    dialog.reject()


# enhance


def enhancer_of(composer: Composer) -> Enhancer:
    found = composer.prompt.findChild(Enhancer)
    assert found is not None
    return found


def answer(double: CoreDouble, words: str) -> None:
    """The job that was sent last ends with this prompt."""
    job = next(job for job in double._jobs.values() if job.request.operation == ENHANCE.id)
    asset = Asset("asset_1", MediaKind.PROMPT, Path("p.txt"), "text/plain", "0" * 64, 1, prompt=words, job_id=job.id)

    async def give(asset_id: str) -> Asset:
        return asset

    double.asset = give  # type: ignore[method-assign]
    double.show(job.changed(state=JobState.DONE, asset_ids=(asset.id,), revision=job.revision + 5))


def begin(qtbot: QtBot, composer: Composer, double: CoreDouble) -> None:
    composer.prompt.edit.setPlainText("a fox in snow")
    composer.prompt_tools.enhance_button.click()
    qtbot.waitUntil(lambda: bool(double._jobs), timeout=5000)  # asked for, and answered
    assert double.requests[0] == JobRequest(ENHANCE.id, "local", {"prompt": "a fox in snow"})


def test_enhanced_in_its_place_with_one_step_of_undo(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    begin(qtbot, lone, double)
    answer(double, "a red fox in deep snow")
    qtbot.waitUntil(lambda: lone.prompt.text() == "a red fox in deep snow", timeout=5000)
    assert "underline" in words_of(enhancer_of(lone), "enhancerDiff").text()
    lone.prompt.edit.undo()
    assert lone.prompt.text() == "a fox in snow"
    assert words_of(enhancer_of(lone), "enhancerSays").text() == "Your words are back."
    assert not button_of(enhancer_of(lone), "enhancerUse").isHidden()
    assert button_of(enhancer_of(lone), "enhancerUndo").isHidden()
    lone.prompt.edit.redo()
    assert words_of(enhancer_of(lone), "enhancerSays").text().startswith("Enhanced.")
    assert not button_of(enhancer_of(lone), "enhancerUndo").isHidden()
    button_of(enhancer_of(lone), "enhancerUndo").click()
    assert lone.prompt.text() == "a fox in snow"
    assert enhancer_of(lone).isHidden()


def test_what_was_typed_meanwhile_is_left_alone(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    begin(qtbot, lone, double)
    lone.prompt.edit.setPlainText("something else")
    answer(double, "a red fox in deep snow")
    use = button_of(enhancer_of(lone), "enhancerUse")
    qtbot.waitUntil(use.isVisible, timeout=5000)
    assert lone.prompt.text() == "something else"
    use.click()
    assert lone.prompt.text() == "a red fox in deep snow"


@pytest.mark.slow
def test_a_failed_enhancement_says_why(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    begin(qtbot, lone, double)
    job = next(iter(double._jobs.values()))
    error = JobError("service", "down", "The service is down.", retryable=True)
    double.show(job.changed(state=JobState.FAILED, error=error, revision=job.revision + 5))
    says = words_of(enhancer_of(lone), "enhancerSays")
    qtbot.waitUntil(lambda: "down" in says.text(), timeout=5000)
    assert lone.prompt.text() == "a fox in snow"
    assert not enhancer_of(lone).working


@pytest.mark.slow
def test_nothing_to_enhance_and_nothing_that_could(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    lone.prompt.edit.setPlainText("  ")
    lone.prompt_tools.enhance()
    assert not double.requests
    lone.picker.choose("image.generate")
    assert not lone.prompt_tools.enhance_button.isEnabled(), "the account offers no enhancement for pictures"


@pytest.mark.slow
def test_enhanced_by_the_real_engine(qtbot: QtBot, composer: Composer) -> None:
    composer.picker.choose("image.generate")
    composer.prompt.edit.setPlainText("a fox in snow")
    composer.prompt_tools.enhance()
    qtbot.waitUntil(lambda: composer.prompt.text() != "a fox in snow", timeout=60000)
    assert "fox" in composer.prompt.text()
    assert len(composer.prompt.text()) > 30
    QApplication.processEvents()
