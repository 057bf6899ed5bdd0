"""Settings of files: the recipe inside new results, and the certificate for exported copies."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio.settings.preferences import Preferences
from studio.ui.dialogs.file_settings import FileSettings
from studio.ui.widgets.words import ElidedLabel


def button(settings: FileSettings, name: str) -> QPushButton:
    found = settings.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_what_is_chosen_is_told_by_its_field(qtbot: QtBot) -> None:
    settings = FileSettings(Preferences(signing_certificate="/keys/chain.pem"))
    qtbot.addWidget(settings)
    told: list[object] = []
    settings.chosen.connect(told.append)
    settings.embed.click()
    button(settings, "signing_key_choose").click()
    dialog = settings.findChild(QFileDialog) or settings.window().findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit("/keys/key.pem")
    dialog.close()
    button(settings, "signing_certificate_none").click()
    assert told == [{"embed_recipes": True}, {"signing_key": "/keys/key.pem"}, {"signing_certificate": ""}]
    shown = settings.findChild(ElidedLabel, "signing_certificate")
    assert isinstance(shown, ElidedLabel)
    assert not button(settings, "signing_certificate_none").isEnabled()
    for child in settings.findChildren(QPushButton):
        assert child.accessibleName() or not child.objectName().startswith("signing")
