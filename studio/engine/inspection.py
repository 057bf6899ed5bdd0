"""A first look at media from outside, in a worker process and under limits: nothing of them is opened by the server."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.limits import tight

if TYPE_CHECKING:
    from studio.media.probe import MediaInfo

LONGEST_S = 2 * 3600.0
MOST_FRAMES = 2 * 3600 * 60  # the longest at 60 frames a second: each of them will be drawn anew


def inspect(path: str) -> MediaInfo:
    """What a file is: a picture is decoded whole, of a video or a sound the header is read and a frame decoded.

    Raises MediaError in words for people, also for what would take too much memory. One that takes too long, or breaks a
    decoder, takes this process along: the caller is told by that.
    """
    from studio.media.errors import MediaTooLargeError
    from studio.media.pictures import opened
    from studio.media.probe import probe

    file = Path(path)
    try:
        with tight(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd about a file is nobody's business but the renderer's
            info = probe(file)
            if info.kind == "image":
                with opened(file) as (image, _):
                    image.load()
    except MemoryError:
        raise MediaTooLargeError(f"“{file.name}” takes more memory than there is for it. Use a smaller copy.") from None
    if info.duration_s is not None and info.duration_s > LONGEST_S:
        hours = round(LONGEST_S / 3600)
        raise MediaTooLargeError(f"“{file.name}” is longer than {hours} hours. Use a part of it.")
    if (info.duration_s or 0.0) * (info.fps or 0.0) > MOST_FRAMES:
        raise MediaTooLargeError(f"“{file.name}” has more than {MOST_FRAMES:,} frames. Use a part of it.")
    return info
