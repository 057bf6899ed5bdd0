"""A line over the grid: a long work with its progress and a way to stop it, then what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from studio.ui.gallery.bringing import Bringing
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.words import ElidedLabel, label, restyle


class WorkBar(QFrame):
    """Shows what `bringing` does."""

    def __init__(self, bringing: Bringing, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("galleryWork")
        self.setProperty("surface", "panel")
        self.setAccessibleName(self.tr("Import and rescan"))
        self._words = ElidedLabel("")
        self._details = label("", "dim", wrap=True)
        self._details.setObjectName("galleryWorkDetails")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._stop = push(self.tr("Stop"), "galleryWorkStop")
        self._bringing = bringing
        self._stop.clicked.connect(bringing.stop)
        self._close = tool("close", self.tr("Close"), "galleryWorkClose", theme, size=14)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.setSpacing(theme.current.md)
        row.addWidget(self._words, 2)
        row.addWidget(self._progress, 1)
        row.addWidget(self._stop)
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.current.lg, theme.current.sm, theme.current.lg, theme.current.sm)
        column.setSpacing(theme.current.xs)
        column.addLayout(row)
        column.addWidget(self._details)
        bringing.began.connect(self._began)
        bringing.progressed.connect(self._progressed)
        bringing.ended.connect(self._ended)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def _began(self, words: str) -> None:
        self._said = words
        self._words.setText(words)
        restyle(self._words, "role", "")
        self._details.hide()
        self._progress.setRange(0, 0)
        for widget in (self._progress, self._stop, self):
            widget.show()
        self._close.hide()

    def _progressed(self, done: int, total: int) -> None:
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(done)
        self._words.setText(self.tr("{0} {1} of {2}").format(self._said, f"{done:,}", f"{total:,}"))

    def _ended(self, words: str, details: Sequence[str]) -> None:
        self._words.setText(words)
        restyle(self._words, "role", "error" if self._bringing.has_failed else "")
        self.setAccessibleDescription(" ".join([words, *details]))
        self._details.setText("\n".join(details))
        self._details.setVisible(bool(details))
        self._progress.hide()
        self._stop.hide()
        self._close.show()
