"""The queue's menus: of the selected jobs, of a label, of the queue as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.domain.job import Job
from studio.domain.state import JobState
from studio.ui.queue.actions import QueueAction
from studio.ui.queue.order import is_waiting
from studio.ui.queue.work import QueueWork

Do = Callable[[str], object]
"""What is called with the name of the action that was chosen."""


class QueueMenus(QObject):
    """Built each time they are opened, from what is there then."""

    def __init__(self, work: QueueWork, parent: QWidget) -> None:
        super().__init__(parent)
        self._work = work
        self._panel = parent

    def _new(self, name: str) -> QMenu:
        menu = QMenu(self._panel)
        menu.setObjectName(name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    # of jobs

    def of_jobs(self, actions: Sequence[QueueAction], label: str | None, do: Do, at: QPoint) -> QMenu:
        """The actions in their parts, and those of the label that all the jobs have."""
        menu = self._new("queueJobMenu")
        part = 0
        for action in sorted(actions, key=lambda one: one.part):
            if action.part != part and not menu.isEmpty():
                menu.addSeparator()
            part = action.part
            added = menu.addAction(action.words)
            if action.keys:
                added.setShortcut(QKeySequence(action.keys))
                added.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # said here; the list itself hears the keys
                added.setShortcutVisibleInContextMenu(True)
            added.triggered.connect(partial(_call, do, action.name))
        if label:
            menu.addSeparator()
            self._fill_label(menu.addMenu(self.tr("Label “{label}”").format(label=label.replace("&", "&&"))), label, do)
        menu.popup(at)
        return menu

    def of_label(self, label: str, do: Do, at: QPoint) -> QMenu:
        """What can be done with all jobs of a label."""
        menu = self._new("queueLabelActions")
        self._fill_label(menu, label, do)
        menu.popup(at)
        return menu

    def _fill_label(self, menu: QMenu, label: str, do: Do) -> None:
        work = self._work
        _add(menu, self.tr("Show only these"), partial(do, f"only:{label}"))
        menu.addSeparator()
        _add(menu, self.tr("Hold"), partial(work.with_label, "pause_job", label))
        _add(menu, self.tr("Let them go on"), partial(work.with_label, "resume_job", label))
        _add(menu, self.tr("Move to the front"), partial(work.with_label, "move_first", label))
        _add(menu, self.tr("Move to the end"), partial(work.with_label, "move_last", label))
        menu.addSeparator()
        _add(menu, self.tr("Cancel all but the running"), partial(work.cancel_waiting, label=label))
        _add(menu, self.tr("Cancel all…"), partial(do, f"cancel_all:{label}"))

    # of the queue

    def of_queue(self, jobs: Collection[Job], held: Collection[str], is_held: bool, do: Do, at: QPoint) -> QMenu:
        """Hold and let go, of everything and of single accounts; cancel. `held`: names of accounts that are held."""
        work, menu = self._work, self._new("queueActions")
        if is_held:
            _add(menu, self.tr("Let the queue go on"), partial(work.release, "all"))
        else:
            _add(menu, self.tr("Hold the queue"), partial(work.hold, "all"))
        accounts = sorted({job.request.account for job in jobs if not job.is_terminal} | set(held))
        if len(accounts) > 1 or held:
            inner = menu.addMenu(self.tr("Accounts"))
            for name in accounts:
                words = self.tr("Let {account} go on") if name in held else self.tr("Hold {account}")
                call = work.release if name in held else work.hold
                _add(inner, words.format(account=name), partial(call, "account", name))
        labels = list(dict.fromkeys(job.request.label for job in sorted(jobs, key=lambda job: job.id, reverse=True)
                                    if job.request.label))
        if labels:
            inner = menu.addMenu(self.tr("Labels"))
            for label in labels[:20]:
                _add(inner, label.replace("&", "&&"), partial(do, f"only:{label}"))
        menu.addSeparator()
        waiting = sum(is_waiting(job) for job in jobs)
        unfinished = sum(not job.is_terminal and job.state is not JobState.UNKNOWN for job in jobs)
        _add(menu, self.tr("Cancel all but the running"), work.cancel_waiting).setEnabled(waiting > 0)
        _add(menu, self.tr("Cancel all…"), partial(do, "cancel_all:")).setEnabled(unfinished > 0)
        menu.popup(at)
        return menu


def _call(do: Do, name: str, _checked: bool = False) -> None:
    do(name)


def _add(menu: QMenu, words: str, call: Callable[[], object]) -> QAction:
    action = menu.addAction(words)
    action.triggered.connect(lambda: call())
    return action
