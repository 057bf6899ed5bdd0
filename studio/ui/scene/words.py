"""The board in words: for the list of layers, for tooltips, and for whoever hears it instead of seeing it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.domain.scene_board import Layer, SceneBoard

_DEPTHS = ("front", "middle", "behind")


def title(at: int) -> str:
    """"Picture 1" for the layer in front: the number that it is sent under, as the composer names it."""
    return QCoreApplication.translate("SceneBoard", "Picture {n}").format(n=at + 1)


def facts(board: SceneBoard, at: int, standing: str) -> str:
    """Such as "Cut out · 4° · behind"."""
    layer = board.layers[at]
    parts = [_standing(layer, standing)]
    if round(layer.rotation):
        parts.append(f"{round(layer.rotation)}°")
    if layer.mirrored:
        parts.append(_tr("mirrored"))
    if len(board.layers) > 1:
        depth = "front" if at == 0 else "behind" if at == len(board.layers) - 1 else "middle"
        parts.append({"front": _tr("in front"), "middle": _tr("between"), "behind": _tr("behind")}[depth])
    return " · ".join(parts)


def described(board: SceneBoard, layer_id: str, standing: str) -> str:
    """The whole of a layer in a sentence: what it is, where it lies and how."""
    at = board.place_of(layer_id)
    if at < 0:
        return _tr("Nothing selected. Tab goes from photo to photo.")
    layer, (wide, high) = board.layers[at], board.frame
    words = _tr("{title}, {name}: {facts}. Middle at {x} % across and {y} % down, {size} % of the frame's height.")
    return words.format(
        title=title(at), name=layer.name or _tr("a photo"), facts=facts(board, at, standing), x=round(100 * layer.x / wide),
        y=round(100 * layer.y / high), size=round(100 * layer.size[1] / high),
    )


def _standing(layer: Layer, standing: str) -> str:
    if standing == "web":
        return _tr("On the web")
    if standing == "failed":
        return _tr("Missing")
    if not layer.cut_out:
        return _tr("Whole photo")
    return {
        "cutting": _tr("Cutting out…"),
        "nothing": _tr("No subject found"),
        "reading": _tr("Reading…"),
    }.get(standing, _tr("Cut out"))


def _tr(words: str) -> str:
    return QCoreApplication.translate("SceneBoard", words)
