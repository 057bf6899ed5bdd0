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
    "cannon:image.edit": "studio.engine.render.edit.edit_image:render_edit",
    "canvas:scene.compose": "studio.engine.render.compose_scene:render_scene",
    "canvas:style.transfer": "studio.engine.render.style_transfer:render_style",
    "cannon:smartmotion.generate": "studio.engine.render.smartmotion.smartmotion:smart_motion",
    "cannon:subtitles.generate": "studio.engine.render.subtitles.render:render_subtitles",
    "cannon:lipsync.generate": "studio.engine.render.lipsync.render:render_lipsync",
    "cannon:video.upscale": "studio.engine.render.enlarge.upscale:upscale",
    "cannon:prompt.enhance.video": "studio.engine.render.prompting.enhance:enhance",
    "cannon:prompt.enhance.image": "studio.engine.render.prompting.enhance:enhance",
    "cannon:prompt.enhance.location": "studio.engine.render.prompting.enhance:enhance",
    "cannon:prompt.enhance.variant": "studio.engine.render.prompting.enhance:enhance",
    "cannon:music.generate": "studio.engine.render.music.render:render_music",
    "cannon:narration.generate": "studio.engine.render.narration.render:render_narration",
    "cannon:soundfx.generate": "studio.engine.render.effects.render:render_effects",
    "cannon:sora2.character.create": "studio.engine.render.characters.create:render_character",
    "cannon:sora2.character.video": "studio.engine.render.characters.video:render_character_video",
    "cannon:sora2.video.edit": "studio.engine.render.changes.edit:render_video_edit",
    "cannon:sora2.video.extend": "studio.engine.render.changes.extend:render_video_extend",
    "cannon:sora2.video.remix": "studio.engine.render.changes.remix:render_video_remix",
}
"""The contract and operation -> "module:function"."""


def load(target: str) -> Renderer:
    """The function behind "module:function". ImportError or AttributeError where there is none."""
    module, _, name = target.partition(":")
    return cast(Renderer, getattr(importlib.import_module(module), name))
