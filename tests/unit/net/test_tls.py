"""Over TLS: certificates are checked, also when the connection goes to an address that was looked up before."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.net.errors import NotSentError
from studio.net.retry import RetryMode
from studio.net.transport import Transport

x509 = pytest.importorskip("cryptography.x509", reason="the cryptography package makes the certificates of this test")


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for one host name, and its key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A TLS server for the name localhost; it answers every request with its Host header."""
    certificate, key = make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        host = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"host:"))[5:].strip()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(host), host))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    made = Transport(timeout_s=5.0, connect_s=5.0)
    yield made
    await made.aclose()


async def test_a_certificate_nobody_knows(port: int, transport: Transport) -> None:
    with pytest.raises(NotSentError, match="certificate"):
        await transport.request("POST", f"https://localhost:{port}/", json={}, retry=RetryMode.NEVER)


async def test_a_certificate_that_is_known(
    port: int, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.crt"))
    answer = await transport.request("GET", f"https://localhost:{port}/")
    assert answer.body == f"localhost:{port}".encode()


async def test_the_checked_address_with_the_names_certificate(
    port: int, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the very address that was judged, name and certificate stay those of the host."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.crt"))
    part = tmp_path / "x.part"
    await transport.download(f"https://localhost:{port}/", part, outward=True, allow_loopback=True)
    assert part.read_bytes() == f"localhost:{port}".encode()


async def test_a_certificate_of_somebody_else(
    port: int, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.crt"))
    with pytest.raises(NotSentError, match="certificate"):
        await transport.request("GET", f"https://127.0.0.1:{port}/", retry=RetryMode.NEVER)
