"""Words about replacing and adding things: background, sky, text, one colour by another, hidden faces. One step a clause."""

from __future__ import annotations

import re
from dataclasses import replace

from studio.engine.render.edit.steps import Step
from studio.engine.render.edit.vocabulary import COLOURS, REGIONS
from studio.engine.render.scene.words import read_prompt

_COLOUR = "|".join(COLOURS)
_MARK = re.compile(r"quote(\d+)quote")
_BACK = r"(?:the |its |her |his |their )?(?:back-?ground|backdrop)"
_SWAP = r"(?:replac\w+|swap\w*|chang\w+|exchang\w+|substitut\w+|turn\w*|mak\w+|set|put|use)"
_DENIED = re.compile(r"\b(?:don'?t|do not|never)\b")


def replacing_step(clause: str, quotes: list[str]) -> tuple[Step, str] | None:
    """(the step, the clause) where a clause replaces or adds something, else None. Forbidden ones have no operation."""
    for read in (_background, _sky, _hidden, _coloured):
        step = read(clause)
        if step is not None:
            return (Step(""), clause) if _DENIED.search(clause) else (step, clause)
    lettering = _text(clause, quotes)
    return (lettering, clause) if lettering is not None else None


def _background(clause: str) -> Step | None:
    if re.search(
        rf"\b(?:remove|delete|erase|cut out|cut|eliminate|get rid of|drop|no|without|take out)\b {_BACK}|transparen(?:t|cy)|"
        rf"\bcut[- ]?out\b|isolate (?:the )?(?:subject|person|object)|{_BACK} (?:removed|removal|remover)",
        clause,
    ):
        return Step("cut", words=clause)
    into = (
        re.search(rf"\b{_SWAP}\b {_BACK} (?:in)?(?:with|by|to|into|for|as)?\s*(?:be )?(.+)", clause)
        or re.search(rf"\b(?:add|new|give (?:it|her|him))\b (?:a |an )?(.+?) {_BACK}", clause)
        or re.search(rf"\bon (?:a |an )?((?:plain |solid |soft )?(?:{_COLOUR}|studio|gradient)(?: \w+)?) {_BACK}", clause)
    )
    if into is None:
        # Where somebody is put to names a place as well: "put her on a beach", "place him in a forest".
        into = re.search(
            r"\b(?:put|place|move|set|transport)\b (?:her|him|it|them|the \w+|me|us) (?:on|in|into|at|onto|"
            r"to|before|in front of) "
            r"(.+)",
            clause,
        )
    if into is None:
        return None
    what = re.sub(r"^(?:a|an|the)\s+", "", into[1].strip())
    if not re.search(rf"\b(?:{_COLOUR})\b", what) and re.match(
        r"(?:a (?:little|bit|lot)|slight\w*|much|very|more|less|blur\w*|dark\w*|bright\w*|light\w*|soft\w*|out of|warm\w*|"
        r"cool\w*|black[- ]and|gr[ea]y ?scale|monochrome|desatur\w*|sharp\w*|mono|pixel\w*|sepia|extreme\w*|"
        r"(?:\w+er)\b)",
        what,
    ):
        return None
    if re.match(r"(?:black[- ]and|a (?:little|bit)|slight\w* |much |more |less |\w+er\b)", what):
        return None
    return Step("backdrop", value=what, words=clause)


def _sky(clause: str) -> Step | None:
    if not re.search(r"\bsk(?:y|ies)\b", clause):
        return None
    into = re.search(
        rf"\b{_SWAP}\b (?:the |its )?sky (?:with|by|to|into|for|as|in)?\s*(?:be |look )?(?:like )?(.+)", clause
    ) or re.search(r"\b(?:add|give it|want|put in)\b (?:a |an |some )?(.+?) sky\b", clause)
    if into is None:
        if re.search(r"\b(?:replac\w+|swap|chang\w+|exchang\w+)\b", clause):
            return Step("sky", value="dramatic clouds", words=clause)
        if re.search(r"\b(?:enhance|improve|boost|more dramatic|dramatic|fix|better)\b", clause):
            return Step("enhance", region="sky", words=clause)
        return None
    what = re.sub(r"^(?:a|an|the|some)\s+|\s*sky$", "", into[1].strip())
    if (
        re.match(
            r"(?:more|less|much|a (?:little|bit|lot)|slight\w*|brighter|darker|bluer|warmer|cooler|"
            r"black[- ]and|gr[ea]y ?scale|blur\w*|"
            r"dark$|bright$|very)",
            what,
        )
        or not what
    ):
        if "bluer" in what:
            return Step("tint", value="blue", region="sky", words=clause)
        return None
    return Step("sky", value=what, words=clause)


