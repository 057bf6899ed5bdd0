"""A colour as "#RRGGBB": a button that shows it and opens the system's chooser, and a line to type or paste it into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QWidget

from studio.domain.operation import Parameter
from studio.ui.composer.field import Field
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QColorDialog

_HEX = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


def as_hex(text: str) -> str | None:
    """ "#RRGGBB" for a colour written with or without its #, in six digits or three; None for anything else."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match.group(1)
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)).upper()


class Swatch(QAbstractButton):
    """A square in its colour; crossed out where there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.colour: str | None = None
        self.setFixedSize(32, 32)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def show_colour(self, colour: str | None) -> None:
        self.colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(32, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.line), width))
        painter.setBrush(QColor(tokens.surface3 if self.underMouse() else tokens.surface2))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), tokens.radius, tokens.radius)
        inside = QRectF(self.rect()).adjusted(7, 7, -7, -7)
        painter.setPen(QPen(QColor(tokens.faint), 1))
        painter.setBrush(QColor(self.colour) if self.colour else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inside, 4, 4)
        if not self.colour:
            painter.drawLine(inside.bottomLeft(), inside.topRight())


class ColourField(Field):
    """Empty: the service's own colour."""

    def __init__(self, parameter: Parameter, theme: Theme, name: str = "") -> None:
        super().__init__(parameter, name)
        self._dialog: QColorDialog | None = None
        self._edit = QLineEdit()
        self._edit.setMaxLength(16)
        self._edit.setAcceptDrops(False)
        known = next((one for one in parameter.suggestions if isinstance(one, str)), None)
        self._start = known or "#FFFFFF"
        self._edit.setPlaceholderText(QCoreApplication.translate("Field", "Auto"))
        self._swatch = Swatch(theme)
        self._swatch.setObjectName(f"swatch_{self.name}")
        words = QCoreApplication.translate("Field", "Choose a colour")
        self._swatch.setAccessibleName(f"{parameter.label}: {words}")
        self._swatch.setToolTip(words)
        self._swatch.clicked.connect(self.choose)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._swatch)
        line.addWidget(self._edit, 1)
        self._take(self._edit, row)
        self.reset()
        self._edit.textChanged.connect(self._typed)
        self._edit.editingFinished.connect(self._settle)

    def value(self) -> object:
        text = self._edit.text().strip()
        return (as_hex(text) or text) if text else None

    def set_value(self, value: object) -> None:
        self._edit.setText(value if isinstance(value, str) else "")
        self._swatch.show_colour(as_hex(self._edit.text()))

    def choose(self) -> None:
        """Open the chooser; the field follows it, and goes back where it is left by Cancel."""
        from PySide6.QtWidgets import QColorDialog  # not loaded before it is wanted

        before = self._edit.text()
        dialog = QColorDialog(QColor(as_hex(before) or self._start), self.window())
        dialog.setObjectName("colourDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(lambda colour: self._edit.setText(colour.name().upper()))
        dialog.rejected.connect(lambda: self._edit.setText(before))
        self._dialog = dialog
        dialog.open()

    def _typed(self) -> None:
        self._swatch.show_colour(as_hex(self._edit.text()))
        self._tell()

    def _settle(self) -> None:
        text = self._edit.text().strip()
        colour = as_hex(text)
        if colour is not None and colour != text:
            self._edit.setText(colour)
        elif text and colour is None:
            words = "A colour is a # and six digits, such as #FFCC00."
            self.set_error(QCoreApplication.translate("Field", words))
