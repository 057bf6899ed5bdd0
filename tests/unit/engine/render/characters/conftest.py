"""Two characters, made once: Mia, a bust with a face, and Bo, a whole figure that walks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.engine.render.task import RenderOutput
from tests.unit.engine.render.characters.clips import bust, create, doll, written


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the characters are kept, and what making them answered."""

    folder: Path
    mia: RenderOutput
    bo: RenderOutput

    @property
    def mia_id(self) -> str:
        return str(self.mia.extra["character_id"])

    @property
    def bo_id(self) -> str:
        return str(self.bo.extra["character_id"])


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    home = tmp_path_factory.mktemp("characters")
    mia = create(home / "job-1", written(home, bust().frames, "mia.mp4"), "Mia", home / "kept")
    bo = create(home / "job-2", written(home, doll().frames, "bo.mp4"), "Bo", home / "kept")
    return Kept(home / "kept", mia, bo)
