"""Content credentials: signed with the person's own certificate, offline, and what was signed before becomes the parent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.library import credentials
from studio.library.credentials import SigningFiles, check_signing
from studio.library.export import ExportPlan, export_assets
from tests.hostile_media import write_tone
from tests.media_files import write_clip, write_picture

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")

from cryptography import x509  # noqa: E402  comes with the extra
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: E402

RECIPE = Recipe("image.generate", "cannon-studio", {"prompt": "A quiet harbour"}, "nano-banana", 7)


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> SigningFiles:
    return make_signing(tmp_path_factory.mktemp("signing"))


def make_signing(folder: Path, days: int = 30) -> SigningFiles:
    """A root of one's own and a certificate that it gave."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _signed(root_key, root_key, "Root", days, leaf=False)
    leaf = _signed(key, root_key, "Anna", days, leaf=True)
    pem = serialization.Encoding.PEM
    files = SigningFiles(folder / "chain.pem", folder / "key.pem")
    files.certificates.write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
    files.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files


def _signed(key: Any, by: Any, name: str, days: int, *, leaf: bool) -> x509.Certificate:
    def named(words: str) -> x509.Name:
        parts = {NameOID.ORGANIZATION_NAME: "Test", NameOID.COMMON_NAME: words}
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts.items()])

    usage = x509.KeyUsage(digital_signature=True, key_cert_sign=not leaf, crl_sign=not leaf, content_commitment=False,
                          key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                          decipher_only=False)
    began = datetime.now(UTC) - timedelta(days=40)
    made = (x509.CertificateBuilder().subject_name(named(name)).issuer_name(named("Root")).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(began)
            .not_valid_after(datetime.now(UTC) + timedelta(days=days))
            .add_extension(x509.BasicConstraints(not leaf, None), True).add_extension(usage, True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if leaf:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), True)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
    return made.sign(by, hashes.SHA256())


def told(path: Path) -> tuple[str, dict[str, Any]]:
    """How the reference implementation judges a file, and its active manifest."""
    with c2pa.Reader(str(path)) as reader:
        found = json.loads(reader.json())
    return found["validation_state"], found["manifests"][found["active_manifest"]]


def asset(path: Path, kind: MediaKind, mime: str, recipe: Recipe | None = RECIPE) -> Asset:
    return Asset("asset_1", kind, path, mime, "ab" * 32, 1, recipe=recipe)


@pytest.mark.parametrize(("name", "mime", "make"), [
    ("a.png", "image/png", write_picture), ("a.jpg", "image/jpeg", write_picture), ("a.webp", "image/webp", write_picture),
    ("a.mp4", "video/mp4", write_clip), ("a.mp3", "audio/mpeg", lambda path: write_tone(path, "libmp3lame")),
])
def test_an_exported_copy_says_how_it_was_made_and_by_whom(
    name: str, mime: str, make: Callable[[Path], Path], signing: SigningFiles, tmp_path: Path
) -> None:
    source = asset(make(tmp_path / name), MediaKind(mime.split("/")[0]), mime)
    before = source.path.read_bytes()
    (path,) = export_assets([source], ExportPlan("{name}", tmp_path / "out", metadata="recipe", sign=signing))
    state, manifest = told(path)
    assert state == "Valid"
    assertions = {one["label"].split(".v")[0]: one["data"] for one in manifest["assertions"]}
    assert assertions["c2pa.actions"]["actions"][0]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert assertions["studio.recipe"]["input"] == {"prompt": "A quiet harbour"}
    assert manifest["signature_info"]["common_name"] == "Anna"
    assert manifest["claim_generator_info"][0]["name"] == "Studio"
    assert source.path.read_bytes() == before
    again = asset(path, source.kind, mime)
    (second,) = export_assets([again], ExportPlan("{name} again", tmp_path / "out", sign=signing))
    assert [one["relationship"] for one in told(second)[1]["ingredients"]] == ["parentOf"]
    assert [one.name for one in (tmp_path / "out").glob(".*")] == []


def test_a_change_after_signing_is_found_out(signing: SigningFiles, tmp_path: Path) -> None:
    source = asset(write_picture(tmp_path / "a.jpg"), MediaKind.IMAGE, "image/jpeg")
    (path,) = export_assets([source], ExportPlan("{name}", tmp_path / "out", sign=signing))
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert told(path)[0] == "Invalid"


def test_what_cannot_sign_is_said_before_anything_is_written(
    signing: SigningFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "old").mkdir()
    other, old = make_signing(tmp_path / "other"), make_signing(tmp_path / "old", days=-1)
    (tmp_path / "junk.pem").write_text("secret words that are no key")
    source = asset(write_picture(tmp_path / "a.png"), MediaKind.IMAGE, "image/png")
    bad = [SigningFiles(signing.certificates, other.key), old, SigningFiles(signing.certificates, tmp_path / "junk.pem"),
           SigningFiles(tmp_path / "gone.pem", signing.key)]
    for files in bad:
        with pytest.raises(InputError) as refused:
            export_assets([source], ExportPlan("{name}", tmp_path / "out", sign=files))
        assert refused.value.code == "no_certificate"
        assert "secret words" not in refused.value.in_words()
    assert not (tmp_path / "out").exists()
    assert "Anna" in check_signing(signing)
    text = asset(tmp_path / "junk.pem", MediaKind.IMAGE, "image/bmp")
    with pytest.raises(InputError, match="cannot be signed"):
        export_assets([text], ExportPlan("{name}", tmp_path / "out", sign=signing))
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.setattr(credentials, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match="extra part"):
        check_signing(signing)
