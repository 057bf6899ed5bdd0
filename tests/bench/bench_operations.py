"""How long each operation of the local engine takes at 1080p and 5 seconds, in one table.

Run: packaging/bench operations (or python -m tests.bench.bench_operations [NAME…]). Each operation goes through HTTP to a
worker process of an engine with one place, as a person's would, one after the other, after a small job that warms it up.
A video or a sound is measured in multiples of real time (its own length); beside it stands a baseline from the same run: the
ffmpeg program encoding the very same frames again (libx264 medium crf 18), or the same sound (MP3). A picture is measured in
seconds, against Pillow encoding it as PNG. The table goes to standard error, one JSON object a row to standard output.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import av
import imageio_ffmpeg
import psutil
from PIL import Image

from studio.contracts.operations import WireOperation
from studio.engine.options import EngineOptions
from tests.bench.operation_inputs import in_order, input_of, make_media
from tests.bench.ratios import note
from tests.unit.engine.rig import KEY, Rig

PATIENCE_S = 900.0


class Spent(NamedTuple):
    """Seconds by the clock, and of the processor (of the workers; of the baseline's program): those tell the same story on a
    machine that has other work to do."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Row:
    """`took`: from the request to the result. `length_s`: of the result, None for pictures and prompts. `beside`: what the
    baseline took, 0 where there is none."""

    name: str
    took: Spent
    length_s: float | None
    size: str
    beside: Spent
    baseline: str


def main(arguments: list[str]) -> int:
    """Measure all, or those whose names contain one of the words given. 1 where one of them failed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="bench-operations-") as place:
        folder = Path(place)
        media = make_media(folder)
        _lower_priority()
        with Rig(EngineOptions(home=folder / "home", key=KEY, places=1)) as rig:
            urls = {name: rig.upload(path.read_bytes()) for name, path in media.items()}
            rig.finished(rig.create(prompt="a lake"), timeout_s=PATIENCE_S)
            results: dict[str, dict[str, Any]] = {}
            rows = []
            for operation in in_order():
                name = f"{operation.contract}:{operation.id}"
                if arguments and not any(word.lower() in name for word in arguments) and not _needed(name, arguments):
                    continue
                try:
                    row = _measure(rig, operation, name, urls, results, folder)
                except (AssertionError, RuntimeError) as error:
                    note(f"{name}: {error}")
                    failed.append(name)
                    continue
                rows.append(row)
                _print(row)
    _table(rows)
    return 1 if failed else 0


def _lower_priority() -> None:
    """Workers run at the lowest priority; so do the baselines, or a machine with other work would favour them."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)
    else:
        psutil.Process().nice(19)


def _needed(name: str, words: list[str]) -> bool:
    """Whether something that was asked for builds on it."""
    return name in ("cannon:video.generate", "cannon:sora2.character.create") and any("sora" in word for word in words)


def _measure(
    rig: Rig, operation: WireOperation, name: str, urls: dict[str, str], results: dict[str, dict[str, Any]], folder: Path
) -> Row:
    values = input_of(operation, urls, results)
    watch = _Watch()
    if operation.contract == "cannon":
        answer = rig.client.post("/api/v1/requests", json={"operation": operation.id, "input": values})
    else:
        answer = rig.client.post(f"/v1/{operation.id.replace('.', '/')}", json=values)
    if answer.status_code != 202:
        raise RuntimeError(answer.text)
    found = rig.finished(str(answer.json().get("id") or answer.json()["job_id"]), timeout_s=PATIENCE_S)
    took = watch.spent()
    output: dict[str, Any] = found.get("output") or found.get("result") or {}
    if found["status"] not in ("succeeded", "completed"):
        raise RuntimeError(json.dumps(found)[:300])
    results[name] = output
    if operation.result == "prompt":
        return Row(name, took, None, f"{len(output['enhancedPrompt'])} letters", Spent(0.0, 0.0), "none")
    keys = (f"{operation.result}_url", "preview_image_url", "url")
    data = rig.bare.get(next(output[key] for key in keys if key in output)).content
    file = folder / f"result.{'mp4' if operation.result == 'video' else operation.result}"
    file.write_bytes(data)
    if operation.result == "image":
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            clock, processor = time.perf_counter(), time.process_time()
            picture.save(folder / "again.png")
            beside = Spent(time.perf_counter() - clock, time.process_time() - processor)
            return Row(name, took, None, f"{picture.width}×{picture.height}", beside, "Pillow, PNG")
    length, size = _length_and_size(file)
    baseline, words = _again(file, folder, video=operation.result == "video")
    return Row(name, took, length, size, baseline, words)


def _length_and_size(file: Path) -> tuple[float, str]:
    with av.open(str(file), "r") as container:
        if container.streams.video:
            stream = container.streams.video[0]
            frames = sum(1 for _ in container.decode(stream))
            return frames / float(stream.average_rate or 24), f"{stream.width}×{stream.height}, {frames} frames"
        rate = container.streams.audio[0].codec_context.sample_rate
        samples = sum(frame.samples for frame in container.decode(audio=0))
        return samples / rate, f"{rate} Hz"


def _again(file: Path, folder: Path, *, video: bool) -> tuple[Spent, str]:
    """What the ffmpeg program takes to encode the decoded result again, and what it did."""
    program, raw, out = imageio_ffmpeg.get_ffmpeg_exe(), folder / "raw.nut", folder / f"again.{'mp4' if video else 'mp3'}"
    head = [program, "-y", "-loglevel", "error", "-i"]
    kept = ["-an", "-c:v", "rawvideo"] if video else ["-vn", "-c:a", "pcm_s16le"]
    subprocess.run([*head, str(file), *kept, str(raw)], check=True)
    made = ["-c:v", "libx264", "-preset", "medium", "-crf", "18"] if video else ["-c:a", "libmp3lame", "-q:a", "2"]
    clock, before = time.perf_counter(), os.times()
    subprocess.run([*head, str(raw), *made, str(out)], check=True)
    after = os.times()
    of_program = after.children_user - before.children_user + after.children_system - before.children_system
    spent = Spent(time.perf_counter() - clock, of_program)
    raw.unlink()
    return spent, "ffmpeg, libx264 medium crf 18, the same frames" if video else "ffmpeg, MP3, the same sound"


def _print(row: Row) -> None:
    line = {"id": f"OPERATIONS.{row.name}", "ratio": _over(row.took.clock, row.beside.clock), "goal": "none", "holds": True,
            "baseline": f"{row.baseline}: {row.beside.clock:.2f} s", "seconds": round(row.took.clock, 2),
            "times_real_time": _over(row.took.clock, row.length_s), "processor_s": round(row.took.processor, 2),
            "processor_ratio": _over(row.took.processor, row.beside.processor),
            "processor_times_real_time": _over(row.took.processor, row.length_s), "result": row.size}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _table(rows: list[Row]) -> None:
    note(f"\n{'':64}{'by the clock':>33}{'of the processor':>33}\n{'operation':34}{'result':30}"
         + f"{'seconds':>9}{'× real time':>12}{'× baseline':>12}" * 2 + "  baseline")
    for row in sorted(rows, key=lambda one: one.name):
        columns = ""
        for took, beside in zip(row.took, row.beside, strict=True):
            over = [_over(took, one) for one in (row.length_s, beside)]
            columns += f"{took:9.2f}" + "".join(f"{'' if one is None else f'{one:.2f}':>12}" for one in over)
        note(f"{row.name:34}{row.size:30}{columns}  {row.baseline}")


def _over(took: float, other: float | None) -> float | None:
    return round(took / other, 3) if other else None


class _Watch:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), self._of_workers()

    def spent(self) -> Spent:
        return Spent(time.perf_counter() - self._clock, self._of_workers() - self._processor)

    @staticmethod
    def _of_workers() -> float:
        times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
        return sum(float(one.user + one.system) for one in times)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
