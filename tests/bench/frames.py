"""What the video benchmarks share: a drawn film, the ffmpeg program as baseline, and the line that reports a ratio."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from studio.engine.render.motion.animate import animate
from studio.engine.render.motion.camera import choose_move
from studio.engine.render.motion.stage import Planes, Stage
from studio.engine.render.scene.compose import compose_scene
from studio.engine.render.scene.words import read_prompt

WIDTH, HEIGHT, FPS = 1920, 1080, 24


def scene_film(prompt: str, frames: int, seed: int = 7) -> Stage:
    """The film of a prompt at 1080p."""
    scene = compose_scene(read_prompt(prompt), WIDTH, HEIGHT, seed, margin=round(WIDTH * 0.06))
    return animate(scene, choose_move(prompt, seed), frames=frames, fps=FPS)


def write_raw(path: Path, frames: Iterable[Planes]) -> None:
    """Frames as raw yuv420p, one after the other."""
    with path.open("wb") as stream:
        for planes in frames:
            for plane in planes:
                stream.write(plane.tobytes())


def ffmpeg_encode(program: str, raw: Path, out: Path, *, preset: str, crf: int) -> float:
    """Seconds that the ffmpeg program takes to encode raw frames, its own start included."""
    command = [
        program, "-y", "-loglevel", "error",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS),
        "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-i", str(raw),
        "-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(out),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def report(name: str, ratio: float, goal: float, *, at_least: bool, spread: tuple[float, float], baseline: str) -> None:
    """Print one result as a line of JSON."""
    holds = ratio >= goal if at_least else ratio <= goal
    line = {"id": name, "ratio": round(ratio, 3), "goal": f"{'>=' if at_least else '<='} {goal}", "holds": holds,
            "interval": [round(value, 3) for value in spread], "baseline": baseline}
    print(json.dumps(line), file=sys.stdout, flush=True)
