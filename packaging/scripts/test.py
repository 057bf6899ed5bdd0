"""`packaging/test [--fast] [pytest arguments]`: sets up what is missing, then lint, types, layers and tests.

--fast leaves out the tests marked slow. The tests of the core run with Qt not importable; those of the window run offscreen,
and the few that need a real window server start Xvfb themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import environment
import system

CORE = ["tests/arch", "tests/unit", "tests/contract"]
WINDOW = ["tests/ui", "tests/e2e"]


def step(title: str, command: list[str], surroundings: dict[str, str]) -> bool:
    system.say(f"\n== {title}")
    started = time.monotonic()
    done = subprocess.run(command, cwd=environment.ROOT, env=surroundings, check=False).returncode == 0
    system.say(f"== {title}: {'passed' if done else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return done


def main(arguments: list[str]) -> int:
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    system.install(system.WINDOW, system.TESTS, needed_for="the tests")
    python = str(environment.make())
    # no keys from outside, and byte code as on a person's machine: the tests start many processes
    left_out = ("CANNON_API_KEY", "CANVAS_LABS_API_KEY", "PYTHONDONTWRITEBYTECODE")
    surroundings = {name: value for name, value in os.environ.items() if name not in left_out}
    surroundings["QT_QPA_PLATFORM"] = "offscreen"
    pytest = [python, "-m", "pytest", "-q", "--durations=8", *(["-m", "not slow"] if fast else []), *rest]
    lint_imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    core = {**surroundings, "STUDIO_TESTS_WITHOUT_QT": "1"}
    results = [
        step("ruff", [python, "-m", "ruff", "check", "."], surroundings),
        step("types", [python, "-m", "mypy"], surroundings),
        step("layers", [python, "-c", lint_imports], surroundings),
        step("tests of the core, with Qt not importable", [*pytest, "-p", "no:pytest-qt", *CORE], core),
        step("tests of the window and from end to end", [*pytest, *WINDOW], surroundings),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
