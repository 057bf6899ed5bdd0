"""One media player for the whole viewer, made when something is first played and not before.

QtMultimedia may be missing (a system library is not there) or take long to start: nothing of it is imported or created until
the person presses Play. Frames come through a QVideoSink and are handed on as images.
"""

from __future__ import annotations

import logging
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QImage

from studio.ui.viewer.loudness import linear_volume
from studio.ui.viewer.play_range import PlayRange
from studio.ui.viewer.standing import StandingFrame

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoFrame, QVideoSink

log = logging.getLogger(__name__)

STUCK_MS = 250


class Player(QObject):
    """`frame` (QImage), `moved` and `lengthKnown` (seconds), `playing` (bool), `ended`, `failed` (words), `silent`."""

    frame = Signal(QImage)
    moved = Signal(float)
    lengthKnown = Signal(float)  # noqa: N815  # Qt's spelling
    playing = Signal(bool)
    ended = Signal()
    failed = Signal(str)
    silent = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player: QMediaPlayer | None = None
        self._sink: QVideoSink | None = None
        self._audio: QAudioOutput | None = None
        self._path: Path | None = None
        self._wants_play = False
        self._seek_s: float | None = None
        self._muted = False
        self._volume = 1.0
        self._loop = False
        self._speed = 1.0
        self._not_before = 0.0
        self._standing = StandingFrame()
        self.range = PlayRange()
        self._watch = QTimer(self, interval=20)  # sound alone tells its position far too seldom to turn back at a mark
        self._watch.timeout.connect(self._turn_back)
        self._stuck = QTimer(self, singleShot=True, interval=STUCK_MS)
        self._stuck.timeout.connect(self._end_if_stuck)
        self.frames = 0
        self.is_unavailable = False  # nothing of QtMultimedia can be loaded on this computer

    # -- what the transport asks for ----------------

    def load(self, path: Path) -> None:
        """Remember what to play. What played before is let go at once; nothing is opened yet."""
        self.release()
        self._path = path

    def release(self) -> None:
        """Stop and let go of the file, so that it can be moved or deleted (Windows locks a playing one)."""
        self._path = None
        self._wants_play = False
        self._seek_s = None
        self._standing.forget()
        self._watch.stop()
        self._stuck.stop()
        self.frames = 0
        if self._player is not None and not self._player.source().isEmpty():
            self._player.stop()
            self._player.setSource(QUrl())

    def play(self) -> None:
        """Start, or go on. Creates the player the first time."""
        if not self._open():
            return
        self._wants_play = True
        self._standing.plays()
        if self.range.is_over(self.position_s):
            self.seek(self.range.start_s or 0.0)
        self._player_or_fail().play()
        self._watch_range()

    def pause(self) -> None:
        self._wants_play = False
        if self._player is not None and not self._player.source().isEmpty():
            self._player.pause()

    def toggle(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    @property
    def is_playing(self) -> bool:
        return self._player is not None and self._player.isPlaying()

    @property
    def position_s(self) -> float:
        return 0.0 if self._player is None else self._player.position() / 1000

    @property
    def frame_s(self) -> float:
        """When the frame that stands in the view begins, in seconds: what a grab of it names."""
        return self._standing.begin_us / 1e6 if self.frames else self.position_s

    @property
    def has_pictures(self) -> bool:
        """Whether the file that plays holds a film at all, decodable or not."""
        return self._player is not None and self._player.hasVideo()

    @property
    def is_open(self) -> bool:
        """Whether a file is held open."""
        return self._player is not None and not self._player.source().isEmpty()

    def seek(self, seconds: float) -> None:
        """Go there; before the first play the clip is opened and stands at that frame."""
        self._seek_s = max(0.0, seconds)
        if not self._open():
            return
        player = self._player_or_fail()
        if player.isSeekable() and player.duration() > 0:
            self._go(player)

    def _go(self, player: QMediaPlayer) -> None:
        """To the place that was asked for, and stand there. Each word to a standing backend may move it on by a frame: one
        is said, and none that is not needed."""
        if not self._wants_play:
            self._standing.seeks(self._seek_s or 0.0)
        if self._seek_s or player.position():
            player.setPosition(round((self._seek_s or 0.0) * 1000))
        self._seek_s = None
        if not self._wants_play and player.playbackState() != player.PlaybackState.PausedState:
            player.pause()

    def step(self, ahead: bool) -> None:
        """One frame on or back, by the frames' own times: right where their lengths vary too."""
        if self.is_playing:
            self.pause()
        if not (self.is_open and self.frames):
            self.seek(0.0)
            return
        last_ms = self._player_or_fail().duration() - 1
        self.seek(min(self._standing.neighbour_ms(ahead), max(0, last_ms)) / 1000)

    def set_range(self, start_s: float | None, end_s: float | None) -> None:
        """Play only between these, over and over; None for the clip's own beginning or end."""
        self.range = PlayRange(start_s, end_s)
        self._watch_range()

    def _watch_range(self) -> None:
        (self._watch.start if self.range.is_set and self.is_playing else self._watch.stop)()

    def _turn_back(self) -> None:
        if not self.is_playing:
            self._watch.stop()
        elif self.range.is_over(self.position_s):
            self._player_or_fail().setPosition(round((self.range.start_s or 0.0) * 1000))

    def set_volume(self, share: float) -> None:
        """From 0 to 1 as it is heard: half is half as loud."""
        self._volume = min(max(share, 0.0), 1.0)
        if self._audio is not None:
            self._audio.setVolume(linear_volume(self._volume))

    def set_muted(self, muted: bool) -> None:
        self._muted = muted
        if self._audio is not None:
            self._audio.setMuted(muted)

    def set_loop(self, loop: bool) -> None:
        self._loop = loop
        if self._player is not None:
            self._player.setLoops(-1 if loop else 1)

    def set_speed(self, speed: float) -> None:
        self._speed = speed
        if self._player is not None:
            self._player.setPlaybackRate(speed)

    # -- the player itself ----------------

    def _open(self) -> bool:
        """The player with the wanted file as its source. False (and `failed`) if that cannot be."""
        if self._path is None:
            return False
        if self._player is None and not self._create():
            return False
        player = self._player_or_fail()
        url = QUrl.fromLocalFile(str(self._path))
        if player.source() != url:
            player.setSource(url)
        return True

    def _player_or_fail(self) -> QMediaPlayer:
        if self._player is None:
            raise RuntimeError("the player is not open")
        return self._player

    def _create(self) -> bool:
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoSink
        except ImportError as error:
            log.warning("QtMultimedia cannot be loaded: %s", error)
            self.is_unavailable = True
            words = self.tr("Video and audio cannot be played here: a system library is missing ({0}).")
            self.failed.emit(words.format(error))
            return False
        player = QMediaPlayer(self)
        self._sink = QVideoSink(self)
        player.setVideoSink(self._sink)
        if not QMediaDevices.defaultAudioOutput().isNull():
            self._audio = QAudioOutput(self)
            self._audio.setMuted(self._muted)
            self._audio.setVolume(linear_volume(self._volume))
            player.setAudioOutput(self._audio)
        else:
            self.silent.emit()
        player.setLoops(-1 if self._loop else 1)
        player.setPlaybackRate(self._speed)
        self._sink.videoFrameChanged.connect(self._frame_arrived)
        player.positionChanged.connect(self._position_arrived)
        player.durationChanged.connect(self._length_arrived)
        player.playingChanged.connect(self.playing)
        player.errorOccurred.connect(self._went_wrong)
        player.mediaStatusChanged.connect(self._status_changed)
        self._player = player
        return True

    def _frame_arrived(self, frame: QVideoFrame) -> None:
        """Hand a frame on as an image. Converting may take most of a frame's time on a slow computer: then at most every
        second moment goes into it, and frames in between are left out."""
        start = perf_counter()
        if not frame.isValid() or (start < self._not_before and self.is_playing) or self._path is None:
            return
        if not self._standing.takes(frame.startTime(), frame.endTime()):
            return
        image = frame.toImage()
        spent = perf_counter() - start
        self._not_before = start + 2 * spent
        if image.isNull():
            return
        self.frames += 1
        self.frame.emit(image)

    def _position_arrived(self, ms: int) -> None:
        self.moved.emit(ms / 1000)
        if ms and ms >= self._player_or_fail().duration() - 5:
            self._stuck.start()

    def _end_if_stuck(self) -> None:
        """Without a sound device the backend does not notice that a sound has ended: it stands at its end as if playing."""
        player = self._player_or_fail()
        if not (self.is_playing and player.position() >= player.duration() - 5):
            return
        if self._loop or self.range.is_set:
            self.seek(self.range.start_s or 0.0)
            player.play()
            return
        player.stop()
        self._wants_play = False
        self.ended.emit()

    def _length_arrived(self, ms: int) -> None:
        if ms > 0:
            self.lengthKnown.emit(ms / 1000)

    def _went_wrong(self, _error: object, words: str) -> None:
        self._wants_play = False
        self._watch.stop()
        if self._path is not None:
            log.warning("cannot play %s: %s", self._path.name, words)
            self.failed.emit(words)

    def _status_changed(self, status: object) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        player = self._player_or_fail()
        ready = (QMediaPlayer.MediaStatus.LoadedMedia, QMediaPlayer.MediaStatus.BufferedMedia)
        if status in ready and self._seek_s is not None:
            self._go(player)
        if status == QMediaPlayer.MediaStatus.EndOfMedia:
            if self._wants_play and self.range.is_set:
                self.seek(self.range.start_s or 0.0)  # a range up to the clip's end
                player.play()
                return
            self._wants_play = False
            self.ended.emit()
