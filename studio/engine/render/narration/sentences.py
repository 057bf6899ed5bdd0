"""Splits a text into sentences and the pauses after them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "no", "fig", "vol", "dept", "inc", "ltd", "co",
    "corp", "gen", "col", "sgt", "capt", "lt", "rev", "hon", "e.g", "i.e", "a.m", "p.m", "approx", "est", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "z.b", "bzw", "usw", "ca", "nr",
))
_PAUSES_S = {".": 0.42, "!": 0.45, "?": 0.48, "…": 0.7, "。": 0.42, "！": 0.45, "？": 0.48, ":": 0.35, ";": 0.32}
_LINE_S, _PARAGRAPH_S, _LONGEST_S = 0.5, 0.9, 10.0
_END = re.compile(r"(?:[.!?…]+|[。！？]+)[\"'”’»)\]]*(?=\s|$|[^\s\d\w.!?…])|[。！？]+|\n\s*\n|\n")
_MARK = re.compile(r"\[\s*(?:(?:short|long)\s+)?pause(?:\s+(\d+(?:\.\d+)?)\s*(m?s)?)?\s*\]|"
                   r"<break(?:\s+time=[\"'](\d+(?:\.\d+)?)(m?s)[\"'])?\s*/?>",
                   re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its place in the text (from 0), and the seconds of silence after it at normal speed."""

    text: str
    start: int
    pause_s: float


def split(text: str) -> list[Sentence]:
    """The sentences of a text that have something to say.

    `[pause 2s]` and `<break time="2s"/>` lengthen the pause between two of them.
    """
    found: list[Sentence] = []
    at = 0
    for mark in [*_MARK.finditer(text), None]:
        end = len(text) if mark is None else mark.start()
        found += _plain(text[at:end], at)
        if mark is not None:
            at = mark.end()
            if found:
                last = found[-1]
                found[-1] = Sentence(last.text, last.start, min(last.pause_s + _seconds(mark), _LONGEST_S))
    return found


def _plain(text: str, offset: int) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for end in _END.finditer(text):
        if end.start() < start or _inside(text, start, end):
            continue
        piece = text[start : end.end()]
        pause = _pause(end.group())
        if any(char.isalnum() for char in piece):
            lead = len(piece) - len(piece.lstrip())
            found.append(Sentence(piece.strip(), offset + start + lead, pause))
        elif found and pause > found[-1].pause_s:
            found[-1] = Sentence(found[-1].text, found[-1].start, pause)
        start = end.end()
    rest = text[start:]
    if any(char.isalnum() for char in rest):
        found.append(Sentence(rest.strip(), offset + start + len(rest) - len(rest.lstrip()), 0.3))
    return found


def _inside(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether the dot belongs to an abbreviation, an initial or a number of a list."""
    if not end.group().startswith(".") or end.group().startswith(".."):
        return False
    word = re.search(r"[\w.]+$", text[start : end.start()])
    if word is None:
        return False
    last = word.group().lower().strip(".")
    follows = text[end.end() :].lstrip()[:1]
    if last in _ABBREVIATIONS:
        return not (last in ("etc", "a.m", "p.m", "inc", "ltd", "co") and follows.isupper())
    return len(last) == 1 and last.isalpha() and last != "i" and follows.isupper()


def _pause(mark: str) -> float:
    if "\n" in mark:
        return _PARAGRAPH_S if mark.count("\n") > 1 else _LINE_S
    if "…" in mark or "..." in mark:
        return _PAUSES_S["…"]
    return max((_PAUSES_S.get(char, 0.0) for char in mark), default=0.4)


def _seconds(mark: re.Match[str]) -> float:
    number, unit = (mark.group(1), mark.group(2)) if mark.group(1) else (mark.group(3), mark.group(4))
    if number is None:
        return 1.2 if "long" in mark.group().lower() else 0.35 if "short" in mark.group().lower() else 0.7
    return float(number) / (1000 if (unit or "s").lower() == "ms" else 1)
