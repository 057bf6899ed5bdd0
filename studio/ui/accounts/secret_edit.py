"""A line for a key or another secret: dots, with a button that shows it while it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy

from studio.ui.widgets.buttons import push


class SecretEdit(QLineEdit):
    """Its text is never written anywhere: no undo history is kept of it, nothing is completed, no method learns it."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint
        self.setInputMethodHints(hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase)
        self.setAcceptDrops(False)
        self.setMaxLength(4096)
        self.reveal: QPushButton = push(self.tr("Show"), f"{name}Show", "ghost")
        self.reveal.setCheckable(True)
        self.reveal.setAccessibleName(self.tr("Show {field}").format(field=words))
        self.reveal.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.reveal.setCursor(Qt.CursorShape.ArrowCursor)
        self.reveal.toggled.connect(self._show)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 3, 0)
        inside.addStretch()
        inside.addWidget(self.reveal)
        self.setTextMargins(0, 0, 56, 0)

    def secret(self) -> str:
        """What was typed or pasted, without the spaces and line breaks around it."""
        return self.text().strip()

    def forget(self) -> None:
        """Empty it and hide again what is typed next."""
        self.clear()
        self.reveal.setChecked(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.reveal.setChecked(False)  # who leaves the window does not leave the key open on the screen

    def _show(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.reveal.setText(self.tr("Hide") if shown else self.tr("Show"))
