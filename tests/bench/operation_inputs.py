"""Every operation of the engine at 1080p and 5 seconds, as far as it takes length and size, with media made on the fly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from studio.contracts.examples import example_input
from studio.contracts.operations import WireOperation, at_engine
from tests.unit.engine.render.footage import moving_portrait, portrait, write_clip, write_sound
from tests.unit.engine.render.test_subtitles import resampled, spoken

SECONDS, FPS, RATE = 5, 24, 48_000
WORDS = "Hello, my name is Anna, and I live in a small house by the river, with two cats."
ASKED: dict[str, dict[str, Any]] = {
    "cannon:video.generate": {"duration": SECONDS, "resolution": "1080p", "audio": True},
    "canvas:video.generate": {"duration": SECONDS, "resolution": "1080p", "audio": True},
    "cannon:image.generate": {"resolution": "2K", "aspect_ratio": "16:9"}, "cannon:image.edit": {"resolution": "2K"},
    "canvas:image.generate": {"aspect_ratio": "16:9"},
    "cannon:music.generate": {"duration_seconds": SECONDS}, "cannon:soundfx.generate": {"duration_seconds": SECONDS},
    "cannon:narration.generate": {"text": WORDS}, "cannon:smartmotion.generate": {"motion": "zoom_in"},
    "cannon:video.upscale": {"target_resolution": "1080p"},
    "cannon:sora2.character.video": {"duration": 4, "resolution": "1080p"}, "cannon:sora2.video.extend": {"duration": 4},
}
FIRST = ("video.generate", "sora2.character.create")
"""What others build on."""


def in_order() -> list[WireOperation]:
    """All that are served, those first that others build on."""
    served = (*at_engine("cannon"), *at_engine("canvas"))
    return sorted(served, key=lambda one: (one.contract, one.id) not in {("cannon", name) for name in FIRST})


def make_media(folder: Path) -> dict[str, Path]:
    """A speaking face as clip (1080p, 5 s), small clip (540p), short clip (4 s), its speech, and a photo of 1080 lines."""
    voice = spoken(WORDS)
    sound = resampled(voice.samples, voice.rate, RATE)
    whole = np.zeros(SECONDS * RATE, np.float32)
    whole[: min(len(sound), len(whole))] = sound[: len(whole)]
    stereo = np.stack([whole, whole], 1)
    frames = moving_portrait(SECONDS * FPS, 1920, 1080)
    small = [np.asarray(cv2.resize(frame, (960, 540), interpolation=cv2.INTER_AREA), np.uint8) for frame in frames]
    made = {
        "video": write_clip(folder / "clip.mp4", frames, sound=stereo, tags={"lyrics": WORDS}),
        "small": write_clip(folder / "small.mp4", small, sound=stereo),
        "short": write_clip(folder / "short.mp4", frames[: 4 * FPS], sound=stereo[: 4 * RATE]),
        "audio": write_sound(folder / "speech.wav", stereo), "image": folder / "photo.jpg",
    }
    Image.fromarray(portrait()).resize((1440, 1080)).save(made["image"])
    return made


def input_of(operation: WireOperation, urls: dict[str, str], results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A request's input. `urls`: of the media; `results`: the outputs of what was done before, by wire name."""
    values = {**example_input(operation), **ASKED.get(f"{operation.contract}:{operation.id}", {})}
    for name in values:
        info = operation.model.model_fields[name].json_schema_extra
        kinds = info.get("x-media") if isinstance(info, dict) else None
        if not isinstance(kinds, list):
            continue
        kind = "video" if "video" in kinds else str(kinds[0])
        special = {"video.upscale": "small", "sora2.character.create": "short"}
        url = urls[special.get(operation.id, kind) if kind == "video" else kind]
        values[name] = [url] * len(values[name]) if isinstance(values[name], list) else url
    if "sora_video_id" in values:
        values["sora_video_id"] = results["cannon:video.generate"]["task_id"]
    if "character_ids" in values:
        values["character_ids"] = [results["cannon:sora2.character.create"]["character_id"]]
    return values
