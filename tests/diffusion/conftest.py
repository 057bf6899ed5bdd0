"""Models with random weights, and an engine that is pointed at them; all of it needs the extra `diffusion`."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.engine.options import EngineOptions
from studio.engine.render.diffusion.loading import ENVIRONMENT
from tests.unit.engine.rig import KEY, Rig

MISSING = [name for name in ("torch", "diffusers", "transformers") if importlib.util.find_spec(name) is None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if MISSING:
        here = Path(__file__).parent
        reason = f"the extra diffusion is not installed ({', '.join(MISSING)}): packaging/test --diffusion has it"
        for item in items:
            if item.path.is_relative_to(here):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one model of each kind, named by its function in tiny_models."""
    os.environ.update(ENVIRONMENT)  # before torch comes in
    from tests.diffusion import tiny_models

    folder = tmp_path_factory.mktemp("models")
    for make in (tiny_models.stable_diffusion, tiny_models.stable_diffusion_xl, tiny_models.half_precision,
                 tiny_models.instruct, tiny_models.inpaint, tiny_models.animate, tiny_models.text_to_video,
                 tiny_models.picture_to_video):
        make(folder / make.__name__)
    return folder


@pytest.fixture(scope="session")
def rig(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The engine as it ships, but that it renders in threads of this process: its own workers run at the lowest priority,
    and a busy machine would keep these tests waiting for minutes. test_worker.py has one with workers."""
    with ThreadPoolExecutor(2) as threads:
        options = EngineOptions(home=tmp_path_factory.mktemp("home"), key=KEY, places=2, executor=threads, models=(models,))
        with Rig(options) as running:
            yield running
