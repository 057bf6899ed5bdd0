"""Rules of the house that import-linter cannot say: sizes, names, what may be imported where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STUDIO = ROOT / "studio"
SOURCES = sorted(p for p in STUDIO.rglob("*.py") if "_resources" not in p.parts)
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}
FILE_LIMIT = 600
FUNCTION_LIMIT = 60


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def test_no_file_is_too_long() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    long = {name: lines for name, lines in lengths.items() if lines > FILE_LIMIT}
    assert not long


@pytest.mark.slow
def test_every_function_fits_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}"
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LIMIT
    ]
    assert not long


def test_names_say_what_a_file_is_for() -> None:
    assert not [str(p) for p in SOURCES if p.stem in BANNED_NAMES or p.parent.name in BANNED_NAMES]


@pytest.mark.slow
def test_every_module_and_public_class_says_what_it_is_for() -> None:
    silent = []
    for path in SOURCES:
        tree = parsed(path)
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
    assert not silent


@pytest.mark.slow
def test_only_the_host_names_qasync() -> None:
    assert [p for p in SOURCES if "qasync" in set(imports(parsed(p)))] == [STUDIO / "ui" / "host.py"]


def test_the_domain_does_no_input_output() -> None:
    barred = {"asyncio", "os", "subprocess", "socket", "threading", "sqlite3", "logging", "shutil", "tempfile"}
    used = {(p.name, name) for p in (STUDIO / "domain").glob("*.py") for name in imports(parsed(p)) if name in barred}
    assert not used


def test_no_nested_loops_in_the_window() -> None:
    """exec() dialogs, static dialogs and processEvents re-enter running tasks; open() and signals do not."""
    pattern = re.compile(
        r"\.exec\(|\.exec_\(|processEvents\(|QMessageBox\.(warning|question|information|critical|about)\("
        r"|QFileDialog\.get\w+\(|QInputDialog\.get\w+\("
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((STUDIO / "ui").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and "drag.exec" not in line.lower()
    ]
    # the one before the first paint: there is neither a loop nor a task yet
    assert [place.split(":")[0] for place in found] == ["studio/ui/host.py"]


LIGHT = ["studio", "studio.domain.job", "studio.app", "studio.app.first_screen", "studio.__main__"]


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_stay_light(module: str) -> None:
    heavy = ["numpy", "cv2", "PIL", "av", "httpx", "sqlalchemy", "alembic", "pydantic", "keyring", "fastapi", "qtawesome",
             "PySide6.QtMultimedia"]
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_command_line_does_without_qt() -> None:
    code = "import sys, studio.cli.main; print([m for m in sys.modules if m.startswith('PySide6')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_map_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = [p.parent.relative_to(STUDIO).as_posix() for p in STUDIO.glob("*/__init__.py")]
    assert not [name for name in packages if f"`{name}`" not in text and name != "_resources"]


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not (ROOT / "uv.lock").exists()
    pinned = [line for line in lock.splitlines() if re.match(r"^[a-zA-Z0-9]", line)]
    assert pinned
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_lock_pins_a_pyside_that_does_not_abort() -> None:
    """6.12.0 loses references to None on Python 3.11; see tests/ui/test_none_references.py."""
    lock = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(r"^pyside6==(\d+)\.(\d+)\.(\d+)", lock, re.MULTILINE)
    assert version
    assert (6, 11, 3) <= tuple(map(int, version.groups())) < (6, 12)


@pytest.mark.slow
def test_httpx_comes_without_its_command_line() -> None:
    """It would bring rich, click and pygments into every process."""
    code = "import studio.net.transport, sys; print([m for m in ('rich', 'click', 'pygments') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
