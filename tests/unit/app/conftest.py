from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from studio.app.core import Core
from studio.domain.account import Account, Service
from studio.settings.paths import Paths
from tests.ports import free_port


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of_home(tmp_path / "home")


@pytest.fixture
async def core(paths: Paths) -> AsyncIterator[Core]:
    core = await Core.open(paths)
    yield core
    await core.close()


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#8899aa").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def far(core: Core) -> str:
    """An account whose service nobody serves."""
    url = f"http://127.0.0.1:{free_port()}"
    await core.add_account(Account("far", Service.CANNON_STUDIO, url), "cs_live_made_up_0123")
    return "far"
