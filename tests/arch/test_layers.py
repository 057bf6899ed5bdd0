"""The house as import-linter keeps it, and proof that each contract turns red: a planted violation must be found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# (contract, the file that would import, what it would import)
PLANTED = [
    ("layers", "studio/domain/job.py", "import studio.jobs.ports"),
    ("layers", "studio/contracts/wire.py", "import studio.net"),
    ("layers", "studio/media/__init__.py", "import studio.net"),
    ("layers", "studio/net/__init__.py", "import studio.engine"),
    ("layers", "studio/jobs/ports.py", "import studio.store"),
    ("layers", "studio/store/__init__.py", "import studio.library"),
    ("layers", "studio/providers/__init__.py", "import studio.settings"),
    ("layers", "studio/engine/__init__.py", "import studio.jobs"),
    ("layers", "studio/app/__init__.py", "import studio.ui"),
    ("layers", "studio/cli/__init__.py", "import studio.ui"),
    ("layers", "studio/ui/__init__.py", "import studio.__main__"),
    ("qt", "studio/app/__init__.py", "import PySide6.QtCore"),
    ("qt", "studio/cli/__init__.py", "import qasync"),
    ("http", "studio/providers/__init__.py", "import httpx"),
    ("http", "studio/ui/__init__.py", "import httpx"),
    ("sql", "studio/library/__init__.py", "import sqlite3"),
    ("sql", "studio/app/__init__.py", "import sqlalchemy"),
    ("wire", "studio/app/__init__.py", "import studio.contracts.operations"),
    ("wire", "studio/jobs/__init__.py", "import studio.contracts.wire"),
    ("adapters", "studio/ui/__init__.py", "import studio.providers"),
    ("adapters", "studio/cli/__init__.py", "import studio.store"),
    ("engine", "studio/engine/__init__.py", "import studio.domain.job"),
    ("plain", "studio/net/__init__.py", "import studio.domain.errors"),
    ("third-party", "studio/domain/errors.py", "import pydantic"),
]


def lint(tree: Path) -> tuple[bool, str]:
    """import-linter's verdict over a copy of the tree."""
    surroundings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=tree, env=surroundings, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "studio", copy / "studio", ignore=shutil.ignore_patterns("__pycache__", "_resources"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.mark.slow
def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    kept, words = lint(tree)
    assert kept, words


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "file", "statement"), PLANTED, ids=[f"{c}-{f}-{s.split()[-1]}" for c, f, s in PLANTED])
def test_a_planted_import_turns_red(tree: Path, contract: str, file: str, statement: str) -> None:
    target = tree / file
    before = target.read_text(encoding="utf-8")
    future = "from __future__ import annotations\n"
    planted = before.replace(future, f"{future}{statement}\n", 1) if future in before else f"{before}\n{statement}\n"
    target.write_text(planted, encoding="utf-8")
    try:
        kept, words = lint(tree)
    finally:
        target.write_text(before, encoding="utf-8")
    assert not kept, f"nothing noticed {statement!r} in {file}"
    assert "BROKEN" in words


@pytest.mark.slow
def test_a_new_package_must_be_placed(tree: Path) -> None:
    (tree / "studio" / "extras").mkdir()
    (tree / "studio" / "extras" / "__init__.py").write_text('"""Nowhere in the layers."""\n', encoding="utf-8")
    try:
        kept, words = lint(tree)
    finally:
        shutil.rmtree(tree / "studio" / "extras")
    assert not kept, words
