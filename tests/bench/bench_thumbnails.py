"""P5: the studio's thumbnails against naive Pillow (decode everything, Lanczos to the size, write JPEG), on a mixed corpus.

Run: python -m tests.bench.bench_thumbnails. Two rows, JPEG and PNG, each the ratio of the corpus' summed processor times (a
preview is one thread's work, and the clock of a shared machine tells of others), both sides in one process. The studio makes
all of its sizes (512, 256, 128) where the naive way makes the largest only.
Beside it the row says the least likeness (SSIM, grey) of any of the largest previews to the naive one, which has to stay
above 0.98: both before they are written as JPEG of the same quality, whose own noise in flat places would hide the rest. And
by the clock, what the product does with its two worker processes at once, which stand back for whatever else runs.

The corpus: scenes of the engine at 1080p, a photograph's kind of detail at 12 and 24 million pixels, flat drawings, and for
PNG one with transparency. Made from seeds; nothing is fetched.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from studio.domain.kinds import MediaKind
from studio.library.previews import PREVIEW_PIXELS, PREVIEW_SIZES, make_preview
from studio.media.colour import yuv420_to_rgb
from studio.media.thumbnails import make_thumbnails, small_picture
from studio.media.workers import workers
from tests.bench.frames import scene_film
from tests.bench.ratios import interleave, note, report

PAIRS = 5
LIKENESS = 0.98
PROMPTS = ("a lighthouse by the sea at sunset", "a forest in autumn mist with a deer", "a city street at night in the rain")


def main() -> int:
    """Measure and print both rows."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="bench-thumbnails-") as kept:
        folder = Path(kept)
        for ending, goal in (("jpg", ">= 3.5"), ("png", ">= 2.0")):
            files = corpus(folder, ending)
            note(f"{ending}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
            likeness = min(compare(path) for path in files)
            each = {path.stem: round(naive(path, folder) / ours(path, folder), 2) for path in files}
            ratios = interleave(partial(each_of, naive, files, folder), partial(each_of, ours, files, folder), PAIRS)
            report(f"P5.{ending.upper()}", ratios, goal, "naive Pillow: full decode, Lanczos, JPEG; the same files in turn",
                   ssim_least=round(likeness, 4), ssim_holds=likeness >= LIKENESS, each=each,
                   two_workers=round(with_workers(files, folder), 2))
    return 0


def each_of(make: Callable[[Path, Path], float], files: list[Path], folder: Path) -> float:
    """Seconds for all files."""
    return sum(make(path, folder) for path in files)


def corpus(folder: Path, ending: str) -> list[Path]:
    """The files of one format."""
    chance = np.random.default_rng(5)
    pictures = {f"scene{number}": scene(prompt) for number, prompt in enumerate(PROMPTS)}
    pictures |= {"photo12": photograph(chance, 4000, 3000)}
    if ending == "jpg":
        pictures |= {"photo24": photograph(chance, 6000, 4000)}
    pictures |= {"drawing": drawing(chance, 3000, 2000), "poster": drawing(chance, 2048, 3072)}
    made = [saved(Image.fromarray(pixels), folder / f"{name}.{ending}") for name, pixels in pictures.items()]
    if ending == "png":
        clear = Image.fromarray(pictures["drawing"])
        clear.putalpha(Image.linear_gradient("L").resize(clear.size))
        made.append(saved(clear, folder / "clear.png"))
    return made


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path, quality=92)
    return path


def scene(prompt: str) -> np.ndarray:
    """A frame as the engine draws it, with its grain."""
    return np.ascontiguousarray(yuv420_to_rgb(*scene_film(prompt, 1).planes(0)))


def photograph(chance: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Detail that falls with its fineness as in photographs, and a sensor's noise."""
    sum_of = np.zeros((height, width, 3), np.float32)
    for across, strength in ((6, 55.0), (20, 40.0), (70, 25.0), (260, 12.0), (1000, 6.0)):
        grid = chance.normal(0, strength, (max(2, across * height // width), across, 3)).astype(np.float32)
        sum_of += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    sum_of += chance.normal(0, 1.5, sum_of.shape).astype(np.float32)
    return np.clip(sum_of + 128, 0, 255).astype(np.uint8)


def drawing(chance: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Flat shapes with smooth edges."""
    pixels = np.full((height, width, 3), 238, np.uint8)
    for _ in range(160):
        centre = (int(chance.integers(width)), int(chance.integers(height)))
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        cv2.circle(pixels, centre, int(chance.integers(15, width // 8)), colour, -1, cv2.LINE_AA)
    return pixels


def naive(path: Path, folder: Path) -> float:
    """Seconds; the preview lies at naive.jpg."""
    began = time.process_time()
    with Image.open(path) as image:
        small = flat(image)
        small.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS), Image.Resampling.LANCZOS, reducing_gap=None)
        small.save(folder / "naive.jpg", quality=85)
    return time.process_time() - began


def flat(image: Image.Image) -> Image.Image:
    """As the studio lays what is see-through over its backdrop."""
    image.load()
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, (32, 32, 36))
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def ours(path: Path, folder: Path) -> float:
    """Seconds; the largest preview lies at 512.jpg."""
    outs = {size: folder / f"{size}.jpg" for size in PREVIEW_SIZES}
    began = time.process_time()
    make_thumbnails(path, outs)
    return time.process_time() - began


def compare(path: Path) -> float:
    """Likeness of the two previews."""
    with Image.open(path) as image:
        wanted = flat(image)
    wanted.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS), Image.Resampling.LANCZOS, reducing_gap=None)
    found = flat(small_picture(path, PREVIEW_PIXELS, flat=True))
    one, other = np.asarray(wanted.convert("L")), np.asarray(found.convert("L"))
    return float(structural_similarity(one, other))  # type: ignore[no-untyped-call]


def with_workers(files: list[Path], folder: Path) -> float:
    """How many times as fast the product is, with its two processes and all of its care, as the naive way."""
    threads = ThreadPoolExecutor(2)
    list(threads.map(lambda n: make_preview(files[n], MediaKind.IMAGE, f"{n:064x}", folder / "warm"), range(2)))
    began = time.perf_counter()
    keys = [os.urandom(32).hex() for _ in files]
    list(threads.map(lambda n: make_preview(files[n], MediaKind.IMAGE, keys[n], folder / "previews"), range(len(files))))
    spent = time.perf_counter() - began
    threads.shutdown()
    workers().close()
    began = time.perf_counter()
    each_of(naive, files, folder)
    return (time.perf_counter() - began) / spent


if __name__ == "__main__":
    raise SystemExit(main())
