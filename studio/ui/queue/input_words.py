"""A job's input as a person reads it: names in words, files by short names, and nothing that opens a door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QCoreApplication

from studio.ui.images.captions import size_words

_SECRET = re.compile(r"(^|_)(api_?key|key|token|secret|password|authorization|credential)s?$", re.IGNORECASE)
_KEPT, _SUFFIX = 8, 5


def _tr(text: str) -> str:
    return QCoreApplication.translate("Queue", text)


def input_lines(values: Mapping[str, object], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, value) of everything that was sent; `labels` are the parameters' own names."""
    return [(labels.get(name) or name.replace("_", " ").capitalize(), _said(name, value)) for name, value in values.items()]


def _said(name: str, value: object) -> str:
    if _SECRET.search(name):
        return _tr("(not shown)")
    if isinstance(value, bool):
        return _tr("On") if value else _tr("Off")
    if isinstance(value, str):
        return address_words(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{inner} {_said(str(inner), one)}" for inner, one in value.items())
    if isinstance(value, list | tuple):
        lines = [_said(name, one) for one in value]
        return "\n".join(lines)
    return _tr("none") if value is None else str(value)


def address_words(text: str) -> str:
    """A file by its name, an address without what stands behind its question mark, all other words as they are."""
    if text.startswith("data:"):
        return _tr("data of {size}").format(size=size_words(len(text) * 3 // 4))
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    if parts.scheme == "file":
        return short_name(unquote(parts.path.rsplit("/", 1)[-1]))
    if parts.scheme in ("http", "https") and parts.hostname and " " not in text:
        return f"{parts.hostname}/…/{short_name(unquote(parts.path.rsplit('/', 1)[-1]))}"
    return text


def short_name(name: str) -> str:
    """A file's name without the middle of a long one: the library names its copies by their hash."""
    if len(name) <= 2 * _KEPT + _SUFFIX:
        return name
    return f"{name[:_KEPT]}…{name[-_SUFFIX - 3:]}"
