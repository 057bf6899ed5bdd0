"""COMPOSER: what a key pressed in the prompt costs the GUI thread until it is painted, and what a form costs to make.

Counted is the processor time of the GUI thread: what it works, not what it waits while other programs have the cores.

COMPOSER.keystroke: p99 of the work after one key over that of a bare QPlainTextEdit with the same text;
COMPOSER.keystroke.frame the same as a share of the 16 ms of a frame. COMPOSER.form: the largest form over the same number of
bare Qt controls of the same kinds with a label each; COMPOSER.form.time as a share of 50 ms. The composer is the product's,
over a core that has opened.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.domain.account import LOCAL, Service
from studio.domain.operation import Operation, Parameter, ParameterKind
from studio.providers.catalogue import operations
from studio.settings.paths import Paths
from studio.ui.bridge import Bridge
from studio.ui.composer.composer import Composer
from studio.ui.composer.form import Form
from studio.ui.composer.prompt_box import prompt_parameter
from studio.ui.session import FILE_NAME, Session
from studio.ui.theme.theme import Theme
from tests.bench.ratios import interleave, note, report

KEYS = 300
ROUNDS = 5
PATIENCE_S = 30.0
FRAME_MS, FORM_MS = 16.0, 50.0
TEXT = "a harbour at dusk, gulls over the masts, wet stones, a slow dolly forward past the lamps, 35 mm, fine grain. " * 6


def turn(milliseconds: int = 0) -> None:
    """Let everything that is due happen; with a time, for so long."""
    end = QDeadlineTimer(milliseconds)
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        if end.hasExpired():
            return


def wait(there: Callable[[], bool]) -> None:
    """Until it is; raises TimeoutError after PATIENCE_S."""
    limit = perf_counter() + PATIENCE_S
    while not there():
        if perf_counter() > limit:
            raise TimeoutError("the core did not get ready")
        turn(20)


class Paints(QObject):
    """Counts how often what it watches was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen += event.type() == QEvent.Type.Paint
        return False


def keystrokes(edit: QPlainTextEdit) -> list[float]:
    """Milliseconds of the GUI thread for each of KEYS keys: handling, layout, and the paint that shows it."""
    edit.setPlainText(TEXT)
    edit.moveCursor(QTextCursor.MoveOperation.End)
    turn(300)
    paints = Paints()
    edit.viewport().installEventFilter(paints)
    times = []
    for number in range(KEYS):
        began = thread_time()
        QTest.keyClick(edit, Qt.Key.Key_A if number % 6 else Qt.Key.Key_Space)
        turn()
        times.append((thread_time() - began) * 1000)
    if paints.seen < KEYS:
        raise RuntimeError(f"{paints.seen} of {KEYS} keys were painted: nothing was measured")
    return times


def p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def controls(operation: Operation) -> list[Parameter]:
    """The parameters that the form shows at first."""
    prompt = prompt_parameter(operation)
    return [p for p in operation.parameters if not p.is_media and p is not prompt and not p.advanced]


def bare_control(parameter: Parameter) -> QWidget:
    if parameter.kind is ParameterKind.SWITCH:
        return QCheckBox(parameter.label)
    if parameter.kind in (ParameterKind.INTEGER, ParameterKind.NUMBER, ParameterKind.SEED):
        return QDoubleSpinBox()
    if parameter.choices:
        box = QComboBox()
        box.addItems([str(choice) for choice in parameter.choices])
        return box
    return QPlainTextEdit() if parameter.multiline else QLineEdit()


def bare_form(operation: Operation) -> QWidget:
    """What somebody would write by hand: a label and a control for each parameter."""
    form = QWidget()
    column = QVBoxLayout(form)
    for parameter in controls(operation):
        column.addWidget(QLabel(parameter.label))
        column.addWidget(bare_control(parameter))
    return form


def seconds(make: Callable[[], QWidget]) -> float:
    gc.collect()
    began = thread_time()
    form = make()
    form.resize(344, 900)
    form.show()
    turn()
    taken = thread_time() - began
    form.close()
    form.deleteLater()
    turn(20)
    return taken


def measure_keys(bridge: Bridge, theme: Theme) -> None:
    session = Session(bridge.paths.data / FILE_NAME)
    composer = Composer(bridge, theme, session)
    session.setParent(composer)
    composer.resize(376, 748)
    composer.show()
    composer.set_account(LOCAL)
    wait(lambda: composer.operation is not None)
    bare = QPlainTextEdit()
    bare.resize(344, 260)
    bare.show()
    turn(500)
    worst: list[float] = []

    def ours() -> float:
        worst.append(p99(keystrokes(composer.prompt.edit)))
        return worst[-1]

    ratios = interleave(ours, lambda: p99(keystrokes(bare)), ROUNDS)
    most = statistics.median(worst)
    report("COMPOSER.keystroke", ratios, "<= 2.0", "a bare QPlainTextEdit with the same text", p99_ms=round(most, 2))
    report("COMPOSER.keystroke.frame", [one / FRAME_MS for one in worst], "<= 1.0", "a frame of 16 ms")
    composer.close()


def measure_forms(theme: Theme) -> None:
    largest = max(operations(Service.CANNON_STUDIO), key=lambda one: len(controls(one)))
    note(f"the largest form is that of {largest.id}: {len(controls(largest))} fields")
    prompt = prompt_parameter(largest)
    taken: list[float] = []

    def ours() -> float:
        taken.append(seconds(lambda: Form(largest, prompt, theme)))
        return taken[-1]

    def by_hand() -> float:
        return seconds(lambda: bare_form(largest))

    ours()
    by_hand()
    taken.clear()
    ratios = interleave(ours, by_hand, 2 * ROUNDS + 1)
    report("COMPOSER.form", ratios, "<= 3.0", "bare Qt controls of the same kinds, with a label each", operation=largest.id,
           median_ms=round(statistics.median(taken) * 1000, 1))
    report("COMPOSER.form.time", [one * 1000 / FORM_MS for one in taken], "<= 1.0", "50 ms")


def main() -> None:
    application = QApplication.instance() or QApplication(["bench", "-style", "fusion"])
    theme = Theme("dark", reduced_motion=True)
    theme.apply()
    with tempfile.TemporaryDirectory(prefix="bench-composer-", ignore_cleanup_errors=True) as folder:
        paths = Paths.of_home(Path(folder) / "home")
        paths.create()
        bridge = Bridge(paths)
        bridge.start()
        measure_forms(theme)
        wait(lambda: bridge.is_ready)
        measure_keys(bridge, theme)
        bridge.close(10.0)
    application.quit()


if __name__ == "__main__":
    main()
