"""Words about the frame: crop, rotate, flip, resize, border. Each clause gives one step."""

from __future__ import annotations

import re

from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS, RATIO_WORDS

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_RATIO = re.compile(rf"\b{_NUMBER}\s*(?::|to|x|/|by)\s*{_NUMBER}\b")
_SIZE = re.compile(r"\b(\d{2,5})\s*(?:x|×|by|\*)\s*(\d{2,5})\b")
_DENIED = re.compile(r"\b(?:don'?t|do not|never|without|no|avoid|not)\b")
_HALVES = {"half": 50.0, "double": 200.0, "twice": 200.0, "triple": 300.0}


def framing_step(clause: str) -> tuple[Step, str] | None:
    """(the step, the clause) where a clause is about the frame, else None. Forbidden ones come with an empty operation."""
    for read in (_crop, _rotate, _flip, _resize, _border):
        step = read(clause)
        if step is not None:
            if _DENIED.search(clause):
                return Step(""), clause
            return step, clause
    return None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _ratio(clause: str) -> str:
    """A ratio such as "16:9" from numbers or words; "" where none is said."""
    found = _RATIO.search(clause)
    if found and 0 < _number(found[1]) <= 100 and 0 < _number(found[2]) <= 100:
        return f"{found[1]}:{found[2]}"
    for word, ratio in sorted(RATIO_WORDS.items(), key=lambda entry: -len(entry[0])):
        if re.search(rf"\b{word}\b", clause):
            return ratio
    return ""


def _crop(clause: str) -> Step | None:
    cropping = re.search(
        r"\bcrop(?:ped|ping)?\b|\bcut (?:off|to)\b|\btrim(?:med)?\b|\baspect(?: ratio)?\b|\bformat\b|\breframe\b|\bzoom\b|"
        r"\bclose(?:r|-up| up)\b",
        clause,
    )
    if not cropping:
        bare = re.fullmatch(r"(?:make (?:it|this) |(?:in)?to |in )?(\d+(?:\.\d+)?:\d+)", clause)
        if bare:
            return Step("crop", value=bare[1], words=clause)
        plain = re.fullmatch(r"(?:make (?:it|this) |(?:in)?to |in )?(?:a )?(\w+)(?: format)?", clause)
        ratio = (
            _ratio(clause) if plain and plain[1] in ("square", "widescreen", "panoramic", "portrait", "landscape") else ""
        )
        return Step("crop", value=ratio, words=clause) if ratio else None
    ratio = _ratio(clause)
    if ratio and not re.search(r"\bzoom\b", clause):
        return Step("crop", value=ratio, words=clause)
    percent = re.search(rf"{_NUMBER}\s*(?:%|percent)", clause)
    side = re.search(r"\b(left|right|top|bottom)\b", clause)
    if side and (percent or re.search(r"\b(?:off|half|third|side|from|the)\b", clause)):
        share = _number(percent[1]) if percent else 50.0 if "half" in clause else 33.3 if "third" in clause else 15.0
        return Step("trim", value=f"{side[1]} {share:g} %", words=clause)
    if re.search(r"\b(?:faces?|head|portrait)\b", clause):
        return Step("zoom", value="faces", words=clause)
    if (
        re.search(
            r"\b(?:subject|person|object|on (?:her|him|it|the)|tight(?:er|ly)?|close(?:r|-up| up)?|in|to the)\b", clause
        )
        or percent
    ):
        return Step("zoom", _number(percent[1]) / 100 if percent else 1.0, "percent" if percent else "subject", words=clause)
    return Step("zoom", value="subject", words=clause)


