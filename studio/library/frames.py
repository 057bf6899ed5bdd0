"""One frame of a video as a picture file: the frame that is on screen at a moment."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import InputError


def grab_frame(video: Path, at_s: float, target: Path) -> None:
    """Write the frame that is shown `at_s` seconds into a video as a PNG, upright; the last one where the video is shorter.
    Blocks.

    Raises InputError where no frame can be read; OSError.
    """
    import av.error

    from studio.media.errors import MediaError
    from studio.media.workers import workers

    try:
        workers().run(_write, video, max(0.0, at_s), target)
    except (MediaError, av.error.FFmpegError) as error:
        raise InputError(f"No frame of “{video.name}” can be read there.", code="no_frame",
                         advice="Choose another moment.") from error


def _write(video: Path, at_s: float, target: Path) -> None:
    import av

    from studio.media.errors import TruncatedMediaError
    from studio.media.posters import picture_of
    from studio.media.probe import open_container

    with open_container(video) as container:
        if not container.streams.video:
            raise TruncatedMediaError(f"“{video.name}” holds no pictures. Choose a video.")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        unit = float(stream.time_base or 1 / av.time_base)
        begins = (stream.start_time or 0) * unit
        container.seek(int((begins + at_s) / unit), stream=stream)  # to the key frame before
        shown = None
        for frame in container.decode(stream):
            if shown is not None and frame.time is not None and frame.time - begins > at_s + unit / 2:
                break
            shown = frame
        if shown is None:
            raise TruncatedMediaError(f"“{video.name}” holds no frame that can be shown. Copy or download it again.")
        picture_of(shown).save(target, format="PNG", compress_level=3)
