"""What lies in a slot of the tray."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QUrl

from studio.domain.kinds import MediaKind
from studio.domain.media_suffixes import kind_of_name
from studio.domain.reference import TakenMedia


class Reference(NamedTuple):
    """`value` is sent (a file: URI of the library's copy, or a web address); `media` is what is known of it by now."""

    value: str
    name: str
    media: TakenMedia | None = None

    @classmethod
    def of(cls, media: TakenMedia) -> Reference:
        return cls(media.uri, media.name, media)

    @property
    def path(self) -> Path | None:
        """The file behind a file: URI, on every system's spelling of paths."""
        url = QUrl(self.value)
        return Path(url.toLocalFile()) if url.isLocalFile() else None

    @property
    def picture(self) -> Path | None:
        """What to show of it: its preview, or a picture itself."""
        if self.media is not None and self.media.thumbnail is not None:
            return self.media.thumbnail
        return self.path if self.kind is MediaKind.IMAGE else None

    @property
    def kind(self) -> MediaKind | None:
        """By content where that was looked at, else by the extension; None for a web address that does not say."""
        return self.media.kind if self.media is not None else kind_of_name(QUrl(self.value).path())

    @property
    def measures(self) -> str:
        return self.media.measures if self.media is not None else ""
