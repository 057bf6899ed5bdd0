"""What plays: ties the one player to the picture or waveform above it and to the transport below, and has a copy made of
what cannot be decoded here."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind
from studio.ui.bridge import Bridge, plain_words
from studio.ui.viewer.copies import Copies
from studio.ui.viewer.play_range import PlayRange
from studio.ui.viewer.player import Player
from studio.ui.viewer.stage import Stage

if TYPE_CHECKING:
    from studio.app.core import Core

NO_FRAME_S = 1.5
"""A clip that has played so long without one frame cannot be decoded by Qt here."""
PLAYED = (MediaKind.VIDEO, MediaKind.AUDIO)


class Playback(QObject):
    """`changed` when another thing stands in the view, `failed` (words) when nothing can be played, `grabbed` (asset).

    `frames_shown` counts the frames of the clip that reached the view.
    """

    changed = Signal()
    failed = Signal(str)
    grabbed = Signal(object)

    def __init__(self, bridge: Bridge, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._stage = bridge, stage
        self.player = Player(self)
        self.asset: Asset | None = None
        self.frames_shown = 0
        self.failure = ""
        self.from_copy = False
        self._copies = Copies(bridge, self)
        self._has_making_bar = False
        self._connect()

    def _connect(self) -> None:
        player = self.player
        player.frame.connect(self._frame_arrived)
        player.moved.connect(self._moved)
        player.lengthKnown.connect(self._length_known)
        player.playing.connect(self._playing_changed)
        player.failed.connect(self._cannot_play)
        player.ended.connect(self._ended)
        player.silent.connect(self._silent)
        self._stage.video.pressed.connect(self.toggle)
        self._copies.progressed.connect(self._show_making)
        self._copies.made.connect(self._play_copy)
        self._copies.failed.connect(self._fail)

    def _use_transport(self) -> None:
        """The controls are made with the first clip or sound."""
        if self._stage.has_transport:
            return
        player, transport = self.player, self._stage.transport
        transport.playPressed.connect(self.toggle)
        transport.seeked.connect(self.seek)
        transport.loopChanged.connect(player.set_loop)
        transport.muteChanged.connect(player.set_muted)
        transport.speedChanged.connect(player.set_speed)
        transport.volumeChanged.connect(player.set_volume)
        transport.stepPressed.connect(self.step)
        transport.markPressed.connect(self.mark)
        transport.framePressed.connect(self.grab_frame)

    # -- what is shown ----------------

    def show(self, asset: Asset) -> None:
        """Stand at the beginning of a clip or sound. What played before was let go by `release`."""
        self._use_transport()
        self.asset = asset
        stage = self._stage
        if asset.kind is MediaKind.VIDEO:
            stage.video.show_asset(asset)
            stage.show_view(stage.video, stage.transport)
        else:
            if stage.sound.asset is None:
                stage.sound.seeked.connect(self.seek)
                stage.sound.pressed.connect(self.toggle)
            stage.sound.show_asset(asset)
            stage.show_view(stage.sound, stage.transport)
            self._ask_waveform(asset)
        stage.transport.set_moving(asset.kind is MediaKind.VIDEO)
        stage.transport.set_length(asset.duration_s or 0)
        known = self._copies.of(asset)
        if known is not None:
            self._load_copy(known)
        else:
            self.player.load(asset.path)

    def release(self) -> None:
        """Stop, and let go of the file and of whatever is made for it."""
        self.asset = None
        self.player.release()
        self._copies.cancel()
        self.frames_shown = 0
        self.failure = ""
        self.from_copy = False
        self._stage.video.clear()
        if self._stage.has_transport:
            transport = self._stage.transport
            transport.set_copy(False)
            transport.set_playing(False)
            transport.set_position(0)
            self._set_range(PlayRange())

    def let_go(self) -> None:
        """Close the file, which may be moved now; should it stay where it is, it can be played again."""
        if self.asset is not None and self.asset.kind in PLAYED:
            self.player.load(self._copies.of(self.asset) or self.asset.path)

    # -- playing ----------------

    def toggle(self) -> None:
        """Play or pause; from the beginning after the end."""
        if self.asset is not None and not self.failure and not self._copies.is_making:
            self.player.toggle()

    def pause(self) -> None:
        self.player.pause()

    def seek(self, seconds: float) -> None:
        if self.failure or self._copies.is_making:
            return
        self._stage.video.set_sign(False)
        self.player.seek(seconds)

    def step(self, ahead: bool) -> None:
        """One frame on or back, standing."""
        if self.asset is not None and self.asset.kind is MediaKind.VIDEO and not self.failure and not self._copies.is_making:
            self._stage.video.set_sign(False)
            self.player.step(ahead)

    def mark(self, which: str) -> None:
        """Repeat from here ("in"), up to here ("out"), or nothing any more ("clear")."""
        if self.asset is None:
            return
        here, now = self.player.range, self.player.frame_s if self.player.frames else self.player.position_s
        if which == "in":
            self._set_range(here.starting(now))
        elif which == "out":
            self._set_range(here.ending(now))
        else:
            self._set_range(PlayRange())

    def _set_range(self, wanted: PlayRange) -> None:
        self.player.set_range(wanted.start_s, wanted.end_s)
        self._stage.transport.set_play_range(wanted)
        if self.asset is not None and self.asset.kind is MediaKind.AUDIO:
            self._stage.sound.set_play_range(wanted)

    def change_speed(self, steps: int) -> None:
        """Faster or slower by one of the speeds that are offered."""
        self._stage.transport.nudge_speed(steps)

    def grab_frame(self) -> None:
        """Keep the frame that stands there as a picture of its own, made of the clip itself and not of a copy."""
        asset = self.asset
        if asset is None or asset.kind is not MediaKind.VIDEO:
            return
        at = self.player.frame_s if self.frames_shown else 0.0

        async def work(core: Core) -> Asset:
            return await core.gallery.grab_frame(asset.id, at)

        self._bridge.run(work, self._frame_kept, self._frame_not_kept)

    def _frame_kept(self, asset: Asset) -> None:
        self._stage.say(self.tr("The frame is in the gallery"))
        self.grabbed.emit(asset)

    def _frame_not_kept(self, error: BaseException) -> None:
        self._stage.say(plain_words(error))

    def _silent(self) -> None:
        self._stage.transport.set_silent()

    # -- what the player says ----------------

    def _frame_arrived(self, image: QImage) -> None:
        self.frames_shown += 1
        self._stage.video.show_frame(image)
        if self.frames_shown == 1:
            self.changed.emit()

    def _length_known(self, seconds: float) -> None:
        self._stage.transport.set_length(seconds)
        if self.asset is not None and self.asset.kind is MediaKind.AUDIO:
            self._stage.sound.set_length(seconds)

    def _playing_changed(self, playing: bool) -> None:
        self._stage.transport.set_playing(playing)
        self._stage.video.set_sign(not playing and self.frames_shown == 0)

    def _moved(self, seconds: float) -> None:
        asset = self.asset
        if asset is None:
            return
        self._stage.transport.set_position(seconds)
        if asset.kind is MediaKind.AUDIO:
            self._stage.sound.set_position(seconds)
        elif seconds > NO_FRAME_S and self.frames_shown == 0:
            self._miss_pictures()

    def _ended(self) -> None:
        self._stage.transport.set_playing(False)
        if self.frames_shown == 0 and self.asset is not None and self.asset.kind is MediaKind.VIDEO:
            self._miss_pictures()

    def _miss_pictures(self) -> None:
        """It plays and nothing is seen: its pictures cannot be decoded, or there are none."""
        if self.player.has_pictures:
            self._cannot_play(self.tr("Its video format is not one that plays here."))
        else:
            self._stage.video.set_sign(False)
            self._stage.say(self.tr("There is only sound in this file"), stays=True)

    # -- a copy that plays ----------------

    def _cannot_play(self, reason: str) -> None:
        """Try a copy, once; where there can be none, say why."""
        asset = self.asset
        if asset is None:
            return
        self.player.release()
        self._stage.transport.set_playing(False)
        self._stage.video.set_sign(False)
        if self.player.is_unavailable or self.from_copy or not asset.path.is_file():
            self._fail(reason)
            return
        if not self._has_making_bar:
            self._has_making_bar = True
            self._stage.making_bar.cancelPressed.connect(self._give_up)
        self._copies.make(asset)
        self._show_making(0.0)
        self._stage.bars.setCurrentWidget(self._stage.making_bar)
        self.changed.emit()

    def _show_making(self, share: float) -> None:
        self._stage.making_bar.say(share)

    def _play_copy(self, path: Path) -> None:
        self._stage.bars.setCurrentWidget(self._stage.transport)
        self._load_copy(path)
        self.player.play()

    def _load_copy(self, path: Path) -> None:
        self.from_copy = True
        self._stage.transport.set_copy(True)
        self._stage.say(self.tr("Plays from a copy: this format does not play here itself"))
        self.player.load(path)

    def _give_up(self) -> None:
        if self._copies.is_making:
            self._copies.cancel()
            self._fail(self.tr("Its video format is not one that plays here."))

    def _fail(self, reason: str) -> None:
        self.failure = reason
        self.failed.emit(reason)

    # -- a sound's waveform ----------------

    def _ask_waveform(self, asset: Asset) -> None:
        async def work(core: Core) -> tuple[str, list[tuple[float, float]]]:
            import asyncio

            from studio.ui.viewer.sound import read_peaks

            path = await core.gallery.waveform(asset)
            return asset.id, [] if path is None else await asyncio.to_thread(read_peaks, path)

        self._bridge.run(work, self._waveform_arrived, partial(self._no_waveform, asset.id))

    def _no_waveform(self, asset_id: str, _error: BaseException) -> None:
        self._waveform_arrived((asset_id, []))

    def _waveform_arrived(self, answer: tuple[str, list[tuple[float, float]]]) -> None:
        asset_id, peaks = answer
        if self.asset is None or self.asset.id != asset_id:
            return
        if peaks:
            self._stage.sound.show_peaks(peaks)
        else:
            self._stage.sound.set_note(self.tr("No waveform: its sound could not be read"))
