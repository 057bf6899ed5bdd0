"""The list of operations of each contract. Adding one: a model in its group's file and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.contracts.cannon.image import ImageGenerate as CannonImageGenerate
from studio.contracts.cannon.video import VideoGenerate as CannonVideoGenerate
from studio.contracts.canvas.image import ImageGenerate as CanvasImageGenerate
from studio.contracts.canvas.video import VideoGenerate as CanvasVideoGenerate
from studio.contracts.wire import RequestModel

Contract = Literal["cannon", "canvas"]
ResultWord = Literal["image", "video", "audio", "prompt"]


@dataclass(frozen=True, slots=True)
class WireOperation:
    """One operation of a contract. `engine_omits`: fields that the local engine refuses, with a reason, not ignores.

    `engine_only`: fields that only the local engine has.
    """

    id: str
    title: str
    result: ResultWord
    contract: Contract
    model: type[RequestModel]
    engine_omits: frozenset[str] = frozenset()
    engine_only: frozenset[str] = frozenset()


CANNON: tuple[WireOperation, ...] = (
    WireOperation(
        "video.generate", "Generate Video", "video", "cannon", CannonVideoGenerate,
        engine_omits=CannonVideoGenerate.ENGINE_OMITS, engine_only=frozenset({"audio"}),
    ),
    WireOperation(
        "image.generate", "Generate Image", "image", "cannon", CannonImageGenerate,
        engine_omits=CannonImageGenerate.ENGINE_OMITS, engine_only=frozenset({"seed"}),
    ),
)

CANVAS: tuple[WireOperation, ...] = (
    WireOperation(
        "video.generate", "Generate Video", "video", "canvas", CanvasVideoGenerate, engine_only=frozenset({"seed"})
    ),
    WireOperation(
        "image.generate", "Generate Image", "image", "canvas", CanvasImageGenerate, engine_only=frozenset({"seed"})
    ),
)

CANVAS_PATHS: dict[str, str] = {"video.generate": "/video/generate", "image.generate": "/image/generate"}
"""Paths below the base URL, which includes /v1."""


def find(contract: Contract, operation: str) -> WireOperation | None:
    """The operation with this id in this contract, or None."""
    return next((op for op in (CANNON if contract == "cannon" else CANVAS) if op.id == operation), None)
