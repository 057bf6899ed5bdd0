"""What the tests of the gallery share."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.gallery.page import GalleryPage
from studio.ui.theme.theme import Theme
from tests.ui.gallery.pages import library, shown
from tests.ui.media_core import MediaCore, Open, open_bridge

__all__ = ["open_bridge"]  # a fixture of these tests


@pytest.fixture
def core() -> MediaCore:
    return MediaCore(library(900))


@pytest.fixture
def page(qtbot: QtBot, open_bridge: Open, theme: Theme, core: MediaCore) -> GalleryPage:
    return shown(qtbot, open_bridge(core), theme)
