"""The composer: operation, prompt, references and form; cost and Generate at its foot.

What is sent is a copy of the form. Nothing is ever written back to it but the seed that was drawn, so that the next job
starts from where the person is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT, Account
from studio.domain.errors import InputError
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.prompt_book import with_style
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer.field_names import with_labels
from studio.ui.composer.foot import Foot
from studio.ui.composer.operation_picker import OperationPicker
from studio.ui.composer.prompt_box import PromptBox
from studio.ui.composer.prompt_tools import PromptTools
from studio.ui.composer.reference_tray import ReferenceTray
from studio.ui.composer.tab_order import order_tabs
from studio.ui.costs.price_asker import PriceAsker
from studio.ui.session import Session
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.operation import Operation, Parameter
    from studio.ui.composer.form import Form
    from studio.ui.composer.intake import Brought

PROMPT_NAMES = ("prompt", "text")
NEGATIVE = "negative_prompt"
START_FRAME = "image_url"
"""The picture that a video starts from, as both services name it."""


def prompt_parameter(operation: Operation) -> Parameter | None:
    """The parameter that the prompt box writes: prompt, or text where it is the words to speak."""
    return next((p for name in PROMPT_NAMES if (p := operation.parameter(name)) is not None), None)


class Composer(QWidget):
    """`submitted(job)` after the core has written the job down."""

    submitted = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, session: Session) -> None:
        super().__init__()
        self.setObjectName("composer")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bridge = bridge
        self._theme = theme
        self._session = session
        self._account = LOCAL_ACCOUNT
        self._form: Form | None = None
        self._values: dict[str, Mapping[str, object]] = {}
        self._offered: list[Operation] = []
        self._sending = False
        self._restoring = True
        # after what is replaced has gone: while it goes it takes its neighbours out of the order
        self._order_soon = QTimer(self)
        self._order_soon.setSingleShot(True)
        self._order_soon.setInterval(1)
        self._order_soon.timeout.connect(self._order_tabs)
        self.picker = OperationPicker()
        self.prompt = PromptBox()
        self.prompt_tools = PromptTools(bridge, theme, self.prompt, lambda: self._account)
        self.tray = ReferenceTray(bridge, theme)
        self.foot = Foot(theme)
        self._price = PriceAsker(bridge, self._request, self)
        self._price.known.connect(self.foot.set_estimate)
        self._lay_out()
        self._restore_prompt()
        self.tray.hide()
        self.picker.chosen.connect(self._show_operation)
        self.prompt.changed.connect(self._keep)
        self.prompt.sent.connect(self.submit)
        self.prompt_tools.negative_wanted.connect(self._keep_out)
        self.prompt_tools.redrawn.connect(self._keep)
        self.prompt.media_pasted.connect(self._pasted)
        self.tray.changed.connect(self._keep)
        self.foot.generate.clicked.connect(self.submit)
        bridge.operationsChanged.connect(self._operations_changed)

    def _lay_out(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 16, 4, 8)  # the scroll bar's 12 px are always kept: nothing jumps
        self._column.setSpacing(16)
        for widget in (self.picker, self.prompt, self.tray):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("composerScroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self._scroll = scroll
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(self.foot)
        self.setMinimumWidth(320)

    # what is in it

    @property
    def operation(self) -> Operation | None:
        return self._form.operation if self._form is not None else None

    def set_account(self, account: Account) -> None:
        """Show what this account offers; prompt, references and values that fit stay."""
        self._account = account.name
        self.foot.set_account(account)
        self.foot.set_error("")
        self._ask_operations()

    def _ask_operations(self) -> None:
        account = self._account

        async def ask(core: Core) -> list[Operation]:
            return core.operations(account)

        def show(operations: list[Operation]) -> None:
            if account == self._account:
                self._show_operations(operations)

        self._bridge.run(ask, show)

    def _operations_changed(self, account: str) -> None:
        """The service's own document said something new: what is typed stays, the form is made anew only where it must."""
        if account == self._account:
            self._ask_operations()

    def values(self) -> dict[str, object]:
        """All that would be sent now."""
        if self._form is None:
            return {}
        prompt = prompt_parameter(self._form.operation)
        said = self.prompt_tools.drawn()
        words = {prompt.name: said} if prompt is not None and said.strip() else {}
        return {**words, **self.tray.values(), **self._form.values()}

    def load(self, request: JobRequest) -> None:
        """Show an earlier job's input, to be changed and sent again. Says so where this account lacks its operation."""
        if not self.picker.choose(request.operation):
            words = self.tr("This account does not offer {operation}. Switch the account and try again.")
            self.foot.set_error(words.format(operation=request.operation))
            return
        if self._form is None:
            return
        prompt = prompt_parameter(self._form.operation)
        words_sent = request.input.get(prompt.name) if prompt is not None else None
        self.prompt_tools.show_sent(words_sent if isinstance(words_sent, str) else "")
        seeds = {f"{name}_locked": True for name in request.input if name == "seed"}
        self._form.set_values({**request.input, **seeds})
        self.tray.set_values(request.input)
        self._keep()

    def use_as_start(self, thing: Brought) -> None:
        """Put a picture where the video starts from; the operation changes to one that takes it if this one does not."""
        if self.tray.slot_named(START_FRAME) is None:
            self.picker.choose("video.generate")
        self.tray.take([thing], self.tray.slot_named(START_FRAME))

    # sending

    def submit(self) -> None:
        """Check what can be checked here and hand the job to the core; errors appear where they belong."""
        if self._form is None or self._sending:
            return
        self._form.clear_errors()
        self.foot.set_error("")
        if not self._is_complete(self._form.operation):
            return
        self._form.draw_seeds()
        request = self._request()
        if request is None:
            return
        self._sending = True
        self._keep()
        self._bridge.run(lambda core: core.submit(request), self._sent, self._not_sent)

    def _request(self) -> JobRequest | None:
        return None if self._form is None else JobRequest(self._form.operation.id, self._account, self.values())

    def _is_complete(self, operation: Operation) -> bool:
        prompt = prompt_parameter(operation)
        if prompt is not None and prompt.required and not self.prompt.text().strip():
            return self._refuse_prompt(self.tr("Write a few words about what you want to see, then press Generate."))
        if prompt is not None and self.prompt.too_long():
            words = self.tr("That is too long: shorten it to {limit} characters.")
            return self._refuse_prompt(words.format(limit=f"{self.prompt.limit or 0:,}"))
        if self.tray.is_busy():
            self.tray.set_error(self.tr("A reference is still being read. Press Generate again in a moment."))
            return False
        missing = self.tray.missing()
        if missing:
            one = self.tr("{slot} is needed: drop, paste or choose a file.")
            many = self.tr("{slot} are needed: drop, paste or choose files.")
            self.tray.set_error((one if len(missing) == 1 else many).format(slot=", ".join(missing)))
            self._scroll.ensureWidgetVisible(self.tray)
            return False
        return self._has_all_fields()

    def _has_all_fields(self) -> bool:
        missing = self._form.missing() if self._form is not None else []
        for name in reversed(missing):  # the first one has the focus in the end
            if self._form is not None and self._form.set_error(name, self.tr("This is needed.")):
                field = self._form.field(name)
                if field is not None:
                    self._scroll.ensureWidgetVisible(field)
        return not missing

    def _refuse_prompt(self, words: str) -> bool:
        self.prompt.set_error(words)
        self.prompt.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(self.prompt)
        return False

    def _sent(self, job: Job) -> None:
        self._sending = False
        self.prompt_tools.sent()
        self.submitted.emit(job)

    def _not_sent(self, error: BaseException) -> None:
        self._sending = False
        words = in_words(error)
        field = error.field if isinstance(error, InputError) else None
        operation = self.operation
        if field is not None and operation is not None and self._form is not None:
            words = with_labels(words, operation)
            parameter = operation.parameter(field)
            if parameter is not None and parameter is prompt_parameter(operation):
                self._refuse_prompt(words)
                return
            if parameter is not None and parameter.is_media:
                self.tray.set_error(words)
                return
            if self._form.set_error(field, words):
                return
        self.foot.set_error(words)

    # operations and draft

    def _show_operations(self, operations: list[Operation]) -> None:
        draft = self._draft()
        wanted = self._form.operation.id if self._form is not None else draft.get("operation")
        if self._form is None:
            kept = draft.get("values")
            self._values = {k: v for k, v in kept.items() if isinstance(v, dict)} if isinstance(kept, dict) else {}
        before = self.operation
        self.picker.set_operations(operations, wanted if isinstance(wanted, str) else None)
        if before is not None and operations and all(before.id != operation.id for operation in operations):
            words = self.tr("This account does not offer {operation}. Your words and settings are kept.")
            self.foot.set_error(words.format(operation=before.title))
        if self._restoring:
            references = draft.get("references")
            self.tray.set_draft(references if isinstance(references, list) else [])
            self._restoring = False
        self._offered = operations
        self._show_tools()
        self.foot.set_ready(bool(operations))
        self._keep()

    def _show_operation(self, operation: Operation) -> None:
        if self._form is not None:
            if self._form.operation == operation:
                return
            self._values[self._form.operation.id] = self._form.draft()
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.setParent(None)  # out of the order of Tab at once: what is deleted later would tear it
            self._form.deleteLater()
        from studio.ui.composer.form import Form  # not before the operations are known, which is after the first paint

        prompt = prompt_parameter(operation)
        form = Form(operation, prompt, self._theme)
        form.set_values(self._values.get(operation.id, {}))
        form.changed.connect(self._keep)
        form.narrowed.connect(self._narrowed)
        form.unfolded.connect(self._order_soon.start)
        self._form = form
        self._column.insertWidget(3, form)
        self.prompt.setVisible(prompt is not None)
        if prompt is not None:
            self.prompt.edit.setPlaceholderText(self._placeholder(operation, prompt))
        self._show_tools()
        self.tray.set_operation(operation)
        self._narrowed(form.parameters())
        self._order_soon.start()
        self._keep()

    def _show_tools(self) -> None:
        if self._form is not None:
            self.prompt_tools.set_operation(self._form.operation, self._offered)

    def _keep_out(self, words: str) -> None:
        """A style's negative words, behind those that are there, where the operation takes any."""
        if self._form is None or self._form.field(NEGATIVE) is None:
            return
        before = self._form.values().get(NEGATIVE)
        self._form.set_values({**self._form.draft(), NEGATIVE: with_style(before if isinstance(before, str) else "", words)})
        self._keep()

    def _narrowed(self, parameters: Sequence[Parameter]) -> None:
        """The prompt and the references under the limits of the model that the form names."""
        if self._form is None:
            return
        prompt = prompt_parameter(self._form.operation)
        now = next((p for p in parameters if prompt is not None and p.name == prompt.name), prompt)
        if now is not None:
            self.prompt.set_words(now.label, int(now.maximum) if now.maximum else None)
        self.tray.set_parameters([p for p in parameters if p.is_media])
        self._order_soon.start()

    def _placeholder(self, operation: Operation, prompt: Parameter) -> str:
        """What to write, by what comes of it."""
        if prompt.name == "text":
            return self.tr("Write the words to be spoken")
        return {
            MediaKind.AUDIO: self.tr("Describe what you want to hear: mood, instruments, tempo"),
            MediaKind.PROMPT: self.tr("Write the prompt that you want to be made better"),
        }.get(operation.kind, self.tr("Describe what you want to see: place, time of day, weather, style"))

    def _order_tabs(self) -> None:
        if self._form is not None:
            order_tabs([self.picker, *self.prompt.parts(), self.tray, *self._form.parts(), self.foot.generate])

    def _draft(self) -> Mapping[str, object]:
        draft = self._session.get("draft")
        return draft if isinstance(draft, dict) else {}

    def _restore_prompt(self) -> None:
        words = self._draft().get("prompt")
        if isinstance(words, str):
            self.prompt.set_text(words)

    def _keep(self) -> None:
        if self._restoring and self._form is None:
            # the operations are not here yet: keep what is known of them from the last time
            self._session.keep("draft", {**self._draft(), "prompt": self.prompt.text()})
            return
        if self._restoring or self._form is None:
            return
        self._price.changed()
        values = {**self._values, self._form.operation.id: self._form.draft()}
        draft = {
            "operation": self._form.operation.id,
            "prompt": self.prompt.text(),
            "values": values,
            "references": self.tray.draft(),
        }
        self._session.keep("draft", draft)

    def _pasted(self, mime: QMimeData) -> None:
        if self.tray.slots():
            self.tray.take_mime(mime)
        else:
            self.foot.set_error(self.tr("This operation takes no pictures or clips."))
