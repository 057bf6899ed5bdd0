"""Small pipelines with random weights, saved as a person's model folder is: a few hundred kilobytes, drawn in a second.

What they paint is noise; it follows prompt, seed and picture all the same, which is what the tests look at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AnimateDiffPipeline,
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    DDIMScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    MotionAdapter,
    StableDiffusionInpaintPipeline,
    StableDiffusionInstructPix2PixPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    StableVideoDiffusionPipeline,
    TextToVideoSDPipeline,
    UNet2DConditionModel,
    UNet3DConditionModel,
    UNetSpatioTemporalConditionModel,
)
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

SIDE = 64
"""Pixels a side that these models are made for: 32 latents, each of 2 × 2 pixels."""
_LATENTS, _TEXT = 32, 32
_WORDS = ("red", "blue", "lake", "boat", "snow", "fire", "night", "hill")


def stable_diffusion(folder: Path, seed: int = 1) -> Path:
    """Text to picture, and picture to picture with the same parts."""
    return _saved(StableDiffusionPipeline(**_parts(seed), **_unchecked()), folder)


def half_precision(folder: Path, seed: int = 1) -> Path:
    """Saved as large models are shared: half-precision files alone."""
    return _saved(StableDiffusionPipeline(**_parts(seed), **_unchecked()).to(torch.float16), folder, variant="fp16")


def stable_diffusion_xl(folder: Path, seed: int = 2) -> Path:
    """Two text encoders, and sizes among the conditions."""
    parts = _parts(seed, addition_embed_type="text_time", addition_time_embed_dim=8,
                   projection_class_embeddings_input_dim=6 * 8 + _TEXT, cross_attention_dim=2 * _TEXT)
    second = CLIPTextModelWithProjection(_text_config(projection_dim=_TEXT)).eval()
    parts["scheduler"] = _few_steps()
    return _saved(StableDiffusionXLPipeline(**parts, text_encoder_2=second, tokenizer_2=parts["tokenizer"]), folder)


def instruct(folder: Path, seed: int = 3) -> Path:
    """Changes a picture by an instruction: latents of the picture beside those that are drawn."""
    return _saved(StableDiffusionInstructPix2PixPipeline(**_parts(seed, in_channels=8), **_unchecked()), folder)


def inpaint(folder: Path, seed: int = 4) -> Path:
    """Fills in where a mask says so."""
    return _saved(StableDiffusionInpaintPipeline(**_parts(seed, in_channels=9), **_unchecked()), folder)


def animate(folder: Path, seed: int = 5) -> Path:
    """Text to video: pictures' parts with a motion adapter for at most 16 frames, and a schedule of few steps."""
    parts = _parts(seed, sample_size=_LATENTS // 2)
    parts["scheduler"] = _few_steps()
    adapter = MotionAdapter(block_out_channels=(8, 16), motion_layers_per_block=1, motion_norm_num_groups=4,
                            motion_num_attention_heads=2, motion_max_seq_length=16, use_motion_mid_block=False)
    return _saved(AnimateDiffPipeline(**parts, motion_adapter=adapter.eval()), folder)


def text_to_video(folder: Path, seed: int = 6) -> Path:
    """Text to video with a UNet over frames; its pipeline has the older way to tell its steps."""
    parts = _parts(seed)
    parts["scheduler"] = _few_steps()
    parts["unet"] = UNet3DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=_LATENTS // 2, in_channels=4, out_channels=4,
        down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"), up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
        cross_attention_dim=_TEXT, attention_head_dim=4, norm_num_groups=4,
    ).eval()
    return _saved(TextToVideoSDPipeline(**parts), folder)


def picture_to_video(folder: Path, seed: int = 7) -> Path:
    """A video that starts from a picture and knows no words."""
    torch.manual_seed(seed)
    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=_LATENTS // 2, in_channels=8, out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"), num_frames=7,
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"), cross_attention_dim=_TEXT,
        num_attention_heads=(2, 2), projection_class_embeddings_input_dim=96, addition_time_embed_dim=32,
    )
    vae = AutoencoderKLTemporalDecoder(block_out_channels=[32, 32], in_channels=3, out_channels=3, latent_channels=4,
                                       down_block_types=["DownEncoderBlock2D"] * 2)
    seeing = CLIPVisionConfig(hidden_size=_TEXT, projection_dim=_TEXT, num_hidden_layers=2, num_attention_heads=4,
                              image_size=224, intermediate_size=37, patch_size=56)
    schedule = EulerDiscreteScheduler(interpolation_type="linear", prediction_type="v_prediction", use_karras_sigmas=True,
                                      sigma_min=0.002, sigma_max=700.0, timestep_type="continuous",
                                      timestep_spacing="trailing")
    pipeline = StableVideoDiffusionPipeline(
        vae=vae.eval(), image_encoder=CLIPVisionModelWithProjection(seeing).eval(), unet=unet.eval(), scheduler=schedule,
        feature_extractor=CLIPImageProcessor(crop_size=224, size=224),
    )
    return _saved(pipeline, folder)


def _few_steps() -> LCMScheduler:
    return LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")


def _unchecked() -> dict[str, Any]:
    return {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def _parts(seed: int, **unet: Any) -> dict[str, Any]:
    torch.manual_seed(seed)
    shape: dict[str, Any] = {
        "block_out_channels": (8, 16), "layers_per_block": 1, "sample_size": _LATENTS, "in_channels": 4, "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "cross_attention_dim": _TEXT, "norm_num_groups": 4, "attention_head_dim": 4, **unet,
    }
    vae = AutoencoderKL(
        block_out_channels=[8, 8], in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=4, sample_size=SIDE,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )
    scheduler = DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
                              set_alpha_to_one=False, steps_offset=1)
    text = CLIPTextModel(_text_config())
    return {"unet": UNet2DConditionModel(**shape).eval(), "vae": vae.eval(), "scheduler": scheduler,
            "text_encoder": text.eval(), "tokenizer": _tokenizer()}


def _text_config(**more: Any) -> CLIPTextConfig:
    return CLIPTextConfig(bos_token_id=0, eos_token_id=1, hidden_size=_TEXT, intermediate_size=37, num_attention_heads=4,
                          num_hidden_layers=2, pad_token_id=1, vocab_size=1000, **more)


def _tokenizer() -> CLIPTokenizer:
    """Single letters and a few words: enough that prompts differ."""
    letters = [chr(code) for code in range(33, 127)]
    vocabulary = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary += [f"{word}</w>" for word in _WORDS]
    return CLIPTokenizer(vocab={word: place for place, word in enumerate(vocabulary)}, merges=[], model_max_length=77)


def _saved(pipeline: Any, folder: Path, variant: str | None = None) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True, variant=variant)
    assert json.loads((folder / "model_index.json").read_text())["_class_name"] == type(pipeline).__name__
    return folder
