"""`packaging/screens [--out DIR]`: every window and state, in both themes and two sizes, in the real window.

Files are named PAGE-STATE-THEME-WIDTHxHEIGHT.png. Two data folders: one new and empty, one with a library that the engine
makes first (a minute or two; kept in DIR/home and used again). What does not fit where it stands is told, and fails.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from studio.settings.paths import Paths
    from tests.screens.visits import Visit

SIZES = ((1280, 800), (1920, 1080))
TALL = ((1280, 800), (1920, 1200))
THEMES = ("dark", "light")
ROOT = Path(__file__).resolve().parent.parent.parent


class Part(NamedTuple):
    """What one data folder shows. `fill` makes what is in it and gives what the visit has to know; `engine`: with one beside
    it that plays a paid service; `again`: the folder of the last time is good enough."""

    visit: type[Visit]
    fill: Callable[[Paths, str], Coroutine[object, object, object]] | None = None
    sizes: Sequence[tuple[int, int]] = SIZES
    engine: bool = False
    again: bool = False


def parts() -> dict[str, Part]:
    """By name, in the order in which they are made."""
    from tests.screens.chains import Chains, make_chains
    from tests.screens.comparing import Comparing, make_accounts
    from tests.screens.content import make_library
    from tests.screens.costs import Costs, make_costs
    from tests.screens.gallery import Gallery, make_gallery
    from tests.screens.history import History, make_history
    from tests.screens.prompts import Prompts, make_prompts
    from tests.screens.queue import Queue, make_queue
    from tests.screens.references import References, make_references
    from tests.screens.scene import Scene, make_scene
    from tests.screens.visits import Content, Empty

    return {
        "empty": Part(Empty),
        "content": Part(Content, lambda paths, _: make_library(paths), again=True),
        "costs": Part(Costs, make_costs, TALL, engine=True),
        "gallery": Part(Gallery, lambda paths, _: make_gallery(paths), TALL),
        "history": Part(History, make_history, TALL, engine=True),
        "queue": Part(Queue, make_queue, engine=True),
        "chains": Part(Chains, lambda paths, _: make_chains(paths)),
        "scene": Part(Scene, lambda paths, _: make_scene(paths, paths.data.parent), TALL),
        "references": Part(References, lambda paths, _: make_references(paths), SIZES[:1]),
        "prompts": Part(Prompts, lambda paths, _: make_prompts(paths), SIZES[:1]),
        "compare": Part(Comparing, make_accounts, SIZES[:1], engine=True),
    }


def show(name: str, out: Path, sizes: Sequence[tuple[int, int]] | None) -> None:
    """In a process of its own: what one data folder shows."""
    from studio.settings.paths import Paths
    from studio.ui.host import run_window

    part = parts()[name]
    home = out / "home" / name
    paths = Paths.of_home(home)
    kept = part.again and paths.store.exists()
    if not kept:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
    with service(home) if part.engine else nullcontext("") as address:
        known = None if part.fill is None or kept else asyncio.run(part.fill(paths, address))
        visit = part.visit(out, sizes or part.sizes, THEMES)
        visit.given(known)
        run_window(paths, visit=visit.run)
    if visit.failure:
        raise SystemExit(f"screens: {visit.failure}")
    if visit.clipped:
        raise SystemExit("\n".join(["screens: these do not fit:", *visit.clipped]))


@contextmanager
def service(home: Path) -> Iterator[str]:
    """An engine that plays a paid service and draws what it is asked for, with the keys in the environment; its address."""
    from studio.domain.account import KEY_VARIABLES
    from tests.unit.engine.rig import KEY, engine

    os.environ.update(dict.fromkeys(KEY_VARIABLES.values(), KEY))
    with engine(home / "service", plan="pro", credits=4200, renderers=None) as rig:
        yield rig.url


def main(read: Callable[[argparse.ArgumentParser], argparse.Namespace] = argparse.ArgumentParser.parse_args) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screens"))
    parser.add_argument("--only", metavar="PART", action="append", help="only this part; may be given more than once")
    parser.add_argument("--size", metavar="WIDTHxHEIGHT", help="only this size")
    parser.add_argument("--scale", type=float, default=1.0, help="how large everything is drawn: 1.25, 1.5, 2 …")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = read(parser)
    out = options.out.expanduser().absolute()
    out.mkdir(parents=True, exist_ok=True)
    if options.part:
        show(options.part, out, _sizes(options.size))
        return 0
    for old in out.glob("*-*-*-*x*.png"):
        old.unlink()
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.multimedia.*=false",
                    "QT_SCALE_FACTOR": str(options.scale)}
    size = ["--size", options.size] if options.size else []
    failed = 0
    for name in options.only or parts():
        command = [sys.executable, "-m", "tests.screens.make", "--out", str(out), "--part", name, *size]
        failed += subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode != 0
    made = sorted(out.glob("*.png"))
    print(f"{len(made)} screens in {out}", file=sys.stderr)
    return 1 if failed else 0


def _sizes(text: str | None) -> Sequence[tuple[int, int]] | None:
    if text is None:
        return None
    width, _, height = text.partition("x")
    return ((int(width), int(height)),)


if __name__ == "__main__":
    raise SystemExit(main())
