"""Where the photos of a board stand, in words: for services that take a scene in words and no arrangement.

Each photo is one clause without a comma, so that whoever reads clause by clause (the local engine's scene does) knows what
belongs to it.
"""

from __future__ import annotations

import re

from studio.domain.scene_board import SceneBoard
from studio.domain.scene_geometry import box_of

ORDINALS = ("first", "second", "third")
LONGEST_SCENE = 5000
_LARGE, _SMALL = 0.72, 0.42
_CLAUSE = (
    r"the (?:first|second|third)(?: large| small)? (?:on the left|in the middle|on the right)"
    r"(?: at the top)?(?: in front| behind)?"
)
_TAIL = re.compile(rf"(?:; | |^)(?:{_CLAUSE})(?:; {_CLAUSE}){{0,2}}$")
_ENDS = (".", "!", "?", ";", ",")


def placement_words(board: SceneBoard) -> str:
    """Such as "the first large on the left in front; the second on the right behind"; photos count from front to back.

    Who is in front is said only where photos overlap: elsewhere the order of the stack cannot be seen.
    """
    wide, high = board.frame
    boxes = [box_of(layer) for layer in board.layers]
    clauses = []
    for at, (layer, box) in enumerate(zip(board.layers, boxes, strict=True)):
        tall = box.height / high
        size = " large" if tall >= _LARGE else " small" if tall < _SMALL else ""
        across = layer.x / wide
        side = "on the left" if across < 0.4 else "on the right" if across > 0.6 else "in the middle"
        top = " at the top" if layer.y < high / 3 else ""
        before = any(box.overlaps(other) for other in boxes[at + 1 :])
        hidden = any(box.overlaps(other) for other in boxes[:at])
        depth = " in front" if before and not hidden else " behind" if hidden and not before else ""
        clauses.append(f"the {ORDINALS[at]}{size} {side}{top}{depth}")
    return "; ".join(clauses)


def with_placement(scene: str, board: SceneBoard) -> str:
    """Own words with the placement behind them. Left as they are where there are none, or where it would be too long."""
    words, said = scene.strip(), placement_words(board)
    if not words or not said:
        return scene
    whole = f"{words}{' ' if words.endswith(_ENDS) else '; '}{said}"
    return whole if len(whole) <= LONGEST_SCENE else scene


def without_placement(scene: str) -> str:
    """What the person wrote, of a scene that `with_placement` made."""
    return _TAIL.sub("", scene)
