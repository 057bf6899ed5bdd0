"""Where characters stand, where they go, and how they move on the way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from studio.engine.render.characters.acting import Performance, Stance
from studio.engine.render.characters.acts import Part, read_script
from studio.engine.render.characters.keeping import Character, recall
from studio.engine.render.characters.poses import Poses
from studio.engine.render.characters.puppet import Place, Puppet
from studio.engine.render.characters.staging import Mark, marks, metres_of
from studio.engine.render.characters.travel import Travel, reaches
from studio.engine.render.composite.staging import Ground
from tests.unit.engine.render.characters.conftest import Kept

pytestmark = pytest.mark.slow  # the puppet is cut out of a clip first
FRAME = (640, 360)
GROUND = Ground(0.5, 0.9, 0.3)
MARK = Mark(320.0, 330.0, 200.0, 118.0, True, 0)


def part(prompt: str) -> Part:
    return read_script(prompt, ["Mia"]).parts[0]


def performance(prompt: str, seconds: float = 4.0, *, heading: int = 0, strides: float = 0.0) -> Performance:
    mark = MARK
    does, wide = part(prompt), 90.0
    reach = reaches([mark], [does], [wide], FRAME[0])[0]
    travel = Travel(does, mark, FRAME[0], seconds, wide=wide, way=heading or 1, reach=reach)
    return Performance(does, mark, travel, seconds, heading=heading, strides=strides, seed=3)


def stances(acting: Performance, seconds: float = 4.0) -> list[Stance]:
    return [acting.stance(float(t)) for t in np.arange(0, seconds, 1 / 24)]


def test_walking_left_goes_left_and_stays_in_the_frame() -> None:
    xs = [one.x for one in stances(performance("Mia walks left"))]
    assert xs[0] - xs[-1] > 150
    assert max(np.diff(xs)) < 0.01
    assert min(xs) > 45
    assert max(xs) < FRAME[0] - 45


def test_running_is_faster_and_higher_than_walking() -> None:
    walks, runs = (stances(performance(f"Mia {verb} right", 1.0), 1.0) for verb in ("walks", "runs"))
    assert runs[-1].x - runs[0].x > 1.5 * (walks[-1].x - walks[0].x)
    assert max(one.rise for one in runs) > 1.5 * max(one.rise for one in walks)


def test_entering_and_leaving() -> None:
    enters = stances(performance("Mia enters from the left"))
    assert enters[0].x < -40
    assert enters[-1].x == pytest.approx(MARK.x, abs=3)
    leaves = stances(performance("Mia leaves to the right"))
    assert leaves[0].x == pytest.approx(MARK.x, abs=3)
    assert leaves[-1].x > FRAME[0]


def test_first_one_thing_then_another() -> None:
    both = stances(performance("Mia enters from the right, then jumps"))
    assert both[0].x > FRAME[0]
    assert abs(both[60].x - MARK.x) < 3
    assert max(one.rise for one in both[60:]) > 0.25 * MARK.metre > max(one.rise for one in both[:40])


def test_jumps_are_in_the_air_and_dancers_off_their_spot() -> None:
    jump = [one.rise for one in stances(performance("Mia jumps"))]
    assert 0.3 * MARK.metre < max(jump) < 0.42 * MARK.metre
    assert sum(rise == 0 for rise in jump) > 10  # and between them on the ground
    dance = stances(performance("Mia dances"))
    assert np.ptp([one.x for one in dance]) > 0.1 * MARK.height
    assert np.ptp([one.tilt for one in dance]) > math.radians(4)


def test_standing_still_is_alive_and_quiet() -> None:
    idle = stances(performance("Mia stands"))
    assert np.ptp([one.stretch for one in idle]) > 0.004
    assert {one.rise for one in idle} == {0.0}
    assert np.ptp([one.x for one in idle]) == 0


def test_nothing_jerks() -> None:
    for prompt in ("Mia walks left", "Mia dances", "Mia waves, then turns around", "Mia walks closer", "Mia flies"):
        for name in ("x", "rise", "tilt", "bend", "size"):
            values = np.array([getattr(one, name) for one in stances(performance(prompt))])
            limit = {"x": 12.0, "rise": 12.0}.get(name, 0.05)
            assert float(np.abs(np.diff(values)).max()) < limit, (prompt, name)


def test_coming_closer_grows() -> None:
    sizes = [one.size for one in stances(performance("Mia walks closer"))]
    assert sizes[-1] > 1.4 * sizes[0]
    assert min(np.diff(sizes)) >= 0
    away = [one.size for one in stances(performance("Mia walks away"))]
    assert away[-1] < 0.8 * away[0]


def test_one_that_walked_right_in_its_clip_is_turned_round_to_walk_left() -> None:
    left, right = (stances(performance(f"Mia walks {way}", heading=1, strides=0.7)) for way in ("left", "right"))
    assert {one.facing for one in left[12:]} == {-1.0}
    assert {one.facing for one in right[12:]} == {1.0}


def test_own_steps_are_played_while_it_goes_and_ended_when_it_stands() -> None:
    acting = performance("Mia walks right, then stands", 8.0, strides=0.7)
    clocks = [one.clock for one in stances(acting, 8.0)]
    assert clocks[60] > 1.5
    assert clocks[-1] == clocks[-24]
    assert clocks[-1] % 0.7 == pytest.approx(0, abs=0.02) or clocks[-1] % 0.7 == pytest.approx(0.7, abs=0.02)


def character(rows: int, columns: int, *, cut: bool, face: tuple[float, float, float, float] | None = None) -> Character:
    rgba = np.zeros((rows, columns, 4), np.uint8)
    rgba[4 : rows if cut else rows - 4, 4:-4] = (200, 90, 60, 255)
    poses = Poses((rgba,), face, frozenset({"bottom"} if cut else ()), 0.2, 0, False)
    return Character("char_" + "0" * 16, "X", "person" if face else "object", poses)


def test_marks_are_on_the_ground_and_busts_at_the_edge() -> None:
    whole, bust = character(300, 110, cut=False), character(200, 180, cut=True, face=(60.0, 10.0, 50.0, 50.0))
    script = read_script("Bo on the right, Mia on the left", ["Mia", "Bo"])
    one, other = marks([whole, bust], script.parts, GROUND, FRAME, 1)
    assert one.whole
    assert GROUND.horizon * FRAME[1] < one.foot < FRAME[1]
    assert not other.whole
    assert other.foot > FRAME[1]
    assert one.x < FRAME[0] / 2 < other.x
    assert other.far < one.far
    assert metres_of(whole) == pytest.approx(1.7)
    assert 0.6 < metres_of(bust) < 0.9


def test_four_find_room_and_words_change_places() -> None:
    cast = [character(300, 110, cut=False) for _ in range(4)]
    parts = read_script("", ["a", "b", "c", "d"]).parts
    for frame in (FRAME, (360, 640)):
        xs = [mark.x for mark in marks(cast, parts, GROUND, frame, 2)]
        assert xs == sorted(xs)
        assert min(xs) > 0
        assert max(xs) < frame[0]
    swapped = read_script("Ann on the right, Bea on the left", ["Ann", "Bea"]).parts
    ann, bea = marks(cast[:2], swapped, GROUND, FRAME, 2)
    assert bea.x < ann.x


def test_a_bust_does_not_walk_into_another() -> None:
    one, other = Mark(160.0, 380.0, 250.0, 300.0, False, 0), Mark(480.0, 380.0, 250.0, 300.0, False, 1)
    parts = read_script("Mia walks right", ["Mia", "Bo"]).parts
    low, high = reaches([one, other], parts, [180.0, 180.0], 640)[0]
    assert low < 160 < high < 480 - 0.4 * 360


@pytest.mark.slow
def test_a_puppet_stands_where_it_is_put_and_bends(kept: Kept) -> None:
    bo = recall(kept.folder, kept.bo_id)
    puppet = Puppet(bo, 150, np.full((90, 160, 3), 128, np.uint8), strength=0.5, side=1.0)

    def alpha(stance: Stance) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        whole = np.zeros((360, 640), np.uint8)
        picture = puppet.picture(stance, Place(300.0, 300.0, 150.0), (640, 360))
        assert picture is not None
        rows, columns = picture.yuva.shape[:2]
        whole[picture.top : picture.top + rows, picture.left : picture.left + columns] = picture.yuva[..., 3]
        return whole

    still = alpha(Stance(300.0))
    rows, columns = np.nonzero(still > 128)
    assert rows.max() == pytest.approx(300, abs=4)
    assert columns.mean() == pytest.approx(300, abs=12)
    up = np.nonzero(alpha(Stance(300.0, rise=40.0)) > 128)[0]
    assert rows.max() - up.max() == pytest.approx(40, abs=2)
    leaning = alpha(Stance(300.0, bend=0.2))
    assert np.nonzero(leaning[: rows.min() + 20] > 128)[1].mean() > np.nonzero(still[: rows.min() + 20] > 128)[1].mean() + 12
    turned = alpha(Stance(300.0, facing=0.3))
    assert np.ptp(np.nonzero(turned > 128)[1]) < 0.5 * np.ptp(columns)
    assert puppet.picture(Stance(-500.0), Place(-500.0, 300.0, 150.0), (640, 360)) is None


def test_in_betweens_lie_between_the_poses(kept: Kept) -> None:
    """Half way between two poses the picture differs from both by less than they differ from each other."""
    mia = recall(kept.folder, kept.mia_id)
    puppet = Puppet(mia, 120, np.full((90, 160, 3), 128, np.uint8), strength=0.0, side=1.0)

    def at(clock: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        picture = puppet.picture(Stance(100.0, clock=clock), Place(100.0, 130.0, 120.0), (200, 140))
        assert picture is not None
        return picture.yuva[..., 0].astype(np.float32)

    steps = [float(np.abs(at(t) - at(t + 1 / 24)).mean()) for t in np.arange(0, puppet.cycle_s, 1 / 24)]
    assert max(steps) < 6 * (np.median(steps) + 0.1)
    assert float(np.abs(at(0.0) - at(puppet.cycle_s)).mean()) < 0.5  # it comes round again
