"""What can follow an asset: the operations that take it, in the order in which a person is likely to want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.asset import Asset
from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Operation, Parameter

# By the kind of the asset: operations with the words for what they do with it. Whatever else takes it follows under its own
# title, so that what a service added since is offered too.
_WORDS: dict[MediaKind, dict[str, str]] = {
    MediaKind.VIDEO: {
        "video.upscale": "Upscale",
        "subtitles.generate": "Add subtitles",
        "lipsync.generate": "Lip sync with a narration",
        "soundfx.generate": "Make a sound for it",
        "sora2.video.extend": "Extend",
        "sora2.video.edit": "Edit",
        "sora2.video.remix": "Remix",
        "smartmotion.generate": "Move the camera",
        "video.generate": "Next scene",
        "sora2.character.create": "Make a character of it",
    },
    MediaKind.IMAGE: {
        "video.generate": "Make a video of it",
        "smartmotion.generate": "Set it in motion",
        "image.edit": "Edit",
        "style.transfer": "Draw it in another style",
        "image.generate": "New picture with it as a reference",
        "scene.compose": "Put it into a scene",
    },
    MediaKind.AUDIO: {
        "lipsync.generate": "Lip sync a clip with it",
        "video.generate": "Make a video with this sound",
    },
    MediaKind.PROMPT: {
        "image.generate": "Make a picture from it",
        "video.generate": "Make a video from it",
        "prompt.enhance.video": "Enhance it for a video",
        "prompt.enhance.image": "Enhance it for a picture",
        "prompt.enhance.variant": "Write a variant",
        "music.generate": "Make music from it",
        "soundfx.generate": "Make a sound from it",
    },
}
_TEXTS = ("prompt", "text")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`parameter` takes the asset; `title` says what comes of it."""

    operation: Operation
    parameter: Parameter
    title: str


def follow_ups(asset: Asset, operations: Sequence[Operation]) -> list[FollowUp]:
    """What `operations` can do with an asset. Those that nobody has words for come last, under their own titles."""
    words = _WORDS[asset.kind]
    order = list(words)
    found = [FollowUp(operation, parameter, words.get(operation.id, operation.title))
             for operation in operations if (parameter := taker(operation, asset.kind)) is not None]
    if asset.kind is MediaKind.PROMPT:
        found = [one for one in found if one.operation.id in words or one.operation.discovered]
    return sorted(found, key=lambda one: order.index(one.operation.id) if one.operation.id in order else len(order))


def taker(operation: Operation, kind: MediaKind) -> Parameter | None:
    """The parameter of an operation that takes what is of this kind: one that is required before others."""
    if kind is MediaKind.PROMPT:
        texts = [p for name in _TEXTS if (p := operation.parameter(name)) is not None and p.kind is ParameterKind.TEXT]
        return texts[0] if texts else None
    fitting = [p for p in operation.media_parameters if not p.advanced and (not p.accepts or kind in p.accepts)]
    return min(fitting, key=lambda p: not p.required, default=None)
