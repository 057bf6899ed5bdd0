"""What a service offers anew reaches an open form without taking away what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL, LOCAL_ACCOUNT
from studio.domain.event import OperationsChanged
from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.core_double import OPERATIONS, CoreDouble

EXTRA = Parameter("mood", "Mood", ParameterKind.TEXT)


@pytest.fixture
def composer(qtbot: QtBot, double_bridge: Bridge, theme: Theme) -> Iterator[Composer]:
    session = Session(double_bridge.paths.data / FILE_NAME)
    composer = Composer(double_bridge, theme, session)
    qtbot.addWidget(composer)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    composer.prompt.set_text("a pier in the fog")
    yield composer
    session.close().result(60)


def offer(monkeypatch: pytest.MonkeyPatch, bridge: Bridge, operations: list[Operation]) -> None:
    """From now on the account offers these, and the studio hears that this changed."""
    monkeypatch.setattr(CoreDouble, "operations", lambda self, account=None: operations)
    bridge._events.emit([OperationsChanged(LOCAL_ACCOUNT)])


def test_a_new_field_appears_and_what_is_typed_stays(
    qtbot: QtBot, double_bridge: Bridge, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = composer.operation
    assert current is not None
    wider = [replace(one, parameters=(*one.parameters, EXTRA)) if one.id == current.id else one for one in OPERATIONS]
    offer(monkeypatch, double_bridge, wider)

    def has_the_field() -> bool:
        return composer.operation is not None and composer.operation.parameter("mood") is not None

    qtbot.waitUntil(has_the_field, timeout=5000)
    assert composer.values()["prompt"] == "a pier in the fog"


def test_an_operation_that_is_gone_takes_no_words_with_it(
    qtbot: QtBot, double_bridge: Bridge, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = composer.operation
    assert current is not None
    offer(monkeypatch, double_bridge, [one for one in OPERATIONS if one.id != current.id])
    qtbot.waitUntil(lambda: composer.operation is not None and composer.operation.id != current.id, timeout=5000)
    assert composer.prompt.text() == "a pier in the fog"
    said = [label.text() for label in composer.foot.findChildren(QLabel)]
    assert any(current.title in text and "kept" in text for text in said), said


def test_what_stayed_the_same_rebuilds_nothing(
    qtbot: QtBot, double_bridge: Bridge, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = composer._form
    offer(monkeypatch, double_bridge, list(OPERATIONS))
    qtbot.wait(100)
    assert composer._form is form
