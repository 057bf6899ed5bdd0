"""Which builder makes which place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.engine.render.scene.forest import forest
from studio.engine.render.scene.heights import lunar, volcano
from studio.engine.render.scene.land import desert, meadow, mountain, snowfield
from studio.engine.render.scene.layers import Layer
from studio.engine.render.scene.rooftops import rooftops
from studio.engine.render.scene.room import room
from studio.engine.render.scene.shores import lake, river, sea
from studio.engine.render.scene.space import space
from studio.engine.render.scene.stage import Stage
from studio.engine.render.scene.street import street
from studio.engine.render.scene.table import table
from studio.engine.render.scene.town import city, harbour
from studio.engine.render.scene.underwater import underwater
from studio.engine.render.scene.village import village
from studio.engine.render.scene.waterfall import waterfall

PLACES: dict[str, Callable[[Stage], Iterator[Layer]]] = {
    "sea": sea,
    "lake": lake,
    "mountain": mountain,
    "forest": forest,
    "desert": desert,
    "meadow": meadow,
    "river": river,
    "snowfield": snowfield,
    "city": city,
    "street": street,
    "harbour": harbour,
    "room": room,
    "space": space,
    "lunar": lunar,
    "rooftops": rooftops,
    "table": table,
    "underwater": underwater,
    "village": village,
    "volcano": volcano,
    "waterfall": waterfall,
}
