"""File names from a template: readable, safe on Linux, Windows and macOS alike, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from studio.domain.asset import Asset
from studio.domain.errors import InputError
from studio.library.names import numbered, safe_stem, title_stem

FIELDS: dict[str, Callable[[Asset], str]] = {
    "name": lambda asset: asset.path.stem,
    "prompt": lambda asset: title_stem(asset.prompt, asset.kind.value) if asset.prompt else "",
    "date": lambda asset: f"{asset.created_at.astimezone():%Y-%m-%d}",
    "time": lambda asset: f"{asset.created_at.astimezone():%H-%M-%S}",
    "seed": lambda asset: "" if asset.recipe is None or asset.recipe.seed is None else str(asset.recipe.seed),
    "model": lambda asset: (asset.recipe.model if asset.recipe else None) or "",
    "operation": lambda asset: asset.recipe.operation if asset.recipe else "",
    "service": lambda asset: asset.recipe.service if asset.recipe else "",
    "account": lambda asset: asset.account or "",
    "label": lambda asset: asset.label or "",
    "kind": lambda asset: asset.kind.value,
    "width": lambda asset: str(asset.width or ""),
    "height": lambda asset: str(asset.height or ""),
    "id": lambda asset: asset.id,
    "hash": lambda asset: asset.sha256[:12],
}
NUMBER = "number"
"""Beside FIELDS: the place in the export, from 001 on."""
_FIELD = re.compile(r"\{([^{}]*)\}")
_LONGEST_TEMPLATE = 200
_DEEPEST = 4
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_JOINTS = re.compile(r"\s*([-_–·,])(?:\s*\1)+\s*")


def check_template(template: str) -> None:
    """Raises InputError (field "template") unless names can be made from it: words and fields in braces ("{date} {prompt}"),
    with slashes for folders."""
    words = f"There is {', '.join(f'{{{name}}}' for name in (*FIELDS, NUMBER))}."
    if not template.strip() or len(template) > _LONGEST_TEMPLATE:
        raise InputError("The name template is empty or too long.", advice=words, field="template", code="bad_template")
    unknown = next((name for name in _FIELD.findall(template) if name not in FIELDS and name != NUMBER), None)
    if unknown is not None:
        raise InputError(f"The name template has no field “{unknown}”.", advice=words, field="template", code="bad_template")
    if any(brace in _FIELD.sub("", template) for brace in "{}"):
        raise InputError("The name template has a brace too many.", advice=words, field="template", code="bad_template")
    parts = [part.strip() for part in template.split("/")]
    if len(parts) > _DEEPEST or not parts[-1] or any(part in ("", ".", "..") for part in parts) or "\\" in template:
        raise InputError("The name template leads nowhere.", field="template", code="bad_template",
                         advice="Use / between a few folders, and end with the file's own name.")


class Names:
    """The names of one export. Two that differ only in letter case or in how letters are composed count as alike, as they do
    on Windows and macOS."""

    def __init__(self, template: str) -> None:
        self._parts = template.split("/")
        self._taken: set[str] = set()

    def of(self, asset: Asset, number: int, extension: str) -> str:
        """The path inside the export, with slashes; not given before."""
        stem = safe_stem(_filled(self._parts[-1], asset, number), asset.id)
        return self.free("/".join((*self.folders_of(asset, number), stem)), extension)

    def folders_of(self, asset: Asset, number: int) -> tuple[str, ...]:
        """The folders that it lies in."""
        return tuple(safe_stem(_filled(part, asset, number), asset.id) for part in self._parts[:-1])

    def note(self, name: str) -> None:
        """A name that is taken already."""
        self._taken.add(_alike(name))

    def free(self, stem: str, extension: str) -> str:
        """A whole name that was not given yet, with a number where it was."""
        number = 1
        while _alike(numbered(stem, extension, number)) in self._taken:
            number += 1
        name = numbered(stem, extension, number)
        self._taken.add(_alike(name))
        return name


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _filled(part: str, asset: Asset, number: int) -> str:
    """Fields put in; of those that say nothing the brackets and the second of two dashes go as well."""
    said = {name: f"{number:03d}" if name == NUMBER else FIELDS[name](asset) for name in _FIELD.findall(part)}
    text = _FIELD.sub(lambda found: said[found[1]], part)
    if all(said.values()):
        return text
    return _JOINTS.sub(r" \1 ", _EMPTY.sub("", text)).strip(" -_–·,")
