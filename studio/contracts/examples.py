"""The smallest input that an operation takes, for documents and tests: what is required, with values that make sense."""

from __future__ import annotations

from typing import Any

from studio.contracts.operations import WireOperation
from studio.contracts.schema import input_schema

_TEXTS = {"prompt": "A lighthouse at dusk, waves against the rocks", "text": "Welcome to the studio.", "name": "Ada"}
_CHANGES = {"image.edit": "Warmer, and blur the background", "sora2.video.edit": "Black and white, with more contrast"}
"""Operations whose prompt says what to change, not what is seen."""
_MEDIA = {"image": "https://example.com/photo.jpg", "video": "https://example.com/clip.mp4",
          "audio": "https://example.com/speech.mp3"}


def example_input(operation: WireOperation) -> dict[str, Any]:
    """Taken by `check` on both sides."""
    schema = input_schema(operation, engine=True)
    values = {name: _value(name, schema["properties"][name]) for name in schema["required"]}
    return {**values, "prompt": _CHANGES[operation.id]} if operation.id in _CHANGES else values


def _value(name: str, field: dict[str, Any]) -> Any:
    if field.get("x-media"):
        url = _MEDIA[field["x-media"][0]]
        return [url] * field.get("minItems", 1) if field.get("type") == "array" else url
    if name in _TEXTS:
        return _TEXTS[name]
    return field["examples"][0]
