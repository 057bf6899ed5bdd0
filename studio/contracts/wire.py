"""What all wire models share: requests are strict, answers are tolerant, and each field says where it is known from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

AspectRatio = Literal["16:9", "9:16", "1:1", "4:3", "3:4"]
MediaWord = Literal["image", "video", "audio"]
MediaUrl = Annotated[str, Field(min_length=1)]


class Source(StrEnum):
    """Where a field is known from."""

    SEED = "seed"              # the service's own page that the product was asked for from
    DOCS = "docs"              # its public developer documentation
    EXAMPLE = "example"        # inferred from a published example
    THIRD_PARTY = "third-party"  # said by the provider behind the service
    OURS = "ours"              # our own choice: nothing is documented
    ENGINE = "engine"          # only the local engine has it


def wire(
    default: Any,
    description: str,
    source: Source,
    *,
    label: str | None = None,
    unit: str | None = None,
    media: tuple[MediaWord, ...] = (),
    advanced: bool = False,
    multiline: bool = False,
    examples: list[Any] | None = None,
    **constraints: Any,
) -> Any:
    """A field of a request. What forms need beside JSON Schema travels in it under `x-` keys."""
    extra: dict[str, Any] = {"x-source": source.value}
    if label:
        extra["x-label"] = label
    if unit:
        extra["x-unit"] = unit
    if media:
        extra["x-media"] = list(media)
    if advanced:
        extra["x-advanced"] = True
    if multiline:
        extra["x-multiline"] = True
    return Field(default, description=description, json_schema_extra=extra, examples=examples, **constraints)


class RequestModel(BaseModel):
    """A body that we send: types as written, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def payload(self) -> dict[str, Any]:
        """The JSON body: only what was set, so that a service's own defaults stay its own."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class AnswerModel(BaseModel):
    """A body that a service sent: unknown fields are kept, missing ones are None, an id may come as a number."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)
