"""Finding a typeface by its family's name among those that the system has; Pillow's own where there is none."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_ENDINGS = (".ttf", ".otf", ".ttc")
# What a file's name may add to the family's, best first: a subtitle is read from afar.
_STYLES = ("semibold", "medium", "regular", "", "bold", "book", "roman")
_USUAL = ("Inter", "DejaVu Sans", "Noto Sans", "Liberation Sans", "Segoe UI", "Arial", "Helvetica Neue", "Helvetica")


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file, and the family's name; without a path it is the one that Pillow carries."""

    family: str
    path: Path | None

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        if self.path is None:
            found = ImageFont.load_default(size)
            if isinstance(found, ImageFont.FreeTypeFont):
                return found
            raise OSError("this Pillow was built without FreeType")
        return ImageFont.truetype(str(self.path), size)


def find_typeface(family: str | None, text: str) -> tuple[Typeface, bool]:
    """The face of a family, or the nearest there is that can write `text`; and whether it is the one asked for."""
    wanted = [family] if family else []
    for name in [*wanted, *_USUAL]:
        path = _file_of(_plain(name))
        if path is not None and _writes(path, text):
            return Typeface(name, path), name == family or family is None
    for path in font_files():
        if _writes(path, text):
            return Typeface(path.stem, path), False
    return Typeface("Pillow’s own", None), False


@lru_cache(maxsize=1)
def font_files() -> tuple[Path, ...]:
    """All font files of the system and of the person, sorted."""
    return tuple(sorted(_walk()))


def _walk() -> Iterator[Path]:
    for folder in _folders():
        for parent, _, names in os.walk(folder, onerror=None):
            yield from (Path(parent) / name for name in names if name.lower().endswith(_ENDINGS))


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home))
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local / "Microsoft" / "Windows" / "Fonts"]
    if sys.platform == "darwin":
        return [home / "Library" / "Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    data = Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share"))
    return [data / "fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _file_of(family: str) -> Path | None:
    stems = {_plain(path.stem): path for path in font_files()}
    return next((stems[family + style] for style in _STYLES if family + style in stems), None)


@lru_cache(maxsize=256)
def _writes(path: Path, text: str) -> bool:
    """Whether a face opens and has a sign of its own for each letter of a text."""
    try:
        face = ImageFont.truetype(str(path), 24)
        nothing = bytes(face.getmask("\uffff"))
        letters = sorted({letter for letter in text if not letter.isspace()})[:80]
        return all(bytes(face.getmask(letter)) != nothing for letter in letters)
    except (OSError, ValueError):
        return False
