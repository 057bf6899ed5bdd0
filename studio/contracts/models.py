"""What single models behind an operation take, beside the operation's own limits: one table that checks, shows and narrows.

Only models whose wire name is known stand here; a model with another name is sent as it is, and the service judges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from studio.contracts.wire import Source


@dataclass(frozen=True, slots=True)
class Limit:
    """What a model takes for one field: one of `choices`, or a number (of a text its length) within the bounds."""

    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def fault(self, name: str, value: Any) -> str | None:
        """What is wrong with a value, as a clause after the model's title; None for one that is taken."""
        if self.choices and value not in self.choices:
            return f"takes {name} {_listed(self.choices)}"
        measured = len(value) if isinstance(value, str) else value
        unit = " characters of" if isinstance(value, str) else ""
        if self.minimum is not None and measured < self.minimum:
            return f"takes at least {_number(self.minimum)}{unit or ' for'} {name}"
        if self.maximum is not None and measured > self.maximum:
            return f"takes at most {_number(self.maximum)}{unit or ' for'} {name}"
        return None

    def schema(self, *, text: bool) -> dict[str, Any]:
        """The same as a JSON Schema."""
        low, high = ("minLength", "maxLength") if text else ("minimum", "maximum")
        found: dict[str, Any] = {"enum": list(self.choices)} if self.choices else {}
        if self.minimum is not None:
            found[low] = self.minimum
        if self.maximum is not None:
            found[high] = self.maximum
        return found


@dataclass(frozen=True, slots=True)
class Model:
    """`id` as on the wire. `source`: where its limits are known from."""

    id: str
    title: str
    limits: Mapping[str, Limit] = field(default_factory=dict)
    source: Source = Source.DOCS


_WAN = {
    "duration": Limit(minimum=2, maximum=15),
    "resolution": Limit(choices=("720p", "1080p")),
    "prompt": Limit(maximum=5000),
    "negative_prompt": Limit(maximum=500),
    "seed": Limit(minimum=0, maximum=2147483647),
}
_SORA_SECONDS = (4, 8, 12, 16, 20)
_SORA = {
    "duration": Limit(choices=_SORA_SECONDS),
    "aspect_ratio": Limit(choices=("16:9", "9:16")),
    "resolution": Limit(choices=("720p",)),
}
_SORA_PRO = {**_SORA, "resolution": Limit(choices=("720p", "1080p"))}

VIDEO = (
    Model("seedance2", "Seedance 2.0"),
    Model("wan27video", "Wan 2.7", _WAN, Source.THIRD_PARTY),
    Model("sora-2", "Sora 2", _SORA, Source.DOCS),
    Model("sora-2-pro", "Sora 2 Pro", _SORA_PRO, Source.DOCS),
)
SORA = tuple(model for model in VIDEO if model.id.startswith("sora-"))
SORA_EXTEND = tuple(replace(model, limits={name: limit for name, limit in model.limits.items() if name != "duration"})
                    for model in SORA)
"""For sora2.video.extend, which brings any duration to one that these models take."""
IMAGE = (Model("seedream5", "Seedream 5.0 Lite"), Model("gptimage2", "GPT Image 2"))
_MUSIC = ("V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5")
MUSIC = tuple(Model(name, name.replace("_", "."), source=Source.THIRD_PARTY) for name in _MUSIC)
UPSCALE = (Model("wavespeed", "WaveSpeed", source=Source.EXAMPLE),)


def fault(models: tuple[Model, ...], values: Mapping[str, Any]) -> tuple[str, str] | None:
    """(field, what is wrong with it) by the limits of the model that `values` names; None where all is taken."""
    chosen = next((model for model in models if model.id == values.get("model")), None)
    for name, limit in chosen.limits.items() if chosen is not None else ():
        value = values.get(name)
        words = None if value is None else limit.fault(name, value)
        if chosen is not None and words is not None:
            return name, f"{chosen.title} {words}."
    return None


def conditions(models: tuple[Model, ...], properties: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The limits as JSON Schema conditions, to stand beside the properties."""
    for model in models:
        limits = {
            name: limit.schema(text=properties[name].get("type") == "string" and not limit.choices)
            for name, limit in model.limits.items() if name in properties
        }
        if limits and "model" in properties:
            named = {"properties": {"model": {"const": model.id}}, "required": ["model"]}
            yield {"if": named, "then": {"properties": limits}}


def _listed(choices: tuple[Any, ...]) -> str:
    words = [str(choice) for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _number(value: float) -> str:
    return f"{value:g}" if value < 1e6 else str(int(value))
