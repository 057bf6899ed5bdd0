"""How long a render will take: from what the same kind of job took on this machine before, and from its own progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.contracts.operations import find
from studio.engine.records import JobRecord

_SMOOTHING = 0.4
_AREAS = {"720p": 1.0, "1080p": 2.25, "4k": 9.0, "1K": 1.2, "2K": 4.0, "4K": 14.0}
_FIRST_GUESS_MS = {"video": 4000.0, "image": 2500.0}
"""For one second of video, or one picture, at 720p: used only until something was measured here."""
_TRUST_FROM = 0.03
_NEAR_THE_END = 0.85


@dataclass(frozen=True, slots=True)
class PollLimits:
    """Bounds of poll_after_ms. Polling over loopback costs nothing: the free engine keeps progress lively."""

    shortest_ms: int = 100
    longest_ms: int = 1000


class Paces:
    """`measured` maps a bucket (result, resolution, from words or media) to (ms a unit, samples); a unit is one second of
    the result, or one picture."""

    def __init__(self, measured: Mapping[str, tuple[float, int]]) -> None:
        self._measured = dict(measured)

    def expected_ms(self, job: JobRecord) -> float:
        """The whole render, before it has begun."""
        bucket = bucket_of(job)
        known = self._measured.get(bucket)
        return units_of(job) * (known[0] if known else self._guess(bucket))

    def learn(self, job: JobRecord, ms: float) -> tuple[str, float, int]:
        """Take in one finished render; what to store: bucket, ms a unit, samples."""
        bucket = bucket_of(job)
        fresh = ms / units_of(job)
        old, samples = self._measured.get(bucket, (fresh, 0))
        value = old + _SMOOTHING * (fresh - old)
        self._measured[bucket] = (value, samples + 1)
        return bucket, value, samples + 1

    def remaining_ms(self, job: JobRecord, elapsed_ms: float, progress: float | None) -> int:
        """Of a running job. The further it is, the more its own progress counts."""
        expected = self.expected_ms(job)
        by_pace = max(expected - elapsed_ms, 0.1 * elapsed_ms)  # past the expected end: the later, the less is known
        if progress is None or progress < _TRUST_FROM:
            return round(by_pace)
        by_progress = elapsed_ms * (1.0 - progress) / progress
        return round(progress * by_progress + (1.0 - progress) * by_pace)

    def waiting_ms(self, job: JobRecord, ahead: Sequence[JobRecord], running_ms: Sequence[int], places: int) -> int:
        """Of a queued job: what stands before it, shared by the places, and then itself."""
        free = len(running_ms) + len(ahead) < places
        before = 0.0 if free else (sum(running_ms) + sum(self.expected_ms(other) for other in ahead)) / places
        return round(before + self.expected_ms(job))

    def _guess(self, bucket: str) -> float:
        """From a bucket of the same result at another size, by area; else from a constant."""
        result, resolution, source = bucket.split(":")
        area = _AREAS.get(resolution, 1.0)
        for (other, (ms, _)) in self._measured.items():
            other_result, other_resolution, other_source = other.split(":")
            if (other_result, other_source) == (result, source):
                return ms * area / _AREAS.get(other_resolution, 1.0)
        return _FIRST_GUESS_MS.get(result, 1000.0) * area


def poll_after_ms(remaining_ms: int, limits: PollLimits, progress: float | None = None) -> int:
    """When to ask next: most of the remaining time, so that few polls come close to the end and the end is seen soon.

    Near the end the estimate is worth least (the last steps of a render report no progress), so there it is capped lower.
    """
    longest = limits.longest_ms if (progress or 0.0) < _NEAR_THE_END else min(5 * limits.shortest_ms, limits.longest_ms)
    return round(min(max(0.8 * remaining_ms, limits.shortest_ms), longest))


def bucket_of(job: JobRecord) -> str:
    found = find(job.contract, job.operation)
    result = found.result if found is not None else "image"
    return f"{result}:{_value(job, 'resolution', '720p')}:{'media' if job.media else 'words'}"


def units_of(job: JobRecord) -> float:
    found = find(job.contract, job.operation)
    if found is not None and found.result in ("video", "audio"):
        return max(float(_value(job, "duration", 5)), 0.1)
    return 1.0


def _value(job: JobRecord, name: str, default: Any) -> Any:
    """A field of the input, else the contract's default for it."""
    if name in job.input:
        return job.input[name]
    found = find(job.contract, job.operation)
    field = found.model.model_fields.get(name) if found is not None else None
    return default if field is None or field.is_required() or field.default is None else field.default
