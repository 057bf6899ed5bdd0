"""The account in use: a dot in its colour, its name and what is left. A press opens the list to switch, and says more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QPushButton

from studio.domain.account import LOCAL, Account, Balance
from studio.ui.theme.theme import Theme
from studio.ui.widgets.job_words import credits_spelt, number_words

_MOST_WIDTH = 280
_MENU_WIDTH = 360


class AccountChip(QPushButton):
    """`switch_wanted(name)`, `add_wanted()`, `manage_wanted()`, `refresh_wanted()`. States: "ok", "warn", "bad".

    The dot has the account's own colour while all is well, else that of the state.
    """

    switch_wanted = Signal(str)
    add_wanted = Signal()
    manage_wanted = Signal()
    refresh_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("accountChip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._theme = theme
        self._account = LOCAL
        self._accounts: list[Account] = [LOCAL]
        self._left = self.tr("free")
        self._state = "ok"
        self._more = ""
        self._said: QAction | None = None
        self.clicked.connect(self.open_menu)
        theme.changed.connect(self.update)
        self._tell("")

    def show_account(self, account: Account, accounts: Sequence[Account]) -> None:
        """Show `account`, out of `accounts`; what is left is not known yet, except on this computer."""
        is_other = account.name != self._account.name
        self._account = account
        self._accounts = list(accounts)
        if is_other:
            self._left = self.tr("free") if account == LOCAL else ""
            self._state = "ok" if account == LOCAL else "warn"
            self._more = ""
        self._tell("")

    def show_balance(self, balance: Balance) -> None:
        """What the service said."""
        self._state = "ok"
        if balance.unlimited:
            self._left = self.tr("free")
        elif balance.remaining is not None:
            self._left = credits_spelt(balance.remaining)
        else:
            self._left = ""
        self._more = self._usage(balance)
        self._tell("")

    def show_trouble(self, words: str) -> None:
        """The service could not be asked, or refused the key."""
        self._state = "bad"
        self._more = words
        self._tell(words)

    def open_menu(self) -> QMenu:
        """The list of accounts under the chip."""
        from studio.ui.accounts.colours import blank_icon, dot_icon  # not before they are wanted

        blank = blank_icon()  # keeps all words of the menu in one line

        menu = QMenu(self)
        menu.setObjectName("accountMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for account in self._accounts:
            action = menu.addAction(dot_icon(account.colour, self._theme), account.title)
            action.setCheckable(True)
            action.setChecked(account.name == self._account.name)
            if action.isChecked():  # its dot stands where the tick would
                font = menu.font()
                font.setWeight(QFont.Weight.DemiBold)
                action.setFont(font)
                action.setText(self.tr("{account}  (in use)").format(account=account.title))
            action.triggered.connect(lambda _=False, name=account.name: self.switch_wanted.emit(name))
        menu.addSeparator()
        if self._account != LOCAL:
            self._said = menu.addAction(blank, "")
            self._said.triggered.connect(lambda _=False: self.manage_wanted.emit())
            self._show_more()
            menu.addAction(blank, self.tr("Refresh balance")).triggered.connect(lambda _=False: self.refresh_wanted.emit())
            menu.addSeparator()
            menu.aboutToHide.connect(self._forget_said)
            self.refresh_wanted.emit()  # what is read here shall be of now
        menu.addAction(blank, self.tr("Manage accounts…")).triggered.connect(lambda _=False: self.manage_wanted.emit())
        menu.addAction(blank, self.tr("Add account…")).triggered.connect(lambda _=False: self.add_wanted.emit())
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        return menu

    def _usage(self, balance: Balance) -> str:
        parts = [self._left] if self._left else []
        if balance.used_this_month is not None:
            parts.append(self.tr("{n} used this month").format(n=number_words(balance.used_this_month)))
        if balance.plan:
            parts.append(self.tr("{plan} plan").format(plan=balance.plan))
        return " · ".join(parts)

    def _show_more(self) -> None:
        """The line of the open menu about balance and usage."""
        if self._said is None:
            return
        words = self._more or self.tr("Asking the service…")
        self._said.setText(QFontMetrics(self.font()).elidedText(words, Qt.TextElideMode.ElideRight, _MENU_WIDTH))
        self._said.setToolTip(words)

    def _forget_said(self) -> None:
        self._said = None

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        name, left = metrics.horizontalAdvance(self._account.title), metrics.horizontalAdvance(self._left)
        width = 12 + 8 + 8 + name + (8 + left if self._left else 0) + 20
        return QSize(min(width, _MOST_WIDTH), 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 120), 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.line), width))
        painter.setBrush(QColor(tokens.surface3 if self.underMouse() else tokens.surface2))
        inset = width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, tokens.radius, tokens.radius)
        painter.setPen(Qt.PenStyle.NoPen)
        own = self._account.colour if self._state == "ok" else ""
        painter.setBrush(QColor(own or {"ok": tokens.ok, "warn": tokens.warn, "bad": tokens.bad}[self._state]))
        painter.drawEllipse(12, self.height() // 2 - 4, 8, 8)
        metrics = QFontMetrics(self.font())
        left_width = metrics.horizontalAdvance(self._left)
        room = self.width() - 28 - 14 - (left_width + 8 if self._left else 0)
        flags = (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value
        name = metrics.elidedText(self._account.title, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRect(28, 0, room, self.height()), flags, name)
        painter.setPen(QColor(tokens.dim))
        painter.drawText(QRect(self.width() - 14 - left_width, 0, left_width + 2, self.height()), flags, self._left)

    def _tell(self, trouble: str) -> None:
        words = " ".join(part for part in (self._account.title, self._left, trouble) if part)
        self.setAccessibleName(self.tr("Account: {words}").format(words=words))
        self.setToolTip(trouble or self._more or self.tr("Switch the account"))
        self._show_more()
        self.updateGeometry()
        self.update()
