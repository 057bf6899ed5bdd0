"""`packaging/mutate`: changes retry, pacing and error mapping in small ways and counts how many changes the tests notice.

Prints one JSON object: {"total", "killed", "survived", "no_tests", "timeout", "share", "goal", "holds"}; exit 0 when it
measured. What survived is listed on stderr. The mutants lie in mutants/, which is made anew each time. The tool forks, so
this runs on Linux and macOS only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import environment
import system

GOAL = 0.8
WORKPLACE = environment.ROOT / "mutants"


def main() -> int:
    if os.name == "nt":
        system.say("The mutation tool needs fork, which Windows has not.")
        return 2
    python = environment.make()
    tool = str(python.with_name("mutmut"))
    shutil.rmtree(WORKPLACE, ignore_errors=True)
    surroundings = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(WORKPLACE / ".hypothesis")}
    log = environment.ROOT / "mutants.log"
    with log.open("wb") as output:  # the tool draws its progress without an end
        done = subprocess.run([tool, "run"], cwd=environment.ROOT, env=surroundings, check=False, stdout=output,
                              stderr=subprocess.STDOUT)
    subprocess.run([tool, "export-cicd-stats"], cwd=environment.ROOT, stdout=subprocess.DEVNULL, check=False)
    counts = WORKPLACE / "mutmut-cicd-stats.json"
    if not counts.is_file():
        system.say(log.read_bytes()[-2000:].decode(errors="replace"))
        return done.returncode or 1
    subprocess.run([tool, "results"], cwd=environment.ROOT, stdout=sys.stderr, check=False)
    found = json.loads(counts.read_text(encoding="utf-8"))
    killed = found["killed"] + found["timeout"] + found["segfault"]
    share = killed / max(1, found["total"])
    kept = {name: found[name] for name in ("total", "killed", "survived", "no_tests", "timeout")}
    print(json.dumps({**kept, "share": round(share, 3), "goal": f">= {GOAL}", "holds": share >= GOAL}))
    log.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
