"""Numbers about a middle (a camera's move): a slider for each, and a pad for two of them that belong together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout

from studio.domain.operation import Parameter, ParameterKind
from studio.ui.composer.field import Field
from studio.ui.composer.move_pad import MovePad
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

_PAIRS = (("horizontal", "vertical"), ("pan", "tilt"), ("x", "y"))


def fits(parameter: Parameter) -> bool:
    """Whether a group is numbers only, each as far above 0 as below, all alike."""
    limits = {(one.minimum, one.maximum) for one in parameter.fields}
    kinds = {one.kind for one in parameter.fields}
    low, high = next(iter(limits), (None, None))
    numbers = kinds <= {ParameterKind.NUMBER, ParameterKind.INTEGER}
    return numbers and len(limits) == 1 and low is not None and high is not None and high > 0 and low == -high


class CameraField(Field):
    """Its value has only what is not 0; with everything at 0 there is no value."""

    def __init__(self, parameter: Parameter, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, name)
        self._sliders: dict[str, QSlider] = {}
        self._shown: dict[str, QLabel] = {}
        self._setting = False
        named = {inner.name: inner for inner in parameter.fields}
        self._pair = next((pair for pair in _PAIRS if all(one in named for one in pair)), None)
        limit = next((inner.maximum for inner in parameter.fields if inner.maximum), 100.0)
        frame = QFrame()
        frame.setProperty("role", "group")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(12)
        self._reset = push(self.tr("Reset"), f"reset_{self.name}", "ghost")
        self._reset.clicked.connect(self._clear)
        self.pad: MovePad | None = None
        if self._pair is not None:
            inside.addLayout(self._pad_row(limit, theme, *(named[one].label for one in self._pair)))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, inner in enumerate(parameter.fields):
            self._slider(grid, row, inner)
        inside.addLayout(grid)
        if self._pair is None:
            inside.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignLeft)
        self._take(frame)
        self.reset()

    def _pad_row(self, limit: float, theme: Theme, across: str, up: str) -> QHBoxLayout:
        self.pad = MovePad(limit, theme)
        self.pad.setObjectName(f"pad_{self.name}")
        self.pad.setAccessibleName(self.tr("{across} and {up}").format(across=across, up=up))
        self.pad.setAccessibleDescription(self.tr("Arrow keys move, with Shift by one; Home is the middle."))
        self.pad.setToolTip(self.pad.accessibleDescription())
        self.pad.moved.connect(self._pad_moved)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(label(self.pad.accessibleName(), "label", wrap=True))
        beside.addStretch(1)
        beside.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.pad)
        row.addLayout(beside, 1)
        return row

    def _slider(self, grid: QGridLayout, row: int, inner: Parameter) -> None:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"param_{self.name}_{inner.name}")
        slider.setAccessibleName(inner.label)
        slider.setAccessibleDescription(inner.help)
        slider.setToolTip(inner.help)
        slider.setRange(int(inner.minimum or -100), int(inner.maximum or 100))
        slider.setPageStep(10)
        slider.setProperty("kind", "centred")
        slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        slider.valueChanged.connect(self._slid)
        shown = label("0", "label")
        shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        shown.setFixedWidth(36)
        grid.addWidget(label(inner.label, "label", buddy=slider), row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(shown, row, 2)
        grid.setColumnStretch(1, 1)
        self._sliders[inner.name] = slider
        self._shown[inner.name] = shown

    @property
    def is_wide(self) -> bool:
        return True

    def take_focus(self) -> None:
        first = self.pad or next(iter(self._sliders.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def value(self) -> object:
        given = {name: slider.value() for name, slider in self._sliders.items() if slider.value()}
        return given or None

    def set_value(self, value: object) -> None:
        values = value if isinstance(value, dict) else {}
        self._setting = True
        for name, slider in self._sliders.items():
            given = values.get(name, 0)
            number = isinstance(given, int | float) and not isinstance(given, bool)
            slider.setValue(round(given) if number else 0)
        self._setting = False
        self._show()

    def _clear(self) -> None:
        self.set_value(None)
        self._tell()

    def _pad_moved(self, x: float, y: float) -> None:
        if self._pair is None:
            return
        self._setting = True
        for name, number in zip(self._pair, (x, y), strict=True):
            self._sliders[name].setValue(round(number))
        self._setting = False
        self._slid()

    def _slid(self) -> None:
        if self._setting:
            return
        self._show()
        self._tell()

    def _show(self) -> None:
        for name, slider in self._sliders.items():
            number = slider.value()
            self._shown[name].setText(f"+{number}" if number > 0 else f"−{-number}" if number else "0")
        if self.pad is not None and self._pair is not None:
            self.pad.set_values(*(float(self._sliders[name].value()) for name in self._pair))
        self._reset.setEnabled(self.value() is not None)
