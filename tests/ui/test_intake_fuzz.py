"""Anything that a drop or a paste may hold: no crash, nothing lost, nothing asked of this computer or its network."""

from __future__ import annotations

import base64
import html
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from pytestqt.qtbot import QtBot

from studio.domain.account import LOCAL
from studio.domain.errors import InputError
from studio.ui.bridge import Bridge
from studio.ui.composer import intake
from studio.ui.composer.composer import Composer
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.ui.media_core import write_picture
from tests.ui.web import site

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
HOSTS = st.sampled_from(["example.invalid", "cdn.example.invalid:8443", "[2001:db8::1]", "пример.invalid"])
PATHS = st.from_regex(r"(/[A-Za-z0-9._%-]{0,12}){0,3}", fullmatch=True)
WEB = st.builds(lambda scheme, host, path: f"{scheme}://{host}{path}", st.sampled_from(["http", "https"]), HOSTS, PATHS)
DATA = st.binary(max_size=60).map(lambda body: f"data:image/png;base64,{base64.b64encode(body).decode()}")
ODD = st.sampled_from([
    "", "data:", "http://", "https://", "//cdn.example.invalid/x.png", "javascript:alert(1)", "file:///nowhere/x.png",
    "HTTP://EXAMPLE.INVALID/A.PNG", "https://[::1", "http://a b/c", "blob:https://x/1", "ftp://x/y.png",
    "about:blank", "\x00", "C:\\pictures\\x.png", "http://" + "x" * 9000,
])


@dataclass(frozen=True)
class Drag:
    """What another program offers, by format."""

    files: int
    missing: int
    image: bool
    pictures: Sequence[str]
    links: Sequence[str]
    text: str
    other: Sequence[tuple[str, bytes]]


DRAGS = st.builds(
    Drag, st.integers(0, 3), st.integers(0, 2), st.booleans(), st.lists(st.one_of(WEB, DATA, ODD, WORDS), max_size=3),
    st.lists(st.one_of(WEB, ODD), max_size=3),
    st.one_of(st.just(""), WORDS, WEB, DATA, st.lists(WEB, max_size=4).map("\n".join)),
    st.lists(st.tuples(st.sampled_from(["text/html", "text/uri-list", "application/x-qt-image", "image/png", "x/y"]),
                       st.binary(max_size=80)), max_size=2),
)


@pytest.fixture(scope="module")
def photos() -> Iterator[list[Path]]:
    folder = Path(tempfile.mkdtemp())
    yield [write_picture(folder / f"{number}.png", hue=number) for number in range(3)]
    shutil.rmtree(folder)


def mime_of(drag: Drag, photos: Sequence[Path]) -> QMimeData:
    mime = QMimeData()
    for name, body in drag.other:
        mime.setData(name, body)
    urls = [QUrl.fromLocalFile(str(path)) for path in photos[: drag.files]]
    urls += [QUrl.fromLocalFile(f"/nowhere/{number}.png") for number in range(drag.missing)]
    urls += [QUrl(link) for link in drag.links]
    if urls:
        mime.setUrls(urls)
    if drag.image:
        image = QImage(3, 2, QImage.Format.Format_RGB32)
        image.fill("red")
        mime.setImageData(image)
    if drag.pictures:
        mime.setHtml("".join(f'<p><IMG alt="a>b" src="{html.escape(address)}"></p>' for address in drag.pictures))
    if drag.text:
        mime.setText(drag.text)
    return mime


@pytest.mark.slow
@given(DRAGS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_dropped_is_read_whole(photos: list[Path], drag: Drag) -> None:
    mime = mime_of(drag, photos)
    brought = intake.read(mime)
    for thing in brought:
        assert sum((thing.image is not None, bool(thing.data_url), bool(thing.url or thing.path))) == 1
        assert thing.name
        if thing.image is not None or thing.data_url:
            try:
                assert isinstance(thing.read(), bytes)
            except InputError as error:
                assert "damaged" in error.message  # noqa: PT017  # one of two ends
    _nothing_lost(mime, drag, photos, brought)


def _nothing_lost(mime: QMimeData, drag: Drag, photos: Sequence[Path], brought: Sequence[intake.Brought]) -> None:
    web = [url.toString() for url in mime.urls() if url.scheme() in ("http", "https") and url.host()]
    if drag.files:
        kept = [thing.path for thing in brought]
        assert kept == photos[: drag.files], "every file that is there, in its order, and nothing in its place"
    elif drag.image and mime.hasImage():
        assert [thing.image is not None for thing in brought] == [True]
    elif web or any(_is_web(one) for one in [*drag.pictures, *drag.text.splitlines()]):
        assert brought
        assert all(thing.url for thing in brought)
        pictures = [one for one in dict.fromkeys(drag.pictures) if _is_web(one)]
        if pictures:
            assert [thing.url for thing in brought][: len(pictures)][0].lower().startswith("http")
    elif drag.missing and not any("data:" in one.lower() for one in [*drag.pictures, drag.text]):
        assert any(thing.path is not None for thing in brought) or brought, "what is not there is named, to be told of"


def _is_web(words: str) -> bool:
    plain = words.strip()
    long_enough = plain.lower().startswith(("http://", "https://")) and len(plain) <= intake.MAX_URL
    return long_enough and not any(c.isspace() for c in plain)


INWARD = st.sampled_from(["127.0.0.1", "localhost", "[::1]", "0x7f.0.0.1", "2130706433", "127.1", "0.0.0.0",  # noqa: S104
                          "[::ffff:127.0.0.1]"])


@pytest.mark.slow
def test_nothing_inward_is_ever_asked_and_the_tray_stays_whole(
    qtbot: QtBot, ready_bridge: Bridge, theme: Theme, photos: list[Path]
) -> None:
    """Drops with addresses of this computer in every spelling and place, through the real core, beside a real listener."""
    session = Session(ready_bridge.paths.data / FILE_NAME)
    composer = Composer(ready_bridge, theme, session)
    qtbot.addWidget(composer)
    composer.show()
    composer.set_account(LOCAL)
    qtbot.waitUntil(lambda: composer.operation is not None, timeout=15000)
    composer.picker.choose("video.generate")
    tray = composer.tray

    with site() as here:
        port = here.url.rpartition(":")[2]

        @given(DRAGS, st.lists(st.tuples(st.sampled_from(["html", "urls", "text"]), INWARD), min_size=1, max_size=3),
               st.integers(0, 4))
        @settings(max_examples=60, deadline=None,
                  suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
        def drops(drag: Drag, inward: list[tuple[str, str]], at: int) -> None:
            mime = mime_of(drag, photos)
            for where, host in inward:
                _add(mime, where, f"http://{host}:{port}/x.png")
            buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            middle = tray.slots()[at].geometry().center().toPointF()
            tray.dropEvent(QDropEvent(middle, Qt.DropAction.CopyAction, mime, buttons, keys))
            qtbot.waitUntil(lambda: not tray.is_busy(), timeout=30000)
            for slot in tray.slots():
                assert slot.reference is None or slot.reference.value.startswith("file:")
            tray.set_places({})

        drops()
        assert here.asked == []
    session.close().result(60)


def _add(mime: QMimeData, where: str, address: str) -> None:
    if where == "html":
        mime.setHtml(f'<img src="{address}">')
    elif where == "text":
        mime.setText(address)
    else:
        mime.setUrls([*mime.urls(), QUrl(address)])
