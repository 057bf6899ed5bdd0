"""The list of model folders in the settings."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio.ui.dialogs.model_folders import ModelFolders


def test_folders_are_added_once_and_taken_away(qtbot: QtBot) -> None:
    folders = ModelFolders(("/models/one",))
    qtbot.addWidget(folders)
    heard: list[tuple[str, ...]] = []
    folders.chosen.connect(heard.append)
    folders.add("/models/two")
    folders.add("/models/two")
    folders.add("")
    assert heard == [("/models/one", "/models/two")]
    removers = [one for one in folders.findChildren(QPushButton, "removeModelFolder") if not one.isHidden()]
    assert [one.accessibleName() for one in removers] == [
        "Remove /models/one from the list", "Remove /models/two from the list"]
    removers[0].click()
    assert folders.folders == ("/models/two",)
    assert heard[-1] == ("/models/two",)


def test_browsing_blocks_nothing(qtbot: QtBot) -> None:
    folders = ModelFolders(())
    qtbot.addWidget(folders)
    folders.show()
    folders.browse()
    dialog = folders.findChild(QFileDialog) or folders.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/models/three")
    dialog.close()
    assert folders.folders == ("/models/three",)
