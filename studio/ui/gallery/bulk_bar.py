"""What can be done with several assets at once, at the foot of the gallery while several are selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import follow_icon, push, tool
from studio.ui.widgets.words import counted, label


class BulkBar(QFrame):
    """Floats over the foot of `page`, so that nothing moves when it comes and goes. A signal for each thing to do, with the
    button that asks for it, so that a menu can open there."""

    starWanted = Signal()  # noqa: N815  # Qt's spelling
    colourWanted = Signal(object)  # noqa: N815
    tagsWanted = Signal(object)  # noqa: N815
    collectWanted = Signal(object)  # noqa: N815
    exportWanted = Signal()  # noqa: N815
    trashWanted = Signal()  # noqa: N815
    closed = Signal()

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self.setObjectName("bulkBar")
        self.setAccessibleName(self.tr("Selected assets"))
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._page = page
        self._words = label("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(theme.current.xs)
        row.addWidget(self._words)
        row.addSpacing(theme.current.sm)
        self.buttons = {
            "star": self._button("star", self.tr("Star"), "bulkStar", theme),
            "colour": self._button("spark", self.tr("Colour"), "bulkColour", theme),
            "tags": self._button("tag", self.tr("Tags"), "bulkTags", theme),
            "collect": self._button("collection", self.tr("Collect"), "bulkCollect", theme),
            "export": self._button("upload", self.tr("Export…"), "bulkExport", theme),
            "trash": self._button("trash", self.tr("Trash"), "bulkTrash", theme),
        }
        for button in self.buttons.values():
            row.addWidget(button)
        close = tool("close", self.tr("Select nothing"), "bulkClose", theme, size=14)
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self.buttons["star"].clicked.connect(self.starWanted)
        self.buttons["colour"].clicked.connect(lambda: self.colourWanted.emit(self.buttons["colour"]))
        self.buttons["tags"].clicked.connect(lambda: self.tagsWanted.emit(self.buttons["tags"]))
        self.buttons["collect"].clicked.connect(lambda: self.collectWanted.emit(self.buttons["collect"]))
        self.buttons["export"].clicked.connect(self.exportWanted)
        self.buttons["trash"].clicked.connect(self.trashWanted)
        page.installEventFilter(self)
        self.hide()

    def _button(self, icon: str, words: str, name: str, theme: Theme) -> QPushButton:
        button = push(words, name, "ghost")
        follow_icon(button, icon, theme)
        return button

    @property
    def words(self) -> str:
        return self._words.text()

    def show_count(self, count: int, pending: int = 0) -> None:
        """So many are selected; `pending`: so many are still being looked up, and nothing can be done until then."""
        self._words.setText(
            self.tr("Selecting {n}…").format(n=f"{pending:,}") if pending
            else counted(count, self.tr("1 selected"), self.tr("{n} selected"))
        )
        for button in self.buttons.values():
            button.setEnabled(not pending)
        self.setVisible(count > 1 or bool(pending))
        if self.isVisible():
            self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()  # a selection may have come back before the page was shown

    def _place(self) -> None:
        self.adjustSize()
        self.raise_()
        page = self._page
        self.move((page.width() - self.width()) // 2, page.height() - self.height() - 20)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._page:
            self._place()
        return False
