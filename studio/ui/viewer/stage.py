"""The viewer's surface with the line of controls under it. As one widget it moves to the full screen and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.ui.theme.theme import Theme
from studio.ui.viewer.message_canvas import MessageCanvas
from studio.ui.viewer.picture import PictureView
from studio.ui.viewer.video import VideoView
from studio.ui.widgets.buttons import tool

if TYPE_CHECKING:
    from studio.ui.viewer.bars import FailureBar, MakingBar, PictureBar
    from studio.ui.viewer.prompt import PromptView
    from studio.ui.viewer.sound import SoundView
    from studio.ui.viewer.transport import Transport

BAR, BAR_WIDTH = 36, 140
"""The line of controls: always there, so that nothing jumps between a picture and a clip. Its height, its least width."""
SAID_MS = 4000
_SAID_STYLE = "background: rgba(9, 10, 13, 215); color: #FFFFFF; border-radius: 8px; padding: 6px 12px;"


class Stage(QWidget):
    """What is not shown at the start (most of it) is made when it is first wanted. What its bars want is told on:
    `usePressed`, `comparePressed` under a picture, `outsidePressed` under what cannot be shown."""

    usePressed = Signal()  # noqa: N815  # Qt's spelling
    comparePressed = Signal()  # noqa: N815
    outsidePressed = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.views = QStackedWidget(self)
        self.bars = QStackedWidget(self)
        self.message = MessageCanvas(theme)
        self.picture = PictureView(theme)
        self.video = VideoView(theme)
        self.no_bar = QWidget()
        self._picture_bar: PictureBar | None = None
        self._failure_bar: FailureBar | None = None
        self._making_bar: MakingBar | None = None
        self._transport: Transport | None = None
        self._prompt: PromptView | None = None
        self._sound: SoundView | None = None
        self._said: QLabel | None = None
        self.recipe_button = tool("info", self.tr("How it was made (D)"), "viewerRecipeButton", theme)
        self.recipe_button.setCheckable(True)
        self.full_button = tool("full-screen", self.tr("Full screen (F)"), "fullScreenButton", theme)
        self.more_button = tool("more", self.tr("More"), "viewerMoreButton", theme)
        self._lay_out()

    def _lay_out(self) -> None:
        tokens = self._theme.current
        for view in (self.message, self.picture, self.video):
            self.views.addWidget(view)
        self.bars.setFixedHeight(BAR)
        self.bars.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the widest bar sets no width for all
        self.bars.setMinimumWidth(BAR_WIDTH)
        self.bars.addWidget(self.no_bar)
        below = QHBoxLayout()
        below.setSpacing(tokens.xs)
        below.addWidget(self.bars, 1)
        below.addSpacing(tokens.xs)
        for button in (self.recipe_button, self.full_button, self.more_button):
            keeps = button.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)  # nothing jumps when a picture comes
            button.setSizePolicy(keeps)
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.lg, tokens.lg, tokens.lg, tokens.sm)
        column.setSpacing(tokens.sm)
        self.beside = QHBoxLayout()  # a panel may come to stand beside the views; the controls keep their width
        self.beside.setSpacing(tokens.sm)
        self.beside.addWidget(self.views, 1)
        column.addLayout(self.beside, 1)
        column.addLayout(below)

    # -- made when first wanted ----------------

    @property
    def picture_bar(self) -> PictureBar:
        if self._picture_bar is None:
            from studio.ui.viewer.bars import PictureBar

            bar, picture = PictureBar(self._theme), self.picture
            picture.zoomChanged.connect(bar.show_zoom)
            picture.detail.connect(bar.say)
            picture.histogramShown.connect(bar.histogram_button.setChecked)
            bar.fitPressed.connect(picture.fit)
            bar.actualPressed.connect(picture.actual_size)
            bar.zoomPressed.connect(picture.zoom_by)
            bar.turnPressed.connect(picture.turn)
            bar.histogramToggled.connect(picture.show_histogram)
            bar.comparePressed.connect(self.comparePressed)
            bar.usePressed.connect(self.usePressed)
            self.bars.addWidget(bar)
            self._picture_bar = bar
        return self._picture_bar

    @property
    def has_transport(self) -> bool:
        return self._transport is not None

    @property
    def transport(self) -> Transport:
        if self._transport is None:
            from studio.ui.viewer.transport import Transport

            self._transport = Transport(self._theme)
            self.bars.addWidget(self._transport)
        return self._transport

    @property
    def failure_bar(self) -> FailureBar:
        if self._failure_bar is None:
            from studio.ui.viewer.bars import FailureBar

            self._failure_bar = FailureBar()
            self._failure_bar.outsidePressed.connect(self.outsidePressed)
            self.bars.addWidget(self._failure_bar)
        return self._failure_bar

    @property
    def making_bar(self) -> MakingBar:
        if self._making_bar is None:
            from studio.ui.viewer.bars import MakingBar

            self._making_bar = MakingBar()
            self.bars.addWidget(self._making_bar)
        return self._making_bar

    @property
    def prompt(self) -> PromptView:
        if self._prompt is None:
            from studio.ui.viewer.prompt import PromptView

            self._prompt = PromptView(self._theme)
            self.views.addWidget(self._prompt)
        return self._prompt

    @property
    def sound(self) -> SoundView:
        if self._sound is None:
            from studio.ui.viewer.sound import SoundView

            self._sound = SoundView(self._theme)
            self.views.addWidget(self._sound)
        return self._sound

    # -- what is shown ----------------

    @property
    def plays(self) -> bool:
        """Whether the transport stands under the view: its keys hold."""
        return self._transport is not None and self.bars.currentWidget() is self._transport

    def show_view(self, view: QWidget, bar: QWidget) -> None:
        self.views.setCurrentWidget(view)
        self.bars.setCurrentWidget(bar)

    def add_view(self, view: QWidget, bar: QWidget) -> None:
        """A pair that is made later."""
        self.views.addWidget(view)
        self.bars.addWidget(bar)

    # -- a word in passing ----------------

    def say(self, words: str, *, stays: bool = False) -> None:
        """A line over the picture's lower edge, for some seconds or until the next one; "" takes it away."""
        if self._said is None:
            self._said = QLabel(self)
            self._said.setObjectName("viewerSaid")
            self._said.setStyleSheet(_SAID_STYLE)
            self._said.setWordWrap(True)
            self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._timer = QTimer(self, singleShot=True, interval=SAID_MS)
            self._timer.timeout.connect(self._said.hide)
        self._said.setText(words)
        self._said.setAccessibleName(words)
        self._said.setVisible(bool(words))
        self._place_said()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()

    @property
    def said(self) -> str:
        """The word in passing that stands there now."""
        return self._said.text() if self._said is not None and not self._said.isHidden() else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_said()

    def _place_said(self) -> None:
        if self._said is not None and self._said.text():
            wanted = self._said.fontMetrics().horizontalAdvance(self._said.text()) + 32
            width = min(wanted, max(80, self.views.width() - 32))
            self._said.setFixedSize(width, self._said.heightForWidth(width))
            area = self.views.geometry()
            self._said.move(area.center().x() - self._said.width() // 2, area.bottom() - self._said.height() - 16)
            self._said.raise_()
