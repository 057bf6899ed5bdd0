"""`studio assets export --sign`: content credentials by the certificate that the settings name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.media_files import write_picture
from tests.unit.cli.test_main import answer, home

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")

from tests.unit.library.test_credentials import make_signing, told  # noqa: E402  needs the extra

__all__ = ["home"]


@pytest.mark.slow
def test_an_export_is_signed_by_what_the_settings_name(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    (asset,) = answer(capsys, "assets", "import", str(write_picture(tmp_path / "harbour.jpg")))["assets"]
    export = ["assets", "export", asset["id"], "--to", str(tmp_path / "out"), "--sign"]
    assert answer(capsys, *export, code=1)["error"]["code"] == "no_certificate"
    files = make_signing(tmp_path)
    settings = {"version": 1, "signing_certificate": str(files.certificates), "signing_key": str(files.key)}
    (home / "settings.json").write_text(json.dumps(settings))
    (path,) = answer(capsys, *export)["paths"]
    state, manifest = told(Path(path))
    assert (state, manifest["signature_info"]["common_name"]) == ("Valid", "Anna")
    assert [one["relationship"] for one in manifest["ingredients"]] == ["parentOf"], "it was brought, not made here"
