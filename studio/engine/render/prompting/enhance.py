"""prompt.enhance.*: a rewriter by rules. Every word that carries meaning stays, in its order; what the prompt leaves open
(detail, light, lens, camera, frame, pace, style) is added by the kind of its subject. The same input gives the same text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.engine.render.prompting import lexicon
from studio.engine.render.prompting.language import ENGLISH, language_of
from studio.engine.render.prompting.request import Rewrite, apply_request
from studio.engine.render.scene.words import stable_seed
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

MAX_PROMPT = 5000
# How many additions each operation makes: less when it shall be shorter, all when it shall be longer.
_ROOM = {"video": (1, 4, 7), "image": (1, 5, 7), "location": (1, 5, 7), "variant": (1, 3, 5)}
_KEPT = "The same subject, recognisable by face, build and outfit, in the same framing and from the same viewpoint"
_KEPT_OTHERWISE = f"Otherwise {_KEPT[0].lower()}{_KEPT[1:]}"


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing added: its aspect and its words. `joined` to the first sentence by a comma, else a sentence of its own."""

    aspect: str
    words: str
    joined: bool = False


def enhance(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:prompt.enhance.video`, `.image`, `.location` or `.variant`: no file, the text in `extra`.

    `extra` has enhancedPrompt and, beside the contract, language, additions, understood, as_written, replaced and notes.
    """
    control.progress(0.0)
    purpose = task.operation.rpartition(".")[2]
    prompt = re.sub(r"\s+", " ", str(task.input.get("prompt") or "")).strip()
    if not prompt:
        raise RenderRefusedError("The prompt is empty. Say in a few words what it is about.", "prompt")
    language = language_of(prompt)
    if language == ENGLISH:
        extra = _in_english(prompt, purpose, task.input)
    else:
        extra = _passed_through(prompt, task.input, language)
    control.progress(1.0)
    return RenderOutput("prompt", (), extra={**extra, "language": language})


def _passed_through(prompt: str, given: Mapping[str, object], language: str) -> dict[str, object]:
    """Another language: kept word by word, with the style and the change asked for behind it as they were written."""
    text = prompt
    added = []
    for name in ("visualStyle", "rewriteRequest"):
        words = str(given.get(name) or "").strip()
        if words and len(text) + len(words) + 2 <= MAX_PROMPT:
            text = f"{text.rstrip(' .。')}, {words}"
            added.append(name)
    note = f"The prompt looks like {language}, not English: its words were kept, and only what you gave was added."
    return {"enhancedPrompt": text, "additions": added, "notes": [note]}


def _in_english(prompt: str, purpose: str, given: Mapping[str, object]) -> dict[str, object]:
    request, style = (str(given.get(name) or "").strip() for name in ("rewriteRequest", "visualStyle"))
    rewrite = apply_request(prompt, request or None)
    described = ", ".join([rewrite.text, *rewrite.added, *rewrite.sentences])
    chosen = _choose(purpose, described, rewrite, given)
    if style:
        chosen = [addition for addition in chosen if addition.aspect != "style"]
    if style and not _says(described, style):
        chosen.insert(0, Addition("style", f"{style[0].upper()}{style[1:]}" if _says(style, "style") else f"{style} style"))
    text, used = _written(rewrite, chosen)
    full = f"There was no room for more: a prompt has at most {MAX_PROMPT} characters."
    notes = [] if len(used) == len(chosen) else [full]
    found: dict[str, object] = {"enhancedPrompt": text, "additions": [addition.aspect for addition in used], "notes": notes}
    if request:
        found |= {"understood": rewrite.understood, "as_written": rewrite.as_written,
                  "replaced": [list(pair) for pair in rewrite.replaced]}
    return found


def _choose(purpose: str, text: str, rewrite: Rewrite, given: Mapping[str, object]) -> list[Addition]:
    """What is added for a purpose, most important first, as much as there is room for."""
    seed = stable_seed(text)
    kind = lexicon.kind_of(rewrite.text)
    light = Addition("light", _pick(lexicon.LIGHTS[_hour(text, kind)], seed))
    detail = Addition("detail", _pick(lexicon.DETAILS[kind], seed), joined=True)
    lens = Addition("lens", _pick(lexicon.LENSES[kind], seed))
    style = Addition("style", _style_of(purpose, kind))
    frame = [Addition("frame", lexicon.FRAMES[str(ratio)])] if (ratio := given.get("aspectRatio")) in lexicon.FRAMES else []
    seconds = given.get("duration")
    pace = [Addition("pace", lexicon.pace_of(seconds))] if isinstance(seconds, (int, float)) else []
    asked = [*pace, *frame]  # for fields that were filled in: never left out for brevity
    more = [Addition("palette", _pick(lexicon.PALETTES, seed)), Addition("atmosphere", lexicon.ATMOSPHERE)]
    plans: dict[str, list[Addition]] = {
        "video": [Addition("camera", _pick(lexicon.CAMERAS[kind], seed)), light, style, detail, lens, *more],
        "image": [detail, light, lens, style, Addition("setting", "Clear separation between subject and background"), *more],
        "location": [Addition("setting", _pick(lexicon.SETTINGS, seed), joined=True),
                     Addition("materials", _pick(lexicon.MATERIALS, seed)), light,
                     Addition("lens", _pick(lexicon.LENSES["landscape" if kind == "thing" else kind], seed)),
                     *reversed(more)],
        "variant": [Addition("identity", _KEPT_OTHERWISE if rewrite.changed else _KEPT), light, detail, *more],
    }
    plan = [one for one in plans[purpose] if not _mentioned(one.aspect, text)]
    room = _ROOM[purpose][rewrite.size + 1]
    return [one for one in asked if not _mentioned(one.aspect, text)] + plan[:room]


def _mentioned(aspect: str, text: str) -> bool:
    pattern = lexicon.MENTIONS.get(aspect)
    return pattern is not None and pattern.search(text) is not None


def _hour(text: str, kind: str) -> str:
    """Which row of lights fits: weather and hour where they are named, else the kind of place."""
    hour, weather = lexicon.named(lexicon.HOURS, text), lexicon.named(lexicon.WEATHER, text)
    if hour in ("night", "dawn", "dusk"):
        return hour
    if weather is not None and weather != "clear":
        return weather
    return kind if hour is None and kind in lexicon.LIGHTS else "day"


def _style_of(purpose: str, kind: str) -> str:
    if purpose == "video":
        return "Cinematic, natural colours, true motion"
    return "Clean product photograph" if kind == "product" else "Natural colours, photographic look"


def _written(rewrite: Rewrite, chosen: Sequence[Addition]) -> tuple[str, list[Addition]]:
    """The prompt, what was asked to be added, then the additions as far as they fit."""
    base = rewrite.text.rstrip(" ,;")
    ended = base[-1:] in ".!?…"
    base = base.rstrip(".") if base.endswith(".") and not base.endswith("..") else base
    joined = [*rewrite.added]
    first = ", ".join([base, *joined]) if not ended or base[-1:] not in "!?…" else " ".join([base, *map(_sentence, joined)])
    first = first[0].upper() + first[1:]
    used: list[Addition] = []
    sentences = [_sentence(words) for words in rewrite.sentences]
    text = _assembled(first, sentences)
    for addition in chosen:
        further = [*sentences] if addition.joined else [*sentences, _sentence(addition.words)]
        opening = f"{first}, {addition.words}" if addition.joined and first[-1:] not in "!?…" else first
        if addition.joined and opening == first:
            further = [*sentences, _sentence(addition.words)]
        attempt = _assembled(opening, further)
        if len(attempt) > MAX_PROMPT:
            continue
        text, first, sentences = attempt, opening, further
        used.append(addition)
    return text[:MAX_PROMPT], used


def _assembled(first: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return first
    return " ".join([first if first[-1:] in ".!?…" else f"{first}.", *sentences])


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}" + ("" if words[-1:] in ".!?…" else ".")


def _pick(options: Sequence[str], seed: int) -> str:
    return options[seed % len(options)]


def _says(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", text, re.IGNORECASE) is not None
