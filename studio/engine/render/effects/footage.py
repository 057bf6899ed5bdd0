"""What happens in a clip and when: cuts, jolts of motion, and how much moves. Frames are looked at small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from studio.media.probe import open_container

_WIDTH = 112
_PATIENCE = 60
_APART_S = 0.14
_CUT_JUMP = 3.2


@dataclass(frozen=True, slots=True)
class Accent:
    """A moment that asks for a sound: `strength` 0 to 1, and whether it is a cut."""

    at_s: float
    strength: float
    cut: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """Between two frames: how much moves, the mean change (0 to 1), the share of changed pixels, and their middle."""

    energy: float
    share: float
    area: float
    centre: tuple[float, float]


_NOTHING = _Change(0.0, 0.0, 0.0, (np.nan, np.nan))


@dataclass(frozen=True, slots=True)
class Footage:
    """`times` of the frames in seconds, `motion` 0 to 1 at each, and the accents in order."""

    seconds: float
    times: NDArray[np.float64]
    motion: NDArray[np.float64]
    accents: tuple[Accent, ...]


def watch(path: Path, most_s: float, progress: Callable[[float], None]) -> Footage:
    """Look through a clip, at most `most_s` seconds of it; `progress` gets the seconds seen.

    MediaError or FFmpegError where it cannot be decoded.

    Motion is measured by optical flow and by difference. Accents are where it sets in or turns suddenly, and where the
    whole picture changes at once.
    """
    times: list[float] = []
    seen: list[_Change] = []
    before: NDArray[np.uint8] | None = None
    end = 0.0
    for time, length, small in _small_frames(path, most_s):
        times.append(time)
        seen.append(_NOTHING if before is None else _compared(before, small))
        before = small
        end = time + length
        progress(time)
    if not times:
        return Footage(0.0, np.zeros(0), np.zeros(0), ())
    at = np.array(times)
    cuts = _cuts(np.array([one.share for one in seen]))
    motion = np.array([one.energy for one in seen])
    places = np.array([one.centre for one in seen])
    for place in cuts:  # what moves across a cut means nothing
        motion[place] = motion[place - 1]
        places[place] = np.nan
    quiet, busy = float(np.percentile(motion, 10)), float(np.percentile(motion, 98))
    level = np.clip((motion - quiet) / max(busy - quiet, 0.02), 0, 1)
    turns = _turns(places) * np.sqrt(np.array([one.area for one in seen]))
    return Footage(end, at, level, _accents(at, motion, turns, cuts))


def _small_frames(path: Path, most_s: float) -> Iterator[tuple[float, float, NDArray[np.uint8]]]:
    """(time from the clip's beginning, length, RGB picture about 112 wide) of each frame that decodes."""
    count = failed = 0
    with open_container(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = float(stream.average_rate or stream.guessed_rate or 24)
        first: float | None = None
        for packet in container.demux(stream):
            try:
                decoded = packet.decode()
            except av.error.FFmpegError:
                failed += 1
                if failed > _PATIENCE:
                    raise
                continue
            for frame in decoded:
                time = float(frame.time) if frame.time is not None else count / rate
                first = time if first is None else first
                if time - first > most_s:
                    return
                height = max(8, round(_WIDTH * frame.height / frame.width)) if frame.width >= frame.height else _WIDTH
                width = _WIDTH if frame.width >= frame.height else max(8, round(_WIDTH * frame.width / frame.height))
                small = frame.reformat(width, height, format="rgb24").to_ndarray()
                length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 1 / rate
                count += 1
                yield time - first, length, np.ascontiguousarray(small, np.uint8)


def _compared(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> _Change:
    if before.shape != now.shape:
        return _Change(0.0, 1.0, 1.0, (np.nan, np.nan))
    difference = cv2.absdiff(before, now).max(axis=2)  # in any colour: one may be all that differs
    share = float(difference.mean()) / 255
    changed = difference > 20
    area = float(changed.mean())
    if area == 0:
        return _Change(0.0, share, 0.0, (np.nan, np.nan))
    rows, columns = np.nonzero(changed)
    old, new = cv2.cvtColor(before, cv2.COLOR_RGB2GRAY), cv2.cvtColor(now, cv2.COLOR_RGB2GRAY)
    still = np.zeros((*now.shape[:2], 2), np.float32)
    flow = np.asarray(cv2.calcOpticalFlowFarneback(old, new, still, 0.5, 3, 13, 2, 5, 1.1, 0), np.float32)
    y, x = np.mgrid[0 : now.shape[0], 0 : now.shape[1]].astype(np.float32)
    back = cv2.remap(new, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    explained = float(cv2.absdiff(back, old).mean()) < 0.6 * float(cv2.absdiff(new, old).mean())
    # What jumps farther than flow can follow counts by the change alone.
    moved = float(np.hypot(flow[..., 0], flow[..., 1]).mean()) if explained else 0.0
    return _Change(moved + 25 * share, share, area, (float(columns.mean()), float(rows.mean())))


def _turns(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """How sharply the way of what moves bends at each frame, in pixels; 0 where it is not known before and after."""
    bend = np.zeros(len(places))
    if len(places) > 2:
        second = places[2:] - 2 * places[1:-1] + places[:-2]
        bend[1:-1] = np.nan_to_num(np.hypot(second[:, 0], second[:, 1]))
    return bend


def _cuts(changes: NDArray[np.float64]) -> list[int]:
    """Frames at which the whole picture changes far more than around them."""
    found = []
    for place in range(1, len(changes)):
        around = np.concatenate([changes[max(0, place - 6) : place], changes[place + 1 : place + 7]])
        usual = float(np.median(around)) if len(around) else 0.0
        if changes[place] > 0.1 and changes[place] > usual * _CUT_JUMP + 0.04:
            found.append(place)
    return found


def _accents(at: NDArray[np.float64], motion: NDArray[np.float64], turns: NDArray[np.float64],
             cuts: list[int]) -> tuple[Accent, ...]:
    """Peaks of sudden change: where motion sets in or changes direction, and the cuts.

    The root of the motion is looked at, as ears judge: a small thing that starts is heard beside a large one.
    """
    speed = np.sqrt(motion)
    sudden = np.maximum(np.diff(speed, prepend=speed[0]), 0) + 0.5 * np.sqrt(turns)
    for place in cuts:
        sudden[place : place + 2] = 0
    strongest = float(sudden.max(initial=0.0))
    found = [Accent(float(at[place]), 1.0, True) for place in cuts]
    if strongest > 0.12:
        usual = float(np.median(sudden))
        floor = max(0.3 * strongest, usual * 2.2)
        for place in np.argsort(-sudden, kind="stable"):
            if sudden[place] < floor:
                break
            time = float(at[place])
            if all(abs(time - one.at_s) >= _APART_S for one in found):
                found.append(Accent(time, float(sudden[place] / strongest), False))
    return tuple(sorted(found, key=lambda one: one.at_s))
