"""P9: the engine's own MP4 writer against the ffmpeg program, the same frames and the same settings.

Run: python -m tests.bench.bench_encode. One JSON object on stdout. Frames are those of a drawn scene at 1080p with moving
grain. The writer takes them from memory, the program reads them as raw video from a file in the page cache; both make H.264
(medium, crf 18, BT.709, yuv420p) in MP4 with the index in front, with as many threads as x264 takes by itself.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import cv2
import imageio_ffmpeg

from studio.media.encode import VideoWriter
from tests.bench.frames import FPS, HEIGHT, WIDTH, ffmpeg_encode, report, scene_film, write_raw

FRAMES = 32
PAIRS = 5


def main() -> int:
    """Measure and print the ratio of frame rates, own / ffmpeg; the median of the pairs."""
    cv2.setNumThreads(1)
    film = scene_film("a lighthouse by the sea at sunset, truck right", FRAMES)
    frames = [film.planes(index) for index in range(FRAMES)]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    ratios, rates = [], []
    with tempfile.TemporaryDirectory(prefix="bench-encode-") as folder:
        raw, own, other = Path(folder, "frames.yuv"), Path(folder, "own.mp4"), Path(folder, "program.mp4")
        write_raw(raw, frames)
        for _ in range(PAIRS):
            started = time.perf_counter()
            with VideoWriter(own, WIDTH, HEIGHT, fps=FPS, crf=18, preset="medium") as writer:
                for planes in frames:
                    writer.write_yuv(*planes)
            ours = time.perf_counter() - started
            theirs = ffmpeg_encode(program, raw, other, preset="medium", crf=18)
            ratios.append(theirs / ours)
            rates.append((FRAMES / ours, FRAMES / theirs))
    own_rate, program_rate = (statistics.median(rate) for rate in zip(*rates, strict=True))
    report("P9", statistics.median(ratios), 0.95, at_least=True, spread=(min(ratios), max(ratios)),
           baseline=f"ffmpeg program, {FRAMES} frames of 1080p, libx264 medium crf 18: {program_rate:.1f} fps against "
                    f"{own_rate:.1f} fps, median of {PAIRS} interleaved pairs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
