"""Another program with something to drag: a small window; pressing and moving the mouse in it starts a real drag.

drag_source.py FIRST X Y [KIND [MORE…]], where KIND is files (FIRST and MORE are paths), links (they are addresses),
html (a browser's picture: HTML whose picture holds the file FIRST) or image (pixels of FIRST).
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDrag, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


def offer(kind: str, things: list[str]) -> QMimeData:
    """What such a program puts into a drag."""
    data = QMimeData()
    if kind == "links":
        data.setUrls([QUrl(thing) for thing in things])
    elif kind == "html":
        body = base64.b64encode(Path(things[0]).read_bytes()).decode()
        data.setHtml(f'<a href="about:blank"><img alt="" src="data:image/jpeg;base64,{body}"></a>')
    elif kind == "image":
        data.setImageData(QImage(things[0]))
    else:
        data.setUrls([QUrl.fromLocalFile(thing) for thing in things])
    return data


class Source(QLabel):
    def __init__(self, kind: str, things: list[str]) -> None:
        super().__init__(f"Drag me: {kind}")
        self._kind, self._things = kind, things
        self.setWindowTitle("Drag source")
        self.setFixedSize(220, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        drag.setMimeData(offer(self._kind, self._things))
        drag.exec()


def main() -> int:
    app = QApplication(sys.argv)
    kind = sys.argv[4] if len(sys.argv) > 4 else "files"
    source = Source(kind, [sys.argv[1], *sys.argv[5:]])
    source.move(int(sys.argv[2]), int(sys.argv[3]))
    source.show()
    return int(app.exec())


if __name__ == "__main__":
    raise SystemExit(main())
