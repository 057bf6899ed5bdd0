"""What a media file holds, without trusting it: the demuxer is chosen by content, and one frame must decode."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
import av.error
from av.container import InputContainer

from studio.media.errors import MediaTooLargeError, NotMediaError, TruncatedMediaError
from studio.media.pictures import probe_picture
from studio.media.sniffing import sniff_file

Kind = Literal["image", "video", "audio"]

# The demuxer is named for each kind: a guess could end at one that opens other files (playlists, concatenations).
_DEMUXERS: dict[str, str] = {
    "video/mp4": "mov", "video/quicktime": "mov", "audio/mp4": "mov",
    "video/webm": "matroska", "video/x-matroska": "matroska",
    "audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg", "audio/flac": "flac", "audio/aac": "aac",
}
MAX_VIDEO_PIXELS = 8192 * 8192
# How many broken packets are passed over before a file counts as damaged.
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file is. Sizes in pixels, as it is to be seen; `duration_s` in seconds, None where the file does not say."""

    kind: Kind
    mime: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    has_audio: bool = False


def probe(path: Path | str) -> MediaInfo:
    """What a picture, video or sound file holds.

    Raises NotMediaError, TruncatedMediaError or MediaTooLargeError (all MediaError); FileNotFoundError as usual.
    """
    path = Path(path)
    mime = sniff_file(path)
    if mime.startswith("image/"):
        picture = probe_picture(path)
        return MediaInfo("image", mime, picture.width, picture.height)
    try:
        with open_container(path, mime) as container:
            return _read_streams(container, path, mime)
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise _damaged(path) from error


def first_rotation(path: Path) -> int:
    """By how many degrees a video's frames are to be turned counterclockwise to stand upright: 0, 90, 180 or 270.

    Raises as `probe` does.
    """
    with open_container(path) as container:
        frame = _first_frame(container, "video", path)
        return frame.rotation % 360 if isinstance(frame, av.VideoFrame) else 0


def open_container(path: Path, mime: str | None = None) -> InputContainer:
    """Open a video or sound file with the demuxer that its content calls for. The caller closes it."""
    mime = mime or sniff_file(path)
    demuxer = _DEMUXERS.get(mime)
    if demuxer is None:
        raise NotMediaError(f"“{path.name}” is no video or sound ({mime}). Choose another file.")
    try:
        return av.open(str(path), "r", format=demuxer, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise _damaged(path) from error


def _read_streams(container: InputContainer, path: Path, mime: str) -> MediaInfo:
    video = next((stream for stream in container.streams.video if not _is_cover(stream.disposition)), None)
    audio = next(iter(container.streams.audio), None)
    audio_codec = getattr(getattr(audio, "codec_context", None), "name", None)
    if video is None and audio is None:
        raise NotMediaError(f"“{path.name}” holds neither pictures nor sound. Choose another file.")
    if video is None:
        frame = _first_frame(container, "audio", path)
        seconds = float(container.duration / av.time_base) if container.duration else None
        return MediaInfo("audio", "audio/mp4" if mime == "video/mp4" else mime, duration_s=seconds, audio_codec=audio_codec,
                         has_audio=isinstance(frame, av.AudioFrame))
    codec = getattr(video, "codec_context", None)  # there is none for a codec that FFmpeg does not know
    if codec is None:
        raise _damaged(path)
    width, height = codec.width, codec.height
    if width * height > MAX_VIDEO_PIXELS:
        raise MediaTooLargeError(f"“{path.name}” is {width} × {height} pixels, more than can be read. Use a smaller copy.")
    frame = _first_frame(container, "video", path)
    if isinstance(frame, av.VideoFrame) and frame.rotation % 180 == 90:
        width, height = height, width
    if video.duration and video.time_base:
        seconds = float(video.duration * video.time_base)
    else:
        seconds = float(container.duration / av.time_base) if container.duration else None
    rate = video.average_rate or video.guessed_rate
    fps = float(rate) if rate else None
    return MediaInfo("video", mime, width, height, seconds, fps, codec.name, audio_codec, audio is not None)


def _first_frame(container: InputContainer, kind: Literal["video", "audio"], path: Path) -> av.VideoFrame | av.AudioFrame:
    """The first frame that decodes, so that a file with a good header and no good content is found out."""
    streams = container.streams.video if kind == "video" else container.streams.audio
    failed = 0
    for packet in container.demux(streams[0]):
        try:
            for frame in packet.decode():
                if isinstance(frame, (av.VideoFrame, av.AudioFrame)):
                    return frame
        except av.error.FFmpegError:
            failed += 1
            if failed > _PATIENCE:
                break
    raise _damaged(path)


def _is_cover(disposition: object) -> bool:
    """Sound files carry their cover as a video stream of one picture."""
    return "attached_pic" in str(disposition)


def _damaged(path: Path) -> TruncatedMediaError:
    return TruncatedMediaError(f"“{path.name}” is cut off or damaged. Copy or download it again, or choose another file.")
