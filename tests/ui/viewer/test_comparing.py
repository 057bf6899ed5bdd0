"""Two pictures against each other, and what differs in how they were made."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset, Recipe
from studio.domain.kinds import MediaKind
from studio.ui.viewer.compare_view import CompareView, Mode
from studio.ui.viewer.picture_difference import difference_of
from studio.ui.viewer.recipe_words import differences
from studio.ui.viewer.viewer import Viewer
from tests.ui.media_core import make_asset

RED, BLUE = (220, 20, 20), (20, 20, 220)


def picture(path: Path, number: int, colour: tuple[int, int, int], **more: object) -> Asset:
    Image.new("RGB", (400, 300), colour).save(path)
    return make_asset(number, path=path, width=400, height=300, **more)  # type: ignore[arg-type]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Asset, Asset]:
    return (
        picture(tmp_path / "a.png", 1, RED, prompt="a harbour at dusk",
                recipe=Recipe("image.generate", "local", {"prompt": "a harbour at dusk", "style": "film"}, seed=7)),
        picture(tmp_path / "b.png", 2, BLUE, prompt="a harbour at night",
                recipe=Recipe("image.generate", "local", {"prompt": "a harbour at night"}, seed=8)),
    )


def compared(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> CompareView:
    viewer.compare(*pair)
    view = viewer.comparing.view
    assert view is not None
    qtbot.waitUntil(lambda: all(layer.is_whole for layer in view.layers), timeout=10000)
    return view


def is_red(view: CompareView, across: float, down: float = 0.6) -> bool:
    image = view.grab().toImage()
    colour = image.pixelColor(round(image.width() * across), round(image.height() * down))
    return colour.red() > 150 and colour.blue() < 80


def is_blue(view: CompareView, across: float, down: float = 0.6) -> bool:
    image = view.grab().toImage()
    colour = image.pixelColor(round(image.width() * across), round(image.height() * down))
    return colour.blue() > 150 and colour.red() < 80


@pytest.mark.slow
def test_the_slider_divides_and_follows_keys_and_mouse(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> None:
    view = compared(qtbot, viewer, pair)
    assert is_red(view, 0.4)
    assert is_blue(view, 0.6)
    assert "harbour at dusk" in view.accessibleName()
    for _ in range(4):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.share == pytest.approx(0.7)
    assert is_red(view, 0.6)
    target = view.target()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(round(target.left() + target.width() * 0.3), 200))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(10, 200))
    assert view.share == pytest.approx(0.3, abs=0.02)
    viewer.comparing.swap()
    qtbot.waitUntil(lambda: all(layer.is_whole for layer in view.layers), timeout=10000)
    assert is_blue(view, 0.25)


def test_side_by_side_zooms_both_as_one(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> None:
    view = compared(qtbot, viewer, pair)
    view.set_mode(Mode.SIDE)
    assert is_red(view, 0.25)
    assert is_blue(view, 0.75)
    fitted = view.scale
    view.zoom_by(3.0, QPointF(100, 100))
    assert view.scale == pytest.approx(fitted * 3)
    assert is_red(view, 0.1, 0.3)
    assert is_red(view, 0.45, 0.9)
    assert is_blue(view, 0.55, 0.9)
    view.fit()
    assert view.is_fitted


def test_onion_skin_mixes_and_the_difference_tells(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> None:
    view = compared(qtbot, viewer, pair)
    view.set_mode(Mode.ONION)
    image = view.grab().toImage()
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert abs(middle.red() - middle.blue()) < 20  # half of each
    said: list[str] = []
    view.said.connect(said.append)
    view.set_mode(Mode.DIFFERENCE)
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    assert "52.3 %" in said[0]  # two of three values differ by 200 of 255


def test_equal_pictures_are_called_equal() -> None:
    one = QImage(50, 40, QImage.Format.Format_RGB32)
    one.fill(Qt.GlobalColor.darkCyan)
    assert difference_of(one, one.copy()).identical
    other = one.copy()
    other.setPixelColor(3, 3, Qt.GlobalColor.white)
    found = difference_of(one, other)
    assert not found.identical
    assert 0 < found.mean < 0.01


def test_the_second_is_what_is_shown_next(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> None:
    first, second = pair
    viewer.show_asset(first)
    qtbot.waitUntil(lambda: viewer.picture.has_picture, timeout=5000)
    viewer.findChild(QToolButton, "compareButton").click()  # type: ignore[union-attr]
    assert viewer.comparing.is_choosing
    assert "Choose the other one" in viewer.stage.said
    QTest.keyClick(viewer.picture, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not viewer.comparing.is_choosing, timeout=2000)
    assert viewer.asset == first
    QTest.keyClick(viewer.picture, Qt.Key.Key_C)
    viewer.show_asset(second)
    assert viewer.comparing.assets == pair
    viewer.findChild(QPushButton, "compareDone").click()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: viewer.comparing.assets is None, timeout=2000)
    assert viewer.asset == first
    assert viewer.picture.isVisible()


def test_a_clip_is_compared_by_its_poster(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset], tmp_path: Path) -> None:
    poster = tmp_path / "poster.png"
    Image.new("RGB", (200, 150), BLUE).save(poster)
    clip = make_asset(9, kind=MediaKind.VIDEO, path=tmp_path / "no.mp4", thumbnail=poster, width=1920, height=1440)
    viewer.compare(pair[0], clip)
    view = viewer.comparing.view
    assert view is not None
    qtbot.waitUntil(lambda: all(layer.has_picture for layer in view.layers), timeout=5000)
    qtbot.waitUntil(lambda: is_blue(view, 0.7), timeout=5000)
    assert is_red(view, 0.4)


def test_what_differs_stands_beside_it(qtbot: QtBot, viewer: Viewer, pair: tuple[Asset, Asset]) -> None:
    found = {one.name: (one.before, one.after) for one in differences(*pair)}
    assert found["Prompt"] == ("a harbour at dusk", "a harbour at night")
    assert found["Seed"] == ("7", "8")
    assert found["Style"] == ("film", "")
    assert "Operation" not in found
    compared(qtbot, viewer, pair)
    viewer.stage.recipe_button.setChecked(True)
    panel = viewer.side.difference
    assert panel is not None
    assert panel.isVisible()

    def marked() -> list[str]:
        return [one.text() for one in panel.findChildren(QLabel) if "line-through" in one.text()]

    qtbot.waitUntil(lambda: bool(marked()), timeout=5000)  # compared in a worker thread
    assert "underline" in marked()[0]
    assert "dusk" in marked()[0]
    assert "night" in marked()[0]
    viewer.comparing.leave()
    assert not panel.isVisible()
    assert viewer.side.recipe is not None
    assert viewer.side.recipe.isVisible()
