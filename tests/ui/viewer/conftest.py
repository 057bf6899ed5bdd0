"""A viewer over a core in memory, and a picture view alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.theme.theme import Theme
from studio.ui.viewer.picture import PictureView
from studio.ui.viewer.viewer import Viewer
from tests.media_files import write_clip
from tests.ui.media_core import MediaCore, Open, open_bridge
from tests.ui.viewer.gallery_double import GalleryDouble

__all__ = ["open_bridge"]


@pytest.fixture
def core(tmp_path: Path) -> MediaCore:
    answer = MediaCore()
    answer.gallery = GalleryDouble(answer, tmp_path)  # type: ignore[assignment]  # with what the viewer asks
    return answer


@pytest.fixture
def gallery(core: MediaCore) -> GalleryDouble:
    answer: GalleryDouble = core.gallery  # type: ignore[assignment]
    return answer


@pytest.fixture
def viewer(qtbot: QtBot, open_bridge: Open, theme: Theme, core: MediaCore) -> Iterator[Viewer]:
    answer = Viewer(open_bridge(core), theme)
    qtbot.addWidget(answer)
    answer.resize(900, 600)
    answer.show()
    yield answer
    answer.clear()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[PictureView]:
    answer = PictureView(theme)
    qtbot.addWidget(answer)
    answer.resize(408, 308)  # 400 × 300 within the inset
    answer.show()
    yield answer
    answer.clear()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 25 frames a second, with sound."""
    return write_clip(tmp_path_factory.mktemp("clips") / "moving.mp4", seconds=2.0, sound=True)
