"""A rewriteRequest in plain words ("make it night", "shorter", "without people") taken apart into changes of a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from studio.engine.render.prompting.lexicon import HOURS, SEASONS, WEATHER, named

_MOODS: dict[str, str] = {
    r"dramatic|epic|intense|powerful": "dramatic mood with strong contrast and bold shapes",
    r"dark|darker|gloomy|moody|sinister": "dark, low-key mood with deep shadows",
    r"bright|brighter|light|lighter|airy|cheerful": "bright, airy mood with open shadows",
    r"calm|calmer|peaceful|quiet|quieter|serene|relaxed": "calm, quiet mood with soft contrast",
    r"romantic|dreamy|tender|softer|soft": "dreamy, tender mood with soft focus at the edges",
    r"scary|scarier|creepy|eerie|spooky|horror": "eerie mood, uneasy silence, hidden corners",
    r"mysterious|mystical|magical|fantastical|surreal": "mysterious mood, half-hidden shapes, a hint of magic",
    r"colou?rful|vivid|vibrant|saturated": "vivid, saturated colours in clear harmony",
    r"muted|desaturated|pale|pastel": "muted pastel colours",
    r"minimal|minimalist|simple|simpler|clean|cleaner": "minimal composition, few elements, much empty space",
    r"warm|warmer|cosy|cozy": "warm colours and a cosy mood",
    r"cool|cooler|cold|colder": "cool blue colours",
    r"funny|funnier|playful|whimsical|humorous": "playful mood with a touch of humour",
    r"sad|melancholic|melancholy|lonely": "melancholic mood, much space around the subject",
    r"happy|happier|joyful": "joyful mood",
    r"realistic|photorealistic|lifelike|natural": "photorealistic, natural colours, true textures",
    r"cinematic|filmic": "cinematic grade with soft highlights and rich shadows",
    r"luxurious|elegant|premium": "elegant, refined mood with restrained colours",
    r"futuristic|sci-?fi": "futuristic shapes and materials",
    r"old|older|vintage|retro|nostalgic": "vintage look with faded colours and fine grain",
    r"energetic|dynamic|faster|exciting|lively|action-packed": "energetic mood, strong diagonals, visible movement",
    r"black and white|monochrome|b&w": "black and white, rich greys",
}
_SHOTS: dict[str, str] = {
    r"close-?up|closer|tight(?:er)?": "close-up framing",
    r"wide(?:r)?(?: shot| angle)?|further away|zoomed out": "wide shot with much of the surroundings",
    r"(?:from )?(?:above|bird'?s[- ]eye\w*|top[- ]down|aerial|drone)(?: view| shot)?": "seen from high above",
    r"(?:from )?below|low[- ]angle": "low angle looking up", r"slow[- ]?motion|slower": "slow motion",
    r"time-?lapse": "time-lapse", r"hand-?held": "handheld camera",
    r"static(?: camera)?|locked[- ]off|no camera movement": "static camera",
    r"first[- ]person|pov": "first-person view",
}
_WHEN = {"night": "at night", "dawn": "at dawn", "dusk": "at sunset", "day": "in daylight"}
_HOUR_WORDS = {
    "morning": "in the morning", "golden hour": "at golden hour", "blue hour": "at blue hour", "noon": "at noon",
    "midday": "at noon", "midnight": "at midnight", "evening": "in the evening", "dusk": "at dusk",
    "twilight": "at twilight",
    "afternoon": "in the afternoon", "sunrise": "at sunrise", "dawn": "at dawn", "sunset": "at sunset",
}
_SKIES = {"rain": "in the rain", "snow": "in falling snow", "fog": "in thick fog", "storm": "in a thunderstorm",
          "clear": "under a clear sky"}
_FOR_IT = r"(?:make (?:it|this) )?(?:much |a bit |a little )?"
_SHORTER = rf"{_FOR_IT}(?:short(?:er)?|briefer?|more concise|less words|fewer words|less detail(?:ed)?|simplify it)"
_LONGER = rf"{_FOR_IT}(?:long(?:er)?|more detail(?:s|ed)?|add (?:more )?details?|richer|more descriptive|expand(?: it)?)"
_LEAD = re.compile(
    r"^(?:please |now |just |can you |could you |and |but |also )*"
    r"(?:(?:make|turn|set|have|put|place|let|keep) (?:it|this|the (?:scene|image|picture|video|prompt)|everything)\s*)?"
    r"(?:(?:be|look|feel|happen|take place|into|to be)\s+)*"
    r"(?:(?:much|a bit|a little|slightly|way|even|very) )?(?:more |rather )?", re.IGNORECASE)
_SPLIT = re.compile(
    r"\s*(?:[;\n]+|\.\s+|,\s*(?!\s*and\b)|,?\s+but\s+"
    r"|,?\s+and (?=make|add|remove|without|no |more|in |at |with|use|keep|shorter|longer|set|change"
    r"|replace))\s*", re.IGNORECASE)


@dataclass(slots=True)
class Rewrite:
    """A prompt on its way: `text` with replacements done, `added` phrases that join it, `sentences` on mood, shot and style.

    `size` is -1 for shorter, 1 for longer. `understood` and `as_written` list the parts of the request; what is not
    understood is added to the prompt as it was written. `replaced` holds (old, new) words.
    """

    text: str
    added: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    size: int = 0
    understood: list[str] = field(default_factory=list)
    as_written: list[str] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the request changes what is shown, not only how much is said of it."""
        return bool(self.added or self.sentences or self.replaced)


