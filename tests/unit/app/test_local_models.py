"""A model folder of the person's own appears in the studio's operations, by asking a real engine, and goes again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.app.core import Core
from studio.domain.event import Event, OperationsChanged
from studio.domain.operation import Operation
from studio.engine.options import EngineOptions
from studio.engine.render.diffusion import catalogue
from studio.engine.render.diffusion.catalogue import write_folders
from studio.providers.discovery import DocumentBook
from studio.settings.paths import Paths
from tests.unit.engine.render.model_folders import write_model
from tests.unit.engine.rig import KEY, Rig


@pytest.fixture
def running(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """The engine of this data folder: the core finds it by its address file."""
    monkeypatch.setattr(catalogue, "_LIBRARIES", ())
    paths.create()
    with Rig(EngineOptions(home=paths.data, key=KEY, places=1, renderers={})) as rig:
        yield rig


def operation(core: Core, name: str = "image.generate") -> Operation:
    return next(one for one in core.operations("local") if one.id == name)


@pytest.mark.slow
async def test_it_appears_and_goes_without_a_restart(running: Rig, core: Core, paths: Paths, tmp_path: Path) -> None:
    events: list[Event] = []
    core.subscribe(events.append)
    assert operation(core).parameter("model") is None
    assert await core.refresh_operations("local") is None
    assert OperationsChanged("local") not in events, "an engine without models says nothing new"
    folder = write_model(tmp_path / "tiny-sd")
    write_folders(paths.engine, [str(folder)])
    assert await core.refresh_operations("local") is None
    assert OperationsChanged("local") in events
    asked = operation(core).parameter("model")
    assert asked is not None
    assert asked.suggestions == ("tiny-sd",), "names of services' models mean nothing here"
    assert [model.id for model in operation(core).models] == ["tiny-sd"]
    examples = operation(core).input_schema["properties"]["model"]["examples"]  # type: ignore[index]
    assert "tiny-sd" in examples
    assert operation(core, "video.generate").parameter("model") is None
    folder.rename(tmp_path / "away")
    assert await core.refresh_operations("local") is None
    assert operation(core).parameter("model") is None


@pytest.mark.slow
async def test_what_was_found_is_kept_for_the_next_start(running: Rig, core: Core, paths: Paths, tmp_path: Path) -> None:
    write_folders(paths.engine, [str(write_model(tmp_path / "tiny-sd"))])
    assert await core.refresh_operations("local") is None
    kept = DocumentBook(paths.data / "operations").load(core.account("local"))
    assert [found.id for found in kept.discovered.operations] == ["image.generate", "image.edit"]
    assert kept.discovered.operations[0].properties["model"]["examples"] == ["tiny-sd"]