def _hidden(clause: str) -> Step | None:
    """Faces made unrecognizable, or the whole picture in blocks."""
    if re.search(r"\b(?:pixel(?:ate|ated|ise|ize|ized|ised)|censor|anonymi[sz]e|hide|obscure)\b", clause):
        region = next((name for pattern, name in REGIONS if re.search(rf"\b(?:{pattern})\b", clause)), "")
        region = "faces" if re.search(r"\b(?:anonymi[sz]e|censor)\b", clause) and not region else region
        strong = 1.6 if re.search(r"\b(?:much|strong\w*|heav\w+|very)\b", clause) else 1.0
        return Step("pixelate", strong, region=region, words=clause)
    return None


def place_words(clause: str) -> bool:
    """Whether a clause names anything that a scene can be drawn from.

    Where it names no place, one is chosen by the text as a whole, so a text that differs in marks only may get another.
    """
    readings = [replace(read_prompt(clause + " !" * number), prompt="") for number in range(10)]
    places = {words.place for words in readings}
    return len(places) == 1 or replace(readings[0], place="") != replace(read_prompt("?"), prompt="", place="")


def _coloured(clause: str) -> Step | None:
    if re.search(r"\bblack[- ](?:and|&)[- ]white\b", clause):
        return None
    splash = re.search(rf"\b(?:keep|leave|only)\b.*?\b({_COLOUR})\b.*", clause)
    if splash and re.search(r"\b(?:only|selective|rest|else|other|in colou?r)\b", clause):
        return Step("splash", value=splash[1], words=clause)
    swap = re.search(
        rf"\b(?:chang\w+|turn\w*|mak\w+|replac\w+|recolou?r\w*|"
        rf"swap)\b.*?\b({_COLOUR})\b(?: \w+)?.*?\b(?:(?:in)?to|with|by)?\s*"
        rf"\b({_COLOUR})\b",
        clause,
    )
    if swap and swap[1] != swap[2]:
        return Step("recolour", value=f"{swap[1]}|{swap[2]}", words=clause)
    tint = re.search(
        rf"\b({_COLOUR})(?:ish)?\b(?: colou?red)? ?(?:tint|tone|wash|cast|overlay|filter|hue|light|shade|glow)", clause
    ) or re.search(rf"\b(?:tint|tone|colou?ri[sz]e|wash|tinge)\w*\b.*?\b({_COLOUR})\b", clause)
    if tint is None:
        tint = re.search(
            rf"\b(?:more|make it|make this|turn it)\b (?:more |a (?:little|bit) )?({_COLOUR})(?:r|er|ish)?$", clause
        )
    if tint is None or re.search(r"\b(?:text|border|frame|letters|font|quote\d)", clause):
        return None
    region = next((name for pattern, name in REGIONS if re.search(rf"\b(?:{pattern})\b", clause)), "")
    mild = (
        0.5
        if re.search(r"\b(?:slight\w*|a (?:little|bit)|subtle|soft)\b", clause)
        else 1.6
        if re.search(r"\b(?:strong\w*|much|heavy|very|deep)\b", clause)
        else 1.0
    )
    return Step("tint", mild, tint[1], region, words=clause)


def _text(clause: str, quotes: list[str]) -> Step | None:
    mark = _MARK.search(clause)
    if mark is None:
        return None
    return Step("text", value=f"{quotes[int(mark[1])]}|{lettering_words(clause.replace(mark[0], ' '))}", words=clause)


def lettering_words(clause: str) -> str:
    """Place, size, colour and kind of lettering in words, parted by "|": "top|large|red|bold"."""
    side = next((word for word in ("top", "bottom", "middle") if re.search(rf"\b{word}\b", clause)), "")
    if not side and re.search(r"\bcent(?:er|re)d?\b", clause):
        side = "middle"
    across = next((word for word in ("left", "right") if re.search(rf"\b{word}\b", clause)), "")
    size = (
        "small"
        if re.search(r"\b(?:small|tiny|little)\b", clause)
        else "large"
        if re.search(r"\b(?:large|big|huge|giant)\b", clause)
        else ""
    )
    colour = next((word for word in COLOURS if re.search(rf"\b{word}\b", clause)), "")
    place = f"{side or ('middle' if across else 'bottom')}{' ' + across if across else ''}"
    return "|".join(part for part in (place, size, colour) if part)
