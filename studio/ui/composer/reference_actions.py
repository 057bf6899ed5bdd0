"""What can be done with a slot of the tray: its menu, its keys, pulling it onto another one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.domain.kinds import MediaKind
from studio.domain.media_suffixes import SUFFIXES
from studio.domain.reference import PictureEdit, Recalled, TakenMedia, centred_box, ratio_of
from studio.ui.bridge import Bridge, plain_words
from studio.ui.composer.reference import Reference
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QFileDialog, QMenu

    from studio.app.core import Core
    from studio.ui.composer.reference_crop import CropDialog
    from studio.ui.composer.reference_recent import RecentDialog
    from studio.ui.composer.reference_tray import ReferenceTray
    from studio.ui.composer.slot import Slot


class SlotActions(QObject):
    """Each is reachable by the context menu (right click or the Menu key); the frequent ones by keys of their own."""

    def __init__(self, tray: ReferenceTray, bridge: Bridge, theme: Theme) -> None:
        super().__init__(tray)
        self._tray = tray
        self._bridge = bridge
        self._theme = theme
        self._dragged: tuple[Slot, QMimeData] | None = None
        self.file_dialog: QFileDialog | None = None
        self.crop_dialog: CropDialog | None = None
        self.recent_dialog: RecentDialog | None = None

    def attach(self, slot: Slot) -> None:
        """Hear what `slot` is asked for."""
        slot.menu_wanted.connect(partial(self._open_menu, slot))
        slot.move_wanted.connect(partial(self.move_by, slot))
        slot.drag_wanted.connect(partial(self._drag, slot))

    # the menu

    def _open_menu(self, slot: Slot, at: QPoint) -> None:
        self.menu_of(slot).popup(at)

    def menu_of(self, slot: Slot) -> QMenu:
        """All that can be done with what lies there now."""
        from PySide6.QtWidgets import QMenu  # not loaded at the start

        menu = QMenu(self._tray)
        menu.setObjectName("referenceMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        if slot.busy:
            self._add(menu, self.tr("Stop"), slot.removed.emit, "Del")
            return menu
        if slot.trouble:
            self._fill_trouble(menu, slot)
        replace = self.tr("Choose a file…") if slot.reference is None else self.tr("Replace…")
        self._add(menu, replace, lambda: self._tray.browse(slot))
        self._add(menu, self.tr("Paste"), lambda: self._paste(slot), "Ctrl+V")
        self._add(menu, self.tr("Recent…"), lambda: self.open_recent(slot))
        if not slot.is_free:
            self._add(menu, self.tr("Remove"), slot.removed.emit, "Del")
        if slot.reference is not None:
            self._fill_picture(menu, slot)
            self._fill_moves(menu, slot)
            self._fill_file(menu, slot)
        menu.addSeparator()
        self._add(menu, self.tr("Undo"), self._tray.undo, "Ctrl+Z", enabled=self._tray.history.can_undo)
        self._add(menu, self.tr("Redo"), self._tray.redo, "Ctrl+Shift+Z", enabled=self._tray.history.can_redo)
        return menu

    @staticmethod
    def _add(menu: QMenu, words: str, do: Callable[[], object], keys: str = "", *, enabled: bool = True) -> None:
        action = menu.addAction(words)
        action.setEnabled(enabled)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # said here; the slot itself hears the keys
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _=False: do())

    def _fill_trouble(self, menu: QMenu, slot: Slot) -> None:
        thing = slot.brought
        if thing is not None and thing.url:
            self._add(menu, self.tr("Try again"), lambda: self._tray.take([thing], slot))
            self._add(menu, self.tr("Send the address itself"), lambda: self._put(slot, Reference(thing.url, thing.name)))
            menu.addSeparator()

    def _fill_picture(self, menu: QMenu, slot: Slot) -> None:
        reference = slot.reference
        if reference is None or reference.media is None or reference.path is None or reference.kind is not MediaKind.IMAGE:
            return
        menu.addSeparator()
        self._add(menu, self.tr("Crop and rotate…"), lambda: self.open_crop(slot))
        asked = self.form_ratio()
        ratio = ratio_of(asked)
        if ratio is not None:
            words = self.tr("Crop to {ratio}").format(ratio=asked)
            fits = _has_ratio(reference.media, ratio)
            self._add(menu, words, lambda: self.crop_to(slot, ratio), enabled=not fits)
        self._add(menu, self.tr("Rotate left"), lambda: self.edit(slot, PictureEdit(turns=3)))
        self._add(menu, self.tr("Rotate right"), lambda: self.edit(slot, PictureEdit(turns=1)))
        self._add(menu, self.tr("Mirror"), lambda: self.edit(slot, PictureEdit(mirrored=True)))

    def _fill_moves(self, menu: QMenu, slot: Slot) -> None:
        others = [one for one in self._tray.slots() if self._can_swap(slot, one)]
        if not others:
            return
        menu.addSeparator()
        self._add(menu, self.tr("Move back"), lambda: self.move_by(slot, -1), "Alt+Left",
                  enabled=self._neighbour(slot, -1) is not None)
        self._add(menu, self.tr("Move forward"), lambda: self.move_by(slot, 1), "Alt+Right",
                  enabled=self._neighbour(slot, 1) is not None)
        inner = menu.addMenu(self.tr("Move or swap"))
        for other in others:
            words = self.tr("Move to {slot}") if other.reference is None else self.tr("Swap with {slot}")
            self._add(inner, words.format(slot=other.title), partial(self.swap, slot, other))

    def _fill_file(self, menu: QMenu, slot: Slot) -> None:
        path = slot.reference.path if slot.reference is not None else None
        if path is None:
            return
        from studio.ui.gallery.actions import open_outside, show_in_folder  # not loaded at the start

        menu.addSeparator()
        self._add(menu, self.tr("Open outside"), lambda: open_outside(path))
        self._add(menu, self.tr("Show in folder"), lambda: show_in_folder(path))
        self._add(menu, self.tr("Add to gallery"), lambda: self.add_to_gallery(path))
        self._add(menu, self.tr("Restore its settings"), lambda: self.recall(path))

    # moving

    def swap(self, one: Slot, other: Slot) -> None:
        """Each to the other's place; the focus goes along with `one`'s."""
        if not self._can_swap(one, other):
            self._tray.set_error(self.tr("{slot} does not take that.").format(slot=other.title))
            return
        self._tray.history.remember(self._tray.places())
        first, second = one.reference, other.reference
        one.put(second)
        other.put(first)
        other.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tray.set_error("")
        self._tray.changed.emit()

    def move_by(self, slot: Slot, step: int) -> None:
        """Swap with the next place in that direction that takes it."""
        other = self._neighbour(slot, step)
        if other is not None:
            self.swap(slot, other)

    def _neighbour(self, slot: Slot, step: int) -> Slot | None:
        slots = self._tray.slots()
        at = slots.index(slot)
        way = slots[at + 1 :] if step > 0 else slots[:at][::-1]
        return next((one for one in way if self._can_swap(slot, one)), None)

    @staticmethod
    def _can_swap(one: Slot, other: Slot) -> bool:
        if one is other or one.busy or other.busy or (one.reference is None and other.reference is None):
            return False
        return (one.reference is None or other.accepts_kind(one.reference.kind)) and (
            other.reference is None or one.accepts_kind(other.reference.kind)
        )

    def _drag(self, slot: Slot) -> None:
        from PySide6.QtGui import QDrag  # not loaded at the start

        if slot.reference is None:
            return
        mime = QMimeData()
        mime.setUrls([QUrl(slot.reference.value)])
        drag = QDrag(slot)
        drag.setMimeData(mime)
        drag.setPixmap(slot.grab().scaled(QSize(96, 72), Qt.AspectRatioMode.KeepAspectRatio))
        self._dragged = (slot, mime)
        drag.exec(Qt.DropAction.CopyAction)
        self._dragged = None

    def is_dragged(self, mime: QMimeData) -> bool:
        """Whether a drop comes from one of the tray's own slots."""
        return self._dragged is not None and mime.urls() == self._dragged[1].urls()

    def drop_on(self, target: Slot) -> bool:
        """The slot that is being dragged was let go over `target`."""
        if self._dragged is None:
            return False
        if target is not self._dragged[0]:
            self.swap(self._dragged[0], target)
        return True

    # pictures

    def form_ratio(self) -> str | None:
        """The aspect ratio that the form asks for."""
        values = self._tray.form_values
        asked = values.get("aspect_ratio") or values.get("aspectRatio")
        return asked if isinstance(asked, str) and ratio_of(asked) is not None else None

    def open_crop(self, slot: Slot) -> None:
        """The editor for the picture in `slot`; what is applied there becomes a new copy."""
        reference = slot.reference
        if reference is None or reference.path is None:
            return
        from studio.ui.composer.reference_crop import CropDialog  # not loaded at the start

        dialog = CropDialog(reference.path, reference.name, self.form_ratio(), self._theme, self._tray.window())
        dialog.applied.connect(partial(self._apply, slot.key))
        self.crop_dialog = dialog
        dialog.open()

    def _apply(self, key: tuple[str, int], edit: PictureEdit) -> None:
        slot = next((one for one in self._tray.slots() if one.key == key), None)
        if slot is not None:
            self.edit(slot, edit)

    def crop_to(self, slot: Slot, ratio: float) -> None:
        """Cut the picture to `ratio` around its middle."""
        media = slot.reference.media if slot.reference is not None else None
        if media is not None and media.width and media.height:
            self.edit(slot, PictureEdit(box=centred_box(media.width, media.height, ratio)))

    def edit(self, slot: Slot, edit: PictureEdit) -> None:
        """Put a changed copy in the place of the picture; the one that lay there stays in the library."""
        reference = slot.reference
        if reference is None or edit.changes_nothing:
            return
        slot.set_busy(True)

        async def change(core: Core) -> TakenMedia:
            return await core.references.edit(reference.value, reference.name, edit)

        self._bridge.run(change, partial(self._edited, slot.key, reference), partial(self._not_edited, slot.key))

    def _edited(self, key: tuple[str, int], before: Reference, media: TakenMedia) -> None:
        slot = next((one for one in self._tray.slots() if one.key == key), None)
        if slot is not None and slot.busy and slot.reference == before:
            self._put(slot, Reference.of(media))

    def _not_edited(self, key: tuple[str, int], error: BaseException) -> None:
        slot = next((one for one in self._tray.slots() if one.key == key), None)
        if slot is not None:
            slot.set_busy(False)
        self._tray.set_error(plain_words(error))

    def _put(self, slot: Slot, reference: Reference) -> None:
        self._tray.history.remember(self._tray.places())
        slot.put(reference)
        self._tray.set_error("")
        self._tray.changed.emit()

    def browse(self, slot: Slot | None) -> None:
        """Open the file dialog; what is chosen goes into `slot`, or into the first free ones."""
        slots = self._tray.slots()
        target = slot or next((one for one in slots if one.is_free), slots[0] if slots else None)
        if target is None:
            return
        from PySide6.QtWidgets import QFileDialog  # not loaded at the start

        dialog = QFileDialog(self._tray.window(), self.tr("Choose a file for {slot}").format(slot=target.title))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if target.key[1] else QFileDialog.FileMode.ExistingFile)
        kinds = target.accepts or tuple(SUFFIXES)
        patterns = " ".join(f"*.{suffix}" for kind in kinds for suffix in SUFFIXES.get(kind, ()))
        dialog.setNameFilters([self.tr("Media ({patterns})").format(patterns=patterns), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.urlsSelected.connect(lambda urls: self._chosen(urls, slot))
        self.file_dialog = dialog
        dialog.open()

    def _chosen(self, urls: list[object], slot: Slot | None) -> None:
        mime = QMimeData()
        mime.setUrls(urls)  # type: ignore[arg-type]  # the signal hands over QUrls
        self._tray.take_mime(mime, slot if slot in self._tray.slots() else None)

    def _paste(self, slot: Slot) -> None:
        slot.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tray.paste()

    # library

    def open_recent(self, slot: Slot | None) -> None:
        """What was used or made lately; what is chosen goes into `slot`, or into the first free place."""
        from studio.ui.composer.reference_recent import RecentDialog  # not loaded at the start

        accepts = slot.accepts if slot is not None else tuple({k: None for one in self._tray.slots() for k in one.accepts})
        dialog = RecentDialog(self._bridge, self._theme, accepts, self._tray.window())
        dialog.chosen.connect(partial(self._take_recent, slot))
        self.recent_dialog = dialog
        dialog.open()

    def _take_recent(self, slot: Slot | None, paths: list[Path]) -> None:
        from studio.ui.composer.intake import Brought

        at = slot if slot is not None and slot in self._tray.slots() else None
        self._tray.take([Brought(path=path) for path in paths], at)

    def add_to_gallery(self, path: Path) -> None:
        """Keep a copy among the assets."""

        async def bring(core: Core) -> None:
            await core.import_file(path)

        self._bridge.run(bring, None, lambda error: self._tray.set_error(plain_words(error)))

    def recall(self, path: Path) -> None:
        """Bring back the settings that made a file of ours."""

        async def ask(core: Core) -> Recalled:
            return await core.references.recalled(path)

        self._bridge.run(ask, self._recalled, lambda error: self._tray.set_error(plain_words(error)))

    def _recalled(self, found: Recalled) -> None:
        self._tray.recalled.emit(found)
        self._tray.set_error(" ".join(found.lost))


def _has_ratio(media: TakenMedia, ratio: float) -> bool:
    return bool(media.width and media.height) and abs(media.width / media.height / ratio - 1) < 0.005  # type: ignore[operator]


def command_of(event: QKeyEvent) -> str | None:
    """What a key asks of the tray as a whole: "paste", "undo", "redo", or None."""
    keys = {"paste": QKeySequence.StandardKey.Paste, "undo": QKeySequence.StandardKey.Undo,
            "redo": QKeySequence.StandardKey.Redo}
    return next((name for name, key in keys.items() if event.matches(key)), None)
