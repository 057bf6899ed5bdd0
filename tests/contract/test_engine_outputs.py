"""Every operation that the engine serves, with its example input and media made here, through HTTP and real workers; and
each file that comes out, taken apart by PyAV or Pillow: length, size, codecs, index in front, pictures and sound together.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.contracts.examples import example_input
from studio.contracts.operations import WireOperation, at_engine
from studio.engine.options import EngineOptions
from tests.unit.engine.render.footage import moving_portrait, portrait, write_clip, write_sound
from tests.unit.engine.render.test_subtitles import resampled, spoken
from tests.unit.engine.rig import KEY, Rig

WORDS = "Hello, my name is Anna, and I live by the river."
FPS = 24
RATE = 48_000
SERVED = (*at_engine("cannon"), *at_engine("canvas"))
SMALL: dict[str, dict[str, Any]] = {
    "cannon:video.generate": {"duration": 2, "resolution": "720p", "audio": True},
    "canvas:video.generate": {"resolution": "720p", "audio": True},
    "cannon:music.generate": {"duration_seconds": 6.5}, "cannon:soundfx.generate": {"duration_seconds": 3.25},
    "cannon:smartmotion.generate": {"motion": "zoom_in"}, "cannon:sora2.video.extend": {"duration": 4},
    "canvas:image.generate": {"resolution": "720p"}, "canvas:scene.compose": {"resolution": "720p"},
    "canvas:style.transfer": {"resolution": "720p"},
}
"""Beside the example, so that each takes seconds: lengths that are no round numbers, and sound where it can be had."""
KEEPS_SOUND = frozenset({"video.upscale", "subtitles.generate", "smartmotion.generate"})
"""What goes in is heard again at the same times."""


@dataclass(frozen=True)
class World:
    """An engine and what it was given: URLs of media, and results that others build on."""

    rig: Rig
    urls: dict[str, str]
    speech: NDArray[np.float32]

    def done(self, operation: WireOperation, values: dict[str, Any]) -> dict[str, Any]:
        """The answer about a job that went well; for Canvas Labs its result, as `output`."""
        if operation.contract == "cannon":
            answer = self.rig.client.post("/api/v1/requests", json={"operation": operation.id, "input": values})
        else:
            answer = self.rig.client.post(f"/v1/{operation.id.replace('.', '/')}", json=values)
        assert answer.status_code == 202, answer.text
        body = answer.json()
        found = self.rig.finished(str(body.get("id") or body["job_id"]), timeout_s=500)
        assert found["status"] in ("succeeded", "completed"), found
        return {**found, "output": found["output" if operation.contract == "cannon" else "result"]}

    def fetched(self, url: str) -> bytes:
        answer = self.rig.bare.get(url)
        assert answer.status_code == 200
        return answer.content


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("outputs")
    voice = spoken(WORDS)
    sound = resampled(voice.samples, voice.rate, RATE)
    sound = sound[: len(sound) // (RATE // FPS) * (RATE // FPS)]
    stereo = np.stack([sound, sound], 1)
    frames = moving_portrait(len(sound) * FPS // RATE, 160, 160)
    clip = write_clip(folder / "clip.mp4", frames, sound=stereo, tags={"lyrics": WORDS})
    Image.fromarray(portrait()).resize((256, 256)).save(folder / "photo.jpg")
    with Rig(EngineOptions(home=folder / "home", key=KEY)) as rig:
        urls = {
            "image": rig.upload((folder / "photo.jpg").read_bytes()), "video": rig.upload(clip.read_bytes()),
            "audio": rig.upload(write_sound(folder / "speech.wav", stereo).read_bytes()),
        }
        yield World(rig, urls, sound)


_earlier: dict[str, str] = {}


def _id_of_earlier(world: World, kind: str) -> str:
    """The id of a video, or of a character, that was made before; once for all tests."""
    if kind not in _earlier:
        name, field = ("video.generate", "task_id") if kind == "video" else ("sora2.character.create", "character_id")
        operation = next(one for one in SERVED if (one.contract, one.id) == ("cannon", name))
        _earlier[kind] = str(world.done(operation, _input(world, operation))["output"][field])
    return _earlier[kind]


def _input(world: World, operation: WireOperation) -> dict[str, Any]:
    values = {**example_input(operation), **SMALL.get(f"{operation.contract}:{operation.id}", {})}
    for name in values:
        info = operation.model.model_fields[name].json_schema_extra
        kinds = info.get("x-media") if isinstance(info, dict) else None
        if isinstance(kinds, list):
            url = world.urls["video" if "video" in kinds else str(kinds[0])]
            values[name] = [url] * len(values[name]) if isinstance(values[name], list) else url
    if "sora_video_id" in values:
        values["sora_video_id"] = _id_of_earlier(world, "video")
    if "character_ids" in values:
        values["character_ids"] = [_id_of_earlier(world, "character")]
    return values


@pytest.mark.slow
@pytest.mark.parametrize("operation", SERVED, ids=lambda one: f"{one.contract}-{one.id}")
def test_output(world: World, operation: WireOperation) -> None:
    values = _input(world, operation)
    found = world.done(operation, values)
    output = found["output"]
    if operation.result == "prompt":
        assert len(output["enhancedPrompt"]) > len(values["prompt"])
    elif operation.result == "image":
        _check_picture(world, output)
    elif operation.result == "audio":
        _check_sound(world.fetched(output["audio_url"]), output, values)
    else:
        data = world.fetched(output["video_url"] if operation.contract == "cannon" else output["url"])
        _check_video(data, output, values, sound=bool(values.get("audio")))
        if operation.id in KEEPS_SOUND:
            _check_offset(data, world.speech)
    assert found.get("progress") == 1.0


def _check_picture(world: World, output: dict[str, Any]) -> None:
    urls = output.get("image_urls") or [output.get("url") or output.get("image_url") or output["preview_image_url"]]
    for url in urls:
        with Image.open(io.BytesIO(world.fetched(url))) as picture:
            picture.load()
            assert picture.format in ("PNG", "JPEG", "WEBP")
            assert picture.size == (output["width"], output["height"])
            assert picture.mode in ("RGB", "RGBA")
            assert len(set(picture.convert("L").resize((32, 32)).tobytes())) > 8, "it shows something"


def _check_sound(data: bytes, output: dict[str, Any], values: dict[str, Any]) -> None:
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.codec_context.name) in (("mp3", "mp3float"), ("mp3", "mp3"))
        rate = stream.codec_context.sample_rate
        blocks = [frame.to_ndarray().astype(np.float64).mean(axis=0) for frame in container.decode(stream)]
    samples = np.concatenate(blocks)
    frame_s = 1152 / rate
    asked = values.get("duration_seconds", output["duration"])
    assert output["duration"] == pytest.approx(asked, abs=0.001)
    # The decoder leaves out what the encoder put before and behind, as far as the file says so: within two frames of MP3.
    assert len(samples) / rate == pytest.approx(asked, abs=2 * frame_s)
    assert float(np.sqrt(np.mean(samples**2))) > 0.005
    assert float(np.abs(samples).max()) <= 1.05


def _check_video(data: bytes, output: dict[str, Any], values: dict[str, Any], *, sound: bool) -> None:
    boxes = _boxes(data)
    assert boxes[0] == "ftyp"
    assert boxes.index("moov") < boxes.index("mdat"), "the index stands in front"
    with av.open(io.BytesIO(data), "r") as container:
        video = container.streams.video[0]
        context, rate = video.codec_context, float(video.average_rate or 0)
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        times = [float(frame.pts * frame.time_base) for frame in container.decode(video)
                 if frame.pts is not None and frame.time_base is not None]
        frame_s = 1 / rate
        length = len(times) * frame_s
        assert times[0] == pytest.approx(0.0, abs=1e-6)
        assert np.allclose(np.diff(times), frame_s, atol=0.002), "steady"
        size = (output["width"], output["height"]) if "width" in output else (context.width, context.height)
        assert (context.width, context.height) == size
        assert size[0] % 2 == size[1] % 2 == 0
        assert length == pytest.approx(output["duration"], abs=frame_s)
        if "sora_video_id" not in values and values.get("duration"):
            assert length == pytest.approx(values["duration"], abs=frame_s)
        assert float((container.duration or 0) / av.time_base) == pytest.approx(length, abs=2 * frame_s)
        if sound:
            assert container.streams.audio
        if container.streams.audio:
            _check_track(container, length, frame_s)


def _check_track(container: av.container.InputContainer, length: float, frame_s: float) -> None:
    """The sound begins and ends with the pictures, within one of their frames."""
    audio = container.streams.audio[0]
    assert audio.codec_context.name == "aac"
    container.seek(0)
    frames = list(container.decode(audio))
    first, last = frames[0], frames[-1]
    assert first.pts is not None
    assert first.time_base is not None
    assert last.pts is not None
    begin = float(first.pts * first.time_base)
    end = float(last.pts * first.time_base) + last.samples / last.sample_rate
    packet = 1024 / audio.codec_context.sample_rate
    assert begin == pytest.approx(0.0, abs=max(frame_s, packet))
    assert end == pytest.approx(length, abs=frame_s + 2 * packet)


def _check_offset(data: bytes, speech: NDArray[np.float32]) -> None:
    """Where the speech that went in is found again in what came out: less than a frame away."""
    with av.open(io.BytesIO(data), "r") as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=8000)
        blocks, begin = [], None
        for frame in container.decode(audio=0):
            if begin is None and frame.pts is not None and frame.time_base is not None:
                begin = float(frame.pts * frame.time_base)
            frame.pts = None
            blocks += [block.to_ndarray()[0] for block in resampler.resample(frame)]
        blocks += [block.to_ndarray()[0] for block in resampler.resample(None)]
    out = np.concatenate(blocks).astype(np.float64)
    given = resampled(speech, RATE, 8000).astype(np.float64)
    size = len(out) + len(given)
    found = np.fft.irfft(np.fft.rfft(out, size) * np.conj(np.fft.rfft(given, size)), size)
    lag = int(np.argmax(found))
    lag = lag - size if lag > size // 2 else lag
    strength = float(found.max()) / float(np.linalg.norm(out) * np.linalg.norm(given))
    assert strength > 0.8, "it is the same speech"
    assert abs(lag / 8000 + (begin or 0.0)) < 1 / FPS


def _boxes(data: bytes) -> list[str]:
    """The names of an MP4's outermost boxes (ISO/IEC 14496-12)."""
    found, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        found.append(data[at + 4 : at + 8].decode("latin-1"))
        at += size if size >= 8 else len(data)
    return found


def test_every_operation_is_tried() -> None:
    assert len(SERVED) == len({(one.contract, one.id) for one in SERVED})
    assert {f"{one.contract}:{one.id}" for one in SERVED} >= set(SMALL)
