"""How it was made: to be read, copied, used again; marks set there; parents and children as links."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLineEdit, QPlainTextEdit, QPushButton, QScrollBar
from pytestqt.qtbot import QtBot

from studio.domain.asset import Asset, Recipe
from studio.domain.job import Job, JobRequest
from studio.domain.lineage import REFERENCE, Link
from studio.ui.viewer.recipe_panel import RecipePanel
from studio.ui.viewer.recipe_words import as_json, as_text
from studio.ui.viewer.viewer import Viewer
from tests.ui.media_core import MediaCore, make_asset, write_picture
from tests.ui.viewer.gallery_double import GalleryDouble

INPUT = {"prompt": "a harbour", "aspect_ratio": "16:9", "reference_image_urls": ["3f9a.jpg", "77aa.jpg"], "tiling": False}


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    return make_asset(
        3, path=write_picture(tmp_path / "p.png"), prompt="a harbour", job_id="job_1", account="Work", credits=12.0,
        recipe=Recipe("image.generate", "cannon-studio", INPUT, model="nova", seed=42, parents=("asset_1",)),
    )


@pytest.fixture
def panel(qtbot: QtBot, viewer: Viewer, core: MediaCore, asset: Asset) -> RecipePanel:
    core.assets_by_id[asset.id] = asset
    viewer.show_asset(asset)
    QTest.keyClick(viewer.picture, Qt.Key.Key_D)
    assert viewer.side.recipe is not None
    return viewer.side.recipe


def click(panel: RecipePanel, name: str) -> None:
    button = panel.findChild(QPushButton, name)
    assert button is not None, name
    button.click()


def test_everything_is_shown_and_copied(qtbot: QtBot, viewer: Viewer, panel: RecipePanel, asset: Asset) -> None:
    assert panel.isVisible()
    qtbot.waitUntil(lambda: panel.facts().get("Operation") == "Generate Image", timeout=5000)
    facts = panel.facts()
    assert facts["Seed"] == "42"
    assert facts["Model"] == "nova"
    assert facts["Account"] == "Work"
    assert facts["Cost"] == "12 credits"
    assert facts["Reference image"] == "3f9a.jpg, 77aa.jpg"
    assert facts["Tiling"] == "no"
    assert panel.prompt.text() == "a harbour"
    click(panel, "recipeCopyText")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("a harbour\n")
    assert "Aspect ratio: 16:9" in text
    click(panel, "recipeCopyJson")
    told = json.loads(QGuiApplication.clipboard().text())
    assert told["seed"] == 42
    assert told["input"] == INPUT
    assert viewer.stage.said == "Copied as JSON"
    assert str(asset.path) not in as_text(asset) + as_json(asset)  # no private path gets in
    viewer.findChild(QPushButton, "recipeClose")
    QTest.keyClick(viewer.picture, Qt.Key.Key_D)
    assert not panel.isVisible()


def test_used_again_as_its_job_was_sent_or_with_a_new_seed(
    qtbot: QtBot, viewer: Viewer, core: MediaCore, panel: RecipePanel
) -> None:
    request = JobRequest("image.generate", "Work", {"prompt": "a harbour", "image_url": "file:///inputs/3f9a.jpg"})
    core.jobs_by_id["job_1"] = Job.new(request).changed(id="job_1")
    with qtbot.waitSignal(viewer.reuse, timeout=5000) as again:
        click(panel, "recipeUseAgain")
    assert again.args[0].input == {**request.input, "seed": 42}  # the same again means the same seed
    assert again.args[0].account == "Work"
    seeds = set()
    for _ in range(2):
        with qtbot.waitSignal(viewer.reuse, timeout=5000) as other:
            click(panel, "recipeNewSeed")
        assert {**other.args[0].input, "seed": 0} == {**request.input, "seed": 0}
        seeds.add(other.args[0].input["seed"])
    assert len(seeds - {42}) == 2


def test_marks_are_set_there(qtbot: QtBot, viewer: Viewer, core: MediaCore, panel: RecipePanel, asset: Asset) -> None:
    marks = panel.marks
    marks.star.click()
    qtbot.waitUntil(lambda: core.assets_by_id[asset.id].starred, timeout=5000)
    marks.swatches["green"].click()
    qtbot.waitUntil(lambda: core.assets_by_id[asset.id].colour == "green", timeout=5000)
    marks.tag_edit.setFocus()
    QTest.keyClicks(marks.tag_edit, "first pick")  # f, i and d are keys of the viewer elsewhere
    QTest.keyClick(marks.tag_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: marks.tags() == ["first pick"], timeout=5000)
    assert panel.isVisible()
    assert not viewer.is_full_screen
    click(panel, "tag_first pick")
    qtbot.waitUntil(lambda: marks.tags() == [], timeout=5000)
    QTest.keyClicks(marks.tag_edit, "x" * 41)
    QTest.keyClick(marks.tag_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "too long" in viewer.stage.said, timeout=5000)
    qtbot.waitUntil(lambda: marks.swatches["green"].isChecked() and marks.star.isChecked(), timeout=5000)
    marks.swatches["green"].click()  # once more takes it off
    qtbot.waitUntil(lambda: core.assets_by_id[asset.id].colour is None, timeout=5000)


def test_what_no_service_made_cannot_be_repeated(viewer: Viewer, panel: RecipePanel, tmp_path: Path) -> None:
    frame = make_asset(30, path=write_picture(tmp_path / "f.png"), recipe=Recipe("frame.grab", "studio", {"at_s": 1.5}))
    viewer.show_asset(frame)
    again = panel.findChild(QPushButton, "recipeUseAgain")
    assert again is not None
    assert not again.isEnabled()
    assert panel.facts()["At"] == "1.5 s"


def test_every_control_can_be_found_named_and_reached(
    qtbot: QtBot, viewer: Viewer, panel: RecipePanel, asset: Asset, tmp_path: Path
) -> None:
    stage = viewer.stage
    viewer.compare(asset, make_asset(31, path=write_picture(tmp_path / "o.png")))
    stage.making_bar.say(0.5)
    made = (stage.transport, stage.picture_bar, stage.failure_bar, stage.making_bar, stage.prompt)
    kinds = (QAbstractButton, QAbstractSlider, QLineEdit, QPlainTextEdit)
    controls = [one for kind in kinds for one in viewer.findChildren(kind)
                if not isinstance(one, QScrollBar) and not one.objectName().startswith("qt_")]
    assert len(controls) > 40
    assert all(made)
    assert [type(one) for one in controls if not one.objectName()] == []
    assert [one.objectName() for one in controls if not one.accessibleName()] == []
    assert [one.objectName() for one in controls if one.focusPolicy() == Qt.FocusPolicy.NoFocus] == []


def test_parents_and_children_are_links(
    qtbot: QtBot, viewer: Viewer, core: MediaCore, gallery: GalleryDouble, panel: RecipePanel, asset: Asset, tmp_path: Path
) -> None:
    parent, child = (make_asset(n, path=write_picture(tmp_path / f"{n}.png"), prompt=f"number {n}") for n in (20, 21))
    core.assets_by_id |= {one.id: one for one in (parent, child)}
    gallery.links = [Link(parent.id, asset.id, REFERENCE), Link(asset.id, child.id, REFERENCE)]
    viewer.show_asset(child)
    qtbot.waitUntil(lambda: len(panel.parents_of.links) == 1, timeout=5000)
    assert not panel.children_of.isVisible()
    with qtbot.waitSignal(viewer.openAsset) as opened:
        panel.parents_of.links[0].click()
    assert opened.args == [asset]
    viewer.show_asset(asset)
    qtbot.waitUntil(lambda: len(panel.parents_of.links) == len(panel.children_of.links) == 1, timeout=5000)
    assert "number 21" in panel.children_of.links[0].accessibleName()
