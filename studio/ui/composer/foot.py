"""The foot of the composer: what it will cost, and Generate."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from studio.domain.account import Account, Balance, Service
from studio.domain.ledger import FREE, Estimate
from studio.ui.composer.batch import BatchControls, times
from studio.ui.costs.words import estimate_short, estimate_tip, estimate_words
from studio.ui.theme.theme import Theme, interface_font
from studio.ui.theme.tokens import mix
from studio.ui.widgets.job_words import credits_spelt
from studio.ui.widgets.words import label, rule


class GenerateButton(QPushButton):
    """The one primary action, with its shortcut beside the word."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setText(self.tr("Generate"))
        self.setObjectName("generateButton")
        self.setProperty("kind", "primary")
        self.setAccessibleName(self.tr("Generate"))
        self.setAccessibleDescription(self.tr("Send this job. Ctrl+Enter does the same."))
        self.setToolTip(self.tr("Send this job (Ctrl+Enter)"))
        self._cost = ""
        self.setFixedHeight(theme.current.primary)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_words(self, words: str, tip: str) -> None:
        """What pressing it does; `tip` in a whole sentence."""
        self.setText(words)
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setAccessibleName(" · ".join(part for part in (words, self._cost) if part))
        self.update()

    def set_cost(self, words: str) -> None:
        """What it is thought to cost, beside the word; empty for what is free or not known."""
        if words == self._cost:
            return
        self._cost = words
        self.setAccessibleName(" · ".join(part for part in (self.text(), words) if part))
        self.update()

    def cost(self) -> str:
        return self._cost

    def paintEvent(self, event: QPaintEvent) -> None:
        # painted here and not by the style: two words in two sizes, and QStyle's enums cost 11 ms at the start
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = tokens.text if self.hasFocus() or (self.underMouse() and self.isEnabled()) else ""
        painter.setPen(QPen(QColor(ring), 2) if ring else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent if self.isEnabled() else tokens.surface3))
        inset = 1 if ring else 0
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, tokens.radius_box, tokens.radius_box)
        word_font = interface_font(tokens.font_primary, weight=QFont.Weight.DemiBold)
        hint_font = interface_font(tokens.font_small)
        hint = self._cost or self.tr("Ctrl ↵")
        word_width = QFontMetrics(word_font).horizontalAdvance(self.text())
        hint_width = QFontMetrics(hint_font).horizontalAdvance(hint)
        left = (self.width() - word_width - 8 - hint_width) // 2
        ink = tokens.on_accent if self.isEnabled() else tokens.dim
        middle = (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value
        self._word(painter, word_font, ink, QRect(left, 0, word_width + 2, self.height()), middle, self.text())
        paler = mix(tokens.accent, ink, 0.85) if self.isEnabled() else tokens.dim
        self._word(painter, hint_font, paler, QRect(left + word_width + 8, 0, hint_width + 2, self.height()), middle, hint)

    @staticmethod
    def _word(painter: QPainter, font: QFont, colour: str, box: QRect, flags: int, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(box, flags, text)


class Foot(QFrame):
    """Says what the job is thought to cost and how that is known, or that it is free, and what is left on the account."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("composerFoot")
        self._account: Account | None = None
        self._estimate: Estimate | None = None
        self._cost = label(self.tr("Starting…"), "label")
        self._cost.setObjectName("costLabel")
        self._left = label("", "label")
        self._left.setObjectName("balanceLabel")
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("composerError")
        self._error.hide()
        self.generate = GenerateButton(theme)
        self.generate.setEnabled(False)
        self.batch = BatchControls(theme)
        self._editing = False
        line = QHBoxLayout()
        line.addWidget(self._cost)
        line.addStretch()
        line.addWidget(self._left)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 12, 16, 16)
        inside.setSpacing(8)
        inside.addWidget(self._error)
        inside.addLayout(line)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.generate, 1)
        buttons.addWidget(self.batch)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rule())
        column.addLayout(inside)

    @property
    def account(self) -> Account | None:
        """Where jobs go."""
        return self._account

    def set_count(self, count: int) -> None:
        """How many jobs one press makes."""
        self.batch.count.setValue(count)
        self._name_button()
        self._tell()

    def set_editing(self, editing: bool) -> None:
        """Whether a press saves a waiting job instead of making new ones."""
        self._editing = editing
        self.batch.setVisible(not editing)
        self.set_error("")
        self._name_button()
        self._tell()

    def _name_button(self) -> None:
        count = self.batch.count.value()
        if self._editing:
            self.generate.set_words(self.tr("Save"), self.tr("Save the waiting job (Ctrl+Enter)"))
        elif count > 1:
            words = self.tr("Generate {n}").format(n=count)
            self.generate.set_words(words, self.tr("Send {n} jobs with different seeds (Ctrl+Enter)").format(n=count))
        else:
            self.generate.set_words(self.tr("Generate"), self.tr("Send this job (Ctrl+Enter)"))

    def set_account(self, account: Account) -> None:
        self._account = account
        self._left.setText("")
        self._estimate = FREE if account.service is Service.LOCAL else None
        self._tell()

    def set_balance(self, balance: Balance) -> None:
        """What is left, as the service says it."""
        if balance.unlimited or balance.remaining is None:
            self._left.setText("")
            return
        self._left.setText(self.tr("{credits} left").format(credits=credits_spelt(balance.remaining)))

    def set_estimate(self, estimate: Estimate | None) -> None:
        """What the job is thought to cost as the form is now; None while that is looked up."""
        self._estimate = estimate
        self._tell()

    def cost_words(self) -> str:
        """What is said of the cost."""
        return self._cost.text()

    def set_ready(self, ready: bool) -> None:
        """Whether there is an operation to send."""
        self.generate.setEnabled(ready)
        self.batch.setEnabled(ready)
        self._tell()

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def _tell(self) -> None:
        if self._account is None:
            return
        if self._estimate is None:
            self._cost.setText("…")
            self.generate.set_cost("")
            return
        estimate = self._estimate if self._editing else times(self._estimate, self.batch.count.value()) or self._estimate
        self._cost.setText(estimate_words(estimate, self._account))
        self._cost.setToolTip(estimate_tip(estimate))
        self._cost.setAccessibleDescription(self._cost.toolTip())
        self.generate.set_cost(estimate_short(estimate))
