"""What may go wrong with a reference, said before it is sent: too small, of another shape, too long.

Nothing is refused here: the service decides, and a person may want exactly that.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.kinds import MediaKind
from studio.domain.reference import TakenMedia, ratio_of

FRAME_FIELDS = frozenset({"image_url", "end_image_url", "file_url"})
"""Pictures that become a frame of the result, so that their shape counts."""
LEAST_SIDE = 256
"""Pixels; of less a model sees little (measured in no contract: a courtesy, not a rule)."""
RATIO_SLACK = 0.03
_SHORT_SIDES = {"720p": 720, "1080p": 1080, "4k": 2160, "1K": 1024, "2K": 2048, "4K": 4096}
_MOST_ENLARGED = 2.0
_CLIP_SECONDS = {("sora2.character.create", "video_url"): (2.0, 4.0)}
"""By operation and field, as its help says."""


def warnings_of(operation: str, field: str, media: TakenMedia, values: Mapping[str, object]) -> tuple[str, ...]:
    """What is odd about `media` in `field` beside the form's other `values`, a sentence each, with what to do."""
    if media.kind is MediaKind.IMAGE:
        found = [_small(field, media, values), _shape(field, media, values)]
    else:
        found = [_length(operation, field, media, values)]
    return tuple(words for words in found if words)


def _small(field: str, media: TakenMedia, values: Mapping[str, object]) -> str:
    if not (media.width and media.height):
        return ""
    short = min(media.width, media.height)
    if short < LEAST_SIDE:
        return f"It is small ({media.measures} pixels): the result may look soft. Use a larger picture."
    wanted = _SHORT_SIDES.get(str(values.get("resolution")))
    if field in FRAME_FIELDS and wanted and wanted / short > _MOST_ENLARGED:
        times = f"{wanted / short:.1f}".removesuffix(".0")
        return f"It is enlarged {times} times for {values['resolution']}: the result may look soft. Use a larger picture."
    return ""


def _shape(field: str, media: TakenMedia, values: Mapping[str, object]) -> str:
    asked = values.get("aspect_ratio") or values.get("aspectRatio")
    wanted = ratio_of(asked)
    if field not in FRAME_FIELDS or wanted is None or not (media.width and media.height):
        return ""
    have = media.width / media.height
    if abs(have / wanted - 1) <= RATIO_SLACK:
        return ""
    return f"Its shape is not {asked}: edges will be cut off or added. Crop it to {asked} to decide which."


def _length(operation: str, field: str, media: TakenMedia, values: Mapping[str, object]) -> str:
    seconds = media.duration_s
    if not seconds:
        return ""
    low, high = _CLIP_SECONDS.get((operation, field), (0.0, float("inf")))
    if seconds > high + 0.05:
        return f"It lasts {seconds:.1f} s; at most {high:g} s are taken. Cut it to that length."
    if seconds < low - 0.05:
        return f"It lasts {seconds:.1f} s; at least {low:g} s are needed. Use a longer clip."
    wanted = values.get("duration")
    if media.kind is MediaKind.AUDIO and isinstance(wanted, int | float) and seconds > wanted + 0.5:
        return f"It lasts {seconds:.1f} s, the video {wanted:g} s: the rest is not heard."
    return ""
