"""Which tab of the composer an operation stands under. Those that nobody placed go by the kind of their result."""

from __future__ import annotations

from enum import StrEnum

from studio.domain.kinds import MediaKind


class Group(StrEnum):
    """In the order of the tabs."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    PROMPT = "prompt"
    FINISH = "finish"


_PLACED = {
    "sora2.character.create": Group.VIDEO,  # made from a clip, for clips
    "smartmotion.generate": Group.FINISH,
    "lipsync.generate": Group.FINISH,
    "subtitles.generate": Group.FINISH,
    "video.upscale": Group.FINISH,
}
_BY_KIND = {
    MediaKind.IMAGE: Group.IMAGE,
    MediaKind.VIDEO: Group.VIDEO,
    MediaKind.AUDIO: Group.AUDIO,
    MediaKind.PROMPT: Group.PROMPT,
}


def group_of(operation_id: str, kind: MediaKind) -> Group:
    """The tab for an operation of a result of this kind."""
    return _PLACED.get(operation_id) or _BY_KIND[kind]
