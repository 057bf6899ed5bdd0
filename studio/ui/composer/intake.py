"""What a drop or a paste brings, read out of its QMimeData at once: some programs take the data away when the drop ends."""

from __future__ import annotations

import base64
import binascii
import html
import re
import tempfile
import urllib.parse
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from studio.domain.errors import InputError

_IMG_SOURCE = re.compile(
    r"""<img\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*?(?<![\w-])src\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)  # a quoted > ends no tag; no look goes past a <, or many of them would take minutes
MAX_URL = 8192  # characters of a web address; a data: URL has no limit here but the library's on its bytes
_MOST_LINES = 1000
_TEMPORARY = (".bmp", ".png", ".jpg", ".jpeg", ".gif", ".webp")
"""What browsers write for a drag of a picture; not every one of them keeps the picture as it was."""


class Brought(NamedTuple):
    """One thing: a local file, pixels, a web address or a data: URL. One of the four is set; beside `url` also `path`, for
    a browser's temporary copy to fall back on."""

    path: Path | None = None
    image: QImage | None = None
    url: str = ""
    data_url: str = ""

    @property
    def name(self) -> str:
        if self.url:
            return urllib.parse.unquote(_path_of(self.url).rsplit("/", 1)[-1]) or self.url
        if self.path is not None:
            return self.path.name
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


def _path_of(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).path
    except ValueError:  # brackets that hold no IPv6 address
        return ""


def _decode(data_url: str) -> bytes:
    head, comma, body = data_url.partition(",")
    if not comma:
        raise InputError("The dropped data: address is damaged.", advice="Save the picture as a file and choose that.")
    try:
        plain = urllib.parse.unquote_to_bytes(body)
        if head.lower().endswith(";base64"):
            return base64.b64decode(b"".join(plain.split()), validate=True)
        return plain
    except (binascii.Error, ValueError) as error:
        raise InputError(
            "The dropped data: address is damaged.", advice="Save the picture as a file and choose that."
        ) from error


def may_hold_media(mime: QMimeData) -> bool:
    """Whether a drag could be media, without reading its data (that may be slow while the mouse moves)."""
    return mime.hasUrls() or mime.hasImage() or mime.hasText() or mime.hasHtml()


def local_files(mime: QMimeData) -> list[Path]:
    """The files of this computer that are named; whether they are there is not looked at."""
    urls = mime.urls() if mime.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and url.toLocalFile()]


def read(mime: QMimeData) -> list[Brought]:
    """All that is there, by the first of these that has anything: local files, pixels, the pictures of HTML, web addresses,
    lines of text that are addresses, data: URLs.

    A browser's temporary copy comes with the address of the original, which is better; files that are not there are given
    only where nothing else is, so that it can be said.
    """
    named = local_files(mime)
    files = [path for path in named if _is_there(path)]
    pictures = _pictures_of(mime)
    addresses = [*_web(pictures), *_web(_listed(mime))]
    if len(files) == 1 and addresses and _is_temporary(files[0]):
        return [Brought(url=addresses[0], path=files[0])]
    if files:
        return [Brought(path=path) for path in files]
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [Brought(image=image)]
    texts = _lines_of(mime)
    for found in (_web(pictures), _web(_listed(mime)), _web(texts)):
        if found:
            return [Brought(url=address) for address in found]
    data = [text for text in dict.fromkeys([*pictures, *_listed(mime), *texts]) if text[:5].lower() == "data:"]
    if data:
        return [Brought(data_url=text) for text in data]
    return [Brought(path=path) for path in named]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a null
        return False


def _is_temporary(path: Path) -> bool:
    return path.suffix.lower() in _TEMPORARY and path.is_relative_to(tempfile.gettempdir())


def _pictures_of(mime: QMimeData) -> list[str]:
    if not mime.hasHtml():
        return []
    found = [html.unescape(one or other).strip() for one, other in _IMG_SOURCE.findall(mime.html())]
    return [f"https:{address}" if address.startswith("//") else address for address in found]


def _listed(mime: QMimeData) -> list[str]:
    urls = mime.urls() if mime.hasUrls() else []
    return [url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in urls]


def _lines_of(mime: QMimeData) -> list[str]:
    text = mime.text().strip() if mime.hasText() else ""
    return [text] if text[:5].lower() == "data:" else [line.strip() for line in text.splitlines()[:_MOST_LINES]]


def _web(addresses: list[str]) -> list[str]:
    """The web addresses among them, each once; prose that begins like one is none."""
    return [
        a for a in dict.fromkeys(addresses)
        if a[:8].lower().startswith(("http://", "https://")) and len(a) <= MAX_URL and not any(c.isspace() for c in a)
    ]
