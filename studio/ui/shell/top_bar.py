"""The bar on top: mark, pages, search and commands, account, help, settings."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.ui.shell.account_chip import AccountChip
from studio.ui.shell.commands import CommandField
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool

_MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><linearGradient id="wash"
gradientUnits="userSpaceOnUse" x1="2" y1="0" x2="20" y2="22"><stop offset="0" stop-color="{run}"/><stop offset="0.5"
stop-color="{accent}"/><stop offset="1" stop-color="{ok}"/></linearGradient><rect width="22" height="22" rx="6"
fill="url(#wash)"/></svg>"""


class Mark(QWidget):
    """The product's mark: a soft square in its three colours.

    Drawn as SVG: QLinearGradient brings in the names of 169 gradients, which takes milliseconds at the start.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(22, 22))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        mark = _MARK.format(run=tokens.run, accent=tokens.accent, ok=tokens.ok)
        painter = QPainter(self)
        QSvgRenderer(QByteArray(mark.encode())).render(painter, QRectF(self.rect()))


class TopBar(QFrame):
    """`page_wanted(index)`, `settings_wanted()`, `help_wanted()`; the rest belongs to its parts."""

    page_wanted = Signal(int)
    settings_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(theme.current.top_bar)
        self._pages = QButtonGroup(self)
        self.field = CommandField(theme)
        self.chip = AccountChip(theme)
        self.panels = [
            tool("panel-left", self.tr("Show or hide the composer"), "toggleComposer", theme),
            tool("panel-right", self.tr("Show or hide the queue"), "toggleQueue", theme),
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(Mark(theme))
        row.addSpacing(6)
        names = ((self.tr("Create"), "pageCreate"), (self.tr("Gallery"), "pageGallery"), (self.tr("History"), "pageHistory"))
        for index, (words, name) in enumerate(names):
            row.addWidget(self._page(index, words, name))
        row.addStretch(1)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self.field, 4)
        row.addStretch(1)
        for button in self.panels:
            button.setCheckable(True)
            keeps = button.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)  # on other pages they are hidden, and the rest of the bar stays where it is
            button.setSizePolicy(keeps)
            row.addWidget(button)
        row.addWidget(self.chip)
        guide = push("?", "helpButton")
        guide.setAccessibleName(self.tr("Help"))
        guide.setToolTip(self.tr("Help (F1)"))
        guide.setFixedWidth(32)
        guide.setStyleSheet("padding: 0;")
        guide.clicked.connect(self.help_wanted)
        row.addWidget(guide)
        settings = push(self.tr("Settings"), "settingsButton")
        settings.setToolTip(self.tr("Settings (Ctrl+,)"))
        settings.clicked.connect(self.settings_wanted)
        row.addWidget(settings)
        self._pages.idClicked.connect(self.page_wanted)

    def show_page(self, index: int) -> None:
        """Mark a page as the one that is shown."""
        self._pages.button(index).setChecked(True)
        for button in self.panels:
            button.setVisible(index == 0)

    def _page(self, index: int, words: str, name: str) -> QPushButton:
        button = push(words, name, "page")
        button.setCheckable(True)
        button.setToolTip(f"{words} (Ctrl+{index + 1})")
        self._pages.addButton(button, index)
        return button
