"""`packaging/run`: sets up what is missing, then opens the window; with no screen it runs the tour instead."""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import system


def has_screen() -> bool:
    """Linux: a display is named and Qt is not told to do without. Windows and macOS always have one."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal"):
        return False
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: list[str]) -> int:
    system.install(system.WINDOW, needed_for="the window")
    python = environment.make()
    if arguments or has_screen():
        return subprocess.run([str(python), "-m", "studio", *arguments], check=False).returncode
    system.say("There is no screen here: running `studio tour --out tour/` offscreen instead of opening the window.")
    tour = [str(python), "-m", "studio", "tour", "--out", str(environment.ROOT / "tour")]
    return subprocess.run(tour, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
