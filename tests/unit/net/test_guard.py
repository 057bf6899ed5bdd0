"""Which addresses lead inward, in every spelling."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.net.errors import ForbiddenAddressError, NotSentError
from studio.net.guard import check_outward, check_outward_async, is_inward, refuse_inward_literal
from studio.net.origin import is_loopback, origin_of, shown

INWARD = [
    "127.0.0.1", "127.255.255.254", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:1::1", "2001:db8::1", "fec0::1", "100::1", "5f00::1",
]
OUTWARD = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", INWARD)
def test_inward(text: str) -> None:
    assert is_inward(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTWARD)
def test_outward(text: str) -> None:
    assert not is_inward(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_one_inside(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert is_inward(mapped) == is_inward(sixtofour) == is_inward(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]",
             "[::ffff:7f00:1]", "10.1", "169.254.169.254", "0", "localhost."]
)
async def test_spellings_are_refused_after_the_look_up(host: str) -> None:
    for scheme in ("http", "https"):
        url = f"{scheme}://{host}/latest/meta-data"
        with pytest.raises((ForbiddenAddressError, NotSentError)):
            check_outward(url)
        with pytest.raises((ForbiddenAddressError, NotSentError)):
            await check_outward_async(url)


def test_one_inward_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answers)
    with pytest.raises(ForbiddenAddressError):
        check_outward("https://rebinding.example/")


def test_the_checked_addresses_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700:4700::1111", 8443, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 8443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 8443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answers)
    checked = check_outward("https://one.example:8443/x")
    assert (checked.host, checked.port) == ("one.example", 8443)
    assert [str(address) for address in checked.addresses] == ["1.1.1.1", "2606:4700:4700::1111"]


def test_loopback_only_where_allowed() -> None:
    assert [str(a) for a in check_outward("http://127.0.0.1:80/", allow_loopback=True).addresses] == ["127.0.0.1"]
    with pytest.raises(ForbiddenAddressError):
        check_outward("http://10.0.0.1/", allow_loopback=True)


@pytest.mark.parametrize("url", ["ftp://1.1.1.1/", "https://u:p@1.1.1.1/", "https:///x", "javascript:alert(1)", "https://1.1.1.1:0x50/",
                                 "https://a b/", "https://1.1.1.1\\@127.0.0.1/", "https://[::1/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_outward(url)


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/", "https://[fe80::1]/"])
def test_literals(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        refuse_inward_literal(url)


def test_names_are_left_to_the_proxy() -> None:
    refuse_inward_literal("https://cdn.canvaslabs.us/v/1.mp4")
    refuse_inward_literal("https://1.1.1.1/v/1.mp4")


def test_origins_have_one_spelling() -> None:
    assert origin_of("HTTPS://Example.COM./a?b") == "https://example.com:443" == origin_of("https://example.com:443")
    assert origin_of("http://[::1]:80/") == "http://[::1]:80"
    assert origin_of("https://example.com") != origin_of("http://example.com")


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://a.localhost/", "http://127.9.9.9/", "http://[::1]/",
                                 "http://[::ffff:127.0.0.1]/", "http://LOCALHOST./"])
def test_this_computer(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", ["http://localhost.example.com/", "http://128.0.0.1/", "http://127.0.0.1.nip.io/"])
def test_not_this_computer(url: str) -> None:
    assert not is_loopback(url)


def test_shown_without_the_signature() -> None:
    assert shown("https://cdn.example/a.mp4?X-Signature=secret#frag") == "https://cdn.example/a.mp4"
