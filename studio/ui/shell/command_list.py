"""What can be run from the command field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from studio.ui.shell.commands import Command

if TYPE_CHECKING:
    from studio.ui.window import MainWindow


def commands_for(window: MainWindow) -> list[Command]:
    """All commands, in the order in which they are offered."""

    def words(text: str) -> str:
        return QCoreApplication.translate("Commands", text)

    def make(operation: str) -> None:
        window.start()
        window.create_page.composer.picker.choose(operation)

    def toggle(index: int) -> None:
        dock = window.create_page.docks()[index]
        dock.setVisible(dock.isHidden())

    def open_folder() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(window.media_folder)))

    return [
        Command(words("New video"), partial(make, "video.generate")),
        Command(words("New image"), partial(make, "image.generate")),
        Command(words("Scene board"), window.open_scene),
        Command(words("Go to Create"), partial(window.show_page, 0)),
        Command(words("Go to Gallery"), partial(window.show_page, 1)),
        Command(words("Go to History"), partial(window.show_page, 2)),
        Command(words("Go to Costs"), window.show_costs),
        Command(words("Chains"), window.open_chains),
        Command(words("Restore the settings of a file"), window.restore_settings),
        Command(words("Hold the queue"), window.pause_queue),
        Command(words("Let the queue go on"), window.resume_queue),
        Command(words("Theme: dark"), partial(window.set_theme, "dark")),
        Command(words("Theme: light"), partial(window.set_theme, "light")),
        Command(words("Theme: as the system"), partial(window.set_theme, "system")),
        Command(words("Show or hide the composer"), partial(toggle, 0)),
        Command(words("Show or hide the queue"), partial(toggle, 1)),
        Command(words("Reset the panels"), window.create_page.reset_panels),
        Command(words("Add account"), window.add_account),
        Command(words("Open the media folder"), open_folder),
        Command(words("Settings"), window.open_settings),
        Command(words("Help"), window.open_guide),
    ]
