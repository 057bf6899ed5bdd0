"""What a weights file holds, by its header alone. Only the format safetensors is read: it can hold numbers and nothing else,
where PyTorch's older files are programs that run when they are opened.

Format: https://huggingface.co/docs/safetensors (8 bytes little-endian length, JSON header, data).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

_LARGEST_HEADER = 100_000_000  # bytes, the format's own limit
_WIDTHS = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}


class UnusableModelError(Exception):
    """Why a folder or a file cannot be used, as the end of a sentence that names it."""


def parameters_in(path: Path) -> int:
    """How many numbers are in a safetensors file. Raises UnusableModelError where it is none, or is cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= min(size - 8, _LARGEST_HEADER):
                raise UnusableModelError(f"{path.name} is no safetensors file, or is cut off")
            header = json.loads(stream.read(length))
    except OSError as error:
        raise UnusableModelError(f"{path.name} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise UnusableModelError(f"{path.name} is no safetensors file, or is cut off") from error
    return _counted(path, header, size - 8 - length)


def _counted(path: Path, header: object, data: int) -> int:
    tensors = [one for name, one in header.items() if name != "__metadata__"] if isinstance(header, dict) else []
    total = end = 0
    try:
        for one in tensors:
            numbers = math.prod(int(side) for side in one["shape"])
            if int(one["data_offsets"][1]) - int(one["data_offsets"][0]) != numbers * _WIDTHS.get(one["dtype"], 1):
                raise UnusableModelError(f"{path.name} says of its tensors what cannot be")
            total, end = total + numbers, max(end, int(one["data_offsets"][1]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UnusableModelError(f"{path.name} says of its tensors what cannot be") from error
    if end > data:
        raise UnusableModelError(f"{path.name} is cut off")
    return total
