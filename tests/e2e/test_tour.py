"""`studio tour` as another program would use it: its document, its pictures, its media, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import pytest
from PIL import Image


@pytest.mark.slow
def test_the_tour_plays_what_it_made(tmp_path: Path) -> None:
    surroundings = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "STUDIO_HOME")}
    done = subprocess.run(
        [sys.executable, "-m", "studio", "tour", "--out", str(tmp_path / "out")],
        env={**surroundings, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, check=False, timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    answer = json.loads(done.stdout)
    assert answer["ok"]
    assert answer["frame_difference"] >= 1.0
    names = [Path(file).stem.split("-", 1)[1] for file in answer["screens"]]
    for step in ("drag", "filled-in", "queued", "running", "result", "playing", "gallery", "history"):
        assert step in names
    for file in answer["screens"]:
        with Image.open(file) as picture:
            assert picture.size == (1280, 800)
            colours = picture.convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert len(colours) > 100, f"{file} shows nothing"
    [clip] = answer["media"]
    with av.open(clip) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (1280, 720)
        assert sum(1 for _ in container.decode(stream)) == 3 * 24
