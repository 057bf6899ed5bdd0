"""Which accounts and jobs are held is said, and each line lets its own go on: against the real core."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.domain.job import JobRequest
from studio.domain.pause import Pause
from studio.ui.bridge import Bridge
from studio.ui.costs.hold_bar import HoldBar
from studio.ui.costs.pause_rows import PauseRows


def test_held_accounts_and_jobs_are_named_and_go_on(qtbot: QtBot, ready_bridge: Bridge) -> None:
    bar = HoldBar(ready_bridge)
    qtbot.addWidget(bar)
    request = JobRequest("image.generate", "local", {"prompt": "a lake"})
    ready_bridge.run(lambda core: core.queue.pause("account", "local")).result(60)
    job = ready_bridge.run(lambda core: core.submit(request)).result(60)
    ready_bridge.run(lambda core: core.queue.pause("job", job.id)).result(60)
    qtbot.waitUntil(lambda: len(bar.pauses.words()) == 2, timeout=5000)
    assert not bar.isHidden()
    assert bar.pauses.words() == ["This computer is held: nothing of this account is sent.", "1 job is held by itself."]
    bar.pauses.buttons()[0].click()
    qtbot.waitUntil(lambda: bar.pauses.words() == ["1 job is held by itself."], timeout=5000)
    assert ready_bridge.run(lambda core: core.queue.pauses()).result(60) == {Pause("job", job.id)}
    ready_bridge.run(lambda core: core.cancel(job.id)).result(60)
    qtbot.waitUntil(bar.isHidden, timeout=5000)


def test_many_accounts_share_a_line_and_the_pause_of_all_is_not_said_twice(qtbot: QtBot) -> None:
    rows = PauseRows()
    qtbot.addWidget(rows)
    held = [Pause("account", name) for name in ("a", "b", "c", "d")]
    rows.show_pauses([*held, Pause("all"), Pause("job", "ended")], {"a": "Anna's"}, waiting=())
    assert rows.words() == ["4 accounts are held: Anna's, b, c, d."]
    with qtbot.waitSignal(rows.resumed) as heard:
        rows.buttons()[0].click()
    assert heard.args == [held]
    rows.show_pauses([Pause("all")], {}, waiting=())
    assert rows.isHidden()
