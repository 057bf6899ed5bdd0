"""The folders in which models of the person's own lie, as the engine's options and the studio's settings name them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

FOLDERS_FILE = "models.json"
"""In the engine's folder: {"folders": [...]} as the studio's settings name them."""
_DEFAULT = "models"
_LARGEST_FILE = 1_000_000


class OwnFolders:
    """`home` is the data folder: models may lie in its folder `models`. `folders` are those of the engine's own options; the
    file FOLDERS_FILE in `home`/engine adds those of the studio's settings, and is read anew at each look."""

    def __init__(self, home: Path, folders: Sequence[Path] = ()) -> None:
        self.default = home / _DEFAULT
        self.engine = home / "engine"
        self._folders = tuple(folder.expanduser().absolute() for folder in folders)

    def all(self) -> list[Path]:
        """The data folder's own, where it exists, and then all that somebody pointed at, whether they exist or not."""
        named = [Path(text).expanduser() for text in texts_of(json_object(self.engine / FOLDERS_FILE).get("folders"))]
        asked = dict.fromkeys([*self._folders, *(folder for folder in named if folder.is_absolute())])
        return [folder for folder in dict.fromkeys([self.default, *asked]) if folder != self.default or folder.is_dir()]


def json_object(path: Path) -> Mapping[str, object]:
    """A small JSON object; an empty one where there is none that can be used."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return {}
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be used: %s", path.name, error)
        return {}
    return found if isinstance(found, dict) else {}


def texts_of(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
