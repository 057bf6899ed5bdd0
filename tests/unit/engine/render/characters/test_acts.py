"""What a prompt says each character does, and what is left of it for the scene and the camera."""

from __future__ import annotations

import pytest

from studio.engine.render.characters.acts import Part, read_script
from studio.engine.render.motion.camera import choose_move
from studio.engine.render.scene.words import read_prompt

NAMES = ("Mia", "Bo")


def told(part: Part) -> list[tuple[list[str], int]]:
    return [(sorted(doing.acts), doing.heading) for doing in part.doings]


@pytest.mark.parametrize(("prompt", "mia", "bo"), [
    ("Mia walks left while Bo dances", [(["walk"], -1)], [(["dance"], 0)]),
    ("Mia and Bo dance on the beach", [(["dance"], 0)], [(["dance"], 0)]),
    ("Mia, Bo jump", [(["jump"], 0)], [(["jump"], 0)]),
    ("bo runs to the right. MIA waves", [(["wave"], 0)], [(["run"], 1)]),
    ("@Mia enters from the left, then waves at the camera", [(["enter"], 1), (["wave"], 0)], [([], 0), ([], 0)]),
    ("Mia walks closer and waves to Bo", [(["nearer", "walk", "wave"], 0)], [([], 0)]),
    ("Bo walks away; Mia turns around", [(["turn"], 0)], [(["farther", "walk"], 0)]),
    ("They walk in the park", [(["walk"], 0)], [(["walk"], 0)]),
    ("dancing in the rain", [(["dance"], 0)], [(["dance"], 0)]),
    ("Mia waves to Bo. She jumps and he walks right", [(["jump", "wave"], 0)], [(["walk"], 1)]),
    ("a quiet street at night", [([], 0)], [([], 0)]),
    ("Mia leaves to the right before Bo flies", [(["leave"], 1), ([], 0)], [([], 0), (["float"], 0)]),
    ("Mia enters, then jumps. Bo dances", [(["enter"], 0), (["jump"], 0)], [(["dance"], 0), (["dance"], 0)]),
    ("Mia runs in from the left and Bo runs off", [(["enter", "run"], 1)], [(["leave", "run"], 0)]),
    ("Mia jumps. Then she walks right", [(["jump"], 0), (["walk"], 1)], [([], 0), ([], 0)]),
    ("Mia walks in from the right and talks", [(["enter", "talk"], -1)], [([], 0)]),
    ("Mia talks, the camera moves left", [(["talk"], 0)], [([], 0)]),
])
def test_each_name_has_its_acts(prompt: str, mia: list[tuple[list[str], int]], bo: list[tuple[list[str], int]]) -> None:
    script = read_script(prompt, NAMES)
    assert told(script.parts[0]) == mia
    assert told(script.parts[1]) == bo


def test_sides_are_where_one_stands_not_where_one_goes() -> None:
    parts = read_script("Mia stands on the right, Bo walks to the right on the left", NAMES).parts
    assert parts[0].side == "right"
    assert read_script("Mia walks to the left", ["Mia"]).parts[0].side == ""
    assert read_script("Mia on the left, Bo in the middle", NAMES).parts[1].side == "middle"


def test_pace() -> None:
    slow, fast = read_script("Mia slowly walks left while Bo dances wildly", NAMES).parts
    assert slow.doings[0].pace < 1 < fast.doings[0].pace


def test_a_name_is_no_thing_of_the_scene_and_a_wave_no_sea() -> None:
    assert read_prompt(read_script("Forest waves in a city street", ["Forest"]).rest).place == "street"
    rest = read_script("River runs through a desert at night", ["River"]).rest
    words = read_prompt(rest)
    assert (words.place, words.time) == ("desert", "night")


def test_the_camera_follows_its_own_words_only() -> None:
    assert choose_move(read_script("Mia walks closer, slow pan right", ["Mia"]).rest, 1).name == "pan right"
    towards = read_script("Mia walks towards the camera in a meadow", ["Mia"])
    assert "nearer" in towards.parts[0].acts
    assert choose_move(towards.rest, 3) is choose_move("", 3)


def test_unnamed_and_like_names() -> None:
    assert read_script("Ann jumps", ["Ann", "Anna"]).unnamed == ("Anna",)
    script = read_script("Anna Lee walks, Anna jumps", ["Anna", "Anna Lee"])
    assert [told(part) for part in script.parts] == [[(["jump"], 0)], [(["walk"], 0)]]
    assert read_script("C++ (beta) waves", ["C++ (beta)"]).parts[0].acts == {"wave"}
