"""For every test: a home of its own, no keys from outside, and (for the core's tests) a Python without Qt."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# The same cases each time: a run tells of the change it is made for, and what is slow on a busy machine is not wrong.
# STUDIO_TESTS_RANDOM=1 draws others, to look further.
_RANDOM = os.environ.get("STUDIO_TESTS_RANDOM") == "1"
settings.register_profile("studio", deadline=None, derandomize=not _RANDOM, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("studio")

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


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes folders. `mktemp` looks through all that are there for each new one, and there are thousands."""
    within, numbers = tmp_path_factory.mktemp("homes"), itertools.count()

    def make() -> Path:
        home = within / str(next(numbers))
        home.mkdir(mode=0o700)
        return home

    return make


@pytest.fixture(scope="session")
def _new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a store of the newest format lies once one was needed."""
    return tmp_path_factory.mktemp("store") / "new.db"


@pytest.fixture(autouse=True)
def _stores_begin_whole(_new_store: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new store is a copy of one that was made step by step before: the steps have tests of their own, and hundreds of
    tests need a store. Only in this process, not where the steps themselves are called, and not in the drills, which watch
    what is written from the first byte on."""
    database = sys.modules.get("studio.store.database")
    if database is None or "drills" in request.path.parts:
        return
    from studio.store.migrate import migrate

    def begin(path: Path) -> Path | None:
        if not path.exists():
            if not _new_store.exists():
                migrate(_new_store)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(_new_store, path)
        return migrate(path)

    monkeypatch.setattr(database, "migrate", begin)


@pytest.fixture(autouse=True)
def _own_home(_homes: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the person's own home, data or keys."""
    home = _homes()
    for name in ("HOME", "USERPROFILE", "STUDIO_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("CANNON_API_KEY", "CANVAS_LABS_API_KEY", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    # No test talks to the session's keyring by accident: those that want one bring their own.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return home
