"""An asset in one line for who hears the gallery: what it is, and how it is marked."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.asset import Asset
from studio.ui.gallery.label_colours import colour_words
from studio.ui.images.captions import spoken


def spoken_with_marks(asset: Asset) -> str:
    """What a screen reader says of a cell."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("GalleryCell", text)

    parts = [spoken(asset)]
    if asset.missing_since is not None:
        parts.append(tr("its file is missing"))
    if asset.starred:
        parts.append(tr("starred"))
    if asset.colour:
        parts.append(tr("colour {0}").format(colour_words(asset.colour)))
    if asset.label:
        parts.append(tr("label {0}").format(asset.label))
    if asset.tags:
        parts.append(tr("tags {0}").format(", ".join(asset.tags)))
    return ", ".join(parts)
