"""P11: memory of the idle window with 100,000 assets in the library, over that of the least PySide6 window.

Both are processes of their own that have stood still for some seconds; counted is the proportional share (PSS) where the
system says it, else what is the process's alone (USS). P11.million: what 900,000 more assets add, as a share of 8 MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.big_library import make
from tests.bench.ratios import note, report

ROUNDS = 3
IDLE_S = 12.0
MORE_MB = 8.0
ROOT = Path(__file__).resolve().parent.parent.parent
_BARE = """
import sys
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(QLabel("A window"))
window.resize(1280, 800)
window.show()
app.exec()
"""


def megabytes(command: list[str], home: Path | None) -> float:
    """Memory of the process that `command` starts, once it is idle."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **({"STUDIO_HOME": str(home)} if home else {})}
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        time.sleep(IDLE_S)
        if process.poll() is not None:
            said = process.stderr.read() if process.stderr else b""
            raise RuntimeError(f"it ended: {said[-2000:].decode(errors='replace')}")
        used = psutil.Process(process.pid).memory_full_info()
        return float(getattr(used, "pss", used.uss)) / 1024**2
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        if process.stderr:
            process.stderr.close()


def window(home: Path) -> float:
    return megabytes([sys.executable, "-c", "from studio.__main__ import _window; raise SystemExit(_window())"], home)


def bare() -> float:
    return megabytes([sys.executable, "-c", _BARE], None)


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        note("making libraries of 100,000 and 1,000,000 assets")
        large = make(Path(folder) / "large", 100_000, 1000).data
        huge = make(Path(folder) / "huge", 1_000_000, 1000).data
        window(large)
        ours = [window(large) for _ in range(ROUNDS)]
        least = [bare() for _ in range(ROUNDS)]
        more = [window(huge) for _ in range(ROUNDS)]
        ratios = [one / other for one, other in zip(ours, least, strict=True)]
        report("P11", ratios, "<= 2.0", "a bare PySide6 window", window_mb=round(ours[0], 1), bare_mb=round(least[0], 1))
        grown = [(one - other) / MORE_MB for one, other in zip(more, ours, strict=True)]
        report("P11.million", grown, "<= 1.0", "8 MB for 900,000 assets more")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
