"""The list of operations of each contract. Adding one: a model in its group's file and a line here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic.fields import FieldInfo

from studio.contracts import models
from studio.contracts.cannon import finishing, image, prompt, sora, sound, video
from studio.contracts.canvas import image as canvas_image
from studio.contracts.canvas import scene as canvas_scene
from studio.contracts.canvas import style as canvas_style
from studio.contracts.canvas import video as canvas_video
from studio.contracts.models import Model
from studio.contracts.wire import RequestModel, Source

Contract = Literal["cannon", "canvas"]
ResultWord = Literal["image", "video", "audio", "prompt"]


@dataclass(frozen=True, slots=True)
class WireOperation:
    """One operation of a contract. `engine_omits`: fields that the local engine refuses, with a reason, not ignores.

    `models`: those whose own limits are known. `source`: where the operation's id is known from.
    """

    id: str
    title: str
    result: ResultWord
    contract: Contract
    model: type[RequestModel]
    models: tuple[Model, ...] = ()
    source: Source = Source.DOCS
    engine_omits: frozenset[str] = frozenset()
    engine_only: frozenset[str] = field(init=False)
    """Fields that only the local engine has."""

    def __post_init__(self) -> None:
        fields = self.model.model_fields.items()
        only = frozenset(name for name, info in fields if source_of(info) == Source.ENGINE)
        object.__setattr__(self, "engine_only", only)


def source_of(info: FieldInfo) -> str:
    """Where a field of a request is known from: a word of `Source`."""
    extra = info.json_schema_extra
    return str(extra.get("x-source", "")) if isinstance(extra, dict) else ""


_OWN = Source.OURS

CANNON: tuple[WireOperation, ...] = (
    WireOperation("video.generate", "Generate Video", "video", "cannon", video.VideoGenerate, models.VIDEO,
                  engine_omits=video.VideoGenerate.ENGINE_OMITS),
    WireOperation("image.generate", "Generate Image", "image", "cannon", image.ImageGenerate, models.IMAGE,
                  engine_omits=image.ImageGenerate.ENGINE_OMITS),
    WireOperation("image.edit", "Edit Image", "image", "cannon", image.ImageEdit, models.IMAGE),
    WireOperation("sora2.character.video", "Generate Sora 2 Character Video", "video", "cannon", sora.CharacterVideo,
                  source=_OWN),
    WireOperation("sora2.character.create", "Create Sora 2 Character", "image", "cannon", sora.CharacterCreate, source=_OWN),
    WireOperation("prompt.enhance.video", "Enhance Video Prompt", "prompt", "cannon", prompt.EnhanceVideo),
    WireOperation("prompt.enhance.image", "Enhance Image Prompt", "prompt", "cannon", prompt.EnhanceImage),
    WireOperation("prompt.enhance.location", "Enhance Location Prompt", "prompt", "cannon", prompt.EnhanceLocation,
                  source=Source.EXAMPLE),
    WireOperation("prompt.enhance.variant", "Enhance Variant Prompt", "prompt", "cannon", prompt.EnhanceVariant),
    WireOperation("music.generate", "Generate Music", "audio", "cannon", sound.MusicGenerate, models.MUSIC,
                  engine_omits=frozenset({"persona_id", "audio_weight"})),
    WireOperation("narration.generate", "Generate Narration", "audio", "cannon", sound.NarrationGenerate),
    WireOperation("soundfx.generate", "Generate Sound Effects", "audio", "cannon", sound.SoundfxGenerate),
    WireOperation("lipsync.generate", "Generate Lip Sync", "video", "cannon", finishing.LipsyncGenerate),
    WireOperation("subtitles.generate", "Generate Subtitles", "video", "cannon", finishing.SubtitlesGenerate),
    WireOperation("smartmotion.generate", "Generate Smart Motion", "video", "cannon", finishing.SmartmotionGenerate),
    WireOperation("video.upscale", "Upscale Video", "video", "cannon", video.VideoUpscale, models.UPSCALE),
    WireOperation("sora2.video.edit", "Edit Sora 2 Video", "video", "cannon", sora.VideoEdit, models.SORA),
    WireOperation("sora2.video.extend", "Extend Sora 2 Video", "video", "cannon", sora.VideoExtend, models.SORA_EXTEND),
    WireOperation("sora2.video.remix", "Remix Sora 2 Video", "video", "cannon", sora.VideoRemix, models.SORA),
)

CANVAS: tuple[WireOperation, ...] = (
    WireOperation("video.generate", "Generate Video", "video", "canvas", canvas_video.VideoGenerate, source=Source.SEED),
    WireOperation("image.generate", "Generate Image", "image", "canvas", canvas_image.ImageGenerate, source=Source.SEED),
    WireOperation("scene.compose", "Compose Scene", "image", "canvas", canvas_scene.SceneCompose, source=Source.SEED),
    WireOperation("style.transfer", "Transfer Style", "image", "canvas", canvas_style.StyleTransfer, source=Source.SEED),
)

CANVAS_PATHS: dict[str, str] = {operation.id: f"/{operation.id.replace('.', '/')}" for operation in CANVAS}
"""Paths below the base URL, which includes /v1."""

LOCAL_EXTRAS: tuple[WireOperation, ...] = tuple(op for op in CANVAS if op.id in ("scene.compose", "style.transfer"))
"""What the account local takes from Canvas Labs' contract, beside all of Cannon Studio's."""

NOT_YET_LOCAL: frozenset[str] = frozenset()
"""Operations that no renderer of the local engine does yet: it does not list them, and answers that there is none."""


def find(contract: Contract, operation: str) -> WireOperation | None:
    """The operation with this id in this contract, or None."""
    return next((op for op in (CANNON if contract == "cannon" else CANVAS) if op.id == operation), None)


def at_engine(contract: Contract) -> tuple[WireOperation, ...]:
    """The contract's operations that the local engine does."""
    return tuple(op for op in (CANNON if contract == "cannon" else CANVAS) if op.id not in NOT_YET_LOCAL)
