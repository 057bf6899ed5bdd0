"""Which slots an operation has, which of them are shown, and where what is brought goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.domain.kinds import MediaKind, ParameterKind
from studio.domain.operation import Parameter
from studio.ui.composer.intake import Brought
from studio.ui.composer.reference import Reference
from studio.ui.composer.reference_history import Places
from studio.ui.composer.slot import Slot, kind_of

COLUMNS = 3
MOST_IN_A_LIST = 9
_SHOWN_AT_ONCE = 3  # of a list; a longer one has one empty place more than it is filled


def keys_of(parameter: Parameter) -> list[tuple[tuple[str, int], str]]:
    """A parameter's slots: key and title of each."""
    if parameter.advanced:
        return []  # second names for the same media, for programs
    if parameter.kind is ParameterKind.MEDIA:
        return [((parameter.name, 0), parameter.label)]
    count = min(int(parameter.maximum or 3), MOST_IN_A_LIST)
    one = parameter.label.removesuffix("s")
    return [((parameter.name, place), f"{one} {place}") for place in range(1, count + 1)]


def rank(parameter: Parameter) -> int:
    """Where a parameter's places stand: start and end first, then clips, further pictures, and sound."""
    if parameter.required:
        return 0
    if parameter.kind is ParameterKind.MEDIA_LIST:
        return 3
    return 1 if MediaKind.IMAGE in parameter.accepts else 2 if MediaKind.VIDEO in parameter.accepts else 4


def shown_slots(slots: Sequence[Slot]) -> list[Slot]:
    """What is filled, and of a long list one empty place more."""
    return [slot for slot in slots if _has_place(slot, slots)]


def _has_place(slot: Slot, slots: Sequence[Slot]) -> bool:
    name, place = slot.key
    listed = [other for other in slots if other.key[0] == name]
    if len(listed) <= _SHOWN_AT_ONCE or slot.required:
        return True
    used = [other.key[1] for other in listed if not other.is_free]
    # alone it fills a row from the start
    least = _SHOWN_AT_ONCE if len(listed) == len(slots) else 1
    return place <= max(least, max(used, default=0) + 1)


def places_for(brought: Sequence[Brought], slots: Sequence[Slot], at: Slot | None) -> list[tuple[Brought, Slot]]:
    """Where each thing goes: the first where it was dropped, the others to the free places after it, then to those before.

    What does not tell its kind goes to any free place; the only place of all may be full: the new thing replaces.
    """
    start = slots.index(at) + 1 if at in slots else 0
    free = [slot for slot in [*slots[start:], *slots[:start]] if slot.is_free and slot is not at]
    placed: list[tuple[Brought, Slot]] = []
    for thing in brought:
        if at is not None and not placed:
            placed.append((thing, at))
            continue
        kind = kind_of(thing.name)
        slot = next((one for one in free if one.accepts_kind(kind)), free[0] if free else None)
        if slot is None and not placed and len(slots) == 1:
            slot = slots[0]
        if slot is not None:
            placed.append((thing, slot))
            if slot in free:
                free.remove(slot)
    return placed


def free_for(slots: Sequence[Slot], kind: MediaKind | None) -> Slot | None:
    """The first empty place that takes this kind."""
    return next((slot for slot in slots if slot.is_free and slot.accepts_kind(kind)), None)


def fill(slots: Sequence[Slot], kept: Places) -> dict[tuple[str, int], Reference]:
    """Each reference to the slot of its name, the others where they fit. Gives those that found no place."""
    by_key = {slot.key: slot for slot in slots}
    rest, left = {}, {}
    for key, reference in kept.items():
        same = by_key.get(key)
        if same is not None and same.reference is None and same.accepts_kind(reference.kind):
            same.put(reference)
        else:
            rest[key] = reference
    for key, reference in rest.items():
        free = free_for(slots, reference.kind)
        if free is not None:
            free.put(reference)
        else:
            left[key] = reference
    return left


class Standing:
    """How the person left the references, for operations that have other places: what has none waits here and comes back
    with the next operation that takes it, and what only moved goes back to where it stood, as long as nobody touched it."""

    def __init__(self) -> None:
        self.aside: Places = {}
        self._meant: Places = {}
        self._shown: Places = {}
        self._lent = False

    def meant(self, now: Places) -> Places:
        """What the next operation is to show, where `now` is what this one shows."""
        if _values(now) == _values(self._shown):
            known = {reference.value: reference for reference in now.values()}  # more may be known of a file by now
            return {key: known.get(reference.value, reference) for key, reference in self._meant.items()}
        return {**now, **{key: one for key, one in self.aside.items() if key not in now}}

    def moved(self, meant: Places, now: Places, aside: Places) -> None:
        """`meant` was to be shown; `now` stands in slots, and `aside` had no place."""
        self._meant, self._shown, self.aside = dict(meant), dict(now), dict(aside)
        self._lent = False

    def lend(self, before: Places, now: Places, *, anew: bool) -> None:
        """A board shows its own photos in the slots: from its first look on (`anew`) and as it changes them itself, what
        stood there `before` waits for the next operation, as long as the person puts nothing else there."""
        if anew or (self._lent and _values(before) == _values(self._shown)):
            meant, shown = self.meant(before), set(_values(now).values())
            self.moved(meant, now, {key: one for key, one in meant.items() if one.value not in shown})
            self._lent = True

    def add(self, key: tuple[str, int], reference: Reference) -> None:
        """This came for a slot that is not here any more: it waits too."""
        self.aside, self._meant = {**self.aside, key: reference}, {**self._meant, key: reference}

    def set_aside(self, places: Places) -> None:
        """Only these wait for a place; what stands in slots was put there anew."""
        self.moved(places, {}, places)


def _values(places: Places) -> Mapping[tuple[str, int], str]:
    return {key: reference.value for key, reference in places.items()}
