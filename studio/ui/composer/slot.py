"""One place for a picture, clip or sound: empty with its name, busy, filled with a thumbnail, or with what went wrong."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy

from studio.domain.kinds import MediaKind
from studio.domain.media_suffixes import SUFFIXES, kind_of_name
from studio.ui.composer.intake import Brought
from studio.ui.composer.reference import Reference
from studio.ui.composer.reference_paint import paint_slot
from studio.ui.images.loader import ImageLoader
from studio.ui.theme.theme import Theme
from studio.ui.widgets import icons
from studio.ui.widgets.buttons import tool
from studio.ui.widgets.words import tip

__all__ = ["HEIGHT", "SUFFIXES", "Reference", "Slot", "kind_of"]

HEIGHT = 88
kind_of = kind_of_name
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class Slot(QAbstractButton):
    """A press browses for a file; Delete empties it, the Menu key opens its menu, Alt and an arrow swap it with a neighbour.

    `key` is the parameter's name and the place in its list. `removed()` also stops what is being taken in;
    `menu_wanted(global point)`, `move_wanted(-1 or 1)`, `drag_wanted()` when it is pulled away with the mouse.
    """

    removed = Signal()
    menu_wanted = Signal(QPoint)
    move_wanted = Signal(int)
    drag_wanted = Signal()

    def __init__(self, key: tuple[str, int], title: str, accepts: tuple[MediaKind, ...], theme: Theme, loader: ImageLoader):
        super().__init__()
        self.key = key
        self.title = title
        self.accepts = accepts
        self.help = ""
        self.required = False
        self.reference: Reference | None = None
        self.busy = False
        self.progress: float | None = None
        self.trouble = ""
        self.brought: Brought | None = None
        self.warnings: tuple[str, ...] = ()
        self.hot = False
        self.wrong = False
        self.theme = theme
        self._loader = loader
        self._pressed: QPoint | None = None
        self.setObjectName(f"slot_{key[0]}_{key[1]}" if key[1] else f"slot_{key[0]}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self._remove = tool("close", self.tr("Remove"), "removeReference", theme, size=12)
        self._remove.setParent(self)
        theme.changed.connect(self._draw_cross)
        self._draw_cross()
        self._remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete on the slot does the same
        self._remove.setFixedSize(20, 20)
        self._remove.setStyleSheet("background: rgba(9, 10, 13, 190); border-radius: 6px; border: none; padding: 0;"
                                   " min-width: 20px; max-width: 20px; min-height: 20px; max-height: 20px;")
        self._remove.clicked.connect(self.removed)
        self._remove.hide()
        theme.changed.connect(self.update)
        self._describe()

    # what is in it

    def describe(self, help_words: str, *, required: bool) -> None:
        """What it is for, and whether it has to be filled."""
        self.help, self.required = help_words, required
        self._describe()

    def accepts_kind(self, kind: MediaKind | None) -> bool:
        return kind is None or not self.accepts or kind in self.accepts

    @property
    def is_free(self) -> bool:
        return self.reference is None and not self.busy and not self.trouble

    def put(self, reference: Reference | None) -> None:
        self.reference = reference
        self.busy, self.progress, self.trouble, self.brought = False, None, "", None
        self.wrong = False
        self.warnings = ()
        self._describe()

    def begin(self, thing: Brought) -> None:
        """Something is on its way in; what lies here stays until it has come."""
        self.busy, self.progress, self.trouble, self.brought = True, None, "", thing
        self._describe()

    def set_progress(self, share: float) -> None:
        self.progress = share
        self.update()

    def set_busy(self, busy: bool) -> None:
        """Whether something is done here that has no name, such as a cut."""
        self.busy, self.progress = busy, None
        self._describe()

    def fail(self, words: str) -> None:
        """What was on its way did not come; it is kept, to be tried again. What lay here before stays, without the words."""
        self.busy, self.progress = False, None
        if self.reference is None:
            self.trouble = words
        else:
            self.brought = None
        self._describe()

    def set_warnings(self, warnings: tuple[str, ...]) -> None:
        if warnings != self.warnings:
            self.warnings = warnings
            self._describe()

    def set_wrong(self, wrong: bool) -> None:
        """Whether something is asked for here that is not there."""
        self.wrong = wrong
        self.update()

    def set_hot(self, hot: bool) -> None:
        """Whether a drop here would land in this slot."""
        self.hot = hot
        self.update()

    # size, keys, mouse

    def sizeHint(self) -> QSize:
        return QSize(108, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(72, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stops = event.key() == Qt.Key.Key_Escape and self.busy
        if stops or (event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self.is_free):
            self.removed.emit()
        elif event.key() in _STEPS and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.move_wanted.emit(_STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_wanted.emit(self.mapToGlobal(QPoint(8, self.height() - 8)) if by_key else event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        moved = self._pressed is not None and (event.position().toPoint() - self._pressed).manhattanLength() >= far
        if moved and self.reference is not None and not self.busy:
            self._pressed = None
            self.setDown(False)
            self.drag_wanted.emit()
            return
        super().mouseMoveEvent(event)

    def resizeEvent(self, event: object) -> None:
        self._remove.move(self.width() - 24, 4)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    # looks

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_slot(self, self._picture())

    def _draw_cross(self) -> None:
        # on a dark badge in both themes: it lies over a picture
        self._remove.setIcon(icons.icon("close", "#FFFFFF"))

    def _picture(self) -> QPixmap | None:
        path = self.reference.picture if self.reference is not None else None
        if path is None:
            return None
        size = QSize(self.width() - 4, self.height() - 4)
        radius = self.theme.current.radius
        return self._loader.request(path, size, self.key, radius=radius, ratio=self.devicePixelRatioF())

    def _describe(self) -> None:
        """Everything that is drawn is said too: name, size, what was done to it, what may be wrong."""
        self._remove.setVisible(not self.is_free)
        words = self.tr("Stop") if self.busy else self.tr("Remove")
        self._remove.setToolTip(words)
        self._remove.setAccessibleName(words)
        if self.busy:
            state, notes = self.tr("reading {name}").format(name=self.brought.name if self.brought else self.title), []
        elif self.trouble:
            state, notes = self.tr("not taken"), [self.trouble]
        elif self.reference is not None:
            state = ", ".join(part for part in (self.reference.name, self.reference.measures) if part)
            done = self.reference.media.changes if self.reference.media is not None else ()
            notes = [*self.warnings, *done]
        else:
            state, notes = self.tr("needed") if self.required else self.tr("empty"), []
        self.setAccessibleName(f"{self.title}: {state}")
        self.setAccessibleDescription(" ".join(notes) or self.help)
        if self.reference is None and not self.busy and not self.trouble:
            notes = [self.help, self.tr("Drop or paste a file here, or press to choose one.")]
            self.setToolTip(f"{self.title}. " + " ".join(part for part in notes if part))
        else:
            keys = self.tr("Delete removes it, the menu has more.")
            self.setToolTip(tip("\n".join([f"{self.title}: {state}", *notes, keys])))
        self.update()
