"""OpenAPI documents as a service might send them."""

from __future__ import annotations

from typing import Any


def body(operation: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of one operation's create body."""
    given = {"type": "object", "properties": properties, **more.pop("of_input", {})}
    return {"type": "object", "properties": {"operation": {"const": operation}, "input": given},
            "required": ["operation", "input"], **more}


def document(*bodies: Any, **content: Any) -> dict[str, Any]:
    """A whole document with these bodies as alternatives."""
    schema = {"oneOf": list(bodies)} if bodies else {}
    media = {"application/json": {"schema": schema, **content}}
    return {"openapi": "3.1.0", "info": {"title": "A service", "version": "9"},
            "paths": {"/api/v1/requests": {"post": {"requestBody": {"content": media}, "responses": {}}}}}


LOCATION = body(
    "three_d.location.generate",
    {
        "prompt": {"type": "string", "description": "What the place <b>is</b>.", "maxLength": 100},
        "size": {"type": "integer", "minimum": 1, "maximum": 8, "default": 2},
        "reference_image_url": {"type": "string", "format": "uri"},
        "detail": {"enum": ["coarse", "fine"], "default": "fine"},
        "webhook_url": {"type": "string", "format": "uri"},
    },
    of_input={"required": ["prompt"]}, title="Generate 3D Location",
)
WIDER_VIDEO = body(
    "video.generate",
    {
        "prompt": {"type": "string", "maxLength": 3},
        "model": {"type": "string", "enum": ["seedance2", "seedance3"]},
        "resolution": {"enum": ["720p", "1080p", "4k", "8k", 7]},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "21:9", "wide"]},
        "imageUrl": {"type": "string"},
        "mood": {"type": "string", "examples": ["calm"], "maxLength": 20},
        "style_image_urls": {"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": 2},
    },
    of_input={"required": ["prompt", "mood"]},
)
