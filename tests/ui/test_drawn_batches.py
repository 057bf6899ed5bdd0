"""Several jobs with wildcards: what is shown is what is sent, and the next ones are by chance again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from studio.domain.query import JobQuery
from studio.settings import prompt_book
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.theme.theme import Theme
from tests.ui.core_double import CoreDouble
from tests.ui.test_prompt_tools import BOOK, shown


@pytest.fixture
def composer(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Composer:
    """Over the real core, with a book of its own."""
    prompt_book.save(ready_bridge.paths.data / prompt_book.FILE_NAME, BOOK)
    return shown(qtbot, ready_bridge, theme)


@pytest.fixture
def lone(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> Composer:
    """Over the double."""
    return shown(qtbot, double_bridge, theme)


def test_without_wildcards_nothing_of_earlier_draws_is_kept(qtbot: QtBot, lone: Composer, double: CoreDouble) -> None:
    lone.foot.batch.count.setValue(3)
    lone.prompt.edit.setPlainText("{a|b} fox")
    assert lone.prompt_tools.drawing() is not None
    lone.prompt.edit.setPlainText("a fox")
    for _ in range(2):
        with qtbot.waitSignal(lone.submitted, timeout=5000):
            lone.submit()
    assert [batch.drawing for batch in double.queue.batches] == [None, None]


@pytest.mark.slow
def test_what_the_dialog_shows_is_what_is_sent(qtbot: QtBot, composer: Composer, ready_bridge: Bridge) -> None:
    """Also with a list that no prompt named before, and that another window changes meanwhile."""
    ready_bridge.run(lambda core: core.queue.pause("all")).result(60)
    composer.prompt.edit.setPlainText("plain")
    composer.sending.open_batch()
    dialog = composer.sending.dialog
    assert dialog is not None
    dialog.show_way("prompts")
    dialog.prompts.setPlainText("__animal__ at {dawn|dusk|noon}\na {red|blue|green} __animal__")
    dialog.count.setValue(4)

    def lines() -> list[str]:
        return [dialog.list.model().index(row, 0).data() for row in range(dialog.list.model().rowCount())]

    qtbot.waitUntil(lambda: dialog.send.isEnabled() and len(lines()) == 8 and "__animal__" not in lines()[0])
    shown_lines = lines()
    ready_bridge.run(lambda core: core.prompts.save(replace(BOOK, lists={"animal": ("a mouse",)}))).result(60)
    with qtbot.waitSignal(dialog.submitted):
        dialog.submit()
    jobs = ready_bridge.run(lambda core: core.jobs(JobQuery(limit=20))).result(60)
    sent = {f"{job.request.input['prompt']} · seed {job.request.input['seed']}" for job in jobs}
    assert {line.partition(".  ")[2] for line in shown_lines} == sent
    assert len(sent) == 8
    assert "mouse" not in "".join(sent)
