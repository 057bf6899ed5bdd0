"""Presets of whole forms, favourite operations, and putting everything back."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.settings import favourites
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.composer.form_menu import PresetDialog
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme


@pytest.fixture
def composer(qtbot: QtBot, ready_bridge: Bridge, theme: Theme) -> Composer:
    composer = Composer(ready_bridge, theme, Session(ready_bridge.paths.data / FILE_NAME))
    qtbot.addWidget(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=10000)
    return composer


def menu_of(qtbot: QtBot, composer: Composer) -> QMenu:
    composer.form_menu.button.click()
    qtbot.waitUntil(lambda: bool(composer.findChildren(QMenu, "formMenu")), timeout=5000)
    return composer.findChildren(QMenu, "formMenu")[-1]


def choose(menu: QMenu, *path: str) -> None:
    """Trigger the entry that one reaches by these words; the menu is closed."""
    here: QMenu = menu
    for words in path[:-1]:
        inner = next(action for action in here.actions() if action.text() == words).menu()
        assert isinstance(inner, QMenu)
        here = inner
    next(action for action in here.actions() if action.text() == path[-1]).trigger()
    menu.close()


def save_as(qtbot: QtBot, composer: Composer, name: str, *, with_words: bool) -> None:
    choose(menu_of(qtbot, composer), "Save as preset…")
    dialog = composer.window().findChildren(PresetDialog)[-1]
    QTest.keyClicks(dialog.name, name)
    dialog.words.setChecked(with_words)
    save = dialog.findChild(QPushButton, "presetSave")
    assert save is not None
    with qtbot.waitSignal(dialog.accepted, timeout=5000):
        save.click()


@pytest.mark.slow
def test_a_preset_is_kept_used_and_removed(qtbot: QtBot, composer: Composer) -> None:
    composer.put({"duration": 9, "aspect_ratio": "9:16"}, "a harbour")
    save_as(qtbot, composer, "Tall", with_words=True)
    composer.put({}, "something else")
    assert composer.values().get("aspect_ratio") != "9:16"
    choose(menu_of(qtbot, composer), "Use preset", "Tall")
    values = composer.values()
    assert (values["aspect_ratio"], values["duration"], values["prompt"]) == ("9:16", 9, "a harbour")
    composer.prompt.edit.undo()
    assert composer.prompt.text() == "something else", "the words that stood there come back"
    choose(menu_of(qtbot, composer), "Remove preset", "Tall")
    path = composer._bridge.paths.data / favourites.FILE_NAME
    qtbot.waitUntil(lambda: not favourites.load(path)[0].presets, timeout=5000)


def test_without_its_words_a_preset_leaves_the_prompt_alone(qtbot: QtBot, composer: Composer) -> None:
    composer.put({"duration": 9}, "a harbour")
    save_as(qtbot, composer, "Long", with_words=False)
    composer.put({}, "mine")
    choose(menu_of(qtbot, composer), "Use preset", "Long")
    assert composer.values()["duration"] == 9
    assert composer.prompt.text() == "mine"


@pytest.mark.slow
def test_the_same_name_is_said_and_replaces(qtbot: QtBot, composer: Composer) -> None:
    composer.put({"duration": 4}, None)
    save_as(qtbot, composer, "Mine", with_words=False)
    composer.put({"duration": 6}, None)
    choose(menu_of(qtbot, composer), "Save as preset…")
    dialog = composer.window().findChildren(PresetDialog)[-1]
    QTest.keyClicks(dialog.name, "Mine")
    says = dialog.findChild(QLabel, "presetSays")
    assert says is not None
    assert "place" in says.text()
    dialog.reject()
    save_as(qtbot, composer, "Mine", with_words=False)
    kept = favourites.load(composer._bridge.paths.data / favourites.FILE_NAME)[0].presets
    assert [one.values["duration"] for one in kept] == [6]


def test_everything_is_put_back(qtbot: QtBot, composer: Composer) -> None:
    before = composer.values()
    composer.put({"duration": 11, "negative_prompt": "people"}, "kept words")
    choose(menu_of(qtbot, composer), "Reset all settings")
    assert {name: value for name, value in composer.values().items() if name != "prompt"} == before
    assert composer.prompt.text() == "kept words"


def test_a_favourite_stands_first_and_what_is_shown_stays(qtbot: QtBot, composer: Composer) -> None:
    composer.picker.choose("sora2.video.remix")
    choose(menu_of(qtbot, composer), "Favourite: first in the list")
    group = [one.id for one in composer.picker.operations() if one.kind is composer.operation.kind]  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: composer.picker.operations()[_first_video(composer)].id == "sora2.video.remix", timeout=5000)
    assert composer.operation is not None
    assert composer.operation.id == "sora2.video.remix"
    assert "favourite" in composer.picker.box.currentText()
    choose(menu_of(qtbot, composer), "Favourite: first in the list")
    qtbot.waitUntil(lambda: "favourite" not in composer.picker.box.currentText(), timeout=5000)
    assert [one.id for one in composer.picker.operations() if one.kind is composer.operation.kind] == group


def _first_video(composer: Composer) -> int:
    from studio.ui.composer.operation_groups import Group, group_of

    return next(at for at, one in enumerate(composer.picker.operations()) if group_of(one.id, one.kind) is Group.VIDEO)
