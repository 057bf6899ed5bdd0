"""The crop editor: cut, turn and mirror a picture before it is used. The picture itself is never touched."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.reference import PictureEdit, ratio_of
from studio.ui.composer.reference_crop_shape import WHOLE, CropShape
from studio.ui.composer.reference_crop_view import CropView
from studio.ui.images.decoder import PictureDecoder
from studio.ui.images.reading import Reading
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label

PREVIEW = QSize(1600, 1200)
"""Of large pictures only a preview is decoded here; the cut itself happens in full size, on another thread."""
FREE = "free"
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4")


class CropDialog(QDialog):
    """`applied(PictureEdit)` when the person wants it so. Shown with `open()`."""

    applied = Signal(object)

    def __init__(self, path: Path, name: str, form_ratio: str | None, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cropDialog")
        self.setWindowTitle(self.tr("Crop and rotate"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 600)
        self._turns = 0
        self._mirrored = False
        self._first: CropShape | None = None
        self._preview: Reading | None = None
        self._form_ratio = form_ratio
        self.view = CropView(theme)
        self.view.changed.connect(self._say_size)
        others = tuple(ratio for ratio in RATIOS if ratio != form_ratio)
        self._ratios = (FREE, *((form_ratio,) if form_ratio else ()), *others)
        self._decoder = PictureDecoder(self)
        self._decoder.decoded.connect(self._show)
        self._decoder.decode(str(path), PREVIEW)
        self._lay_out(name)

    def _lay_out(self, name: str) -> None:
        self.ratio = Segments([(one, self._ratio_words(one)) for one in self._ratios], name=self.tr("Ratio"))
        self.ratio.setObjectName("cropRatio")
        self.ratio.chosen.connect(self._hold_ratio)
        self.size_words = label("", "dim")
        self.size_words.setObjectName("cropSize")
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for words, identifier, do in (
            (self.tr("Rotate left"), "cropLeft", lambda: self.rotate(3)),
            (self.tr("Rotate right"), "cropRight", lambda: self.rotate(1)),
            (self.tr("Mirror"), "cropMirror", self.mirror),
            (self.tr("Reset"), "cropReset", self.reset),
        ):
            button = push(words, identifier)
            button.clicked.connect(do)
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.size_words)
        cancel = push(self.tr("Cancel"), "cropCancel")
        cancel.clicked.connect(self.reject)
        self.apply_button = push(self.tr("Apply"), "cropApply", "primary")
        self.apply_button.setDefault(True)
        self.apply_button.setEnabled(False)
        self.apply_button.clicked.connect(self._apply)
        ends = QHBoxLayout()
        ends.setSpacing(8)
        ends.addWidget(label(self.tr("A new copy is made; the picture stays as it is."), "dim"), 1)
        ends.addWidget(cancel)
        ends.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(name, "heading"))
        column.addWidget(self.ratio)
        column.addWidget(self.view, 1)
        column.addLayout(tools)
        column.addLayout(ends)
        self.view.setFocus()

    def _ratio_words(self, ratio: str) -> str:
        if ratio == FREE:
            return self.tr("Free")
        return self.tr("{ratio} (form)").format(ratio=ratio) if ratio == self._form_ratio else ratio

    # what the buttons do

    def rotate(self, quarters: int) -> None:
        """Turn by quarters clockwise."""
        # mirroring comes first in an edit: of a mirrored picture nothing changes in the way it turns
        self._turns = (self._turns + quarters) % 4
        self.view.turn(quarters)
        self._hold_ratio(self.ratio.value())

    def mirror(self) -> None:
        """Left becomes right as it is shown now."""
        # turn-then-mirror is mirror-then-turn the other way round
        self._turns = -self._turns % 4
        self._mirrored = not self._mirrored
        self.view.turn(0, mirror=True)

    def reset(self) -> None:
        """The whole picture, as it was."""
        self._turns, self._mirrored = 0, False
        self.ratio.set_value(FREE)
        if self._preview is not None and self._preview.image is not None and self._first is not None:
            self.view.set_picture(self._preview.image, self._first)

    def edit(self) -> PictureEdit:
        """What would be done now."""
        shape = self.view.shape_now
        return PictureEdit(self._turns, self._mirrored, shape.box if shape is not None else WHOLE)

    def _hold_ratio(self, ratio: object) -> None:
        if self.view.shape_now is not None:
            self.view.set_shape(self.view.shape_now.with_ratio(ratio_of(ratio)))

    def _apply(self) -> None:
        self.applied.emit(self.edit())
        self.accept()

    # the picture

    def _show(self, reading: Reading, _whole: bool) -> None:  # a slot: the signal gives it by place
        if reading.image is None or reading.source is None:
            self.size_words.setText(self.tr("The picture cannot be read."))
            return
        self._preview = reading
        self._first = CropShape(reading.source.width(), reading.source.height())
        self.view.set_picture(reading.image, self._first)
        self.apply_button.setEnabled(True)

    def _say_size(self) -> None:
        if self.view.shape_now is not None:
            wide, high = self.view.shape_now.pixels
            self.size_words.setText(self.tr("{w} × {h} pixels").format(w=f"{wide:,}", h=f"{high:,}"))
