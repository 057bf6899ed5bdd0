"""The controls of a clip or a sound: play, position, loop, speed, mute."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from studio.ui.images.captions import clock_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.icons import icon
from studio.ui.widgets.words import label

NOTE_WIDTH = 640
"""Pixels that the transport needs for words beside its controls."""
SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0)


class SeekSlider(QSlider):
    """A click goes there at once instead of one page on. Milliseconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("seekSlider")
        self.setSingleStep(1000)
        self.setPageStep(5000)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            from PySide6.QtWidgets import QStyle, QStyleOptionSlider  # their enums take 10 ms: not at the start

            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            if not handle.contains(event.position().toPoint()):
                room = max(1, self.width() - handle.width())
                at = round(event.position().x() - handle.width() / 2)
                value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room)
                self.setSliderPosition(value)
        super().mousePressEvent(event)


class Transport(QWidget):
    """Says what the person wants; what is playing is told to it."""

    playPressed = Signal()  # noqa: N815  # Qt's spelling
    seeked = Signal(float)
    loopChanged = Signal(bool)  # noqa: N815
    muteChanged = Signal(bool)  # noqa: N815
    speedChanged = Signal(float)  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._theme = theme
        self._is_playing = False
        self._is_silent = False
        self.play_button = tool("play", self.tr("Play (Space)"), "playButton", theme, size=20)
        self.play_button.clicked.connect(self.playPressed)
        self._position = label(clock_words(0), "dim")
        self._position.setObjectName("positionLabel")
        self._length = label(clock_words(0), "dim")
        self._length.setObjectName("lengthLabel")
        for words in (self._position, self._length):
            words.setMinimumWidth(words.fontMetrics().horizontalAdvance("00:00.0"))
        self._length.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = SeekSlider()
        self.slider.setAccessibleName(self.tr("Playback position"))
        self.slider.valueChanged.connect(self._slid)
        self.loop_button = tool("loop", self.tr("Loop (L)"), "loopButton", theme)
        self.loop_button.setCheckable(True)
        self.loop_button.toggled.connect(self._loop_toggled)
        self.mute_button = tool("volume", self.tr("Mute (M)"), "muteButton", theme)
        self.mute_button.setCheckable(True)
        self.mute_button.toggled.connect(self._mute_toggled)
        self.speed_button = self._speed_button()
        self.note = label("", "label")
        self.note.setObjectName("transportNote")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current.md)
        for widget in (self.play_button, self._position):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        for widget in (self._length, self.note, self.loop_button, self.speed_button, self.mute_button):
            row.addWidget(widget)
        self.note.hide()
        theme.changed.connect(self._draw_icons)  # after the buttons' own, which know one icon each
        self._draw_icons()

    def _speed_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("speedButton")
        button.setProperty("kind", "ghost")
        button.setText("1×")
        button.setToolTip(self.tr("Speed"))
        button.setAccessibleName(self.tr("Speed, 1×"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMinimumWidth(44)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(f"{speed:g}×", menu, checkable=True, checked=speed == 1.0)
            action.triggered.connect(lambda _=False, speed=speed: self._speed_chosen(speed))
            group.addAction(action)
            menu.addAction(action)
        button.setMenu(menu)
        return button

    def _draw_icons(self) -> None:
        tokens = self._theme.current
        self.play_button.setIcon(icon("pause" if self._is_playing else "play", tokens.text, tokens.faint))
        self.mute_button.setIcon(icon("mute" if self.mute_button.isChecked() else "volume", tokens.dim, tokens.faint))
        self.loop_button.setIcon(icon("loop", tokens.accent if self.loop_button.isChecked() else tokens.dim, tokens.faint))

    # -- what it is told ----------------

    def set_length(self, seconds: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, round(seconds * 1000)))
        self._length.setText(clock_words(seconds))

    def set_position(self, seconds: float) -> None:
        """Where it plays; not while the person drags the handle."""
        if self.slider.isSliderDown():
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(seconds * 1000))
        self._position.setText(clock_words(seconds))

    def set_playing(self, playing: bool) -> None:
        if playing == self._is_playing:
            return
        self._is_playing = playing
        words = self.tr("Pause (Space)") if playing else self.tr("Play (Space)")
        self.play_button.setToolTip(words)
        self.play_button.setAccessibleName(words)
        self._draw_icons()

    def set_silent(self) -> None:
        """There is no sound device: said in words, and there is nothing to mute."""
        self.note.setText(self.tr("No sound device"))
        self.note.setToolTip(self.tr("This computer has no sound device, so it plays silently"))
        self._is_silent = True
        self._fit_note()
        self.mute_button.setEnabled(False)
        self.mute_button.setToolTip(self.tr("No sound device"))
        self.mute_button.setAccessibleName(self.tr("Mute: there is no sound device"))

    def _fit_note(self) -> None:
        # where it is narrow the room belongs to the slider; the mute button's tooltip says the same
        self.note.setVisible(self._is_silent and self.width() >= NOTE_WIDTH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_note()

    # -- what the person does ----------------

    def _slid(self, ms: int) -> None:
        self._position.setText(clock_words(ms / 1000))
        self.seeked.emit(ms / 1000)

    def _loop_toggled(self, loop: bool) -> None:
        self._draw_icons()
        self.loopChanged.emit(loop)

    def _mute_toggled(self, muted: bool) -> None:
        self._draw_icons()
        self.muteChanged.emit(muted)

    def _speed_chosen(self, speed: float) -> None:
        self.speed_button.setText(f"{speed:g}×")
        self.speed_button.setAccessibleName(self.tr("Speed, {0}").format(f"{speed:g}×"))
        self.speedChanged.emit(speed)
