"""The board in the viewer's place: tools on top, the board or its result in the middle, scenes to choose from below."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from studio.domain.asset import Asset
from studio.domain.job import Job
from studio.domain.scene_board import SceneBoard
from studio.ui.bridge import Bridge, in_words
from studio.ui.composer import intake
from studio.ui.scene.board_files import BoardFiles
from studio.ui.scene.brush_bar import BrushBar
from studio.ui.scene.canvas import BoardCanvas
from studio.ui.scene.compare import CompareView
from studio.ui.scene.layer_list import LayerPanel
from studio.ui.scene.link import OPERATION, BoardLink
from studio.ui.scene.pictures import LayerPictures
from studio.ui.scene.presets import PresetStrip, preset_picture
from studio.ui.scene.results import BoardResults
from studio.ui.scene.state import BoardState
from studio.ui.scene.tools import BoardTools
from studio.ui.theme.theme import Theme
from studio.ui.widgets.buttons import push
from studio.ui.widgets.folding_row import FoldingRow
from studio.ui.widgets.segments import Segments
from studio.ui.widgets.words import ElidedLabel

if TYPE_CHECKING:
    from studio.ui.composer.composer import Composer
    from studio.ui.session import Session

BOARD, RESULT = "board", "result"


class SceneView(QWidget):
    """`asset_wanted(asset, operation)`: the result goes on to another operation. `said(words)` and `failed(words)`."""

    asset_wanted = Signal(object, str)
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, session: Session, composer: Composer) -> None:
        super().__init__()
        self.setObjectName("sceneView")
        self._bridge, self._theme, self._composer = bridge, theme, composer
        self.state = BoardState(session, self)
        self.pictures = LayerPictures(bridge, self.state)
        self.link = BoardLink(composer, self.state)
        self.files = BoardFiles(bridge, self.state, self)
        self.results = BoardResults(bridge, self)
        self.canvas = BoardCanvas(self.state, self.pictures, theme)
        self.tools = BoardTools(self.state, self.canvas.brush, theme)
        self.brush_bar = BrushBar(self.canvas.brush)
        self.compare = CompareView(theme)
        self.presets = PresetStrip(theme)
        self.layers = LayerPanel(self.state, self.pictures, theme)
        self.says_placement = QCheckBox(self.tr("Say where they stand"))
        self.says_placement.setObjectName("scenePlacement")
        self._words = ElidedLabel("", "label")
        self._words.setObjectName("scenePlacementWords")
        self.switch = Segments(((BOARD, self.tr("Board")), (RESULT, self.tr("Result"))), name=self.tr("Show"))
        self.switch.setObjectName("sceneSwitch")
        self.switch.setFixedWidth(150)
        self.edit_result = push(self.tr("Edit it"), "sceneResultEdit")
        self.film_result = push(self.tr("Make a video of it"), "sceneResultVideo")
        self._result: Asset | None = None
        self._said: tuple[object, ...] = ()
        self._lay_out()
        self._connect()
        self.pictures.follow()
        self._show()

    def _lay_out(self) -> None:
        tokens = self._theme.current
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.compare)
        line = FoldingRow((self.says_placement, self.edit_result, self.film_result), (self.switch,), gap=tokens.sm)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(tokens.xs)
        foot.addWidget(line)
        foot.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.lg, tokens.sm, tokens.lg, tokens.sm)
        column.setSpacing(tokens.sm)
        column.addWidget(self.tools)
        column.addWidget(self.brush_bar)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        column.addWidget(self.presets)

    def _connect(self) -> None:
        canvas, tools, tray = self.canvas, self.tools, self._composer.tray
        canvas.dropped.connect(lambda mime: tray.take_mime(mime))
        canvas.paste_wanted.connect(tray.paste)
        canvas.browse_wanted.connect(lambda: tray.browse(None))
        tools.add_wanted.connect(lambda: tray.browse(None))
        tools.new_wanted.connect(lambda: self.state.renew(SceneBoard(ratio=self.state.board.ratio)))
        tools.open_wanted.connect(self.files.ask_open)
        tools.save_wanted.connect(self.files.ask_save)
        tools.flat_wanted.connect(self.use_flat)
        self.files.said.connect(self.said)
        self.files.failed.connect(self.failed)
        self.pictures.problem.connect(self.failed)
        self.presets.chosen.connect(self._choose)
        self.says_placement.clicked.connect(lambda on: self.state.edit(replace(self.state.board, says_placement=on)))
        self.switch.chosen.connect(lambda what: self.show_result(what == RESULT))
        self.edit_result.clicked.connect(lambda: self.asset_wanted.emit(self._result, "image.edit"))
        self.film_result.clicked.connect(lambda: self.asset_wanted.emit(self._result, "video.generate"))
        self.results.came.connect(self._take_result)
        self.results.standing.connect(self._say_standing)
        self._composer.submitted.connect(self._submitted)
        self.state.changed.connect(self._show)

    # what is shown

    def enter(self) -> None:
        """The composer shows the board's operation."""
        self._said = ()
        self.presets.set_names(self.link.presets())
        self.link.follow_composer()
        self._show()

    def show_result(self, on: bool) -> None:
        """The result with the board over it, or the board alone."""
        on = on and self._result is not None
        self._stack.setCurrentWidget(self.compare if on else self.canvas)
        self._show()

    @property
    def shows_result(self) -> bool:
        return self._stack.currentWidget() is self.compare

    def _show(self) -> None:
        board, result = self.state.board, self.shows_result
        own, words = self.link.is_own_words(), self.link.placement()
        say = (board.scene, board.says_placement, bool(board.layers), own, words, result, self._result, self.link.presets())
        if say == self._said:
            return  # most steps move a photo, and leave all of this as it is
        if not self._said or self._said[0] != board.scene:
            self.canvas.set_background(preset_picture(board.scene))
            self.presets.show_scene(board.scene)
        self._said = say
        self.says_placement.setChecked(board.says_placement)
        self.says_placement.setEnabled(own and bool(board.layers))
        hint = self.tr("For a scene in your own words; a preset is sent by its name alone")
        if result:
            self._words.setText(self.tr("Drag the divider, or use the arrow keys, to see the board over the result"))
        else:
            self._words.setText(f"“{words}”" if own and words else hint)
        self.says_placement.setToolTip(words or hint)
        self.says_placement.setVisible(not result)
        for button in (self.edit_result, self.film_result):
            button.setVisible(result)
        self.switch.setVisible(self._result is not None)
        self.switch.set_value(RESULT if result else BOARD)
        self.tools.setEnabled(not result)

    def _choose(self, name: str) -> None:
        self.state.edit(replace(self.state.board, scene=name))
        self.presets.show_scene(name)

    # sending and what comes of it

    def _submitted(self, job: Job) -> None:
        if job.request.operation == OPERATION:
            self.compare.show_board(self.canvas.board_picture())  # as it is sent; it may be changed meanwhile
            self.results.follow(job)

    def _take_result(self, asset: Asset) -> None:
        self._result = asset
        self.compare.show_result(asset)
        self.show_result(True)

    def _say_standing(self, words: str) -> None:
        if words:
            self._words.setText(words)
        else:
            self._said = ()
            self._show()

    def use_flat(self, operation: str) -> None:
        """Lay the board on one picture and put that into the composer of another operation."""
        board = self.state.board
        if not board.layers:
            self.failed.emit(self.tr("There is nothing on the board yet. Add a photo first."))
            return
        background = preset_picture(board.scene)
        self._say_standing(self.tr("Making the flat picture…"))
        make = self._bridge.run
        make(lambda core: core.scenes.flatten(board, background), partial(self._flat_made, operation), self._not_flat)

    def _flat_made(self, operation: str, uri: str) -> None:
        self._say_standing("")
        path = Path(QUrl(uri).toLocalFile())
        if not self._composer.picker.choose(operation):
            self.failed.emit(self.tr("This account does not offer {operation}.").format(operation=operation))
            return
        self._composer.tray.set_values({})  # the photos are on the picture already
        self._composer.tray.take([intake.Brought(path=path)])

    def _not_flat(self, error: BaseException) -> None:
        self._say_standing("")
        self.failed.emit(in_words(error))
