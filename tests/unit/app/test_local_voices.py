"""A voice of the person's own appears among the narration's voices in the studio, asked of a real engine, and goes again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.operation import Parameter
from studio.engine.options import EngineOptions
from studio.engine.render import speech_models
from studio.engine.render.diffusion.catalogue import write_folders
from studio.settings.paths import Paths
from tests.unit.engine.render.speech_files import write_voice
from tests.unit.engine.rig import KEY, Rig


@pytest.fixture
def running(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """The engine of this data folder: the core finds it by its address file."""
    monkeypatch.setattr(speech_models, "_VOICE_LIBRARIES", ())
    paths.create()
    with Rig(EngineOptions(home=paths.data, key=KEY, places=1, renderers={})) as rig:
        yield rig


def voice(core: Core) -> Parameter:
    operation = next(one for one in core.operations("local") if one.id == "narration.generate")
    found = operation.parameter("voice_id")
    assert found is not None
    return found


@pytest.mark.slow
async def test_it_appears_and_goes_without_a_restart(running: Rig, core: Core, paths: Paths, tmp_path: Path) -> None:
    assert await core.refresh_operations("local") is None
    before = voice(core).suggestions
    path = write_voice(tmp_path / "voices")
    write_folders(paths.engine, [str(path.parent)])
    assert await core.refresh_operations("local") is None
    assert voice(core).suggestions == (*before, "en_US-some-low")
    path.rename(tmp_path / "away.onnx")
    assert await core.refresh_operations("local") is None
    assert voice(core).suggestions == before
