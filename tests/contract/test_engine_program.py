"""`studio engine` as a program of its own: what it reads from standard input and what it does with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.net.webhook_signatures import new_secret

ROOT = Path(__file__).parents[2]


def _ask(home: Path, options: list[str], given: str, key: str) -> dict[str, Any]:
    """What the engine says about its webhooks."""
    command, pipe = [sys.executable, "-m", "studio", "engine", "--home", str(home), *options], subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(given)
        process.stdin.flush()
        address = json.loads(process.stdout.readline())
        assert address["key"] == key or key == ""
        with httpx.Client(base_url=address["url"], headers={"x-api-key": address["key"]}, trust_env=False) as client:
            found: dict[str, Any] = client.get("/api/v1/webhooks").json()
            return found
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.mark.slow
def test_the_webhook_options(tmp_path: Path) -> None:
    secret, url = new_secret(), "http://127.0.0.1:9/hook"
    options = ["--webhook-url", url, "--webhook-secret-stdin", "--key-stdin"]
    found = _ask(tmp_path, options, f"the-key\n{secret}\n", "the-key")
    assert (found["secrets"], found["canvas_url"]) == ([secret], url)
    alone = _ask(tmp_path, ["--webhook-secret-stdin"], f"{secret}\n", "")
    assert (alone["secrets"], alone["canvas_url"]) == ([secret], None)
    made = _ask(tmp_path, ["--key-stdin"], "the-key\n", "the-key")
    assert made["secrets"] != [secret]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(secret.encode() in path.read_bytes() for path in files)


@pytest.mark.slow
def test_a_wrong_secret_stops_the_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "engine", "--home", str(tmp_path), "--webhook-secret-stdin"]
    done = subprocess.run(command, cwd=ROOT, input="whsec_!!\n", capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 1
    assert "webhooks" in done.stderr
    assert "whsec_!!" not in done.stderr
