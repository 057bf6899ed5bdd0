"""Folders that look like diffusers models, written by hand: what is looked at, without anything that could be loaded."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PARTS: Mapping[str, Any] = {
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
    "scheduler": ["diffusers", "DDIMScheduler"], "safety_checker": [None, None],
}
WEIGHTLESS = ("tokenizer", "scheduler")


def safetensors(numbers: int = 6, dtype: str = "F32", width: int = 4) -> bytes:
    """A whole file with one tensor of zeros."""
    tensor = {"dtype": dtype, "shape": [numbers], "data_offsets": [0, numbers * width]}
    header = json.dumps({"weight": tensor, "__metadata__": {"format": "pt"}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(numbers * width)


def write_model(folder: Path, class_name: object = "StableDiffusionPipeline", *, half: bool = False,
                parts: Mapping[str, Any] = PARTS) -> Path:
    """A model folder that passes; `half`: with half-precision files only."""
    folder.mkdir(parents=True)
    index = {"_class_name": class_name, "_diffusers_version": "0.42.0", "requires_safety_checker": False, **parts}
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    for name, said in parts.items():
        if not isinstance(said, list) or said == [None, None]:
            continue
        part = folder / name
        part.mkdir(parents=True, exist_ok=True)
        (part / "config.json").write_text("{}", encoding="utf-8")
        if name not in WEIGHTLESS:
            stem = "model" if said[0] == "transformers" else "diffusion_pytorch_model"
            data = safetensors(6, "F16", 2) if half else safetensors()
            (part / f"{stem}{'.fp16' if half else ''}.safetensors").write_bytes(data)
    return folder
