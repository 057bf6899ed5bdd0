"""The references of a job: one slot a role. Takes drops, pastes and chosen files, and gives them to the library at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.errors import StudioError
from studio.domain.kinds import MediaKind, ParameterKind
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer import intake
from studio.ui.composer.slot import SUFFIXES, Reference, Slot, kind_of
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from studio.app.core import Core
    from studio.domain.operation import Operation, Parameter

_COLUMNS = 3
_MOST_IN_A_LIST = 9
_SHOWN_AT_ONCE = 3  # of a list; a longer one has one empty place more than it is filled


class ReferenceTray(QWidget):
    """`references` by slot key. What a new operation also takes moves over to its slots."""

    changed = Signal()

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("referenceTray")
        self.setAccessibleName(self.tr("References"))
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._bridge = bridge
        self._theme = theme
        self._loader = ImageLoader(self, limit_bytes=8 * 1024 * 1024)
        self._loader.loaded.connect(lambda _: self._repaint())
        self._parameters: list[Parameter] = []
        self._all: list[Slot] = []
        self._slots: list[Slot] = []
        self._dialog: QFileDialog | None = None
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("referenceError")
        self._error.hide()
        self._browse = push(self.tr("Browse"), "browseButton", "ghost")
        self._browse.setToolTip(self.tr("Choose files from this computer"))
        self._browse.clicked.connect(lambda: self.browse(None))
        self._paste = push(self.tr("Paste"), "pasteButton", "ghost")
        self._paste.setToolTip(self.tr("Take the picture or file from the clipboard (Ctrl+V)"))
        self._paste.clicked.connect(self.paste)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(self.tr("References"), "label"))
        head.addStretch()
        head.addWidget(self._paste)
        head.addWidget(self._browse)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        for place in range(_COLUMNS):
            self._grid.setColumnStretch(place, 1)
        self.changed.connect(self._arrange)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self._error)

    def slots(self) -> list[Slot]:
        """The places that are shown, in their order."""
        return list(self._slots)

    def slot_named(self, name: str) -> Slot | None:
        """The single place for the parameter `name`, None where this operation has none."""
        return next((slot for slot in self._slots if slot.key == (name, 0)), None)

    def set_operation(self, operation: Operation) -> None:
        """Make the slots that `operation` takes and move the references over that fit."""
        self.set_parameters(list(operation.media_parameters), anew=True)

    def set_parameters(self, parameters: Sequence[Parameter], *, anew: bool = False) -> None:
        """The same for parameters of the operation that is shown, of which others count now or with other limits."""
        if not anew and list(parameters) == self._parameters:
            return
        self._parameters = list(parameters)
        kept = [(slot.key, slot.reference) for slot in self._all if slot.reference is not None]
        for slot in self._all:
            self._grid.removeWidget(slot)
            slot.hide()
            slot.setParent(None)
            slot.deleteLater()
        self._slots = []
        self._all = [slot for parameter in sorted(parameters, key=_rank) for slot in self._slots_of(parameter)]
        rest = []
        for key, reference in kept:
            same = next((s for s in self._all if s.key == key and s.accepts_kind(reference.kind)), None)
            if same is not None and same.reference is None:
                same.put(reference)
            else:
                rest.append(reference)
        for reference in rest:
            free = next((s for s in self._all if s.reference is None and s.accepts_kind(reference.kind)), None)
            if free is not None:
                free.put(reference)
        self.set_error("")
        self._arrange()
        self.setVisible(bool(self._slots))

    def missing(self) -> list[str]:
        """The names of what has to be given and is not; their places are marked."""
        empty = [slot for slot in self._all if slot.required and slot.reference is None]
        for slot in empty:
            slot.set_wrong(True)
        return [slot.title for slot in empty]

    def values(self) -> dict[str, object]:
        """What is to be sent: a value for a single slot, a list in order for a list of them."""
        answer: dict[str, object] = {}
        for slot in self._all:
            if slot.reference is None:
                continue
            name, place = slot.key
            if place:
                listed = answer.setdefault(name, [])
                if isinstance(listed, list):
                    listed.append(slot.reference.value)
            else:
                answer[name] = slot.reference.value
        return answer

    def is_busy(self) -> bool:
        """Whether something is still being taken into the library."""
        return any(slot.busy for slot in self._all)

    def draft(self) -> list[list[str]]:
        filled = [(slot.key, slot.reference) for slot in self._all if slot.reference is not None]
        return [[name, str(place), reference.value, reference.name] for (name, place), reference in filled]

    def set_draft(self, kept: Iterable[object]) -> None:
        """Put back what `draft` gave, where the slot is still there."""
        for entry in kept:
            if isinstance(entry, list) and len(entry) == 4 and all(isinstance(part, str) for part in entry):
                slot = next((s for s in self._all if [s.key[0], str(s.key[1])] == entry[:2]), None)
                if slot is not None:
                    slot.put(Reference(entry[2], entry[3]))
        self._arrange()

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show the references of an earlier job's input."""
        for slot in self._all:
            name, place = slot.key
            value = values.get(name)
            if place and isinstance(value, list):
                value = value[place - 1] if place <= len(value) else None
            fits = isinstance(value, str) and value
            slot.put(Reference(str(value), str(value).rsplit("/", 1)[-1]) if fits else None)
        self.changed.emit()

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    # what is brought

    def take_mime(self, mime: QMimeData, at: Slot | None = None) -> bool:
        """Take what a drop or paste holds, from `at` on. False and a word about it if there is nothing to take."""
        brought = intake.read(mime)
        if not brought:
            self.set_error(self.tr("There is no picture, clip or sound in it. Drop a file, or copy a picture and paste it."))
            return False
        self.take(brought, at)
        return True

    def take(self, brought: list[intake.Brought], at: Slot | None = None) -> None:
        """Give everything to the library in the background; slots fill as answers come."""
        self.set_error("")
        placed = self._placed(brought, at)
        if len(placed) < len(brought):
            more = len(brought) - len(placed)
            self.set_error(self.tr("There is no room for {n} more: remove a reference first.").format(n=more))
        for thing, slot in placed:
            if thing.url:
                slot.put(Reference(thing.url, thing.name))
                self.changed.emit()
            else:
                self._attach(thing, slot)

    def browse(self, slot: Slot | None) -> None:
        """Open the file dialog; what is chosen goes into `slot`, or into the first free ones."""
        target = slot or next((s for s in self._slots if s.reference is None), self._slots[0] if self._slots else None)
        if target is None:
            return
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self.window(), self.tr("Choose a file for {slot}").format(slot=target.title))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if target.key[1] else QFileDialog.FileMode.ExistingFile)
        kinds = target.accepts or tuple(SUFFIXES)
        patterns = " ".join(f"*.{suffix}" for kind in kinds for suffix in SUFFIXES.get(kind, ()))
        dialog.setNameFilters([self.tr("Media ({patterns})").format(patterns=patterns), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.urlsSelected.connect(lambda urls: self._chosen(urls, slot))
        self._dialog = dialog
        dialog.open()

    def paste(self) -> None:
        """Take the clipboard."""
        self.take_mime(QGuiApplication.clipboard().mimeData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._slots and intake.may_hold_media(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        point = event.position().toPoint()
        at = next((slot for slot in self._slots if slot.geometry().contains(point)), None)
        if self.take_mime(event.mimeData(), at):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        from PySide6.QtGui import QKeySequence  # not loaded at the start

        if event.matches(QKeySequence.StandardKey.Paste):
            focused = next((slot for slot in self._slots if slot.hasFocus()), None)
            self.take_mime(QGuiApplication.clipboard().mimeData(), focused)
            return
        super().keyPressEvent(event)

    # inside

    def _slots_of(self, parameter: Parameter) -> list[Slot]:
        if parameter.advanced:
            return []  # second names for the same media, for programs
        if parameter.kind is ParameterKind.MEDIA:
            return [self._slot((parameter.name, 0), parameter.label, parameter)]
        count = min(int(parameter.maximum or 3), _MOST_IN_A_LIST)
        one = parameter.label.removesuffix("s")
        return [self._slot((parameter.name, place), f"{one} {place}", parameter) for place in range(1, count + 1)]

    def _slot(self, key: tuple[str, int], title: str, parameter: Parameter) -> Slot:
        slot = Slot(key, title, parameter.accepts, self._theme, self._loader)
        slot.setParent(self)
        slot.hide()
        needed = max(1, int(parameter.minimum or 0)) if parameter.required else 0
        slot.describe(parameter.help, required=key[1] <= needed if key[1] else parameter.required)
        slot.clicked.connect(lambda: self.browse(slot))
        slot.removed.connect(lambda: self._remove(slot))
        return slot

    def _arrange(self) -> None:
        """Show what is filled, and of a long list one empty place more."""
        shown = [slot for slot in self._all if self._has_place(slot)]
        if shown == self._slots:
            return
        for slot in self._slots:
            self._grid.removeWidget(slot)
        before, self._slots = self._slots, shown
        for slot in before:
            if slot not in shown:
                slot.hide()
        for index, slot in enumerate(shown):
            self._grid.addWidget(slot, index // _COLUMNS, index % _COLUMNS)
            slot.show()
            if index:
                self.setTabOrder(shown[index - 1], slot)

    def _has_place(self, slot: Slot) -> bool:
        name, place = slot.key
        listed = [other for other in self._all if other.key[0] == name]
        if len(listed) <= _SHOWN_AT_ONCE or slot.required:
            return True
        used = [other.key[1] for other in listed if other.reference is not None or other.busy]
        # alone it fills a row from the start
        least = _SHOWN_AT_ONCE if len(listed) == len(self._all) else 1
        return place <= max(least, max(used, default=0) + 1)

    def _placed(self, brought: Sequence[intake.Brought], at: Slot | None) -> list[tuple[intake.Brought, Slot]]:
        """Where each thing goes: the first where it was dropped, the others to the first free places that take their kind.

        What does not tell its kind goes to any free place; the only place of all may be full: the new thing replaces.
        """
        free = [slot for slot in self._all if slot.reference is None and not slot.busy and slot is not at]
        placed: list[tuple[intake.Brought, Slot]] = []
        for thing in brought:
            if at is not None and not placed:
                placed.append((thing, at))
                continue
            kind = kind_of(thing.name)
            slot = next((one for one in free if one.accepts_kind(kind)), free[0] if free else None)
            if slot is None and not placed and len(self._all) == 1:
                slot = self._all[0]
            if slot is not None:
                placed.append((thing, slot))
                if slot in free:
                    free.remove(slot)
        return placed

    def _attach(self, thing: intake.Brought, slot: Slot) -> None:
        slot.set_busy(True)
        self._arrange()

        async def attach(core: Core) -> str:
            if thing.path is not None:
                return await core.attach(thing.path)
            import asyncio  # on the core's thread, where it is loaded; not before the first paint

            return await core.attach_bytes(await asyncio.to_thread(thing.read), thing.name)

        self._bridge.run(attach, partial(self._attached, slot, thing), partial(self._refused, slot))

    def _attached(self, slot: Slot, thing: intake.Brought, value: str) -> None:
        if slot not in self._all:
            return
        reference = Reference(value, thing.name)
        if not slot.accepts_kind(reference.kind):
            slot.set_busy(False)
            takes = self.tr(" or ").join(kind.value for kind in slot.accepts)
            words = self.tr("{name} does not fit: {slot} takes {kinds} files. Nothing was changed.")
            self.set_error(words.format(name=thing.name, slot=slot.title, kinds=takes))
            return
        slot.put(reference)
        self.changed.emit()

    def _refused(self, slot: Slot, error: BaseException) -> None:
        if slot in self._all:
            slot.set_busy(False)
        # nothing was sent anywhere, so nothing is said about cost
        self.set_error(f"{error.message} {error.advice}" if isinstance(error, StudioError) else in_words(error))

    def _remove(self, slot: Slot) -> None:
        slot.put(None)
        slot.setFocus()
        self.set_error("")
        self.changed.emit()

    def _chosen(self, urls: list[object], slot: Slot | None) -> None:
        mime = QMimeData()
        mime.setUrls(urls)  # type: ignore[arg-type]  # the signal hands over QUrls
        self.take_mime(mime, slot if slot in self._slots else None)

    def _repaint(self) -> None:
        for slot in self._slots:
            slot.update()


def _rank(parameter: Parameter) -> int:
    """Where a parameter's places stand: start and end first, then clips, further pictures, and sound."""
    if parameter.required:
        return 0
    if parameter.kind is ParameterKind.MEDIA_LIST:
        return 3
    return 1 if MediaKind.IMAGE in parameter.accepts else 2 if MediaKind.VIDEO in parameter.accepts else 4
