"""The references of a job: one slot a role. Takes drops, pastes and chosen files, and gives them to the library at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.domain.errors import InputError
from studio.domain.reference_checks import warnings_of
from studio.ui.bridge import Bridge, plain_words
from studio.ui.composer import intake
from studio.ui.composer.reference_actions import SlotActions, command_of
from studio.ui.composer.reference_draft import references_of, rows_of
from studio.ui.composer.reference_history import Places, TrayHistory
from studio.ui.composer.reference_intake import Key, ReferenceIntake
from studio.ui.composer.reference_places import COLUMNS, Standing, fill, free_for, keys_of, places_for, rank, shown_slots
from studio.ui.composer.slot import Reference, Slot, kind_of
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.words import label

if TYPE_CHECKING:
    from studio.domain.operation import Operation, Parameter
    from studio.domain.reference import TakenMedia


class ReferenceTray(QWidget):
    """`references` by slot key. What a new operation also takes moves over to its slots; what it does not take waits.

    `changed()` when something came, went or moved; `recalled(Recalled)` when the settings of a reference are wanted.
    """

    changed = Signal()
    recalled = Signal(object)

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
        self._operation = ""
        self.form_values: Mapping[str, object] = {}
        self._all: list[Slot] = []
        self._slots: list[Slot] = []
        self.history = TrayHistory()
        self._standing = Standing()
        self.actions_of = SlotActions(self, bridge, theme)
        self._intake = ReferenceIntake(bridge, self)
        self._intake.taken.connect(self._taken)
        self._intake.refused.connect(self._refused)
        self._intake.progressed.connect(self._progressed)
        self._intake.known.connect(self._known)
        self._intake.gone.connect(self._gone)
        self._error = label("", "error", wrap=True)
        self._error.setObjectName("referenceError")
        self._error.hide()
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)
        self.changed.connect(self._arrange)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._head())
        column.addLayout(self._grid)
        column.addWidget(self._error)

    def _head(self) -> QHBoxLayout:
        def button(words: str, name: str, hint: str) -> QPushButton:
            answer = push(words, name, "ghost")
            answer.setToolTip(hint)
            return answer

        self._recent = button(self.tr("Recent"), "recentButton", self.tr("What was used or made lately"))
        self._recent.clicked.connect(lambda: self.actions_of.open_recent(None))
        self._paste = button(self.tr("Paste"), "pasteButton", self.tr("Take what is on the clipboard (Ctrl+V)"))
        self._paste.clicked.connect(self.paste)
        self._browse = button(self.tr("Browse"), "browseButton", self.tr("Choose files from this computer"))
        self._browse.clicked.connect(lambda: self.browse(None))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(self.tr("References"), "label"))
        head.addStretch()
        for one in (self._recent, self._paste, self._browse):
            head.addWidget(one)
        return head

    def slots(self) -> list[Slot]:
        """The places that are shown, in their order."""
        return list(self._slots)

    def slot_named(self, name: str) -> Slot | None:
        """The single place for the parameter `name`, None where this operation has none."""
        return self._slot_of((name, 0))

    def set_operation(self, operation: Operation) -> None:
        """Make the slots that `operation` takes and move the references over that fit."""
        self._operation = operation.id
        self.set_parameters(list(operation.media_parameters), anew=True)

    def set_parameters(self, parameters: Sequence[Parameter], *, anew: bool = False) -> None:
        """The same for parameters of the operation that is shown, of which others count now or with other limits."""
        if not anew and list(parameters) == self._parameters:
            return
        self._parameters = list(parameters)
        meant = self._standing.meant(self.places())
        for slot in self._all:
            self._grid.removeWidget(slot)
            slot.hide()
            slot.setParent(None)
            slot.deleteLater()
        self._slots = []
        ranked = sorted(parameters, key=rank)
        self._all = [self._slot(key, title, one) for one in ranked for key, title in keys_of(one)]
        aside = fill(self._all, meant)
        self._standing.moved(meant, self.places(), aside)
        for key, thing in self._intake.under_way().items():
            under_way = self._slot_of(key)
            if under_way is not None:
                under_way.begin(thing)
        self.set_error("")
        self._arrange()
        self.setVisible(bool(self._slots))

    def set_form_values(self, values: Mapping[str, object]) -> None:
        """What the form says beside the references: what is odd about them depends on it."""
        self.form_values = dict(values)
        self._judge()

    def missing(self) -> list[str]:
        """The names of what has to be given and is not; their places are marked."""
        empty = [slot for slot in self._all if slot.required and slot.reference is None]
        for slot in empty:
            slot.set_wrong(True)
        return [slot.title for slot in empty]

    def values(self) -> dict[str, object]:
        """What is to be sent: a value for a single slot, a list in order for a list of them."""
        answer: dict[str, object] = {}
        for (name, place), reference in self.places().items():
            listed = answer.setdefault(name, []) if place else None
            if isinstance(listed, list):
                listed.append(reference.value)
            else:
                answer[name] = reference.value
        return answer

    def places(self) -> Places:
        """What lies where."""
        return {slot.key: slot.reference for slot in self._all if slot.reference is not None}

    def is_busy(self) -> bool:
        """Whether something is still being taken into the library."""
        return any(slot.busy for slot in self._all)

    def draft(self) -> list[list[str]]:
        """What lies where, the addresses that are still being fetched or could not be, and what has no place just now."""
        return rows_of(self._all, self._standing.aside)

    def set_draft(self, kept: Iterable[object]) -> None:
        """Put back what `draft` gave; what has no slot here waits for an operation that has."""
        self._standing.set_aside(self._put(references_of(kept)))
        self._look_up()
        self._arrange()

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show the references of an earlier job's input."""
        found: dict[Key, Reference] = {}
        for slot in self._all:
            name, place = slot.key
            value = values.get(name)
            if place and isinstance(value, list | tuple):
                value = value[place - 1] if place <= len(value) else None
            if isinstance(value, str) and value:
                found[slot.key] = Reference(value, value.rsplit("/", 1)[-1])
        self.set_places(found)

    def set_places(self, places: Places, *, remember: bool = True) -> None:
        """Put these references where they say, or where they fit, and nothing else; what is on its way in is given up."""
        aside = {} if remember else self._standing.aside
        if remember:
            self.history.remember(self.places())
        for slot in self._all:
            self._intake.stop(slot.key)
            slot.put(None)
        self._standing.set_aside({**aside, **fill(self._all, self._put(places))})
        self._look_up()
        self.changed.emit()

    def rearrange(self, places: Places, *, lent: bool = False) -> None:
        """Put these in the place of what lies here; what is on its way in goes on. `lent`: see Standing.lend."""
        before = self.places()
        self.history.remember(before)
        for slot in (one for one in self._all if one.key in places or not one.busy):
            slot.put(places.get(slot.key))
        self._standing.lend(before, self.places(), anew=lent)
        self._look_up()
        self.changed.emit()

    def set_error(self, words: str) -> None:
        self._error.setText(words)
        self._error.setVisible(bool(words))

    # what is brought

    def take_mime(self, mime: QMimeData, at: Slot | None = None) -> bool:
        """Take what a drop or paste holds, from `at` on. False and a word about it if there is nothing to take."""
        if at is not None and self.actions_of.is_dragged(mime):
            return self.actions_of.drop_on(at)
        brought = intake.read(mime)
        if not brought:
            self.set_error(self.tr("There is no picture, clip or sound in it. Drop a file, or copy a picture and paste it."))
            return False
        self.take(brought, at)
        return True

    def take(self, brought: Sequence[intake.Brought], at: Slot | None = None) -> None:
        """Give everything to the library in the background; slots fill as answers come."""
        self.set_error("")
        placed = places_for(brought, self._all, at)
        if len(placed) < len(brought):
            more = len(brought) - len(placed)
            self.set_error(self.tr("There is no room for {n} more: remove a reference first.").format(n=more))
        for thing, slot in placed:
            slot.begin(thing)
            known = slot is at or kind_of(thing.name) is not None
            every = tuple({kind: None for one in self._all for kind in one.accepts})
            self._intake.start(slot.key, thing, slot.accepts if known or not slot.accepts else every)
        self.changed.emit()  # an address belongs to the draft from here on

    def browse(self, slot: Slot | None) -> None:
        """Open the file dialog; what is chosen goes into `slot`, or into the first free ones."""
        self.actions_of.browse(slot)

    def paste(self) -> None:
        """Take the clipboard, into the slot that has the focus if one has it."""
        focused = next((slot for slot in self._slots if slot.hasFocus()), None)
        self.take_mime(QGuiApplication.clipboard().mimeData(), focused)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._slots and intake.may_hold_media(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        point = event.position().toPoint()
        at = next((slot for slot in self._slots if slot.geometry().contains(point)), None)
        if self.take_mime(event.mimeData(), at):
            event.acceptProposedAction()

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and command_of(event) is not None:
            event.accept()  # its own undo, not one of the window's
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_of(event)
        if command is None:
            super().keyPressEvent(event)
            return
        {"paste": self.paste, "undo": self.undo, "redo": self.redo}[command]()

    def undo(self) -> None:
        """Take the last change of the references back."""
        self._go_to(self.history.undo(self.places()))

    def redo(self) -> None:
        self._go_to(self.history.redo(self.places()))

    # inside

    def _go_to(self, places: Places | None) -> None:
        if places is not None:
            self.set_error("")
            self.set_places(places, remember=False)

    def _slot(self, key: Key, title: str, parameter: Parameter) -> Slot:
        slot = Slot(key, title, parameter.accepts, self._theme, self._loader)
        slot.setParent(self)
        slot.hide()
        needed = max(1, int(parameter.minimum or 0)) if parameter.required else 0
        slot.describe(parameter.help, required=key[1] <= needed if key[1] else parameter.required)
        slot.clicked.connect(lambda: self.browse(slot))
        slot.removed.connect(lambda: self.remove(slot))
        self.actions_of.attach(slot)
        return slot

    def _slot_of(self, key: Key) -> Slot | None:
        return next((slot for slot in self._all if slot.key == key), None)

    def _put(self, places: Places) -> Places:
        """Put each into its slot. Gives those that have none here."""
        for slot in self._all:
            if slot.key in places:
                slot.put(places[slot.key])
        return {key: reference for key, reference in places.items() if self._slot_of(key) is None}

    def _arrange(self) -> None:
        """Show what is filled, and of a long list one empty place more."""
        self._judge()
        shown = shown_slots(self._all)
        if shown == self._slots:
            return
        for slot in self._slots:
            self._grid.removeWidget(slot)
        before, self._slots = self._slots, shown
        for slot in before:
            if slot not in shown:
                slot.hide()
        for index, slot in enumerate(shown):
            self._grid.addWidget(slot, index // COLUMNS, index % COLUMNS)
            slot.show()
            if index:
                self.setTabOrder(shown[index - 1], slot)

    def _judge(self) -> None:
        """What may be wrong with what lies in the slots."""
        for slot in self._all:
            media = slot.reference.media if slot.reference is not None else None
            name = slot.key[0]
            slot.set_warnings(warnings_of(self._operation, name, media, self.form_values) if media is not None else ())

    def _look_up(self) -> None:
        """Ask the library about files of which only the address is known."""
        for slot in self._all:
            reference = slot.reference
            if reference is not None and reference.media is None and reference.path is not None:
                self._intake.look(slot.key, reference)

    def _known(self, key: Key, reference: Reference, media: TakenMedia) -> None:
        slot = self._slot_of(key)
        if slot is not None and slot.reference == reference:
            slot.put(Reference.of(media))
            self._judge()

    def _gone(self, key: Key, reference: Reference, error: BaseException) -> None:
        slot = self._slot_of(key)
        if slot is not None and slot.reference == reference and isinstance(error, InputError):
            slot.put(None)
            slot.fail(plain_words(error))
            self.changed.emit()

    def _taken(self, key: Key, thing: intake.Brought, media: TakenMedia) -> None:
        reference = Reference.of(media)
        slot = self._slot_of(key)
        if slot is None or not slot.accepts_kind(media.kind):
            if slot is not None:
                slot.put(slot.reference)
            slot = free_for(self._all, media.kind)
        if slot is None:
            if self._slot_of(key) is None:  # of the operation before: it waits for one with a place for it
                self._standing.add(key, reference)
                self.changed.emit()
            self.set_error(self.tr("{name} came, and there is no place for it.").format(name=media.name))
            return
        self.history.remember(self.places())
        slot.put(reference)
        self.changed.emit()

    def _refused(self, key: Key, thing: intake.Brought, error: BaseException) -> None:
        words = plain_words(error)
        slot = self._slot_of(key)
        if slot is not None:
            slot.fail(words) if thing.url else slot.put(slot.reference)
        self.set_error(words)
        self.changed.emit()

    def _progressed(self, key: Key, share: float) -> None:
        slot = self._slot_of(key)
        if slot is not None:
            slot.set_progress(share)

    def remove(self, slot: Slot) -> None:
        """Take a reference away, or stop what is on its way there."""
        if slot.busy:
            self._intake.stop(slot.key)
            slot.put(slot.reference)
        else:
            self.history.remember(self.places())
            slot.put(None)
        slot.setFocus()
        self.set_error("")
        self.changed.emit()

    def _repaint(self) -> None:
        for slot in self._slots:
            slot.update()
