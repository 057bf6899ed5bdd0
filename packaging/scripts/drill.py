"""`packaging/drill kills|cuts|submits [N]`: the long drills of the queue; each prints one JSON object with its counts.

kills: kill -9 of studio and engine, 10,000 times (a bit over an hour on two cores). cuts: simulated power cuts over the job
store, 1,000,000 (about an hour); with --normal synchronous=NORMAL is planted, and has to be seen. submits: through a proxy
that delays and cuts, 100,000 (some two hours), with a simple client's rate beside it. Each draws its own chances, and says
from which seed. Exit 0 when the goal holds.
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment
import system

DRILLS = {"kills": "tests.drills.kills", "cuts": "tests.drills.power", "submits": "tests.drills.submits"}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in DRILLS:
        system.say(f"Which drill? There are: {', '.join(DRILLS)}. A number behind it says how often.")
        return 2
    python = str(environment.make())
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a person's machine
    command = [python, "-m", DRILLS[arguments[0]], *arguments[1:]]
    return subprocess.run(command, cwd=environment.ROOT, env=surroundings, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
