"""What can be done with the whole form: keep it as a preset, take one, put all back, make the operation a favourite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from studio.domain.form_preset import LONGEST_NAME, Favourites, FormPreset
from studio.ui.bridge import Bridge, plain_words
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push, tool
from studio.ui.widgets.words import label

if TYPE_CHECKING:
    from studio.domain.operation import Operation


class WholeForm(Protocol):
    """What the menu needs of the composer."""

    @property
    def operation(self) -> Operation | None: ...
    def settings(self) -> Mapping[str, object]: ...
    def words(self) -> str: ...
    def put(self, values: Mapping[str, object], words: str | None) -> None: ...


class FormMenu(QObject):
    """The button, and the menu under it. `known(favourites)` whenever they were read; `compare_wanted()` from the menu."""

    known = Signal(object)
    compare_wanted = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, form: WholeForm, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._form = form
        self._parent = parent
        self._favourites = Favourites()
        self.button = tool("more", self.tr("Presets and more"), "formMenuButton", theme)
        self.button.clicked.connect(self.open)

    def refresh(self) -> None:
        """Read the presets anew."""
        self._bridge.run(lambda core: core.favourites.all(), self._take)

    def open(self) -> None:
        """The menu, with what is kept now."""
        self._bridge.run(lambda core: core.favourites.all(), self._show)

    def _take(self, favourites: Favourites) -> None:
        self._favourites = favourites
        self.known.emit(favourites)

    def _show(self, favourites: Favourites) -> None:
        self._take(favourites)
        menu = self.make_menu()
        if menu is not None:
            menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def make_menu(self) -> QMenu | None:
        """The menu for the operation that is shown; None while there is none."""
        operation = self._form.operation
        if operation is None:
            return None
        menu = QMenu(self._parent)
        menu.setObjectName("formMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        presets = self._favourites.of(operation.id)
        taking = menu.addMenu(self.tr("Use preset"))
        removing = menu.addMenu(self.tr("Remove preset"))
        for preset in presets:
            name = preset.name.replace("&", "&&")
            taking.addAction(name).triggered.connect(lambda _=False, one=preset: self.use(one))
            removing.addAction(name).triggered.connect(lambda _=False, one=preset: self._forget(one))
        for submenu in (taking, removing):
            submenu.setEnabled(bool(presets))
        menu.addAction(self.tr("Save as preset…")).triggered.connect(lambda _=False: self.ask_name())
        menu.addSeparator()
        menu.addAction(self.tr("Reset all settings")).triggered.connect(lambda _=False: self._form.put({}, None))
        star = menu.addAction(self.tr("Favourite: first in the list"))
        star.setCheckable(True)
        star.setChecked(operation.id in self._favourites.operations)
        star.triggered.connect(lambda on: self._star(operation.id, on))
        menu.addSeparator()
        menu.addAction(self.tr("Compare accounts…")).triggered.connect(lambda _=False: self.compare_wanted.emit())
        return menu

    def use(self, preset: FormPreset) -> None:
        """Put a preset into the form. Its words come in only where it has any."""
        self._form.put(preset.values, preset.prompt or None)

    def ask_name(self) -> None:
        """Ask how the form as it is now shall be called."""
        operation = self._form.operation
        if operation is None:
            return
        dialog = PresetDialog([one.name for one in self._favourites.of(operation.id)], self._parent.window())
        dialog.save_wanted.connect(lambda name, with_words: self._keep(operation.id, name, with_words, dialog))
        dialog.open()

    def _keep(self, operation: str, name: str, with_words: bool, dialog: PresetDialog) -> None:
        preset = FormPreset(name, operation, dict(self._form.settings()), self._form.words() if with_words else "")

        def kept(favourites: Favourites) -> None:
            self._take(favourites)
            dialog.accept()

        self._bridge.run(lambda core: core.favourites.keep(preset), kept, lambda error: dialog.say(plain_words(error)))

    def _forget(self, preset: FormPreset) -> None:
        self._bridge.run(lambda core: core.favourites.forget(preset.operation, preset.name), self._take)

    def _star(self, operation: str, on: bool) -> None:
        self._bridge.run(lambda core: core.favourites.star(operation, on), self._take)


class PresetDialog(QDialog):
    """Asks for a name. `save_wanted(name, with_words)`; it stays open until it is told that the preset is kept."""

    save_wanted = Signal(str, bool)

    def __init__(self, taken: list[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._taken = set(taken)
        self.setObjectName("presetDialog")
        self.setWindowTitle(self.tr("Save as preset"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(400)
        self.name = QLineEdit()
        self.name.setObjectName("presetName")
        self.name.setMaxLength(LONGEST_NAME)
        self.words = QCheckBox(self.tr("With the prompt"))
        self.words.setObjectName("presetWithPrompt")
        self._says = label("", "label", wrap=True)
        self._says.setObjectName("presetSays")
        self._save = push(self.tr("Save"), "presetSave", "primary")
        self._save.setDefault(True)
        cancel = push(self.tr("Cancel"), "presetCancel")
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(lambda: self.save_wanted.emit(self.name.text(), self.words.isChecked()))
        self.name.textChanged.connect(lambda _: self._look())
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(label(self.tr("Save as preset"), "heading"))
        column.addWidget(label(self.tr("All settings of this form, without its references."), "dim", wrap=True))
        column.addSpacing(8)
        column.addWidget(label(self.tr("Name"), "label", buddy=self.name))
        column.addWidget(self.name)
        column.addWidget(self.words)
        column.addWidget(self._says)
        column.addSpacing(12)
        column.addLayout(buttons)
        self._look()
        self.name.setFocus()

    def say(self, words: str) -> None:
        """What went wrong."""
        self._says.setText(words)

    def _look(self) -> None:
        name = self.name.text().strip()
        self._save.setEnabled(bool(name))
        self.say(self.tr("Takes the place of the preset of this name.") if name in self._taken else "")
