"""Which function renders which operation. Written as text, so that nothing heavy is imported before it is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import cast

from studio.engine.render.task import Renderer

RENDERERS: Mapping[str, str] = {
    "cannon:video.generate": "studio.engine.render.video:render_video",
    "canvas:video.generate": "studio.engine.render.video:render_video",
    "cannon:image.generate": "studio.engine.render.image:render_image",
    "canvas:image.generate": "studio.engine.render.image:render_image",
}
"""The contract and operation -> "module:function"."""


def load(target: str) -> Renderer:
    """The function behind "module:function". ImportError or AttributeError where there is none."""
    module, _, name = target.partition(":")
    return cast(Renderer, getattr(importlib.import_module(module), name))
