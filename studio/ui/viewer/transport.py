"""The controls of a clip or a sound: play, single frames, position, the range to repeat, speed, volume.

Where it is narrow the rarer ones go; keys and the viewer's menu have them all the same."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from studio.ui.images.captions import clock_words
from studio.ui.theme.theme import Theme
from studio.ui.viewer.play_range import PlayRange
from studio.ui.viewer.seek_slider import SeekSlider
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.icons import icon
from studio.ui.widgets.words import label

NOTE_WIDTH, VOLUME_WIDTH, MARKS_WIDTH, STEPS_WIDTH = 820, 720, 620, 500
"""Pixels that the transport needs for words beside its controls, the volume's slider, the marks, and single frames."""
SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


class Transport(QWidget):
    """Says what the person wants; what is playing is told to it."""

    playPressed = Signal()  # noqa: N815  # Qt's spelling
    seeked = Signal(float)
    loopChanged = Signal(bool)  # noqa: N815
    muteChanged = Signal(bool)  # noqa: N815
    speedChanged = Signal(float)  # noqa: N815
    volumeChanged = Signal(float)  # noqa: N815  # 0 to 1
    stepPressed = Signal(bool)  # noqa: N815  # ahead
    markPressed = Signal(str)  # noqa: N815  # in, out
    framePressed = Signal()  # noqa: N815

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._theme = theme
        self._is_playing = False
        self._is_silent = self._is_copy = False
        self._speed = 1.0
        self._speeds: list[QAction] = []
        self.play_button = tool("play", self.tr("Play (Space)"), "playButton", theme, size=20)
        self.play_button.clicked.connect(self.playPressed)
        self._position = label(clock_words(0), "dim")
        self._position.setObjectName("positionLabel")
        self._length = label(clock_words(0), "dim")
        self._length.setObjectName("lengthLabel")
        for words in (self._position, self._length):
            words.setMinimumWidth(words.fontMetrics().horizontalAdvance("00:00.0"))
        self._length.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = SeekSlider(theme)
        self.slider.setAccessibleName(self.tr("Playback position"))
        self.slider.valueChanged.connect(self._slid)
        self.back_button = tool("step-back", self.tr("One frame back (,)"), "stepBackButton", theme)
        self.back_button.clicked.connect(lambda: self.stepPressed.emit(False))
        self.ahead_button = tool("step-forward", self.tr("One frame on (.)"), "stepForwardButton", theme)
        self.ahead_button.clicked.connect(lambda: self.stepPressed.emit(True))
        self.in_button = tool("mark-in", self.tr("Repeat from here (I)"), "markInButton", theme)
        self.in_button.clicked.connect(lambda: self.markPressed.emit("in"))
        self.out_button = tool("mark-out", self.tr("Repeat up to here (O); X repeats nothing"), "markOutButton", theme)
        self.out_button.clicked.connect(lambda: self.markPressed.emit("out"))
        self.frame_button = tool("frame", self.tr("Keep this frame as a picture (G)"), "grabFrameButton", theme)
        self.frame_button.clicked.connect(self.framePressed)
        self.loop_button = tool("loop", self.tr("Loop (L)"), "loopButton", theme)
        self.loop_button.setCheckable(True)
        self.loop_button.toggled.connect(self._loop_toggled)
        self.mute_button = tool("volume", self.tr("Mute (M)"), "muteButton", theme)
        self.mute_button.setCheckable(True)
        self.mute_button.toggled.connect(self._mute_toggled)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setObjectName("volumeSlider")
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setToolTip(self.tr("Volume (Up and Down)"))
        self.volume.setRange(0, 100)
        self.volume.setValue(100)
        self.volume.setFixedWidth(72)
        self.volume.valueChanged.connect(self._volume_moved)
        self.speed_button = self._speed_button()
        self.note = label("", "label")
        self.note.setObjectName("transportNote")
        self._moving = True  # pictures: single frames can be stepped through and kept
        self._lay_out()
        theme.changed.connect(self._draw_icons)  # after the buttons' own, which know one icon each
        self._draw_icons()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.current.sm)
        before: tuple[QWidget, ...] = (self.back_button, self.play_button, self.ahead_button, self._position)
        after: tuple[QWidget, ...] = (
            self._length, self.note, self.in_button, self.out_button, self.loop_button, self.speed_button,
            self.frame_button, self.mute_button, self.volume,
        )
        for widget in before:
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        for widget in after:
            row.addWidget(widget)
        self.note.hide()
        self.volume.hide()
        self.in_button.hide()
        self.out_button.hide()

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
            self._speeds.append(action)
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
        self._is_silent = True
        self._show_note()
        self.volume.setEnabled(False)
        self.mute_button.setEnabled(False)
        self.mute_button.setToolTip(self.tr("No sound device"))
        self.mute_button.setAccessibleName(self.tr("Mute: there is no sound device"))

    def _show_note(self) -> None:
        """What is worth knowing of how it plays: short words, and the whole of it as their tooltip."""
        short, whole = [], []
        if self._is_copy:
            short.append(self.tr("Copy"))
            whole.append(self.tr("Its format does not play here: this is a copy of at most 1280 pixels."))
        if self._is_silent:
            short.append(self.tr("No sound device"))
            whole.append(self.tr("This computer has no sound device, so it plays silently."))
        self.note.setText(" · ".join(short))
        self.note.setToolTip(" ".join(whole))
        self.note.setAccessibleDescription(" ".join(whole))
        self._fit()

    def set_moving(self, moving: bool) -> None:
        """Whether there are frames to step through, or sound alone."""
        self._moving = moving
        self._fit()

    def set_play_range(self, play_range: PlayRange) -> None:
        """The part that is repeated, marked on the slider and said to who cannot see it."""
        self.slider.set_play_range(play_range)
        words = ""
        if play_range.is_set:
            end = self.slider.maximum() / 1000 if play_range.end_s is None else play_range.end_s
            words = self.tr("Repeats {0} to {1}").format(clock_words(play_range.start_s or 0.0), clock_words(end))
        self.slider.setAccessibleDescription(words)
        self.slider.setToolTip(words)

    def nudge_volume(self, steps: int) -> None:
        """Louder or quieter by 5 % a step."""
        if self.volume.isEnabled():
            self.volume.setValue(self.volume.value() + 5 * steps)

    def _fit(self) -> None:
        # where it is narrow the room belongs to the slider; the mute button's tooltip says the same as the note
        width = self.width()
        self.note.setVisible(bool(self.note.text()) and width >= NOTE_WIDTH)
        self.volume.setVisible(not self._is_silent and width >= VOLUME_WIDTH)
        for button in (self.in_button, self.out_button):
            button.setVisible(width >= MARKS_WIDTH)
        for button in (self.back_button, self.ahead_button, self.frame_button):
            button.setVisible(self._moving and width >= STEPS_WIDTH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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

    def _volume_moved(self, percent: int) -> None:
        if percent and self.mute_button.isChecked():
            self.mute_button.setChecked(False)
        self.volumeChanged.emit(percent / 100)

    def set_copy(self, copied: bool) -> None:
        """Whether what plays is a copy, made because the clip's own format does not play here."""
        self._is_copy = copied
        self._show_note()

    def nudge_speed(self, steps: int) -> None:
        """Faster or slower by so many of the speeds that are offered."""
        place = SPEEDS.index(self._speed) + steps
        if 0 <= place < len(SPEEDS):
            self._speeds[place].trigger()

    def _speed_chosen(self, speed: float) -> None:
        self._speed = speed
        self.speed_button.setText(f"{speed:g}×")
        self.speed_button.setAccessibleName(self.tr("Speed, {0}").format(f"{speed:g}×"))
        self.speedChanged.emit(speed)
