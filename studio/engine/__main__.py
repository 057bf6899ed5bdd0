"""`python -m studio.engine`: the engine alone, as the launcher starts it. `studio engine` is the same for people."""

from __future__ import annotations

import argparse
import sys
from multiprocessing import freeze_support
from pathlib import Path

from studio.engine.launch import stop_engine
from studio.engine.options import EngineOptions
from studio.engine.serve import run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="studio.engine", description="Serves both contracts on this computer alone.")
    parser.add_argument("--home", type=Path, required=True, help="the data folder; the engine lives in its folder engine")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key-stdin", action="store_true", help="read the key from standard input")
    parser.add_argument("--detached", action="store_true", help="end when nobody needs it")
    parser.add_argument("--plan", choices=("starter", "pro"), help="play a paid service")
    parser.add_argument("--credits", type=int, help="what the paid account starts with")
    parser.add_argument("--faults", type=Path, help="a JSON file of fault drills")
    parser.add_argument("--models", type=Path, action="append", default=[], help="a folder with diffusion models")
    parser.add_argument("--executor", help="dask://HOST:PORT: render on an existing cluster that shares the data folder")
    parser.add_argument("--webhook-url", help="where events of the Canvas Labs contract go")
    parser.add_argument("--webhook-secret-stdin", action="store_true", help="read what signs events from standard input")
    parser.add_argument("--stop", action="store_true", help="end the engine of this data folder")
    given = parser.parse_args(arguments)
    if given.stop:
        return 0 if stop_engine(given.home.expanduser().absolute() / "engine") else 1
    key = sys.stdin.readline().strip() or None if given.key_stdin else None
    secret = sys.stdin.readline().strip() or None if given.webhook_secret_stdin else None
    return run(
        EngineOptions(
            home=given.home, port=given.port, key=key, detached=given.detached, plan=given.plan, credits=given.credits,
            faults=given.faults, models=tuple(given.models), cluster=given.executor, webhook_url=given.webhook_url,
            webhook_secret=secret,
        )
    )


if __name__ == "__main__":
    freeze_support()
    sys.exit(main())
