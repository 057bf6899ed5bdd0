"""What every benchmark does: run A and B in turn, take the median of the pairs' ratios, print one JSON line."""

from __future__ import annotations

import json
import operator
import statistics
import sys
from collections.abc import Callable, Sequence

_COMPARE = {"<=": operator.le, ">=": operator.ge}


def interleave(measured: Callable[[], float], baseline: Callable[[], float], pairs: int) -> list[float]:
    """Ratios measured/baseline of `pairs` runs, A B B A …, so that a machine's drift falls on both."""
    ratios = []
    for number in range(pairs):
        if number % 2:
            low = baseline()
            high = measured()
        else:
            high = measured()
            low = baseline()
        ratios.append(high / low)
    return ratios


def report(name: str, ratios: Sequence[float], goal: str, baseline: str, **more: object) -> None:
    """Print the row: the median with the middle half beside it, and whether the goal ("<= 1.8") holds."""
    middle = statistics.median(ratios)
    sign, limit = goal.split()[:2]
    spread = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [middle, middle, middle]
    row = {
        "id": name,
        "ratio": round(middle, 4),
        "goal": goal,
        "holds": bool(_COMPARE[sign](middle, float(limit))),
        "baseline": baseline,
        "middle_half": [round(spread[0], 4), round(spread[2], 4)],
        "runs": len(ratios),
        **more,
    }
    print(json.dumps(row), flush=True)


def note(text: str) -> None:
    """For the person watching; standard output holds rows only."""
    print(text, file=sys.stderr, flush=True)