def apply_request(text: str, request: str | None) -> Rewrite:
    """`text` changed as `request` asks, part by part (parts end at commas, semicolons, full stops, "and" before a verb)."""
    rewrite = Rewrite(text)
    for part in _SPLIT.split((request or "").strip()):
        words = part.strip(" .!,")
        if not words:
            continue
        if any(rule(rewrite, words) for rule in _RULES):
            rewrite.understood.append(words)
        else:
            rewrite.as_written.append(words)
            rewrite.added.append(words)
    return rewrite


def _size(rewrite: Rewrite, words: str) -> bool:
    for pattern, size in ((_SHORTER, -1), (_LONGER, 1)):
        if re.fullmatch(pattern, words, re.IGNORECASE):
            rewrite.size = size
            return True
    return False


def _swap(rewrite: Rewrite, words: str) -> bool:
    """"replace the dog with a cat", "change blue to red", "turn the car into a boat", "a cat instead of the dog"."""
    found = re.fullmatch(r"(?:replace|swap|change|turn) (?:the |a |an )?(.+?) (?:with|by|to|into|for) (.+)", words,
                         re.IGNORECASE)
    old, new = (found[1], found[2]) if found else ("", "")
    turned = re.fullmatch(r"(?:use |have |with )?(.+?) instead of (?:the |a |an )?(.+)", words, re.IGNORECASE)
    if turned:
        old, new = turned[2], turned[1]
    if not old or re.fullmatch(r"it|this|scene|everything", old, re.IGNORECASE):
        return False
    given = re.match(r"(?:a|an|the|two|three|some) ", new, re.IGNORECASE)
    article = r"(?:\b(?:a|an|the) )?" if given else ""
    pattern = re.compile(rf"{article}\b{re.escape(old)}\b", re.IGNORECASE)
    if not pattern.search(rewrite.text):
        return False
    rewrite.text = pattern.sub(lambda _: new, rewrite.text)
    rewrite.replaced.append((old, new))
    return True


def _without(rewrite: Rewrite, words: str) -> bool:
    found = re.fullmatch(r"(?:(?:make it |but )?without|no|remove|leave out|drop|delete|get rid of|take out)(?: any| "
                         r"all| the)* (.+)",
                         words, re.IGNORECASE)
    if not found:
        return False
    gone = re.sub(r"^(?:the|a|an|any|all) ", "", found[1].strip(), flags=re.IGNORECASE)
    stem = re.escape(gone[:-1] if gone.endswith("s") and len(gone) > 3 else gone)
    # An item of a list, or what hangs on "with": the subject itself, at the beginning, is never cut away.
    item = re.compile(r"(?:,? (?:and|with|full of) |, )(?:(?:a|an|the|some|many|few|two|three|several) )?(?:\w+ )?"
                      rf"{stem}s?\b(?= and |,|\.|$| in | on | at )", re.IGNORECASE)
    hit = item.search(rewrite.text)
    if hit:
        rewrite.text = (rewrite.text[: hit.start()] + rewrite.text[hit.end() :]).strip(" ,")
        rewrite.replaced.append((gone, ""))
    rewrite.added.append(f"without any {gone}")
    return True


