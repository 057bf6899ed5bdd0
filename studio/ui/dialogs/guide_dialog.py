"""The guide, in the program: first steps, keys, what states mean, where files are."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from studio.ui.bridge import Bridge
from studio.ui.resources import resource
from studio.ui.widgets.buttons import push


class GuideDialog(QDialog):
    """Shown with `open()` or `show()`; links open in the browser."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideDialog")
        self.setWindowTitle(self.tr("Guide"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 640)
        self.text = QTextBrowser()
        self.text.setObjectName("guideText")
        self.text.setAccessibleName(self.tr("Guide"))
        self.text.setOpenExternalLinks(True)
        self.text.document().setDocumentMargin(16)
        close = push(self.tr("Close"), "guideClose")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)
        path = resource("guide/guide.md")
        bridge.run(lambda core: asyncio.to_thread(path.read_text, "utf-8"), self.text.setMarkdown)
