"""What a service says of its own operations reaches the window as one signal."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.domain.event import OperationsChanged
from studio.ui.bridge import Bridge


def test_other_operations_are_told_by_the_accounts_name(qtbot: QtBot, double_bridge: Bridge) -> None:
    problems: list[str] = []
    double_bridge.problem.connect(problems.append)
    with qtbot.waitSignal(double_bridge.operationsChanged, timeout=2000) as heard:
        double_bridge._events.emit([OperationsChanged("work")])
    assert heard.args == ["work"]
    assert problems == []
