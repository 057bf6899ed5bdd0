"""The guide, in the program: first steps, keys, what states mean, where files are."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QTextBlockFormat, QTextCursor, QTextTable
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from studio.settings.shipped import shipped
from studio.ui.bridge import Bridge
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push


class GuideDialog(QDialog):
    """Shown with `open()` or `show()`; links open in the browser."""

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
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
        path = shipped("guide/guide.md")
        bridge.run(lambda core: asyncio.to_thread(path.read_text, "utf-8"), self.show_text)

    def show_text(self, markdown: str) -> None:
        """Show the guide, with air between its paragraphs and quiet tables."""
        self.text.setMarkdown(markdown)
        document = self.text.document()
        cursor = QTextCursor(document)
        block = document.begin()
        while block.isValid():
            shape = block.blockFormat()
            cursor.setPosition(block.position())
            if cursor.currentTable() is None:
                shape.setTopMargin(20 if shape.headingLevel() > 1 else 4)
                shape.setBottomMargin(8 if shape.headingLevel() else 4)
                shape.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                cursor.setBlockFormat(shape)
            block = block.next()
        line = QBrush(QColor(self._theme.current.line))
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                table = frame.format().toTableFormat()
                table.setBorderBrush(line)
                table.setBorderCollapse(True)
                table.setCellPadding(6)
                table.setTopMargin(8)
                table.setBottomMargin(8)
                frame.setFormat(table)
        cursor.setPosition(0)
        self.text.setTextCursor(cursor)
