"""`packaging/test --diffusion`: the tests of the extra `diffusion`, in an environment of its own, `.venv-diffusion`.

It is made from packaging/requirements-diffusion.lock. Compiled by `uv pip compile --universal --python-version 3.11
--generate-hashes --no-annotate --no-header --group dev --extra diffusion --find-links FOLDER --no-emit-package pyside6
--no-emit-package pyside6-essentials --no-emit-package pyside6-addons --no-emit-package shiboken6 pyproject.toml`, FOLDER the
one with PyTorch's build for processors: that is what the lock names for Python 3.11 on x86-64 Linux, where the package
index's own brings gigabytes for graphics cards along. Everywhere else the index's own is taken.
"""

from __future__ import annotations

from extra import Extra

DIFFUSION = Extra(
    "diffusion", ("tests/diffusion", "tests/unit/engine/test_models.py", "tests/unit/engine/render/test_model_folders.py"),
    "1.5 GB",
    "The build of PyTorch for processors (torch …+cpu) is not on every package index. Where it lies in a folder, name that "
    "in PIP_FIND_LINKS; the project's own site says where else it is.",
)
