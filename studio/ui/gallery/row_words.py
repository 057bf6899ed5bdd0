"""The columns of the list: their names, widths, and what stands in them for an asset."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt

from studio.domain.account import LOCAL_ACCOUNT, Service
from studio.domain.asset import Asset
from studio.ui.images.captions import duration_words, kind_words, moment_words, size_words
from studio.ui.widgets.job_words import number_words

LEAST_NAME = 160


class Column(StrEnum):
    """In the order in which they stand."""

    NAME = "name"
    KIND = "kind"
    SIZE = "size"
    DURATION = "duration"
    DATE = "date"
    OPERATION = "operation"
    ACCOUNT = "account"
    CREDITS = "credits"
    TAGS = "tags"


class Shape(NamedTuple):
    """`wanted`: the higher, the sooner it is shown where there is little room."""

    width: int
    align: Qt.AlignmentFlag
    wanted: int


_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
COLUMNS = {
    Column.NAME: Shape(LEAST_NAME, _LEFT, 9),
    Column.KIND: Shape(56, _LEFT, 5),
    Column.SIZE: Shape(88, _RIGHT, 6),
    Column.DURATION: Shape(52, _RIGHT, 7),
    Column.DATE: Shape(76, _RIGHT, 8),
    Column.OPERATION: Shape(120, _LEFT, 4),
    Column.ACCOUNT: Shape(96, _LEFT, 2),
    Column.CREDITS: Shape(56, _RIGHT, 3),
    Column.TAGS: Shape(120, _LEFT, 1),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("GalleryList", text)


def column_title(column: Column) -> str:
    return {
        Column.NAME: _tr("Name"), Column.KIND: _tr("Kind"), Column.SIZE: _tr("Size"), Column.DURATION: _tr("Length"),
        Column.DATE: _tr("Made"), Column.OPERATION: _tr("Operation"), Column.ACCOUNT: _tr("Account"),
        Column.CREDITS: _tr("Credits"), Column.TAGS: _tr("Tags"),
    }[column]


def fitting(width: int) -> list[Column]:
    """The columns that have room in so many pixels, in their order."""
    shown: set[Column] = set()
    for column in sorted(COLUMNS, key=lambda one: -COLUMNS[one].wanted):
        width -= COLUMNS[column].width + (16 if shown else 0)
        if width < 0 and shown:
            break
        shown.add(column)
    return [column for column in Column if column in shown]


def row_words(asset: Asset, operation: str) -> dict[Column, str]:
    """What stands in each column but the name. `operation` is its title."""
    size = f"{asset.width} × {asset.height}" if asset.width and asset.height else size_words(asset.size_bytes)
    account = asset.account or ""
    return {
        Column.KIND: kind_words(asset.kind),
        Column.SIZE: size,
        Column.DURATION: duration_words(asset.duration_s),
        Column.DATE: moment_words(asset.created_at),
        Column.OPERATION: operation,
        Column.ACCOUNT: Service.LOCAL.display_name if account == LOCAL_ACCOUNT else account,
        Column.CREDITS: "" if not asset.credits else number_words(asset.credits),
        Column.TAGS: ", ".join(asset.tags),
    }
