"""What the settings say of the queue: what it does when the window opens, and above what a job is asked about."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.costs.credits_box import CreditsBox
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import label


class QueueSettings(QWidget):
    """`start_chosen(on_start)` and `ask_chosen(credits or None)` at each change."""

    start_chosen = Signal(str)
    ask_chosen = Signal(object)

    def __init__(self, on_start: str, ask_above: float | None) -> None:
        super().__init__()
        words = self.tr("When Studio opens, jobs that wait")
        choices = (("run", self.tr("Go on")), ("paused", self.tr("Are held")), ("as_was", self.tr("As it was")))
        self.on_start = Segments(choices, name=words)
        self.on_start.setObjectName("onStart")
        self.on_start.set_value(on_start)
        self.on_start.chosen.connect(lambda value: self.start_chosen.emit(str(value)))
        ask = self.tr("Ask before one job costs more than (credits); an account can have a limit of its own")
        self.ask_above = CreditsBox("askAbove", ask, self.tr("Never ask"))
        self.ask_above.setKeyboardTracking(False)  # a number half typed is no limit
        self.ask_above.set_amount(ask_above)
        self.ask_above.valueChanged.connect(lambda _: self.ask_chosen.emit(self.ask_above.amount()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(words, "label", buddy=self.on_start))
        column.addWidget(self.on_start)
        column.addWidget(label(ask, "label", buddy=self.ask_above, wrap=True))
        column.addWidget(self.ask_above)
