"""The file of presets and favourite operations: {"studio_favourites": 1, "presets": [...], "operations": [...]}."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.domain.errors import InputError, LocalError
from studio.domain.form_preset import Favourites, FormPreset
from studio.settings.files import BrokenFileError, exclusive, read_object, write_object

FILE_NAME = "favourites.json"
VERSION = 1


def load(path: Path) -> tuple[Favourites, str | None]:
    """What is kept, and words of a problem with the file. Presets that make no sense are left out."""
    try:
        written = read_object(path)
    except BrokenFileError as error:
        return Favourites(), error.words
    except OSError as error:
        return Favourites(), f"{path.name} could not be read ({error.strerror})."
    return (Favourites(), None) if written is None else (_read(written), None)


def save(path: Path, favourites: Favourites) -> None:
    """Raises LocalError where the disk takes nothing."""
    presets = [
        {"name": one.name, "operation": one.operation, "values": dict(one.values), "prompt": one.prompt}
        for one in favourites.presets
    ]
    content = {"studio_favourites": VERSION, "presets": presets, "operations": list(favourites.operations)}
    try:
        with exclusive(path):
            write_object(path, content)
    except OSError as error:
        raise LocalError(f"{path.name} could not be written: {error.strerror}.", advice="Check the disk.") from error


def _read(written: Mapping[str, Any]) -> Favourites:
    presets: dict[tuple[str, str], FormPreset] = {}
    found = written.get("presets")
    for one in found if isinstance(found, list) else []:
        preset = _preset(one)
        if preset is not None:
            presets[preset.operation, preset.name] = preset
    operations = written.get("operations")
    starred = tuple(one for one in operations if isinstance(one, str)) if isinstance(operations, list) else ()
    return Favourites(tuple(presets.values()), starred)


def _preset(one: object) -> FormPreset | None:
    if not isinstance(one, dict) or not isinstance(one.get("values", {}), dict):
        return None
    try:
        preset = FormPreset(str(one["name"]), str(one["operation"]), one.get("values", {}), str(one.get("prompt", "")))
        return preset.checked()
    except (KeyError, InputError):
        return None
