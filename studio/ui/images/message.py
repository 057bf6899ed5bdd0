"""What stands where content would be: an icon, a heading, a sentence on what to do next, and buttons that do it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons
from studio.ui.widgets.words import ElidedLabel, label

WIDTH = 400


class MessageView(QWidget):
    """Empty, busy and failed states. Nothing moves when the words change: the block is centred and of one width."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = "image"
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        # in the middle: what became of a job with a long name stands at the end
        self._heading = ElidedLabel(role="heading", mode=Qt.TextElideMode.ElideMiddle)
        self._heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words = label("", "dim", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self._shown: tuple[QPushButton, ...] = ()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.current.sm)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        block = QWidget(self)
        block.setFixedWidth(WIDTH)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current.sm)
        for widget in (self._icon, self._heading, self._words, self.progress):
            column.addWidget(widget)
        column.addSpacing(theme.current.sm)
        column.addLayout(self._buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(block, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._draw_icon)

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def words(self) -> str:
        return self._words.text()

    def say(self, icon: str, heading: str, words: str, buttons: tuple[QPushButton, ...] = (), *,
            progress: float | None = None, busy: bool = False) -> None:
        """Show this. `progress` from 0 to 1; `busy` without a progress shows a moving bar."""
        self._icon_name = icon
        self._draw_icon()
        self._heading.setText(heading)
        self._words.setText(words)
        self._words.setFixedHeight(max(1, self._words.heightForWidth(WIDTH)))
        self.setAccessibleName(f"{heading}. {words}")
        self.progress.setVisible(busy or progress is not None)
        self.progress.setMaximum(1000 if progress is not None else 0)
        if progress is not None:
            self.progress.setValue(round(progress * 1000))
        self._replace_buttons(buttons)

    def _replace_buttons(self, buttons: tuple[QPushButton, ...]) -> None:
        if self._shown == buttons:
            return
        for old in self._shown:
            self._buttons.removeWidget(old)
            old.hide()
        for button in buttons:
            self._buttons.addWidget(button)
            button.show()
        self._shown = buttons

    def _draw_icon(self) -> None:
        self._icon.setPixmap(icons.pixmap(self._icon_name, self._theme.current.faint, 32, self.devicePixelRatioF()))
