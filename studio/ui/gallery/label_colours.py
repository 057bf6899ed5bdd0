"""The colours that a person labels assets with: how they look and what they are called. The same in both themes, as they
lie on pictures too."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.asset import COLOURS

SHOWN = {"red": "#E5484D", "orange": "#F2762E", "yellow": "#E8B931",
         "green": "#3DA35D", "blue": "#3E8BF0", "purple": "#9A5BD6"}


def colour_words(colour: str | None) -> str:
    """The name of a colour for people; of none too."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("LabelColours", text)

    names = (tr("Red"), tr("Orange"), tr("Yellow"), tr("Green"), tr("Blue"), tr("Purple"))
    return dict(zip(COLOURS, names, strict=True)).get(colour or "", tr("No colour"))