def _rotate(clause: str) -> Step | None:
    if re.search(r"\bupside down\b", clause):
        return Step("rotate", value="180", words=clause)
    if not re.search(r"\b(?:rotat(?:e|ed|ing|ion)|turn(?:ed)?|tilt(?:ed)?|spin)\b", clause):
        return None
    degrees = re.search(r"(-?\d+(?:[.,]\d+)?)\s*(?:°|deg(?:rees?)?)?(?!\s*(?:%|percent|x|px))\b|(-?\d+)\s*°", clause)
    way = re.search(r"\b(left|right|anti-?clockwise|counter-?clockwise|clockwise|ccw|cw|around)\b", clause)
    if not degrees and not way:
        return None
    if re.search(r"\b(?:turn(?:ed)?)\b", clause) and not re.search(
        r"\b(?:turn(?:ed)?)(?: (?:it|this|the \w+))? (?:to the |by )?(?:left|right|"
        r"around|clockwise|anti|counter|-?\d)",
        clause,
    ):
        return None
    angle = (
        _number(degrees[1] or degrees[2])
        if degrees
        else 180.0
        if way and way[1] == "around"
        else 5.0
        if "tilt" in clause
        else 90.0
    )
    if way and re.match(r"left|anti|counter|ccw", way[1]):
        angle = -angle
    return Step("rotate", value=f"{angle % 360:g}", words=clause)


def _flip(clause: str) -> Step | None:
    if not re.search(r"\b(?:flip(?:ped)?|mirror(?:ed)?|reflect(?:ed)?)\b", clause):
        return None
    upright = re.search(r"\b(?:vertical(?:ly)?|upside|top[- ]to[- ]bottom|up[- ]?down)\b", clause)
    return Step("flip", value="vertically" if upright else "horizontally", words=clause)


def _resize(clause: str) -> Step | None:
    """Also "1200 px wide", "half the size", "4K"."""
    if re.search(r"\b(?:text|font|letters|quote\d+quote)\b", clause):
        return None
    size = _SIZE.search(clause)
    if size:
        return Step("resize", value=f"{size[1]}×{size[2]}", words=clause)
    side = re.search(r"(\d{2,5})\s*(?:px|pixels?)\s*(wide|width|across|high|tall|height)?", clause)
    if side and re.search(r"\b(?:wide|width|across|high|tall|height|resiz\w*|scale\w*|size|long)\b", clause):
        edge = "high" if side[2] in ("high", "tall", "height") else "wide"
        return Step("resize", value=f"{side[1]} px {edge}", words=clause)
    if not re.search(
        r"\b(?:resiz\w*|(?:down|up)?scal(?:e|ed|ing)|upsampl\w*|(?:the|its|in) (?:size|resolution)|smaller|"
        r"larger|bigger|enlarge\w*|"
        r"shrink|reduce the size)\b",
        clause,
    ):
        named = re.search(r"\b(1k|2k|4k)\b", clause)
        return Step("resize", value=named[1].upper(), words=clause) if named else None
    named = re.search(r"\b(1k|2k|4k)\b", clause)
    if named:
        return Step("resize", value=named[1].upper(), words=clause)
    percent = re.search(rf"{_NUMBER}\s*(?:%|percent)", clause)
    smaller = bool(re.search(r"\b(?:smaller|shrink|reduce|down\w*)\b", clause))
    share = next((value for word, value in _HALVES.items() if re.search(rf"\b{word}\b", clause)), 50.0 if smaller else 200.0)
    if percent:
        said = _number(percent[1])
        share = said if re.search(r"\bto\b", clause) else 100 - min(said, 95) if smaller else 100 + said
    times = re.search(rf"{_NUMBER}\s*(?:x|×|times)\b", clause)
    if times:
        share = 100 / max(_number(times[1]), 0.1) if smaller else 100 * _number(times[1])
    return Step("resize", value=f"{share:g} %", words=clause)


def _border(clause: str) -> Step | None:
    if not re.search(r"\b(?:border|frame)\b", clause) or re.search(r"\bin frame\b", clause):
        return None
    if not re.search(r"\b(?:add|put|with|a|an|give|white|black|thick|thin)\b", clause):
        return None
    colour = next((word for word in COLOURS if re.search(rf"\b{word}\b", clause)), "white")
    amount = (
        2.0
        if re.search(r"\b(?:thick|wide|large|big)\b", clause)
        else 0.5
        if re.search(r"\b(?:thin|small|narrow)\b", clause)
        else 1.0
    )
    return Step("border", amount, colour, words=clause)
