"""`packaging/screens [--out DIR]`: every window and state, in both themes and two sizes, in the real window.

Files are named PAGE-STATE-THEME-WIDTHxHEIGHT.png. Two data folders: one new and empty, one with a library that the engine
makes first (a minute or two; kept in DIR/home and used again).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SIZES = ((1280, 800), (1920, 1080))
COST_SIZES = ((1280, 800), (1920, 1200))
THEMES = ("dark", "light")
PARTS = ("empty", "content", "costs", "queue", "chains", "scene", "references")
ROOT = Path(__file__).resolve().parent.parent.parent


def part(name: str, out: Path) -> None:
    """In a process of its own: what one data folder shows."""
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.content import make_library
    from tests.screens.visits import Content, Empty

    home = out / "home" / name
    paths = Paths.of_home(home)
    if name == "costs":
        costs_part(out, home)
        return
    if name == "queue":
        queue_part(out, home)
        return
    if name == "chains":
        chains_part(out, home)
        return
    if name == "references":
        references_part(out, home)
        return
    if name == "scene":
        scene_part(out, home)
        return
    if name == "content" and not paths.store.exists():
        asyncio.run(make_library(paths))
    if name == "empty":
        shutil.rmtree(home, ignore_errors=True)
    visit = Content(out, SIZES, THEMES) if name == "content" else Empty(out, SIZES, THEMES)
    run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def costs_part(out: Path, home: Path) -> None:
    """With an engine beside it that plays a paid service."""
    from studio.domain.account import KEY_VARIABLES
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.costs import Costs, make_costs
    from tests.unit.engine.rig import KEY, engine

    shutil.rmtree(home, ignore_errors=True)
    paths = Paths.of_home(home)
    os.environ.update(dict.fromkeys(KEY_VARIABLES.values(), KEY))
    with engine(home / "service", plan="pro", credits=4200) as rig:
        asyncio.run(make_costs(paths, rig.url))
        visit = Costs(out, COST_SIZES, THEMES)
        run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def queue_part(out: Path, home: Path) -> None:
    """With an engine beside it for the prices of many jobs."""
    from studio.domain.account import KEY_VARIABLES
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.queue import Queue, make_queue
    from tests.unit.engine.rig import KEY, engine

    shutil.rmtree(home, ignore_errors=True)
    paths = Paths.of_home(home)
    os.environ.update(dict.fromkeys(KEY_VARIABLES.values(), KEY))
    with engine(home / "service", plan="pro", credits=4200) as rig:
        asyncio.run(make_queue(paths, rig.url))
        visit = Queue(out, SIZES, THEMES)
        run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def chains_part(out: Path, home: Path) -> None:
    """A run under way, one that failed, and the dialog."""
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.chains import Chains, make_chains

    shutil.rmtree(home, ignore_errors=True)
    paths = Paths.of_home(home)
    asyncio.run(make_chains(paths))
    visit = Chains(out, SIZES, THEMES)
    run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def scene_part(out: Path, home: Path) -> None:
    """The scene board, empty, filled and with its result."""
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.scene import Scene, make_scene

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    paths = Paths.of_home(home)
    visit = Scene(out, COST_SIZES, THEMES)
    visit.photos = asyncio.run(make_scene(paths, home))
    run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def references_part(out: Path, home: Path) -> None:
    """The tray, the crop editor, recent references and the zones."""
    from studio.settings.paths import Paths
    from studio.ui.host import run_window
    from tests.screens.references import References, make_references

    shutil.rmtree(home, ignore_errors=True)
    paths = Paths.of_home(home)
    asyncio.run(make_references(paths))
    visit = References(out, SIZES[:1], THEMES)
    run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")


def main(read: Callable[[argparse.ArgumentParser], argparse.Namespace] = argparse.ArgumentParser.parse_args) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screens"))
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    options = read(parser)
    out = options.out.expanduser().absolute()
    out.mkdir(parents=True, exist_ok=True)
    if options.part:
        part(options.part, out)
        return 0
    for old in out.glob("*-*-*-*x*.png"):
        old.unlink()
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.multimedia.*=false"}
    for name in PARTS:
        command = [sys.executable, "-m", "tests.screens.make", "--out", str(out), "--part", name]
        if subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode:
            return 1
    made = sorted(out.glob("*.png"))
    print(f"{len(made)} screens in {out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
