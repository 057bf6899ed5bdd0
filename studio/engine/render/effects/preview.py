"""The clip with its new sound: the pictures copied as they are where the file type allows, else encoded again."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from studio.engine.render.sound.mastering import limit
from studio.engine.render.sound.noise import RATE
from studio.engine.render.sound.sound_files import read_sound
from studio.media.encode import VideoWriter
from studio.media.probe import open_container, probe

Samples = NDArray[np.float32]
_MP4_CODECS = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
_WEBM_CODECS = frozenset({"vp8"})
_EFFECT_SHARE, _OWN_SHARE = 1.0, 0.8
_CEILING_DB = -1.0
_FALLBACK_FPS = 25


def write_preview(clip: Path, effects: Samples, seconds: float, folder: Path,
                  check: Callable[[], None]) -> tuple[Path, bool]:
    """Write the clip with the effects mixed into its own sound; returns the file and whether its pictures were copied.

    MP4, or WebM for VP8. MediaError or FFmpegError where the clip cannot be read.
    """
    info = probe(clip)
    sound = mixed(clip, effects, seconds, has_audio=info.has_audio)
    if info.video_codec in _MP4_CODECS or info.video_codec in _WEBM_CODECS:
        webm = info.video_codec in _WEBM_CODECS
        out = folder / ("preview.webm" if webm else "preview.mp4")
        try:
            _copy(clip, out, sound, "libopus" if webm else "aac", check)
        except (av.error.FFmpegError, ValueError):
            out.unlink(missing_ok=True)  # a stream that this container does not take as it is
        else:
            return out, True
    out = folder / "preview.mp4"
    _encode_again(clip, out, sound, check)
    return out, False


def mixed(clip: Path, effects: Samples, seconds: float, *, has_audio: bool) -> Samples:
    """The effects with the clip's own sound under them, exactly as long as the clip."""
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    length = min(len(sound), len(effects))
    sound[:length] = effects[:length] * np.float32(_EFFECT_SHARE)
    if has_audio:
        try:
            own = read_sound(clip, seconds)
        except av.error.FFmpegError:
            own = np.zeros((0, 2), np.float32)  # a broken track is no reason to refuse a new one
        length = min(len(sound), len(own))
        sound[:length] += own[:length] * np.float32(_OWN_SHARE)
    return limit(sound, _CEILING_DB - 0.3)


def _copy(clip: Path, out: Path, sound: Samples, codec: str, check: Callable[[], None]) -> None:
    options = {"movflags": "+faststart"} if out.suffix == ".mp4" else {}
    with open_container(clip) as source, av.open(str(out), "w", options=options) as target:
        given = source.streams.video[0]
        video = target.add_stream_from_template(given)
        audio = cast(AudioStream, target.add_stream(codec, rate=RATE))
        audio.codec_context.layout = "stereo"
        audio.bit_rate = 192_000
        # Sound begins with the first picture: a clip's own zero may lie elsewhere.
        offset: int | None = None
        done = 0
        resampler = av.AudioResampler(format=audio.codec_context.format, layout="stereo", rate=RATE,
                                      frame_size=audio.codec_context.frame_size or 960)
        for packet in source.demux(given):
            check()
            if packet.dts is None or packet.size == 0:
                continue
            if offset is None:
                offset = given.start_time if given.start_time is not None else packet.pts or 0
            packet.dts -= offset
            if packet.pts is not None:
                packet.pts -= offset
            packet.stream = video
            time = float(packet.dts * packet.time_base)
            target.mux(packet)
            done = _feed(target, audio, resampler, sound, done, int((time + 1.0) * RATE))
        _feed(target, audio, resampler, sound, done, len(sound))
        for frame in resampler.resample(None):
            target.mux(audio.encode(frame))
        target.mux(audio.encode(None))


def _feed(target: av.container.OutputContainer, audio: AudioStream, resampler: av.AudioResampler, sound: Samples, done: int,
          until: int) -> int:
    """Encode sound up to a sample, in pieces of a second at most; returns where it stopped."""
    until = min(until, len(sound))
    while done < until:
        end = min(done + RATE, until)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[done:end].T), format="fltp", layout="stereo")
        block.sample_rate, block.pts, block.time_base = RATE, done, Fraction(1, RATE)
        for frame in resampler.resample(block):
            target.mux(audio.encode(frame))
        done = end
    return done


def _encode_again(clip: Path, out: Path, sound: Samples, check: Callable[[], None]) -> None:
    """Decode the pictures and write them as H.264 at the clip's own rate."""
    with open_container(clip) as source:
        stream = source.streams.video[0]
        rate = round(float(stream.average_rate or stream.guessed_rate or _FALLBACK_FPS))
        fps = min(max(rate, 1), 60)
        width, height = (max(2, side - side % 2) for side in (stream.codec_context.width, stream.codec_context.height))
        with VideoWriter(out, width, height, fps=fps, preset="faster", audio=sound, audio_rate=RATE) as writer:
            written, first = 0, None
            last: NDArray[np.uint8] | None = None
            for frame in source.decode(stream):
                check()
                time = float(frame.time or 0.0)
                first = time if first is None else first
                picture = np.asarray(frame.reformat(width, height, format="rgb24").to_ndarray(), np.uint8)
                while last is not None and written < round((time - first) * fps):
                    writer.write_rgb(last)
                    written += 1
                last = picture
            while last is not None and written < max(1, round(len(sound) / RATE * fps)):
                writer.write_rgb(last)
                written += 1
