"""What is known of an asset, as lines of name and value, in the order a person looks for them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from studio.domain.account import Service
from studio.domain.asset import Asset
from studio.domain.operation import MediaKind
from studio.ui.gallery.label_colours import colour_words
from studio.ui.images.captions import clock_words, full_moment_words, kind_words, size_words
from studio.ui.widgets.job_words import credits_spelt, operation_words


def _tr(text: str) -> str:
    return QCoreApplication.translate("Facts", text)


def use_words(kind: MediaKind) -> str:
    """What it is called to put an asset beside the next prompt."""
    return _tr("Use as source") if kind is MediaKind.VIDEO else _tr("Use as start frame")


def service_words(service: str) -> str:
    try:
        return Service(service).display_name
    except ValueError:
        return service


def facts_of(asset: Asset, titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, value) of all that is known; what is not known is left out."""
    facts: list[tuple[str, str]] = [(_tr("Kind"), kind_words(asset.kind))]
    recipe = asset.recipe
    if recipe is not None:
        facts.append((_tr("Operation"), operation_words(recipe.operation, titles)))
        facts.append((_tr("Made by"), service_words(recipe.service)))
        if recipe.model:
            facts.append((_tr("Model"), recipe.model))
        if recipe.seed is not None:
            facts.append((_tr("Seed"), str(recipe.seed)))
    if asset.width and asset.height:
        facts.append((_tr("Size"), f"{asset.width} × {asset.height}"))
    if asset.duration_s is not None:
        facts.append((_tr("Duration"), clock_words(asset.duration_s)))
    facts.append((_tr("File size"), size_words(asset.size_bytes)))
    if asset.credits:
        facts.append((_tr("Cost"), credits_spelt(asset.credits)))
    if asset.label:
        facts.append((_tr("Label"), asset.label))
    if asset.tags:
        facts.append((_tr("Tags"), ", ".join(asset.tags)))
    if asset.colour:
        facts.append((_tr("Colour"), colour_words(asset.colour)))
    if asset.missing_since is not None:
        facts.append((_tr("Missing since"), full_moment_words(asset.missing_since)))
    facts.append((_tr("Made"), full_moment_words(asset.created_at)))
    return facts
