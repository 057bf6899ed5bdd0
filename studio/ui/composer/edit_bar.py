"""A waiting job in the composer, to be changed where it stands in line; what was in the composer before comes back after."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.job import Job
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import ElidedLabel


class EditBar(QWidget):
    """Hidden while no job is edited. `saved` and `left` when the person says so."""

    saved = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("editBar")
        self.job: Job | None = None
        self._words = ElidedLabel("", "label")
        self._words.setObjectName("editedJob")
        self.keep = push(self.tr("Keep as it was"), "keepAsItWas")
        self.keep.clicked.connect(self.left)
        self.save = push(self.tr("Save"), "saveEdited")
        self.save.clicked.connect(self.saved)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.save)
        title = ElidedLabel(self.tr("Editing a waiting job"), "strong")
        box = QFrame()
        box.setProperty("surface", "box")
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(2)
        column.addWidget(title)
        column.addWidget(self._words)
        column.addSpacing(6)
        column.addLayout(buttons)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(16, 8, 16, 12)
        outside.addWidget(box)
        self.hide()

    def begin(self, job: Job) -> None:
        """`job` is what the composer shows from now on."""
        self.job = job
        label, words = job.request.label or "", (job.prompt or job.title).replace("\n", " ")
        self._words.setText(" · ".join(part for part in (label, words) if part))
        self.setAccessibleName(self.tr("Editing a waiting job: {title}").format(title=job.title))
        self.show()

    def end(self) -> None:
        self.job = None
        self.hide()
