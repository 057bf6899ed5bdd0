"""Stand-ins: the same pictures at the same times, small, upright, and with sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from studio.media.errors import MediaError
from studio.media.probe import probe
from studio.media.proxy import PROXY_SIDE, make_proxy
from tests.media_files import write_clip


def times_of(path: Path) -> list[int]:
    """Of all frames, in milliseconds."""
    with av.open(str(path)) as container:
        return [round(float(frame.time or 0) * 1000) for frame in container.decode(video=0)]


@pytest.mark.slow
def test_a_large_clip_becomes_small_and_keeps_its_sound(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "large.mp4", seconds=0.2, width=1920, height=800, sound=True)
    told: list[float] = []
    make_proxy(source, tmp_path / "out.mp4", told.append)
    info = probe(tmp_path / "out.mp4")
    assert (info.width, info.height) == (PROXY_SIDE, 534)
    assert (info.video_codec, info.audio_codec) == ("h264", "aac")
    assert info.duration_s == pytest.approx(0.2, abs=0.1)
    assert told == sorted(told)
    assert told[-1] > 0.8


def test_frames_keep_their_own_times(tmp_path: Path) -> None:
    source, wanted = tmp_path / "uneven.mkv", [0, 40, 200, 220, 700]
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, ms in enumerate(wanted):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 50, np.uint8), "rgb24")
            frame = frame.reformat(format="yuv420p10le")
            frame.pts, frame.time_base = ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    make_proxy(source, tmp_path / "out.mp4", lambda _share: None)
    assert times_of(tmp_path / "out.mp4") == wanted
    with av.open(str(tmp_path / "out.mp4")) as container:
        levels = [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    assert levels == sorted(levels)
    assert levels[-1] > 150


def test_what_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(write_clip(tmp_path / "good.mp4", seconds=0.2).read_bytes()[:300])
    with pytest.raises(MediaError):
        make_proxy(broken, tmp_path / "out.mp4", lambda _share: None)
