"""What a type checker tells whoever writes against the library: the README's examples pass, and slips are found."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.contract.test_readme_examples import BLOCKS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOOD = """
    from pathlib import Path
    from typing import assert_type

    from studio.providers.clients import AsyncCannonStudio, AsyncCanvasLabs, AsyncJob, CannonStudio, CanvasLabs, Job


    def sync(cannon: CannonStudio, canvas: CanvasLabs) -> None:
        assert_type(cannon.sora2.video.extend(sora_video_id="video_1", prompt="x", duration=8), Job)
        assert_type(canvas.scene.compose(images=[Path("a.png"), b"...", "https://example.com/c.png"]), Job)
        assert_type(cannon.requests.get("req_1").wait(timeout=None).download("folder"), Path)
        assert_type(canvas.account.credits().balance, float | None)


    async def coming(cannon: AsyncCannonStudio, canvas: AsyncCanvasLabs) -> None:
        assert_type(await cannon.lipsync.generate(video_url=Path("a.mp4"), audio_url=b"..."), AsyncJob)
        assert_type(await (await (await canvas.style.transfer(image_url="x", style="ink")).wait()).download("a.png"), Path)
"""
# Each line is wrong in one way; what mypy has to say of it stands behind.
WRONG = """
    import asyncio

    from studio.providers.clients import AsyncCannonStudio, CannonStudio, CanvasLabs

    cannon, canvas = CannonStudio("key"), CanvasLabs("key")
    canvas.video.generate(prompt="x", duration=7)  # arg-type
    canvas.video.generate(prompt="x", resolution="8k")  # arg-type
    canvas.video.generate(duration=5)  # call-arg
    canvas.video.generate("x")  # call-arg
    canvas.scene.compose(images="https://example.com/a.png", webhook_url="https://example.com/")  # call-arg
    cannon.music.generate(prompt="x", vocal_gender="soprano")  # arg-type
    cannon.prompt.enhance.image(prompt="x", visualStyle="ink")  # call-arg
    cannon.video.generate(prompt="x").wait().credits.upper()  # union-attr
    cannon.video.generate(prompt="x").result()  # attr-defined
    AsyncCannonStudio("key").video.generate(prompt="x").wait()  # attr-defined
    asyncio.run(AsyncCannonStudio("key").status()).credits_remainig  # attr-defined
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside of this project; what was read of its packages is kept between the tests."""
    return tmp_path_factory.mktemp("scripts")


def checked(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """mypy's answer about scripts. The package's py.typed lets it look into what is installed."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "--hide-error-context",
               f"--cache-dir={folder / 'cache'}", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def test_the_examples_and_the_types_that_come_back(folder: Path) -> None:
    files = {f"example_{number}.py": block for number, block in enumerate(BLOCKS)}
    done = checked(folder, {**files, "good.py": textwrap.dedent(GOOD)})
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


def test_slips_are_found(folder: Path) -> None:
    text = textwrap.dedent(WRONG)
    wanted = {number: line.rpartition("# ")[2] for number, line in enumerate(text.splitlines(), 1) if "# " in line}
    done = checked(folder, {"wrong.py": text})
    found: dict[int, set[str]] = {}
    for number, code in re.findall(r"^wrong\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.MULTILINE):
        found.setdefault(int(number), set()).add(code)
    assert found.keys() == wanted.keys(), done.stdout
    assert all(wanted[number] in codes for number, codes in found.items()), done.stdout
