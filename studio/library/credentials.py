"""Content credentials (C2PA): in an exported copy, how it was made, signed with the person's certificate.

Optional: the extra `c2pa` (c2pa-python, the reference implementation). Nothing is fetched and no time stamp is asked for, so
that signing works offline. The key is read when it is used and goes nowhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import studio
from studio.domain.asset import Recipe
from studio.domain.errors import InputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_LARGEST = 1_000_000
_ADVICE = "Choose a certificate chain and its key as PEM files."


@dataclass(frozen=True, slots=True)
class SigningFiles:
    """`certificates`: a chain in PEM, the signer's own first. `key`: its private key in PEM, without a pass phrase."""

    certificates: Path
    key: Path


def can_sign() -> bool:
    """Whether the extra is installed."""
    return find_spec("c2pa") is not None


def signing_files(certificates: str, key: str) -> SigningFiles:
    """Those that the settings name. InputError where they name none."""
    if not certificates or not key:
        raise InputError("The settings name no certificate to sign with.", field="sign", code="no_certificate",
                         advice="Choose them in Settings, under Files.")
    return SigningFiles(Path(certificates), Path(key))


def check_signing(files: SigningFiles) -> str:
    """Whom the certificate names, once it is known that it can sign: it fits its key and is of today. Blocks; InputError."""
    _need_extra()
    chain, key = _read(files)
    leaf = chain[0]
    if key.public_key() != leaf.public_key():
        raise InputError("The key is not that of the certificate.", advice=_ADVICE, code="no_certificate")
    if not leaf.not_valid_before_utc <= datetime.now(UTC) <= leaf.not_valid_after_utc:
        raise InputError(f"The certificate is good from {leaf.not_valid_before_utc:%Y-%m-%d} to "
                         f"{leaf.not_valid_after_utc:%Y-%m-%d} only.", advice="Choose a newer one.", code="no_certificate")
    _algorithm(key)
    return leaf.subject.rfc4514_string()


def sign_copy(source: Path, target: Path, mime: str, files: SigningFiles, recipe: Recipe | None, record: str | None) -> None:
    """Write a signed copy of `source`, a file of the type `mime`, to the new file `target`; blocks.

    What carries credentials already, or comes from elsewhere, becomes the parent of the copy; what has a recipe and no
    credentials is said to have been created by it. `record`: the recipe's record, if it shall be told. Raises InputError
    where the kind of file, the certificate or the key cannot be used; OSError.
    """
    import c2pa

    check_signing(files)
    if mime not in c2pa.Builder.get_supported_mime_types():
        raise InputError(f"A file of the type {mime} cannot be signed.", advice="Leave it out, or export it unsigned.",
                         field="sign", code="not_signable")
    created = recipe is not None and not _is_signed(source, mime)
    assertions: list[dict[str, Any]] = []
    if created and recipe is not None:
        action = {"action": "c2pa.created", "digitalSourceType": _SOURCE + _source_of(recipe)}
        assertions.append({"label": "c2pa.actions", "data": {"actions": [action]}})
    if record is not None:
        assertions.append({"label": "studio.recipe", "data": json.loads(record)})
    program = [{"name": "Studio", "version": studio.__version__}]
    manifest = {"claim_generator_info": program, "assertions": assertions}
    settings = c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    _, key = _read(files)
    try:
        chain, secret = files.certificates.read_bytes(), files.key.read_bytes()
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(_algorithm(key), chain, secret, None))
        with source.open("rb") as reader, target.open("x+b") as writer, c2pa.Context(settings=settings) as context:
            builder = c2pa.Builder(json.dumps(manifest), context)
            if not created:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
            builder.sign(signer, mime, reader, writer)
    except c2pa.C2paError as error:
        target.unlink(missing_ok=True)
        words = f"The copy could not be signed: {error}."
        raise InputError(words, advice=_ADVICE, field="sign", code="not_signed") from None
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _source_of(recipe: Recipe) -> str:
    """IPTC's word for what made it: the local engine draws by rules unless a model of the person's does."""
    by_rules = recipe.service == "local" and not recipe.model
    return "algorithmicMedia" if by_rules else "trainedAlgorithmicMedia"


def _is_signed(source: Path, mime: str) -> bool:
    import c2pa

    try:
        with source.open("rb") as reader:
            c2pa.Reader(mime, reader).close()
    except c2pa.C2paError:
        return False
    return True


def _need_extra() -> None:
    if not can_sign():
        raise InputError("Content credentials need an extra part of Studio.", field="sign", code="no_extra",
                         advice="Install it with: pip install studio[c2pa]")


def _read(files: SigningFiles) -> tuple[list[Certificate], Any]:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    try:
        if max(files.certificates.stat().st_size, files.key.stat().st_size) > _LARGEST:
            raise ValueError("too large")
        chain = load_pem_x509_certificates(files.certificates.read_bytes())
        return chain, load_pem_private_key(files.key.read_bytes(), None)
    except OSError as error:
        words = f"“{error.filename}” cannot be read: {error.strerror}."
        raise InputError(words, advice=_ADVICE, code="no_certificate") from None
    except (ValueError, TypeError):  # TypeError: it has a pass phrase. Their words may show what is in the key
        raise InputError("The certificate or its key cannot be read.", advice=_ADVICE, code="no_certificate") from None


def _algorithm(key: object) -> str:
    """C2PA's name for what the key signs with (C2PA 2.1, 13.2)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey):
        named = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}.get(key.curve.name)
        if named:
            return named
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    raise InputError("A key of this kind cannot sign.", advice="Use one of P-256, P-384, P-521, Ed25519 or RSA.",
                     code="no_certificate")
