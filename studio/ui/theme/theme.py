"""The theme in use: which tokens hold, following the person's choice or the system, and whether things may move."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.ui.theme.style import palette, sheet
from studio.ui.theme.tokens import DARK, LIGHT, Tokens

MODES = ("dark", "light", "system")


class Theme(QObject):
    """Ask `current` when painting; repaint on `changed`. `mode` is "dark", "light" or "system".

    `styled`: the application was started in the style Fusion. (Setting it from Python loads what QStyle names: 10 ms.)
    """

    changed = Signal()

    def __init__(self, mode: str = "system", *, reduced_motion: bool = False, styled: bool = False,
                 parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = mode if mode in MODES else "system"
        self.reduced_motion = reduced_motion
        self._styled = styled
        self._prepared = self._applied = False
        self.current: Tokens = self._wanted()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._refresh)

    @property
    def mode(self) -> str:
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Take another mode; an unknown word counts as "system"."""
        self._mode = mode if mode in MODES else "system"
        self._refresh()

    def duration_ms(self, wanted: int = 150) -> int:
        """How long a movement takes: 120 to 180 ms, 0 with reduced motion."""
        return 0 if self.reduced_motion else wanted

    def prepare(self) -> None:
        """Put style, font and palette on the application: before any widget is made, as those made earlier do not follow
        the font, and each of them would take the palette by itself."""
        app = _application()
        if not self._styled:
            app.setStyle("Fusion")
        app.setFont(interface_font(self.current.font_body))
        app.setPalette(palette(self.current))
        self._prepared = True

    def apply(self) -> None:
        """Put all of it and the stylesheet on the application. Once at start; from then on changes follow by themselves."""
        if not self._prepared:
            self.prepare()
        self._applied = True
        _application().setStyleSheet(sheet(self.current))

    def _dress(self, app: QApplication) -> None:
        # taken off first: one stylesheet put over another costs four times as much; nothing is painted in between
        app.setStyleSheet("")
        app.setPalette(palette(self.current))
        app.setStyleSheet(sheet(self.current))

    def _wanted(self) -> Tokens:
        if self._mode == "system":
            # a system that does not say gets dark: pictures are judged against dark surroundings
            light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if self._mode == "light" else DARK

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is self.current:
            return
        self.current = wanted
        if self._applied:
            self._dress(_application())
        self.changed.emit()


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("the theme needs a QApplication")  # noqa: TRY004  # a missing application is a state, not a type
    return app


@cache
def _own_family() -> str | None:
    """Asked of the system once: the answer takes milliseconds."""
    return next((family for family in ("Inter", "Inter Variable") if QFontDatabase.hasFamily(family)), None)


def interface_font(pixels: int, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter when it is installed, else the system's interface font, with figures of equal width."""
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    family = _own_family()
    if family is not None:
        font.setFamily(family)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
