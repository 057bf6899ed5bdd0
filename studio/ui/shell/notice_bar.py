"""A quiet bar at the top of the page for what went wrong outside any field. It never stops the person, and can be closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import label, restyle


class NoticeBar(QFrame):
    """Shows the newest words; level "bad" for problems, "info" for what is only worth knowing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self._words = label("", wrap=True)
        self._words.setObjectName("noticeWords")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = tool("close", self.tr("Close this message"), "noticeClose", theme)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, words: str, level: str = "bad") -> None:
        self._words.setText(words)
        self.setAccessibleName(words)
        restyle(self, "level", level)
        self.show()

    def words(self) -> str:
        return self._words.text()
