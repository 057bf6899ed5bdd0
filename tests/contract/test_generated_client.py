"""A client that somebody else's generator makes of the served OpenAPI document finishes a job under each contract.

The generator lives in an environment of its own (it asks for other versions of what this project uses). It is kept in the
folder that STUDIO_TESTS_TOOLS names, else in pytest's cache, so that it is installed once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.engine.options import EngineOptions
from tests.unit.engine.rig import KEY, Rig

pytestmark = pytest.mark.slow

GENERATOR = "openapi-python-client>=0.26,<1"
INSTALL_S, GENERATE_S, JOB_S = 600, 600, 600

# Run by the generator's own Python, isolated: nothing of this project can be imported there.
JOBS = {
    "cannon": """
        from generated.api.cannon_studio import create_request, get_request, get_status
        from generated.models import EnhanceImagePrompt, GenerateImage, ImageGenerateRequest, PromptEnhanceImageRequest
        assert get_status.sync(client=client).additional_properties["ok"] is True
        words = PromptEnhanceImageRequest(
            operation="prompt.enhance.image", input_=EnhanceImagePrompt(prompt="a lake", visual_style="watercolour"))
        drawn = ImageGenerateRequest(
            operation="image.generate", input_=GenerateImage.from_dict({"prompt": "a lake", "resolution": "1K", "seed": 7}))
        for body in (words, drawn):
            made = create_request.sync(client=client, body=body)
            done = until(lambda: get_request.sync(made.id, client=client), "succeeded", "failed")
            assert done.status == "succeeded", done
            output = done.output.to_dict()
            print(output.get("image_url") or output["enhancedPrompt"])
    """,
    "canvas": """
        from generated.api.canvas_labs import create_canvas_image_generate, get_canvas_credits, get_canvas_job
        from generated.models import GenerateImageCanvasLabs
        assert get_canvas_credits.sync(client=client).plan == "free"
        body = GenerateImageCanvasLabs.from_dict({"prompt": "a lake", "resolution": "720p", "seed": 7})
        made = create_canvas_image_generate.sync(client=client, body=body)
        done = until(lambda: get_canvas_job.sync(made.job_id, client=client), "completed", "failed")
        assert done.status == "completed", done
        assert done.type_ == "image"
        print(done.result.url)
    """,
}
START = """
    import sys, time
    sys.path.insert(0, sys.argv[1])
    from generated import AuthenticatedClient
    from generated.models import Error

    def until(look, *ends):
        while (seen := look()).status not in ends:
            assert not isinstance(seen, Error), seen
            time.sleep(0.05)
        return seen

    client = AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3], raise_on_unexpected_status=True)
"""


def programs(home: Path) -> Path:
    return home / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(scope="module")
def generator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the generator's programs."""
    kept = os.environ.get("STUDIO_TESTS_TOOLS")
    if kept is not None:
        home = Path(kept) / "openapi-client"
    else:
        cache = getattr(request.config, "cache", None)  # none where the cache is switched off
        home = (cache.mkdir("tools") if cache is not None else tmp_path_factory.mktemp("tools")) / "openapi-client"
    stamp = home / "made-for.txt"
    wanted = f"{GENERATOR}\n{sys.version}\n{home}\n"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return programs(home)
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    pip = [str(programs(home) / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", GENERATOR]
    try:
        done = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{GENERATOR} could not be installed within {INSTALL_S} s")
    if done.returncode:
        reason = next((line for line in reversed(done.stderr.splitlines()) if line.startswith("ERROR")), "no reason given")
        pytest.skip(f"{GENERATOR} cannot be installed here: {reason}")
    stamp.write_text(wanted, "utf-8")
    return programs(home)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The engine as it ships, its renderers in processes of their own."""
    with Rig(EngineOptions(home=tmp_path_factory.mktemp("engine"), key=KEY)) as running:
        yield running


@pytest.fixture(scope="module")
def generated(generator: Path, rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the package `generated` lies. The generator has nothing to complain of."""
    folder = tmp_path_factory.mktemp("client")
    document = folder / "openapi.json"
    document.write_text(rig.client.get("/api/v1/openapi").text, "utf-8")
    command = [str(generator / "openapi-python-client"), "generate", "--path", str(document), "--output-path",
               str(folder / "generated"), "--meta", "none", "--fail-on-warning"]
    path = os.pathsep.join((str(generator), os.environ.get("PATH", "")))  # it formats what it wrote with a tool beside it
    done = subprocess.run(command, capture_output=True, text=True, timeout=GENERATE_S, check=False, cwd=folder,
                          env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("contract", ["cannon", "canvas"])
def test_a_job_to_its_end(generator: Path, generated: Path, rig: Rig, contract: str) -> None:
    script = textwrap.dedent(START) + textwrap.dedent(JOBS[contract])
    done = subprocess.run([str(generator / "python"), "-I", "-c", script, str(generated), rig.url, KEY],
                          capture_output=True, text=True, timeout=JOB_S, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    *words, url = done.stdout.splitlines()
    assert [word for word in words if "lake" not in word] == []
    assert len(words) == (1 if contract == "cannon" else 0)
    assert url.startswith(f"{rig.url}/files/")
    assert rig.bare.get(url).content[:4] == b"\x89PNG"
