"""Tokens, contrast, stylesheet and icons."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.settings.shipped import shipped
from studio.ui.theme.style import sheet
from studio.ui.theme.theme import Theme
from studio.ui.theme.tokens import DARK, LIGHT, Tokens, contrast, legible, mix
from studio.ui.widgets.icons import icon, pixmap

TEXTS = ("text", "dim")
SURFACES = ("bg", "surface1", "surface2", "surface3")
STATES = ("ok", "warn", "bad", "run", "accent")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_can_be_read_on_every_surface(tokens: Tokens) -> None:
    pairs = list(itertools.product(TEXTS, SURFACES))
    pairs += list(itertools.product(STATES, ("surface1", "bg")))
    poor = {
        f"{ink} on {ground}": round(contrast(getattr(tokens, ink), getattr(tokens, ground)), 2)
        for ink, ground in pairs
        if contrast(getattr(tokens, ink), getattr(tokens, ground)) < 4.5
    }
    assert not poor
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.text, tokens.accent_tint) >= 4.5
    assert contrast(tokens.dim, tokens.accent_tint) >= 4.5
    assert contrast(tokens.text, tokens.bad_tint) >= 4.5
    # the words of a failed or asking job also stand on a selected row
    for ink in (tokens.bad, tokens.warn):
        assert contrast(legible(ink, tokens.accent_tint, tokens.text), tokens.accent_tint) >= 4.5
        assert legible(ink, tokens.surface1, tokens.text) == ink, "what can be read is left as it is"
    # the shortcut on the primary button is a little paler than its word
    assert contrast(mix(tokens.accent, tokens.on_accent, 0.85), tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_the_stylesheet_is_filled_and_knows_no_colour_of_its_own(tokens: Tokens) -> None:
    text = sheet(tokens)
    assert "$" not in text.replace("$names", "")
    template = shipped("theme/studio.qss").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{6}\b", template), "colours belong to the tokens"
    for name in re.findall(r'url\("([^"]+)"\)', text):
        assert Path(name).is_file()


def test_every_kind_of_control_shows_its_focus() -> None:
    template = shipped("theme/studio.qss").read_text(encoding="utf-8")
    for control in ("QPushButton", "QToolButton", "QLineEdit", "QSpinBox", "QComboBox", "QPlainTextEdit", "QCheckBox",
                    "QSlider", "QListView", "QTableView", "QTextBrowser"):
        rule = re.search(rf"{control}:focus[^{{]*\{{([^}}]*)\}}", template)
        assert rule is not None, control
        assert "$accent" in rule[1], control


@pytest.mark.slow
def test_focus_changes_no_size(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    controls: list[QWidget] = [QLineEdit("words"), QPushButton("Press")]
    for control in controls:
        column.addWidget(control)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    for control in controls:
        before = control.sizeHint()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(control.hasFocus)
        assert control.sizeHint() == before


@pytest.mark.slow
def test_the_theme_changes_palette_and_tells(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("light")
    assert theme.current is LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.bg)
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("light")
    theme.set_mode("dark")
    assert theme.current is DARK


def test_reduced_motion_takes_no_time(qapp: QApplication) -> None:
    assert Theme("dark", reduced_motion=True).duration_ms() == 0
    assert 120 <= Theme("dark").duration_ms() <= 180


def test_every_icon_is_drawn_in_one_weight_and_in_the_colour_asked_for(qapp: QApplication) -> None:
    folder = shipped("icons/play.svg").parent
    for path in sorted(folder.glob("*.svg")):
        if path.stem == "studio":
            continue
        source = path.read_text(encoding="utf-8")
        assert 'stroke-width="1.5"' in source, path.name
        image = pixmap(path.stem, "#FF0000", 20).toImage()
        seen = [image.pixelColor(x, y) for x in range(20) for y in range(20) if image.pixelColor(x, y).alpha() > 80]
        assert seen, f"{path.name} is empty"
        assert all(colour.red() > 200 and colour.green() < 60 for colour in seen), path.name
    assert not icon("play", "#FFFFFF").isNull()


def test_a_missing_resource_names_where_it_was_looked_for() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.svg"):
        shipped("icons/nothing.svg")
