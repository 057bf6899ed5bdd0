"""The composer: operation, prompt, references and form; cost and Generate at its foot.

What is sent is a copy of the form. Nothing is ever written back to it but the seed that was drawn, so that the next job
starts from where the person is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from studio.domain.account import LOCAL_ACCOUNT, Account
from studio.domain.job import Job, JobRequest
from studio.domain.kinds import MediaKind
from studio.domain.prompt_book import with_style
from studio.domain.wildcards import has_wildcards
from studio.ui.bridge import Bridge
from studio.ui.composer.draft import keep_draft, read_draft
from studio.ui.composer.foot import Foot
from studio.ui.composer.form_menu import FormMenu
from studio.ui.composer.kept_values import KeptValues
from studio.ui.composer.operation_picker import OperationPicker
from studio.ui.composer.prompt_box import PromptBox, prompt_parameter
from studio.ui.composer.prompt_tools import PromptTools
from studio.ui.composer.reference_tray import ReferenceTray
from studio.ui.composer.refusals import Refusals
from studio.ui.composer.sending import Sending
from studio.ui.composer.tab_order import order_tabs
from studio.ui.costs.price_asker import PriceAsker
from studio.ui.session import Session
from studio.ui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.app.core import Core
    from studio.domain.operation import Operation, Parameter
    from studio.ui.composer.form import Form
    from studio.ui.composer.intake import Brought

NEGATIVE = "negative_prompt"
START_FRAME = "image_url"
"""The picture that a video starts from, as both services name it."""


class Composer(QWidget):
    """`submitted(job)` after the core has written the job down; `asset_wanted(asset)` to look at a result."""

    submitted = Signal(object)
    changed = Signal()
    asset_wanted = Signal(object)

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
        self._kept = KeptValues()
        self._wanted: str | None = None  # an operation that this account lacks, as long as nobody chooses another one
        self._offered: list[Operation] = []
        self._sending = False
        self._restoring = True
        self.amend: Callable[[Mapping[str, object]], dict[str, object]] | None = None  # a board adds what only it knows
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
        self.form_menu = FormMenu(bridge, theme, self, self)
        self.picker.add_tool(self.form_menu.button)
        self.form_menu.compare_wanted.connect(self.compare)
        self.form_menu.known.connect(lambda favourites: self.picker.set_favourites(favourites.operations))
        self.sending = Sending(self, bridge, theme)
        self._price = PriceAsker(bridge, self._request, self)
        self._price.known.connect(self.foot.set_estimate)
        self._lay_out()
        self._refusals = Refusals(self.prompt, self.tray, self.foot, self._scroll, lambda: self._form)
        self._restore_prompt()
        self.tray.hide()
        self.picker.chosen.connect(self._show_operation)
        self.prompt.changed.connect(self._keep)
        self.prompt.sent.connect(self.submit)
        self.prompt_tools.negative_wanted.connect(self._keep_out)
        self.prompt_tools.redrawn.connect(self._keep)
        self.prompt.media_pasted.connect(self._pasted)
        self.tray.changed.connect(self._keep)
        self.tray.recalled.connect(lambda found: self.load(found.request))
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
        column.addWidget(self.sending.bar)
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
        given = {**words, **self.tray.values(), **self._form.values()}
        return given if self.amend is None else self.amend(given)

    def set_value(self, name: str, value: object) -> None:
        """Write a field of the form, as if the person had."""
        field = self._form.field(name) if self._form is not None else None
        if field is not None:
            field.set_value(value)

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
        self._kept.fill(self._form, {**request.input, **seeds})
        self.tray.set_values(request.input)
        self._keep()

    def show_draft(self) -> None:
        """What was kept last."""
        draft = read_draft(self._session)
        self.picker.choose(str(draft.operation))
        self._kept.begin(draft.values)
        if self._form is not None:
            self._kept.fill(self._form)
        self._restore_prompt()
        self.tray.set_values({})
        self.tray.set_draft(draft.references)

    def use_as_start(self, thing: Brought) -> None:
        """Put a picture where the video starts from; the operation changes to one that takes it if this one does not."""
        if self.tray.slot_named(START_FRAME) is None:
            self.picker.choose("video.generate")
        self.tray.take([thing], self.tray.slot_named(START_FRAME))

    # as a whole: presets, and putting all back

    def settings(self) -> Mapping[str, object]:
        """What a preset keeps: every field, references and prompt left out."""
        return {} if self._form is None else self._form.draft()

    def words(self) -> str:
        """The prompt as it is written."""
        return self.prompt.text()

    def put(self, values: Mapping[str, object], words: str | None) -> None:
        """Show these settings and, where there are any, these words; references stay."""
        if self._form is None:
            return
        self._kept.fill(self._form, values)
        if words is not None:
            self.prompt.replace_text(words)
        self._keep()

    def compare(self) -> None:
        """Send the form to several accounts at once, and show what comes of it side by side."""
        if self._form is None or not self._refusals.is_complete():
            return
        self._form.draw_seeds()
        request = self._request()
        if request is None:
            return
        from studio.ui.composer.compare_dialog import CompareDialog  # not before it is wanted

        dialog = CompareDialog(self._bridge, self._theme, request, self.window())
        dialog.asset_wanted.connect(self.asset_wanted)
        dialog.open()

    # sending

    def submit(self) -> None:
        """Check what can be checked here and hand the job to the core; errors appear where they belong."""
        if self._form is None or self._sending:
            return
        self._form.clear_errors()
        self.foot.set_error("")
        if not self._refusals.is_complete():
            return
        self._form.draw_seeds()
        request = self._request()
        if request is None:
            return
        self._sending = True
        self._keep()
        self.sending.send(request, self._sent, self._not_sent)

    def request_now(self) -> JobRequest | None:
        """What Generate would send, with seeds drawn and wildcards as they are written; nothing is checked."""
        if self._form is not None:
            self._form.draw_seeds()
        request = self._request()
        return None if request is None else self.undrawn(request)

    def undrawn(self, request: JobRequest) -> JobRequest:
        """With the words of the prompt as they are written: for several jobs, each of which draws its own."""
        prompt = prompt_parameter(self._form.operation) if self._form is not None else None
        if prompt is None or prompt.name not in request.input or not has_wildcards(self.prompt.text()):
            return request
        return replace(request, input={**request.input, prompt.name: self.prompt.text()})

    def _request(self) -> JobRequest | None:
        return None if self._form is None else JobRequest(self._form.operation.id, self._account, self.values())

    def _sent(self, job: Job) -> None:
        self._sending = False
        self.prompt_tools.sent()
        self.submitted.emit(job)

    def _not_sent(self, error: BaseException) -> None:
        self._sending = False
        self._refusals.show(error)

    # operations and draft

    def _show_operations(self, operations: list[Operation]) -> None:
        draft, before = read_draft(self._session), self.operation
        if before is None:
            self._kept.begin(draft.values)
        wanted, known = self._wanted, {operation.id for operation in operations}
        back = wanted in known
        self.picker.set_operations(operations, wanted if back else draft.operation if before is None else before.id)
        self._wanted = None if back else wanted
        if not back and before is not None and operations and before.id not in known:
            self._wanted = wanted or before.id
            words = self.tr("This account does not offer {operation}. Your words and settings are kept.")
            self.foot.set_error(words.format(operation=before.title))
        if self._restoring:
            self.form_menu.refresh()
            self.tray.set_draft(draft.references)
            self._restoring = False
        self._offered = operations
        self._show_tools()
        self.foot.set_ready(bool(operations))
        self._keep()

    def _show_operation(self, operation: Operation) -> None:
        if self._form is not None:
            if self._form.operation == operation:
                return
            self._wanted = None
            self._kept.keep(self._form)
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.setParent(None)  # out of the order of Tab at once: what is deleted later would tear it
            self._form.deleteLater()
        from studio.ui.composer.form import Form  # not before the operations are known, which is after the first paint

        prompt = prompt_parameter(operation)
        form = Form(operation, prompt, self._theme)
        self._kept.fill(form)
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
        self.set_value(NEGATIVE, with_style(before if isinstance(before, str) else "", words))
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
            foot = self.foot
            order_tabs([self.picker, *self.prompt.parts(), self.tray, *self._form.parts(), foot.generate, foot.batch])

    def _restore_prompt(self) -> None:
        words = read_draft(self._session).prompt
        if words is not None:
            self.prompt.set_text(words)

    def _keep(self) -> None:
        if self._restoring and self._form is None:
            # the operations are not here yet: keep what is known of them from the last time
            keep_draft(self._session, prompt=self.prompt.text())
            return
        if self._restoring or self._form is None:
            return
        self._price.changed()
        self.tray.set_form_values(self._form.values())
        self.changed.emit()
        if self.sending.job is not None:
            return  # what the person wrote before stays the draft
        keep_draft(self._session, operation=self._form.operation.id, prompt=self.prompt.text(),
                   values=self._kept.keep(self._form), references=self.tray.draft())

    def _pasted(self, mime: QMimeData) -> None:
        if self.tray.slots():
            self.tray.take_mime(mime)
        else:
            self.foot.set_error(self.tr("This operation takes no pictures or clips."))
