"""The worker process that models have for themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from studio.engine.options import EngineOptions
from tests.diffusion.test_pictures import drawn
from tests.unit.engine.rig import KEY, Rig


@pytest.mark.slow
def test_one_process_of_low_priority_keeps_the_model(models: Path, tmp_path: Path) -> None:
    """Two jobs, a single process that has torch in it, at the end of the scale, and the same bytes."""
    with Rig(EngineOptions(home=tmp_path, key=KEY, places=2, models=(models,))) as rig:
        first, output = drawn(rig, quality="low")
        workers = _with_torch()
        assert drawn(rig, quality="low")[0] == first
        assert _with_torch() == workers
        assert len(workers) == 1
        if sys.platform != "win32":
            assert psutil.Process(workers[0]).nice() == 19
        assert output["precision"] in ("float32", "float16", "bfloat16")
        ended = [psutil.Process(workers[0])]
    assert psutil.wait_procs(ended, timeout=60)[1] == [], "it ends with the engine"


def _with_torch() -> list[int]:
    """The processes under this one that have loaded torch."""
    children = psutil.Process().children(recursive=True)
    return [one.pid for one in children if any("libtorch" in mapped.path for mapped in one.memory_maps())]
