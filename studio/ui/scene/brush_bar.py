"""The line of the refining brush: keep or leave out, how large, and done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from studio.ui.scene.brush import LEAST, MOST, Brush
from studio.ui.widgets.buttons import push
from studio.ui.widgets.folding_row import FoldingRow
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label


class BrushBar(QWidget):
    """Shown while the brush is on."""

    def __init__(self, brush: Brush) -> None:
        super().__init__()
        self.setObjectName("sceneBrushBar")
        self._brush = brush
        self.kind = Segments(((False, self.tr("Leave out")), (True, self.tr("Keep"))), name=self.tr("The brush"))
        self.kind.setObjectName("sceneBrushKind")
        self.kind.setFixedWidth(170)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setObjectName("sceneBrushSize")
        self.size_slider.setAccessibleName(self.tr("Size of the brush"))
        self.size_slider.setRange(LEAST, MOST)
        self.size_slider.setFixedWidth(120)
        done = push(self.tr("Done"), "sceneBrushDone", "ghost")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(FoldingRow((self.kind,), (label(self.tr("Size"), "label"), self.size_slider, done), gap=8))
        self.kind.chosen.connect(lambda adds: brush.set_adds(adds is True))
        self.size_slider.valueChanged.connect(brush.set_size)
        done.clicked.connect(lambda: brush.set_on(False))
        brush.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setVisible(self._brush.on)
        self.kind.set_value(self._brush.adds)
        if self.size_slider.value() != self._brush.size:
            self.size_slider.setValue(self._brush.size)
