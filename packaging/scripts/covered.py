"""`packaging/test --coverage`: how much of the packages that speak to services their tests run, lines and branches.

Prints the figures of each package and where something is left, and fails where a package is below GOAL. Only what runs in
the tests' own process counts.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import environment
import system

GOAL = 95.0
"""Per cent, of lines and of branches, of each package."""
PACKAGES = ("studio/contracts", "studio/net", "studio/providers")
TESTS = ("tests/unit/contracts", "tests/unit/net", "tests/unit/providers", "tests/contract")


class Share(NamedTuple):
    """What ran, of how much there is."""

    ran: int = 0
    of: int = 0

    @property
    def percent(self) -> float:
        return 100.0 if self.of == 0 else 100.0 * self.ran / self.of

    def plus(self, ran: int, of: int) -> Share:
        return Share(self.ran + ran, self.of + of)


def run(python: str, surroundings: Mapping[str, str], arguments: Sequence[str]) -> bool:
    """Whether the tests pass and every package reaches the goal. `arguments` go to pytest."""
    with tempfile.TemporaryDirectory(prefix="studio-coverage-") as folder:
        data = Path(folder) / "coverage"
        report = Path(folder) / "coverage.json"
        coverage = [python, "-m", "coverage"]
        pytest = ["-m", "pytest", "-q", "-p", "no:pytest-qt", *TESTS, *arguments]
        measure = [*coverage, "run", "--branch", f"--include={','.join(f'{name}/*' for name in PACKAGES)}"]
        kept = {**surroundings, "COVERAGE_FILE": str(data), "STUDIO_TESTS_WITHOUT_QT": "1"}
        passed = subprocess.run([*measure, *pytest], cwd=environment.ROOT, env=kept, check=False).returncode == 0
        written = subprocess.run([*coverage, "json", "-q", "-o", str(report)], cwd=environment.ROOT, env=kept, check=False)
        if written.returncode:
            return False
        return told(json.loads(report.read_text(encoding="utf-8"))["files"]) and passed


def told(files: Mapping[str, Mapping[str, Any]]) -> bool:
    """Says the figures; whether all are good enough."""
    good = True
    for package in PACKAGES:
        own = {name: file for name, file in files.items() if PurePosixPath(name.replace("\\", "/")).is_relative_to(package)}
        lines, branches = Share(), Share()
        for file in own.values():
            summary = file["summary"]
            lines = lines.plus(summary["covered_lines"], summary["num_statements"])
            branches = branches.plus(summary["covered_branches"], summary["num_branches"])
        holds = bool(own) and min(lines.percent, branches.percent) >= GOAL
        good = good and holds
        figures = f"lines {lines.percent:.1f} % of {lines.of}, branches {branches.percent:.1f} % of {branches.of}"
        system.say(f"{package}: {figures}" + ("" if holds else f"  BELOW {GOAL:g} %"))
        for name, file in sorted(own.items()):
            left = _left(file)
            if left:
                system.say(f"  {name}: {left}")
    return good


def _left(file: Mapping[str, Any]) -> str:
    """The lines that did not run, and the jumps that were not taken from lines that did."""
    lines = [str(number) for number in file["missing_lines"]]
    missing = set(file["missing_lines"])
    jumps = [f"{start}->{'end' if end < 0 else end}" for start, end in file["missing_branches"]
             if start not in missing and end not in missing]
    return ", ".join([*lines, *jumps])
