"""Assets on their way to other programs: as real files under the names they have in the library, by drag or clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind

DRAG_FILES = 50
"""At most so many files go out in one drag; targets choke on more."""


class AssetFiles(QMimeData):
    """File addresses for every program; who takes them in this window can ask which assets they are. (Some programs refuse a
    drag that carries private formats, so the ids are no format.)"""

    def __init__(self, assets: Sequence[Asset], ids: Sequence[str]) -> None:
        super().__init__()
        self.ids = tuple(ids)
        self.setUrls([QUrl.fromLocalFile(str(asset.path)) for asset in assets])


def assets_in(data: QMimeData) -> tuple[str, ...]:
    """The ids of the assets that a drag out of the gallery carries; none for any other."""
    return data.ids if isinstance(data, AssetFiles) else ()


def files_of(assets: Sequence[Asset], ids: Sequence[str] = ()) -> AssetFiles | None:
    """The files as other programs take them: real file URLs and nothing private. Prompts go as text too."""
    if not assets:
        return None
    data = AssetFiles(assets, ids or [asset.id for asset in assets])
    prompts = [asset.prompt for asset in assets if asset.kind is MediaKind.PROMPT and asset.prompt]
    if prompts:
        data.setText("\n\n".join(prompts))
    return data


def start_drag(source: QWidget, assets: Sequence[Asset], ids: Sequence[str], picture: QPixmap | None) -> None:
    """Drag the files of these assets; `picture` goes along under the pointer. `ids`: all that is selected, for who takes
    assets and not files."""
    data = files_of(assets[:DRAG_FILES], ids)
    if data is None:
        return
    drag = QDrag(source)
    drag.setMimeData(data)
    if picture is not None:
        drag.setPixmap(picture.scaled(QSize(120, 90), Qt.AspectRatioMode.KeepAspectRatio))
    drag.exec(Qt.DropAction.CopyAction)
