"""What all wire models share: requests are strict, answers are tolerant, and each field says where it is known from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from studio.contracts.rules import Rule

AspectRatio = Literal["16:9", "9:16", "1:1", "4:3", "3:4"]
MediaWord = Literal["image", "video", "audio"]
MediaUrl = Annotated[str, Field(min_length=1)]
LARGEST_SEED = 2147483647
MAX_PROMPT = 5000


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
    colour: bool = False,
    applies: Mapping[str, Sequence[Any]] | None = None,
    examples: list[Any] | None = None,
    **constraints: Any,
) -> Any:
    """A field of a request. What forms need beside JSON Schema travels in it under `x-` keys.

    `applies`: other fields with the values that make this one count ({"custom_mode": [True]}); a form asks for it only then.
    """
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
    if colour:
        extra["x-colour"] = True
    if applies:
        extra["x-applies"] = {name: list(values) for name, values in applies.items()}
    return Field(default, description=description, json_schema_extra=extra, examples=examples, **constraints)


def prompt_field(description: str, source: Source, *, label: str = "Prompt") -> Any:
    """A required text in the person's own words, with at least one character that shows."""
    return wire(..., description, source, label=label, multiline=True, pattern=r"\S", max_length=MAX_PROMPT)


def seed_field(what: str, source: Source) -> Any:
    """A seed that need not be given. `what` comes out the same with the same seed and settings."""
    return wire(None, f"The same seed and settings give the same {what}.", source, label="Seed", ge=0, le=LARGEST_SEED)


class RequestModel(BaseModel):
    """A body that we send: types as written, nothing unknown, numbers that JSON can say. `RULES`: between its fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    RULES: ClassVar[tuple[Rule, ...]] = ()

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        for rule in self.RULES:
            fault = rule.fault(values)
            if fault is not None:
                raise PydanticCustomError("rule", "{words}", {"field": fault[0], "words": fault[1]})
        return self

    def payload(self) -> dict[str, Any]:
        """The JSON body: only what was set, so that a service's own defaults stay its own."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def _either_casing(name: str) -> AliasChoices:
    """`plan_name`, or `planName`."""
    return AliasChoices(name, to_camel(name))


class AnswerModel(BaseModel):
    """A body that a service sent: unknown fields are kept, missing ones are None, an id may come as a number.

    Each field is taken in either casing: the services mix them, and the public samples do not always agree.
    """

    model_config = ConfigDict(
        extra="allow", frozen=True, coerce_numbers_to_str=True,
        alias_generator=AliasGenerator(validation_alias=_either_casing),
    )
