"""`packaging/screens [--out DIR]`: every window and state, both themes, as PNG named PAGE-STATE-THEME-WIDTHxHEIGHT.png.

`packaging/screens --operations [--out DIR]`: instead, one output of every operation of the engine on one sheet.
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import system


def main(arguments: list[str]) -> int:
    system.install(system.WINDOW, needed_for="the window")
    python = str(environment.make())
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a person's machine
    module = "tests.screens.operations" if "--operations" in arguments else "tests.screens.make"
    command = [python, "-m", module, *(argument for argument in arguments if argument != "--operations")]
    return subprocess.run(command, cwd=environment.ROOT, env=surroundings, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
