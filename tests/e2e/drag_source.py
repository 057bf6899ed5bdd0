"""Another program with a file to drag: a small window; pressing and moving the mouse in it starts a real drag."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def __init__(self, file: Path) -> None:
        super().__init__(f"Drag me: {file.name}")
        self._file = file
        self.setWindowTitle("Drag source")
        self.setFixedSize(220, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._file))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec()


def main() -> int:
    app = QApplication(sys.argv)
    source = Source(Path(sys.argv[1]))
    source.move(int(sys.argv[2]), int(sys.argv[3]))
    source.show()
    return int(app.exec())


if __name__ == "__main__":
    raise SystemExit(main())
