"""A recipe as it goes along in a media file: a JSON object, made by allow-list, so that no key and no private path gets in.

    {"version": 1, "program": "Studio 0.2.0", "operation": "image.generate", "service": "cannon-studio", "model": "…",
     "seed": 7, "input": {"prompt": "…"}, "parents": ["<sha256>", …], "made_at": "2026-11-21T14:00:00Z"}

What is not known is left out. `input` holds fields of `SHOWN` only, of media only the file's hash; whoever reads it takes
unknown keys as not written, and refuses a version above its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import studio
from studio.domain.asset import Recipe

VERSION = 1
LARGEST = 60_000
"""Bytes of a record: one segment of a JPEG holds 65,533."""

_TEXTS = frozenset({
    "prompt", "negative_prompt", "text", "title", "style", "tone", "scene", "negative_tags", "description_prompt",
    "rewriteRequest", "visualStyle", "video_title", "audio_title", "motion", "name",
})
_CHOICES = frozenset({
    "aspectRatio", "aspect_ratio", "at_s", "audio", "audio_duration", "audio_weight", "camera_control", "control_mode",
    "custom_mode", "duration", "duration_seconds", "instrumental", "mode", "model", "motion_scale", "nsfw_checker",
    "prompt_extend", "prompt_influence", "provider", "quality", "reference_prompt_balance", "resolution", "seed",
    "similarity_boost", "source_duration", "speed", "stability", "style_weight", "subtitle_settings", "target_fps",
    "target_resolution", "upscale_factor", "video_duration", "vocal_gender", "voice_id", "watermark",
    "weirdness_constraint",
})
_MEDIA = frozenset({
    "audio_url", "end_image_url", "file_url", "first_clip_url", "first_frame_url", "image_url", "images", "last_frame_url",
    "reference_image_urls", "reference_images", "source_video_url", "thumbnail_url", "video_url",
})
SHOWN = _TEXTS | _CHOICES | _MEDIA
"""The fields that go along. Left out on purpose: ids of an account's own things (characters, personas, videos), names of
files, and every field that this version does not know."""

_HASHED = re.compile(r"([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?")
_LONGEST_WORD = 200  # of a choice
_PRIVATE = re.compile(
    r"""(?ix)
      \b(?:cs|cl|sk|pk|rk)[_-](?:live|test|proj|ant)[\w-]*                    # keys of services
    | \bwhsec_[\w+/=-]+ | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b | \bgh[pousr]_\w{20,} | \bhf_\w{20,} | \bxox[abprs]-[\w-]+
    | (?<=bearer\s)[\w.~+/=-]{8,}
    | \b(?:file|data|blob|s3|ftp|smb|https?)://?[^\s"'<>]+ | \bdata:[\w.+/-]+;base64,[\w+/=]*
    | (?<![\w.])~/[^\s"'<>,;]+
    | (?<![\w.:/])/(?:home|users|root|tmp|var|mnt|media|private|volumes|opt|etc|srv|run)/[^\s"'<>,;]*
    | \b[a-z]:[\\/][^\s"'<>,;]+ | \\\\[\w.-]+\\[^\s"'<>,;]+
    """
)
_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class RecipeFacts:
    """What a record says beside the recipe. `parents`: SHA-256 of what it was made from."""

    made_at: datetime | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipeRecord:
    """What was found in a file. The recipe's parents are content hashes; its job is unknown here."""

    recipe: Recipe
    made_at: datetime | None = None
    version: int = VERSION
    program: str = ""


def record_of(recipe: Recipe, facts: RecipeFacts) -> str | None:
    """The record as one line of JSON; None where it would be larger than every container takes."""
    given = {name: cleaned for name, value in recipe.input.items() if (cleaned := _cleaned(name, value)) is not None}
    parents = dict.fromkeys((*(one for one in facts.parents if _HASHED.fullmatch(one)), *_hashes(recipe.input)))
    told: dict[str, object] = {
        "version": VERSION, "program": f"Studio {studio.__version__}", "operation": _words(recipe.operation),
        "service": _words(recipe.service), "model": _words(recipe.model) if recipe.model else None, "seed": recipe.seed,
        "input": given, "parents": list(parents),
        "made_at": facts.made_at and facts.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    kept = {name: value for name, value in told.items() if value is not None}
    line = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return line.decode("utf-8") if len(line) <= LARGEST else None


def read_record(line: str) -> RecipeRecord | None:
    """What a record says; None for one that is none, or of a later version. Its fields are checked as strictly as they are
    written: the file may come from anywhere."""
    try:
        told = json.loads(line) if len(line) <= LARGEST * 2 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not _is_ours(told):
        return None
    given = told.get("input")
    shown = {name: value for name, value in given.items() if name in SHOWN} if isinstance(given, dict) else {}
    kept = {name: cleaned for name, value in shown.items() if (cleaned := _cleaned(name, value)) is not None}
    model, seed, parents = told.get("model"), told.get("seed"), told.get("parents")
    known = [one for one in parents if isinstance(one, str) and _HASHED.fullmatch(one)] if isinstance(parents, list) else []
    recipe = Recipe(
        _words(told["operation"]), _words(told["service"]), kept, _words(model) if isinstance(model, str) else None,
        seed if isinstance(seed, int) and not isinstance(seed, bool) else None, None,
        tuple(known),
    )
    program = told.get("program")
    return RecipeRecord(recipe, _moment(told.get("made_at")), VERSION, _words(program) if isinstance(program, str) else "")


def _is_ours(told: Mapping[str, object]) -> bool:
    version = told.get("version")
    named = all(isinstance(told.get(name), str) and told[name] for name in ("operation", "service"))
    return isinstance(version, int) and 1 <= version <= VERSION and named


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cleaned(name: str, value: object) -> object:
    """A field's value as it may be told; None for nothing."""
    if name in _MEDIA:
        return _names_of_media(value)
    if name in _TEXTS:
        return _told(value) if isinstance(value, str) and value else None
    return _plain(value) if name in _CHOICES else None


def _names_of_media(value: object) -> object:
    """Names that are hashes, as the library's own copies have them; addresses and other names stay here."""
    if isinstance(value, str):
        return value if _HASHED.fullmatch(value) else None
    if isinstance(value, Sequence):
        return [one for one in value if isinstance(one, str) and _HASHED.fullmatch(one)] or None
    return None


def _plain(value: object, depth: int = 2) -> object:
    """Numbers, switches and words, and objects of them."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _words(value) or None
    if isinstance(value, Mapping) and depth:
        kept = ((str(name), _plain(inner, depth - 1)) for name, inner in value.items())
        return {_words(name): inner for name, inner in kept if inner is not None} or None
    return None


def _words(text: str) -> str:
    return _told(text)[:_LONGEST_WORD]


def _told(text: str) -> str:
    """The person's words, without what looks like a key, an address or a place on this computer."""
    return _PRIVATE.sub(_HIDDEN, text)


def _hashes(given: Mapping[str, object]) -> Iterator[str]:
    for name, value in given.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if name in _MEDIA and isinstance(one, str) and (found := _HASHED.fullmatch(one)):
                yield found[1]
