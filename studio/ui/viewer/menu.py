"""What can be done with what the viewer shows: the lines of its menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from studio.domain.kinds import MediaKind
from studio.ui.gallery.actions import open_outside, show_in_folder
from studio.ui.gallery.asset_menu import MenuLine, make_menu

if TYPE_CHECKING:
    from studio.ui.viewer.viewer import Viewer


def viewer_menu(viewer: Viewer) -> QMenu | None:
    """The menu for the asset that is shown, None while there is none."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Viewer", text)

    asset = viewer.asset
    if asset is None:
        return None
    lines: list[MenuLine] = []
    frame = viewer.last_frame() if asset.kind is MediaKind.VIDEO else None
    if asset.kind is MediaKind.IMAGE:
        lines.append(MenuLine(tr("Use as start frame"), lambda: viewer.useAsReference.emit(asset)))
    elif asset.kind is MediaKind.VIDEO:
        lines.append(
            MenuLine(tr("Use this frame as start frame"), lambda: viewer.useFrame.emit(frame), enabled=frame is not None)
        )
        lines.append(MenuLine(tr("Use as source"), lambda: viewer.useAsReference.emit(asset)))
    lines += [
        MenuLine(tr("Use its prompt"), lambda: viewer.usePrompt.emit(asset.prompt), bool(asset.prompt)),
        MenuLine(tr("Copy prompt"), lambda: QGuiApplication.clipboard().setText(asset.prompt), bool(asset.prompt)),
        MenuLine(tr("Show in gallery"), lambda: viewer.showInGallery.emit(asset), apart=True),
        MenuLine(tr("Show in folder"), lambda: show_in_folder(asset.path)),
        MenuLine(tr("Open outside"), lambda: open_outside(asset.path)),
        MenuLine(tr("Export…"), lambda: viewer.actions_of.export([asset.id]), apart=True),
    ]
    menu = make_menu(viewer, "viewerMenu", lines)
    if viewer.offer is not None:
        from studio.ui.chains.continuing import add_continue_menu  # not loaded at the start

        add_continue_menu(menu, asset, viewer.offer)
    return menu
