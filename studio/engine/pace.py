"""How long a render will take: from what the same kind of job took on this machine before, and from its own progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.contracts.operations import find
from studio.engine.rates import seconds_of
from studio.engine.records import JobRecord

_SMOOTHING = 0.4
_AREAS = {"720p": 1.0, "1080p": 2.25, "4k": 9.0, "1K": 1.2, "2K": 4.0, "4K": 14.0}
_FIRST_GUESS_MS = {"video": 4000.0, "image": 2500.0, "audio": 300.0, "prompt": 50.0}
"""For one second of video or sound, one picture at 720p, or one prompt: used only until something was measured here."""
_LETTERS_A_SECOND = 15.0  # of speech
_TRUST_FROM = 0.03
_NEAR_THE_END = 0.85


@dataclass(frozen=True, slots=True)
class PollLimits:
    """Bounds of poll_after_ms. Polling over loopback costs nothing: the free engine keeps progress lively."""

    shortest_ms: int = 100
    longest_ms: int = 1000


class Paces:
    """`measured` maps a bucket (operation, resolution, from words or media) to (ms a unit, samples); a unit is one second of
    the result, or one picture."""

    def __init__(self, measured: Mapping[str, tuple[float, int]]) -> None:
        self._measured = dict(measured)

    def expected_ms(self, job: JobRecord) -> float:
        """The whole render, before it has begun."""
        bucket = bucket_of(job)
        known = self._measured.get(bucket)
        return units_of(job) * (known[0] if known else self._guess(job))

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

    def _guess(self, job: JobRecord) -> float:
        """From the same operation at another size, by area; else from a constant."""
        operation, resolution, source = bucket_of(job).split(":")
        area = _AREAS.get(resolution, 1.0)
        for other, (ms, _) in self._measured.items():
            other_operation, other_resolution, other_source = other.split(":")
            if (other_operation, other_source) == (operation, source):
                return ms * area / _AREAS.get(other_resolution, 1.0)
        found = find(job.contract, job.operation)
        return _FIRST_GUESS_MS[found.result if found is not None else "image"] * area


def poll_after_ms(remaining_ms: int, limits: PollLimits, progress: float | None = None) -> int:
    """When to ask next: most of the remaining time, so that few polls come close to the end and the end is seen soon.

    Near the end the estimate is worth least (the last steps of a render report no progress), so there it is capped lower.
    """
    longest = limits.longest_ms if (progress or 0.0) < _NEAR_THE_END else min(5 * limits.shortest_ms, limits.longest_ms)
    return round(min(max(0.8 * remaining_ms, limits.shortest_ms), longest))


def bucket_of(job: JobRecord) -> str:
    return f"{job.operation}:{_values(job).get('resolution') or '720p'}:{'media' if job.media else 'words'}"


def units_of(job: JobRecord) -> float:
    """Seconds of what comes out, as far as the input says or it is usual; 1 for a picture or a prompt."""
    operation = find(job.contract, job.operation)
    if operation is None or operation.result in ("image", "prompt"):
        return 1.0
    values = _values(job)
    if operation.id == "narration.generate":
        return max(len(str(values.get("text", ""))) / _LETTERS_A_SECOND, 0.5)
    return max(seconds_of(operation, values), 0.1)


def _values(job: JobRecord) -> dict[str, Any]:
    """The input with the contract's defaults."""
    found = find(job.contract, job.operation)
    fields = {} if found is None else found.model.model_fields
    defaults = {name: field.default for name, field in fields.items() if not field.is_required()}
    return {**defaults, **job.input}
