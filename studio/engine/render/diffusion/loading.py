"""A pipeline in this worker process: loaded once, kept for the next job, one at a time. The only file that imports torch.

Nothing is fetched: the libraries are told to stay offline, weights come from safetensors files alone, and no program code
that lies beside a model is run.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from studio.engine.render.diffusion.folder import INDEX, DiffusionModel, read_model
from studio.engine.render.diffusion.weights import UnusableModelError
from studio.engine.render.task import RenderRefusedError

log = logging.getLogger(__name__)
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1",
    "OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0",
}
"""Set before torch is imported. The last two: a thread that is done waits asleep. Threads that spin meanwhile, as is usual,
make everything crawl beside other programs: on a busy machine of two cores a picture took 18 times as long."""
_MOST_THREADS = 16
_WORKING_ROOM = 1_000_000_000  # bytes that drawing takes beside the weights, at the least
_SMALL_MEMORY = 12_000_000_000  # bytes in all, below which attention is worked out in slices
_SHARE = 0.7  # of all memory, that weights in full precision may take


@dataclass(slots=True)
class Loaded:
    """A pipeline with the device that it is on and the numbers' type ("float32"). `call` is the pipeline's own call."""

    model: DiffusionModel
    pipeline: Any
    device: str
    precision: str
    derived: Any = None
    """The same parts as another pipeline, which starts from a picture; made when it is first asked for."""

    def generator(self, seed: int) -> Any:
        """On the processor always: the same seed gives the same noise whatever draws."""
        import torch

        return torch.Generator(device="cpu").manual_seed(seed)

    def from_picture(self) -> Any:
        """The pipeline that paints over a picture, made of the same parts, which are not loaded again."""
        if self.derived is None:
            from diffusers import AutoPipelineForImage2Image

            self.derived = AutoPipelineForImage2Image.from_pipe(self.pipeline)
            self.derived.set_progress_bar_config(disable=True)
        return self.derived


_kept: list[tuple[tuple[str, int], Loaded]] = []


def is_loaded(folder: Path) -> bool:
    return bool(_kept) and _kept[0][0] == _key(folder)


def load(folder: Path) -> Loaded:
    """The model in a folder, from before where it is the same. RenderRefusedError (field model) where it cannot be used."""
    key = _key(folder)
    if _kept and _kept[0][0] == key:
        return _kept[0][1]
    _kept.clear()  # its memory goes before the next one needs it
    gc.collect()
    try:
        model = read_model(folder)
    except UnusableModelError as error:
        raise RenderRefusedError(f"The model in {folder} cannot be used: {error}.", "model") from None
    except OSError as error:
        raise RenderRefusedError(f"The model in {folder} cannot be read: {error.strerror}.", "model") from error
    loaded = _loaded(model)
    _kept.append((key, loaded))
    return loaded


def _key(folder: Path) -> tuple[str, int]:
    try:
        return str(folder), (folder / INDEX).stat().st_mtime_ns
    except OSError:
        return str(folder), 0


def _loaded(model: DiffusionModel) -> Loaded:
    os.environ.update(ENVIRONMENT)
    try:
        import diffusers
        import torch
        import transformers
    except ImportError as error:
        words = f"Models need the extra “diffusion” of this program, of which {error.name} is missing."
        raise RenderRefusedError(words, "model") from error
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    # The count is the machine's, not the number of jobs': sums of another order would give other bytes for the same seed.
    torch.set_num_threads(min(_cores(), _MOST_THREADS))
    device, precision = _place(model)
    _check_memory(model, device, precision)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of deprecations between the two libraries
            pipeline = diffusers.DiffusionPipeline.from_pretrained(
                str(model.folder), local_files_only=True, use_safetensors=True, trust_remote_code=False,
                torch_dtype=getattr(torch, precision), variant="fp16" if model.half else None,
            )
            pipeline.set_progress_bar_config(disable=True)
            _save_memory(pipeline, device)
            pipeline.to(device)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, ImportError) as error:
        log.exception("the model in %s could not be loaded", model.folder)
        words = f"The model {model.name} could not be loaded: {_first_line(error)}"
        raise RenderRefusedError(words, "model") from error
    return Loaded(model, pipeline, device, precision)


def _place(model: DiffusionModel) -> tuple[str, str]:
    """(device, type of numbers). CUDA and Apple's MPS with half precision where there is one: not tried on such a machine.

    On the processor full precision, or bfloat16 where that would take too much of the memory.
    """
    import torch

    if torch.cuda.is_available():
        return "cuda", "float16"
    if sys.platform == "darwin" and torch.backends.mps.is_available():
        return "mps", "float16"
    fits = model.parameters * 4 < _SHARE * psutil.virtual_memory().total
    return "cpu", "float32" if fits else "bfloat16"


def _check_memory(model: DiffusionModel, device: str, precision: str) -> None:
    """RenderRefusedError where the weights would not fit: better than a worker that the system kills."""
    if device == "cuda":
        return  # the card says it itself
    needed = model.parameters * (4 if precision == "float32" else 2) + _WORKING_ROOM
    free = psutil.virtual_memory().available
    if needed > free:
        gigabytes = f"{needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"
        raise RenderRefusedError(f"The model {model.name} needs about {gigabytes}. Close other programs, or choose a "
                                 "smaller model.", "model")


def _save_memory(pipeline: Any, device: str) -> None:
    """Pictures are decoded one by one and in tiles; attention in slices where memory is small. By the machine's whole
    memory, not by what is free: the same seed gives the same picture."""
    vae = getattr(pipeline, "vae", None)
    for name in ("slicing", "tiling"):
        if hasattr(vae, f"use_{name}"):  # every autoencoder has the method; of some it says that it is not made
            getattr(vae, f"enable_{name}")()
    small = psutil.virtual_memory().total < _SMALL_MEMORY
    if (small or device == "mps") and hasattr(pipeline, "enable_attention_slicing"):
        pipeline.enable_attention_slicing()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
