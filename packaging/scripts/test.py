"""`packaging/test [--fast | --coverage | --diffusion | --speech] [pytest arguments]`: sets up what is missing, then lint,
types, layers and tests.

--fast leaves out the tests marked slow. --coverage runs only the tests of the packages that speak to services, and
fails where too little of these packages runs in them (covered.py). --diffusion runs only the tests of that extra, --speech
those of the extras piper and whisper, each in an environment of its own (diffusion.py, speech.py).

Two steps run at a time, each told in one piece at its end. The tests of the core run with Qt not importable; those of the
window run offscreen, and the few that need a real window server start Xvfb themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import covered
import environment
import system
from diffusion import DIFFUSION
from speech import SPEECH

CORE = ["tests/arch", "tests/unit", "tests/contract", "--ignore=tests/unit/engine"]
DRILLS = ["tests/drills"]
ENGINE = ["tests/unit/engine"]
WINDOW = ["tests/ui", "tests/e2e"]


class Step(NamedTuple):
    title: str
    command: list[str]
    surroundings: dict[str, str]


def run(step: Step) -> bool:
    """One step beside others: its output in one piece when it is done."""
    print(f"== {step.title}: begun", flush=True)
    started = time.monotonic()
    place, kept = environment.ROOT, step.surroundings
    ended = subprocess.run(step.command, cwd=place, env=kept, capture_output=True, text=True, check=False)
    verdict = "passed" if ended.returncode == 0 else "FAILED"
    seconds = time.monotonic() - started
    print(f"\n== {step.title}\n{ended.stdout}{ended.stderr}== {step.title}: {verdict} in {seconds:.0f} s", flush=True)
    return ended.returncode == 0


def main(arguments: list[str]) -> int:
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument not in ("--fast", "--coverage", "--diffusion", "--speech")]
    # no keys from outside, and byte code as on a person's machine: the tests start many processes
    left_out = ("CANNON_API_KEY", "CANVAS_LABS_API_KEY", "PYTHONDONTWRITEBYTECODE")
    surroundings = {name: value for name, value in os.environ.items() if name not in left_out}
    surroundings["QT_QPA_PLATFORM"] = "offscreen"
    for extra in (DIFFUSION, SPEECH):
        if f"--{extra.name}" in arguments:
            return 0 if extra.run(surroundings, rest) else 1
    system.install(system.WINDOW, system.TESTS, needed_for="the tests")
    python = str(environment.make())
    if "--coverage" in arguments:
        return 0 if covered.run(python, surroundings, rest) else 1
    pytest = [python, "-m", "pytest", "-q", "--durations=8", *(["-m", "not slow"] if fast else []), *rest]
    lint_imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    core = {**surroundings, "STUDIO_TESTS_WITHOUT_QT": "1"}
    steps = [
        Step("ruff", [python, "-m", "ruff", "check", "."], surroundings),
        Step("layers", [python, "-c", lint_imports], surroundings),
        Step("tests of the core, with Qt not importable", [*pytest, "-p", "no:pytest-qt", *CORE], core),
        Step("tests of the engine, with Qt not importable", [*pytest, "-p", "no:pytest-qt", *ENGINE], core),
        Step("drills, with Qt not importable", [*pytest, "-p", "no:pytest-qt", *DRILLS], core),
        Step("tests of the window and from end to end", [*pytest, *WINDOW], surroundings),
        Step("types", [python, "-m", "mypy"], surroundings),
    ]
    # two at once: the tests mostly wait for each other's processes, and two cores are little used by one of them
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, steps))
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