def _moment(rewrite: Rewrite, words: str) -> bool:
    """Hour, season and weather: they replace what the prompt said of the same, else they are added."""
    bare = re.sub(r"^(?:change |switch )?(?:the )?(?:time(?: of day)?|season|weather)?(?: to)? ?(?:in|at|during"
                  r"|under)? ?(?:the |a )?", "",
                  _LEAD.sub("", words), flags=re.IGNORECASE)
    bare = re.sub(r"(?: ?time| scene)$", "", bare, flags=re.IGNORECASE)
    bare = re.sub(r"^(?:heavy|light|thick|falling) ", "", bare, flags=re.IGNORECASE)
    for table, phrases in ((HOURS, _WHEN), (SEASONS, {name: f"in {name}" for name in SEASONS}), (WEATHER, _SKIES)):
        name = next((key for key, pattern in table.items() if re.fullmatch(pattern, bare, re.IGNORECASE)), None)
        if name is None:
            continue
        phrase = _HOUR_WORDS.get(bare.lower(), phrases[name]) if table is HOURS else phrases[name]
        _replace_moment(rewrite, table, name, phrase)
        return True
    return False


def _replace_moment(rewrite: Rewrite, table: dict[str, str], name: str, phrase: str) -> None:
    before = named(table, rewrite.text)
    if before == name:
        return
    while (old := named(table, rewrite.text)) is not None and old != name:
        pattern = rf"(?:,? ?\b(?:at|in|on|under|during|by) (?:the |a |an )?)?\b(?:{table[old]})\b"
        hit = re.search(pattern, rewrite.text, re.IGNORECASE)
        if hit is None:
            break
        rewrite.replaced.append((hit[0].strip(" ,"), phrase))
        left = f"{rewrite.text[: hit.start()]} {rewrite.text[hit.end() :]}"
        rewrite.text = re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s{2,}", " ", left)).strip(" ,")
    rewrite.added.append(phrase)


def _mood(rewrite: Rewrite, words: str) -> bool:
    bare = re.sub(r"(?: mood| look| feeling| atmosphere| style)$", "", _LEAD.sub("", words), flags=re.IGNORECASE)
    hits = [phrase for pattern, phrase in _MOODS.items() if re.fullmatch(pattern, bare, re.IGNORECASE)]
    if not hits:
        parts = re.split(r"(?: and |, )", bare)
        hits = [phrase for part in parts for pattern, phrase in _MOODS.items() if re.fullmatch(pattern, part, re.IGNORECASE)]
        if len(hits) != len(parts):
            return False
    rewrite.sentences += hits
    return True


def _shot(rewrite: Rewrite, words: str) -> bool:
    bare = re.sub(r"^(?:use |as )?(?:an? |the )?|(?: framing| view)$", "", _LEAD.sub("", words), flags=re.IGNORECASE)
    hit = next((phrase for pattern, phrase in _SHOTS.items() if re.fullmatch(pattern, bare, re.IGNORECASE)), None)
    if hit is not None:
        rewrite.sentences.append(hit)
    return hit is not None


def _style(rewrite: Rewrite, words: str) -> bool:
    bare = _LEAD.sub("", words) or words
    found = re.fullmatch(r"(?:(?:as|like|into) (?:an? )?|in (?:the )?style of )(.+)", bare, re.IGNORECASE)
    arts = r"style|painting|watercolou?r|anime|sketch|drawing"
    found = found or re.fullmatch(rf"(?:turn (?:it|this) into|use|make it|draw it as|paint it as) (?:an? "
                                  rf")?(.*(?:{arts}))", words,
                                  re.IGNORECASE)
    if found:
        rewrite.sentences.append(f"in the style of {found[1]}" if "style" not in found[1].lower() else f"in {found[1]}")
    return found is not None


def _place(rewrite: Rewrite, words: str) -> bool:
    bare = _LEAD.sub("", words)
    found = re.fullmatch(r"(?:(?:set|placed?|move (?:it|this|the scene)|happening|located|taking place) )?"
                         r"((?:in|on|at|by|near|under|inside|to) (?:the |a |an )?.+)", bare, re.IGNORECASE)
    if found:
        place = re.sub(r"^to ", "in ", found[1], flags=re.IGNORECASE)
        rewrite.added.append(place)
    return found is not None


def _more(rewrite: Rewrite, words: str) -> bool:
    found = re.fullmatch(r"(?:please )?(?:add|include|with|put in|give (?:it|him|her|them)|show)(?: also| some more)? "
                         r"(.+)", words,
                         re.IGNORECASE)
    if found:
        rewrite.added.append(f"with {found[1]}")
        return True
    changed = re.fullmatch(r"make (?:the|his|her|their|its) (.+?) (\S+)", words, re.IGNORECASE)
    if changed:
        rewrite.added.append(f"the {changed[1]} {changed[2]}")
    return changed is not None


_RULES: tuple[Callable[[Rewrite, str], bool], ...] = (_size, _swap, _without, _moment, _mood, _shot, _style, _more, _place)
