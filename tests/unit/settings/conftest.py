"""A data folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.settings.paths import Paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of_home(tmp_path / "home")
