"""What can be done with what the viewer shows: the lines of its menu. What the bar has no room for stands here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.gallery.actions import open_outside, show_in_folder
from studio.ui.gallery.asset_menu import MenuLine, make_menu
from studio.ui.viewer.states import copy_text

if TYPE_CHECKING:
    from studio.ui.viewer.viewer import Viewer


def _tr(text: str) -> str:
    return QCoreApplication.translate("Viewer", text)


def viewer_menu(viewer: Viewer) -> QMenu | None:
    """The menu for the asset that is shown, None while there is none."""
    asset = viewer.asset
    if asset is None:
        return None
    lines: list[MenuLine] = []
    if viewer.comparing.is_shown:
        lines += _compare_lines(viewer)
    elif asset.kind is MediaKind.IMAGE:
        lines += _picture_lines(viewer, asset)
    elif asset.kind in (MediaKind.VIDEO, MediaKind.AUDIO):
        lines += _clip_lines(viewer, asset)
    lines += [
        MenuLine(_tr("Use its prompt"), lambda: viewer.usePrompt.emit(asset.prompt), bool(asset.prompt), apart=True),
        MenuLine(_tr("Copy prompt"), lambda: copy_text(asset.prompt), bool(asset.prompt)),
        MenuLine(_tr("How it was made"), lambda: viewer.stage.recipe_button.setChecked(True)),
        MenuLine(_tr("Full screen"), lambda: viewer.set_full_screen(not viewer.is_full_screen)),
        MenuLine(_tr("Show in gallery"), lambda: viewer.showInGallery.emit(asset), apart=True),
        MenuLine(_tr("Show in folder"), lambda: show_in_folder(asset.path)),
        MenuLine(_tr("Open outside"), lambda: open_outside(asset.path)),
        MenuLine(_tr("Export…"), lambda: viewer.actions_of.export([asset.id], asset), apart=True),
    ]
    menu = make_menu(viewer, "viewerMenu", lines)
    if viewer.offer is not None:
        from studio.ui.chains.continuing import add_continue_menu  # not loaded at the start

        add_continue_menu(menu, asset, viewer.offer)
    return menu


def _compare_lines(viewer: Viewer) -> list[MenuLine]:
    return [
        MenuLine(_tr("Swap A and B"), viewer.comparing.swap),
        MenuLine(_tr("End the comparison"), viewer.comparing.leave),
    ]


def _picture_lines(viewer: Viewer, asset: Asset) -> list[MenuLine]:
    picture = viewer.picture
    return [
        MenuLine(_tr("Use as start frame"), lambda: viewer.useAsReference.emit(asset)),
        MenuLine(_tr("Compare with…"), viewer.comparing.choose, viewer.comparing.is_possible),
        MenuLine(_tr("Turn right"), lambda: picture.turn(1), picture.has_picture, apart=True),
        MenuLine(_tr("Turn left"), lambda: picture.turn(-1), picture.has_picture),
        MenuLine(_tr("Hide the histogram") if picture.shows_histogram else _tr("Show the histogram"),
                 lambda: picture.show_histogram(not picture.shows_histogram)),
    ]


def _clip_lines(viewer: Viewer, asset: Asset) -> list[MenuLine]:
    playback = viewer.playback
    works = not viewer.failure
    marks = [
        MenuLine(_tr("Repeat from here"), lambda: playback.mark("in"), works, apart=True),
        MenuLine(_tr("Repeat up to here"), lambda: playback.mark("out"), works),
        MenuLine(_tr("Repeat nothing"), lambda: playback.mark("clear"), playback.player.range.is_set),
    ]
    if asset.kind is MediaKind.AUDIO:
        return [MenuLine(_tr("Use as source"), lambda: viewer.useAsReference.emit(asset)), *marks]
    frame = viewer.last_frame()
    return [
        MenuLine(_tr("Use this frame as start frame"), lambda: viewer.useFrame.emit(frame), frame is not None),
        MenuLine(_tr("Keep this frame as a picture"), playback.grab_frame),
        MenuLine(_tr("Use as source"), lambda: viewer.useAsReference.emit(asset)),
        MenuLine(_tr("Compare with…"), viewer.comparing.choose, viewer.comparing.is_possible),
        *marks,
        MenuLine(_tr("One frame on"), lambda: playback.step(True), works),
        MenuLine(_tr("One frame back"), lambda: playback.step(False), works),
    ]
