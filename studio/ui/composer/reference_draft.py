"""The tray's references as plain lists of words, for the draft that survives a crash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from studio.ui.composer.reference import Reference
from studio.ui.composer.slot import Slot


def rows_of(slots: Sequence[Slot], aside: Mapping[tuple[str, int], Reference]) -> list[list[str]]:
    """What lies where (field, place, value, name), the addresses that are still being fetched or could not be, and
    what waits `aside` for an operation that has a place for it."""
    rows = [[name, str(place), one.value, one.name] for (name, place), one in aside.items()]
    for slot in slots:
        if slot.reference is not None:
            rows.append([slot.key[0], str(slot.key[1]), slot.reference.value, slot.reference.name])
        elif slot.brought is not None and slot.brought.url and "@" not in slot.brought.url.partition("?")[0]:
            # an address that may hold a password is kept nowhere
            rows.append([slot.key[0], str(slot.key[1]), slot.brought.url, slot.brought.name])
    return rows


def references_of(rows: Iterable[object]) -> dict[tuple[str, int], Reference]:
    """What such rows say; what cannot be read is passed over."""
    found = {}
    for row in rows:
        if isinstance(row, list) and len(row) == 4 and all(isinstance(part, str) for part in row) and row[1].isdecimal():
            found[(row[0], int(row[1]))] = Reference(row[2], row[3])
    return found
