"""`packaging/bench [ID…]`: measures the speed goals, each against a baseline in the same run; one JSON object a line.

`packaging/bench operations [NAME…]` prints how long each operation of the local engine takes, in one table; with names only
those that contain one of them ("image.generate", "sora2").
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import system

MODULES = {
    "COMPOSER": "tests.bench.bench_composer",
    "DROP": "tests.bench.bench_drops",
    "HISTORY": "tests.bench.bench_history",
    "P1": "tests.bench.bench_start",
    "P2": "tests.bench.bench_gallery P2",
    "P3": "tests.bench.bench_gallery P3",
    "P4": "tests.bench.bench_gallery P4",
    "P4.HEARTBEAT": "tests.bench.bench_heartbeat",
    "P5": "tests.bench.bench_thumbnails",
    "P6": "tests.bench.bench_search",
    "P7": "tests.bench.bench_download",
    "P8": "tests.bench.bench_polling",
    "P9": "tests.bench.bench_encode",
    "P10": "tests.bench.bench_preview",
    "P11": "tests.bench.bench_memory",
    "P12": "tests.bench.bench_overhead",
    "P13": "tests.bench.bench_render",
    "P14": "tests.bench.bench_store",
    "QUEUE": "tests.bench.bench_queue",
}
TABLES = {"OPERATIONS": "tests.bench.bench_operations"}
"""Without a goal, and long: only when asked for."""


def main(arguments: list[str]) -> int:
    known = {**MODULES, **TABLES}
    table = bool(arguments) and arguments[0].upper() in TABLES
    names = arguments[1:] if table else []
    asked = [argument.upper() for argument in (arguments[:1] if table else arguments)] or list(MODULES)
    unknown = [name for name in asked if name not in known]
    if unknown:
        system.say(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}")
        return 2
    system.install(system.WINDOW, needed_for="the benchmarks")
    python = str(environment.make())
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a person's machine
    commands = {name: [python, "-m", *known[name].split(), *names] for name in asked}
    failed = [
        name
        for name, command in commands.items()
        if subprocess.run(command, cwd=environment.ROOT, env=surroundings, check=False).returncode
    ]
    if failed:
        system.say(f"Could not measure: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
