"""What a drop or a paste brings, read out of its QMimeData at once: some programs take the data away when the drop ends."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from studio.domain.errors import InputError

_IMG_SOURCE = re.compile(r"<img[^>]+src=[\"']([^\"']+)[\"']", re.IGNORECASE)
MAX_URL = 8192  # characters of a web address; a data: URL has no limit here but the library's on its bytes


class Brought(NamedTuple):
    """One thing: a local file, pixels, a web address or a data: URL. Exactly one of the four is set."""

    path: Path | None = None
    image: QImage | None = None
    url: str = ""
    data_url: str = ""

    @property
    def name(self) -> str:
        if self.path is not None:
            return self.path.name
        if self.url:
            return urllib.parse.urlsplit(self.url).path.rsplit("/", 1)[-1] or self.url
        return "pasted.png"

    def read(self) -> bytes:
        """The bytes of pixels or of a data: URL; slow for large pictures, so on a worker thread. InputError if broken."""
        if self.image is not None:
            from PySide6.QtCore import QBuffer, QByteArray, QIODevice  # not loaded at the start

            data = QByteArray()
            buffer = QBuffer(data)
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            if not self.image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stubs know files only
                raise InputError("The pasted picture could not be read.", advice="Save it as a file and choose that.")
            return bytes(data.data())
        return _decode(self.data_url)


def _decode(data_url: str) -> bytes:
    head, comma, body = data_url.partition(",")
    if not comma:
        raise InputError("The dropped data: address is damaged.", advice="Save the picture as a file and choose that.")
    try:
        if head.endswith(";base64"):
            return base64.b64decode(urllib.parse.unquote_to_bytes(body), validate=True)
        return urllib.parse.unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise InputError(
            "The dropped data: address is damaged.", advice="Save the picture as a file and choose that."
        ) from error


def may_hold_media(mime: QMimeData) -> bool:
    """Whether a drag could be media, without reading its data (that may be slow while the mouse moves)."""
    return mime.hasUrls() or mime.hasImage() or mime.hasText() or mime.hasHtml()


def read(mime: QMimeData) -> list[Brought]:
    """All that is there, by the first of these that has anything: local files, pixels, web addresses, data: URLs, text."""
    urls = mime.urls() if mime.hasUrls() else []
    files = [Brought(path=Path(url.toLocalFile())) for url in urls if url.isLocalFile() and Path(url.toLocalFile()).exists()]
    if files:
        return files
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [Brought(image=image)]
    addresses = [url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in urls]
    if mime.hasText():
        addresses += [line.strip() for line in mime.text().splitlines()]
    if mime.hasHtml():
        addresses += _IMG_SOURCE.findall(mime.html())
    web = [a for a in dict.fromkeys(addresses) if a.lower().startswith(("http://", "https://")) and len(a) <= MAX_URL]
    if web:
        return [Brought(url=address) for address in web]
    return [Brought(data_url=a) for a in dict.fromkeys(addresses) if a.lower().startswith("data:")]
