"""Small labels and the tooltips of words that somebody wrote."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from studio.ui.widgets.words import ElidedLabel, tip


def shown(words: str) -> str:
    """What a tooltip makes of it."""
    document = QTextDocument()
    if words.startswith("<qt>"):
        document.setHtml(words)
    else:
        assert not any(sign in words for sign in "<&"), "Qt might take it for markup"
        document.setPlainText(words)
    return document.toPlainText()


def test_a_tooltip_says_words_as_they_are_written() -> None:
    for words in ("a tram", "fox & <b>bold</b>", "<script>x</script> 50 %", "one\ntwo <i>lines</i>", "عند 日本 <u>x</u>"):
        assert shown(tip(words)) == words


def test_long_words_are_wrapped_and_very_long_ones_cut() -> None:
    long = "a word " * 40
    assert tip(long).startswith("<qt>"), "Qt wraps only markup"
    assert shown(tip(long)).split() == long.split()
    assert len(shown(tip("word " * 1000))) < 900
    assert shown(tip("word " * 1000)).endswith("word…")


def test_what_is_cut_short_is_said_whole(qtbot: QtBot) -> None:
    label = ElidedLabel("waves <i>at</i> dusk, a long way from here")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    qtbot.waitUntil(lambda: bool(label.toolTip()))
    assert shown(label.toolTip()) == label.text()
