"""P13: a whole 5 s 1080p video from a prompt against the ffmpeg program encoding the same frames.

Run: python -m tests.bench.bench_render. One JSON object on stdout. What is timed on our side is all of `render_video`:
reading the prompt, drawing every layer of the scene, all 120 frames, sound, encoding as the engine does it, moving the index
to the front. The baseline is given those very frames as raw video (the same film drawn again, outside the clock) and encodes
them with libx264 -preset medium -crf 18. Each prompt is one pair, ours first; the median of the pairs' ratios counts.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg

from studio.engine.render.motion.animate import frames_in_order
from studio.engine.render.task import RenderControl, RenderTask
from studio.engine.render.video import film_of, read_request, render_video
from tests.bench.frames import ffmpeg_encode, report, write_raw

PROMPTS = (
    "a lighthouse by the sea at sunset, slow dolly forward",
    "misty forest in the morning with deer, fireflies",
    "snowy mountains above a lake at night, truck right, snow",
)


def main() -> int:
    """Measure and print the ratio of times, own render / ffmpeg program."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    ratios, notes = [], []
    for prompt in PROMPTS:
        with tempfile.TemporaryDirectory(prefix="bench-render-") as folder:
            values = {"prompt": prompt, "duration": 5, "resolution": "1080p", "seed": 7}
            task = RenderTask("cannon:video.generate", values, {}, folder)
            started = time.perf_counter()
            render_video(task, RenderControl(Path(folder)))
            ours = time.perf_counter() - started
            raw = Path(folder, "frames.yuv")
            request = read_request(task)
            film = film_of(request, RenderControl(Path(folder)))
            write_raw(raw, frames_in_order(film, request.frames))
            del film
            theirs = ffmpeg_encode(program, raw, Path(folder, "program.mp4"), preset="medium", crf=18)
        ratios.append(ours / theirs)
        notes.append(f"{ours:.1f} s / {theirs:.1f} s")
    report("P13", statistics.median(ratios), 4.0, at_least=False, spread=(min(ratios), max(ratios)),
           baseline="ffmpeg program, libx264 medium crf 18, the same 120 frames of 1080p as raw video; ours / program for "
                    f"{len(PROMPTS)} prompts: {', '.join(notes)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
