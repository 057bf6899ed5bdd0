"""A video at a glance: small frames beside each other in one picture, which is shown part by part under the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from PIL import Image

from studio.media.errors import MediaTooLargeError, NotMediaError, TruncatedMediaError
from studio.media.posters import picture_of
from studio.media.probe import MAX_VIDEO_PIXELS, open_container

FRAMES = 10
FRAME_WIDTH = 160
_TALLEST = 640
_MOST_DECODED = 900
"""Frames of a short clip are all decoded, as it may have one key frame only; of a longer one the nearest key frames."""


def scrub_sheet(path: Path, out: Path) -> tuple[int, int]:
    """Write FRAMES frames of a video, evenly over its length, each FRAME_WIDTH pixels wide, as one JPEG; its size.

    Raises NotMediaError where the file has no pictures, TruncatedMediaError where none decodes, OSError.
    """
    try:
        with open_container(path) as container:
            if not container.streams.video:
                raise NotMediaError(f"“{path.name}” holds no pictures. Choose a video.")
            stream = container.streams.video[0]
            if stream.codec_context is None or stream.width * stream.height > MAX_VIDEO_PIXELS:
                raise MediaTooLargeError(f"“{path.name}” has more pixels than can be read. Use a smaller copy.")
            found = _small_frames(container, stream)
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise TruncatedMediaError(f"“{path.name}” is cut off or damaged. Copy or download it again.") from error
    if not found:
        raise TruncatedMediaError(f"“{path.name}” holds no frame that can be shown. Copy or download it again.")
    height = max(frame.height for frame in found.values())
    sheet = Image.new("RGB", (FRAMES * FRAME_WIDTH, height))
    for place in range(FRAMES):
        nearest = min(found, key=lambda known: abs(known - place))
        sheet.paste(found[nearest], (place * FRAME_WIDTH, 0))
    sheet.save(out, format="JPEG", quality=80)
    return sheet.size


def _small_frames(container: InputContainer, stream: av.VideoStream) -> dict[int, Image.Image]:
    """Small frames by place; places that do not decode are not there."""
    time_base = float(stream.time_base or 0) or 1 / av.time_base
    ticks = stream.duration or (container.duration or 0) / av.time_base / time_base
    seconds = float(ticks) * time_base
    count = stream.frames or seconds * float(stream.average_rate or 25)
    if not seconds or count > _MOST_DECODED:
        return _by_key_frames(container, stream, seconds, time_base)
    begin, places = (stream.start_time or 0) * time_base, iter(range(FRAMES))
    found: dict[int, Image.Image] = {}
    place: int | None = next(places)
    for number, frame in enumerate(_frames(container, stream)):
        while place is not None and (frame.time or 0.0) - begin >= _moment(place, seconds):
            found[place] = _small(frame)
            place = next(places, None)
        if place is None or number > _MOST_DECODED:
            break
        if not found:
            found[0] = _small(frame)
    return found


def _by_key_frames(
    container: InputContainer, stream: av.VideoStream, seconds: float, time_base: float
) -> dict[int, Image.Image]:
    found: dict[int, Image.Image] = {}
    stream.codec_context.skip_frame = "NONKEY"
    for place in range(FRAMES if seconds else 1):
        try:
            container.seek(int((_moment(place, seconds)) / time_base) + (stream.start_time or 0), stream=stream)
            frame = next(iter(container.decode(stream)), None)
        except av.error.FFmpegError:
            continue
        if isinstance(frame, av.VideoFrame):
            found[place] = _small(frame)
    return found


def _moment(place: int, seconds: float) -> float:
    return seconds * (place + 0.5) / FRAMES


def _frames(container: InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
    """Frames as far as they decode."""
    stream.thread_type = "AUTO"
    for packet in container.demux(stream):
        try:
            yield from (frame for frame in packet.decode() if isinstance(frame, av.VideoFrame))
        except av.error.FFmpegError:
            continue


def _small(frame: av.VideoFrame) -> Image.Image:
    """Reduced before it is turned and converted: most of the work would be for pixels that nobody sees."""
    turned = frame.rotation % 180 == 90
    across, along = (frame.height, frame.width) if turned else (frame.width, frame.height)
    height = max(1, min(_TALLEST, round(along * FRAME_WIDTH / across)))
    size = (height, FRAME_WIDTH) if turned else (FRAME_WIDTH, height)
    return picture_of(frame, size)
