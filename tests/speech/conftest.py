"""What needs the extras piper and whisper: skipped with the reason where they are not installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

NEEDED = ("onnxruntime", "onnx", "piper", "faster_whisper", "ctranslate2", "tokenizers")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if MISSING:
        here = Path(__file__).parent
        reason = f"the extras piper and whisper are not installed ({', '.join(MISSING)}): packaging/test --speech has them"
        for item in items:
            if item.path.is_relative_to(here):
                item.add_marker(pytest.mark.skip(reason=reason))
