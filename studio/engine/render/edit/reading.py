"""From an instruction in words to steps: what to do, how much, and to which part of the picture.

The text is cut into clauses; in each the phrases of the vocabulary are found, the words of amount, direction and region
beside them give the numbers, and what no phrase explains is handed back as not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studio.engine.render.edit import vocabulary
from studio.engine.render.edit.framing_words import framing_step
from studio.engine.render.edit.replacing_words import lettering_words, place_words, replacing_step
from studio.engine.render.edit.steps import Step

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{1,300})[\"“”„«»]|(?<!\w)['‘]([^'’]{1,300})['’](?!\w)")
_PARTS = re.compile(
    r"[,;.!?\n]+\s+|[;!?\n]+|,|\.$|\b(?:and then|then|and also|as well as|and|also|but|plus|while|with)\b|&(?= )"
)
_PROTECTED = (
    "black and white",
    "black-and-white",
    "teal and orange",
    "orange and teal",
    "pen and ink",
    "pros and cons",
    "day and night",
    "left and right",
    "top and bottom",
)
_JOINED = re.compile(r"\b((?:replac|chang|swap|exchang|substitut|fill)\w*\b[^,;.]{0,50}?) with\b")
_NOT = re.compile(r"\b(?:don'?t|do not|never|without|no|avoid|not)\b(?! (?:so|too|as)\b)")
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent)")
_TIMES = re.compile(r"\b(twice|double|triple|half)\b")
_KEEPS = {"twice": 2.0, "double": 2.0, "triple": 3.0, "half": 0.5}


@dataclass(frozen=True, slots=True)
class Instructions:
    """`steps` in the order they were said; `unknown`: the clauses' words that nothing explains; `left`: what was
    forbidden."""

    steps: tuple[Step, ...]
    unknown: tuple[str, ...]
    left: tuple[str, ...]


def read_instructions(prompt: str) -> Instructions:
    """What a prompt asks for. Never fails: words that it does not know come back in `unknown`."""
    text, quotes = _without_quotes(prompt)
    steps: list[Step] = []
    unknown: list[str] = []
    left: list[str] = []
    region = ""
    for clause in _clauses(text):
        found, rest, refused = _read_clause(clause, quotes, region, bool(steps))
        if rest and not found and steps and (longer := _continued(steps[-1], clause)) is not None:
            steps[-1], rest = longer, ""
        steps += found
        left += refused
        region = found[-1].region if found else region
        if rest:
            unknown.append(rest)
    return Instructions(tuple(_merged(steps)), tuple(unknown), tuple(left))


def _without_quotes(prompt: str) -> tuple[str, list[str]]:
    """Text to be written stands in quotes: it is no instruction, so a mark stands in its place."""
    quotes: list[str] = []

    def mark(match: re.Match[str]) -> str:
        quotes.append((match[1] or match[2]).strip())
        return f" quote{len(quotes) - 1}quote "

    marked = _QUOTED.sub(mark, prompt)
    plain = re.search(r"\b(?:text|caption|title|words?|write|saying|says)\s*:\s*([^,;\n]{1,200})", marked, re.IGNORECASE)
    if plain and "quote" not in plain[1]:
        quotes.append(plain[1].strip())
        marked = marked.replace(plain[1], f" quote{len(quotes) - 1}quote ", 1)
    return re.sub(r"\s+", " ", marked.replace("’", "'")).strip().lower(), quotes


def _clauses(text: str) -> list[str]:
    text = _JOINED.sub(lambda match: f"{match[1]} by ", text)
    for number, phrase in enumerate(_PROTECTED):
        text = text.replace(phrase, f"kept{number}kept")
    parts = [part.strip(" .,:") for part in _PARTS.split(text)]
    for number, phrase in enumerate(_PROTECTED):
        parts = [part.replace(f"kept{number}kept", phrase) for part in parts]
    return [part for part in parts if part]


def _read_clause(clause: str, quotes: list[str], before: str, later: bool) -> tuple[list[Step], str, list[str]]:
    """(steps, the words left over, what was said not to be done) of one clause."""
    region, rest = _region(clause)
    particular = replacing_step(clause, quotes) or framing_step(clause)
    if particular is not None:
        step, taken = particular
        return ([step], "", []) if step.operation else ([], "", [taken])
    if region == "" and later and before not in ("", "faces") and re.search(r"\b(?:it|its|them)\b", clause):
        region = before
    steps: list[Step] = []
    refused: list[str] = []
    forbidden = bool(_NOT.search(rest))
    for step, phrase in _phrases(rest):
        rest = rest.replace(phrase, " ", 1)
        if forbidden and step.operation not in {"grey", "grain"}:
            refused.append(phrase)
            continue
        steps.append(replace(step, region=region if region != "whole" else "", words=phrase))
    if not steps and not refused and region == "background" and re.search(r"\b(?:gone|away|out)\b", rest):
        return [Step("cut", region="", words=clause)], "", []
    return steps, "" if refused and not steps else _left_over(rest, bool(steps)), refused


def _continued(step: Step, clause: str) -> Step | None:
    """The last step with a clause that goes on about it: more of a place, the look of a lettering, the other way to flip."""
    if step.operation in {"backdrop", "sky"} and place_words(clause):
        return replace(step, value=f"{step.value}, {clause}")
    if step.operation == "text":
        words, _, look = step.value.partition("|")
        more = lettering_words(clause)
        if re.search(
            r"\b(?:letters?|font|text|type|colou?r|bold|size|left|right|top|bottom|middle|cent(?:er|re))\b", clause
        ) or more.count("|"):
            placed = re.search(r"\b(?:top|bottom|middle|cent(?:er|re)|left|right)\b", clause)
            joined = more if placed else "|".join([look, *more.split("|")[1:]])
            return replace(step, value=f"{words}|{joined}")
    return None


def _region(clause: str) -> tuple[str, str]:
    """(the part of the picture that the clause is about, the clause without it)."""
    for pattern, name in vocabulary.REGIONS:
        found = re.search(rf"\b(?:{pattern})\b", clause)
        if found:
            return name, (clause[: found.start()] + " " + clause[found.end() :]).strip()
    return "", clause


def _phrases(text: str) -> list[tuple[Step, str]]:
    """Every operation named, in the order of the text, each with the words that named it."""
    found: list[tuple[int, int, Step, str]] = []

    def take(pattern: str, step: Step) -> None:
        for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text):
            if not any(start < match.end() and match.start() < end for start, end, _, _ in found):
                found.append((match.start(), match.end(), step, match[0]))

    for pattern, operation, value in vocabulary.TOGGLES:
        take(pattern, Step(operation, value=value))
    for pattern, style in vocabulary.STYLE_PHRASES:
        take(pattern, Step("style", value=style))
    for pattern, operation, way in vocabulary.GRADED:
        take(pattern, Step(operation, way))
    steps = []
    for start, end, step, phrase in sorted(found, key=lambda entry: entry[0]):
        if step.operation in _GRADED_NAMES:
            step = _weighed(step, phrase, text[:start], text[end:])
        else:
            step = replace(step, amount=_amount(text))
        steps.append((step, phrase))
    return _without_echo(steps)


_GRADED_NAMES = frozenset(operation for _, operation, _ in vocabulary.GRADED)


def _without_echo(steps: list[tuple[Step, str]]) -> list[tuple[Step, str]]:
    """The word "colours" beside a more telling one means nothing of its own ("brighter colours" is one wish)."""
    telling = any(step.operation not in {"saturation"} or phrase not in {"colours", "colors"} for step, phrase in steps)
    graded = [pair for pair in steps if not (telling and pair[1] in {"colours", "colors"} and pair[0].amount == 1)]
    return graded or steps


def _weighed(step: Step, phrase: str, before: str, after: str) -> Step:
    """Direction and amount of a graded operation from the words around it."""
    near = f"{before[-40:]} | {after[:40]}"
    sign = step.amount
    if step.operation == "highlights":
        sign = 1.0 if re.search(r"\b(?:brighten|brighter|lighten|increase|boost|raise|more|lift|up)\b", near) else -1.0
    elif step.operation == "shadows":
        sign = -1.0 if re.search(r"\b(?:darken|darker|deepen|deeper|crush|less|lower|decrease)\b", near) else 1.0
    elif re.search(rf"\b(?:{vocabulary.LESS})\b", near) and not re.search(r"\btone down\b.*\bup\b", near):
        sign = -sign
    if (
        step.operation == "brightness"
        and re.fullmatch(r"under-?exposed", phrase)
        and not re.search(r"\b(?:less|too)\b", near)
    ):
        sign = 1.0 if re.search(r"\b(?:fix|correct|repair|is|it's)\b", near) else sign
    percent = _PERCENT.search(near)
    if percent:
        return replace(
            step, amount=sign * min(float(percent[1].replace(",", ".")) / 25, 4.0), exact=float(percent[1].replace(",", "."))
        )
    return replace(step, amount=sign * _amount(near))


def _amount(text: str) -> float:
    """How much, as a factor of the usual."""
    times = _TIMES.search(text)
    if times:
        return _KEEPS[times[1]]
    for pattern, factor in vocabulary.AMOUNTS:
        if re.search(rf"\b(?:{pattern})\b", text):
            return factor
    percent = _PERCENT.search(text)
    return min(float(percent[1].replace(",", ".")) / 100, 1.0) if percent else 1.0


def _left_over(rest: str, something: bool) -> str:
    """The words of a clause that nothing explains, as they were said; nothing where only fillers are left."""
    for pattern, _ in vocabulary.AMOUNTS:
        rest = re.sub(rf"\b(?:{pattern})\b", " ", rest)
    rest = re.sub(rf"\b(?:{vocabulary.MORE}|{vocabulary.LESS})\b|{_PERCENT.pattern}|quote\d+quote", " ", rest)
    rest = _TIMES.sub(" ", rest) if something else rest
    words = [word for word in re.findall(r"[^\W_][\w'’-]*", rest) if word not in vocabulary.FILLERS]
    return " ".join(words)


def _merged(steps: list[Step]) -> list[Step]:
    """The same wish said twice in the same way counts once."""
    kept: list[Step] = []
    for step in steps:
        if not any(replace(step, words="") == replace(other, words="") for other in kept):
            kept.append(step)
    return kept
