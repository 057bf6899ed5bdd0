"""The kinds of media, and of the parameters that an operation takes."""

from __future__ import annotations

from enum import StrEnum


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    PROMPT = "prompt"


class ParameterKind(StrEnum):
    """Decides the control in a form and how the command line reads a value."""

    TEXT = "text"              # one or many lines: see `multiline`
    INTEGER = "integer"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    SEED = "seed"
    ASPECT_RATIO = "aspect_ratio"
    COLOUR = "colour"          # "#RRGGBB"
    TEXT_LIST = "text_list"    # short texts, in their order
    MEDIA = "media"            # one URL or local file
    MEDIA_LIST = "media_list"
    GROUP = "group"            # an object of its own: see `fields`
