"""For every test: a home of its own, no keys from outside, and (for the core's tests) a Python without Qt."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

WITHOUT_QT = os.environ.get("STUDIO_TESTS_WITHOUT_QT") == "1"
_QT = ("PySide6", "shiboken6", "qasync")


class _NoQt(importlib.abc.MetaPathFinder):
    """Makes Qt not importable: the core must do without, and nothing else proves it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] in _QT:
            raise ModuleNotFoundError(f"{fullname} is kept away from the core's tests", name=fullname)
        return None


if WITHOUT_QT:
    sys.meta_path.insert(0, _NoQt())


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.has_plugin("pytest-qt"):
        # pytest-qt's settings in pyproject.toml are unknown words where its plugin is switched off.
        parser.addini("qt_log_level_fail", "read by pytest-qt", default="WARNING")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the person's own home, data or keys."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "STUDIO_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("CANNON_API_KEY", "CANVAS_LABS_API_KEY", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    # No test talks to the session's keyring by accident: those that want one bring their own.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return home
