"""`packaging/test --speech`: the tests of the extras `piper` and `whisper`, in an environment of its own, `.venv-speech`.

It is made from packaging/requirements-speech.lock. Compiled by `uv pip compile --universal --python-version 3.11
--generate-hashes --no-annotate --no-header --group dev --extra piper --extra whisper --no-emit-package pyside6
--no-emit-package pyside6-essentials --no-emit-package pyside6-addons --no-emit-package shiboken6 pyproject.toml
packaging/requirements-speech.in`; the last names what only these tests need.
"""

from __future__ import annotations

from extra import Extra

SPEECH = Extra(
    "speech",
    ("tests/speech", "tests/unit/engine/test_speech_models.py", "tests/unit/engine/render/test_speech_folders.py",
     "tests/unit/engine/render/test_narration.py"),
    "1.7 GB",
)
