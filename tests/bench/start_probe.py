"""One start, timed from before the process existed: `start_probe bare` or `start_probe studio HOME [PICTURE]`.

The parent passes its clock in STARTED_AT (seconds, time.time()). Prints the seconds until the first content was painted;
PICTURE is where a picture of what had been painted by then is saved.
"""

from __future__ import annotations

import gc
import os
import sys
import time


def elapsed() -> float:
    return time.time() - float(os.environ["STARTED_AT"])


def bare() -> None:
    """The least that a PySide6 window is: an application, a main window, a line of text."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    class Bare(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, painted)

    def painted() -> None:
        print(elapsed(), flush=True)
        os._exit(0)

    app = QApplication(sys.argv[:1])
    window = Bare()
    window.setCentralWidget(QLabel("A window"))
    window.resize(1280, 800)
    window.show()
    app.exec()


def studio(home: str, picture: str | None) -> None:
    """What `studio` does without a command, up to its first paint."""
    gc.disable()
    from studio.app.logs import catch_all, set_up
    from studio.settings.paths import Paths

    os.environ["STUDIO_HOME"] = home
    paths = Paths.from_environment()
    set_up(paths)
    catch_all()
    from studio.ui.host import show_window

    shown = show_window(paths)
    print(elapsed(), flush=True)
    if picture:
        shown.window.grab().save(picture)
    heavy = ("numpy", "cv2", "PIL", "av", "httpx", "sqlalchemy", "alembic", "pydantic", "keyring", "fastapi",
             "qtawesome", "PySide6.QtMultimedia")
    loaded = [name for name in heavy if name in sys.modules]
    if loaded:
        print(f"imported before the first paint: {loaded}", file=sys.stderr, flush=True)
    os._exit(3 if loaded or not shown.painted else 0)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        studio(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
