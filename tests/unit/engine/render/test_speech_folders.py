"""Which files are taken as voices and recognizers, and why the others are not; none of the extras is needed for that."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.engine.render.narration.piper.onnx_file import NoOnnxError, read_onnx, with_output
from studio.engine.render.narration.piper.phonemes import ClauseSession, spelled
from studio.engine.render.narration.piper.speaking import numbers_of
from studio.engine.render.narration.piper.voice_file import Scales, UnusableVoiceError, read_voice
from studio.engine.render.narration.render import render_narration
from studio.engine.render.narration.voices import is_taken
from studio.engine.render.own_folders import OwnFolders
from studio.engine.render.speech_models import SpeechModels, holds_speech
from studio.engine.render.subtitles.whisper.folder import UnusableRecognizerError, read_recognizer
from studio.engine.render.task import RenderControl, RenderRefusedError, RenderTask
from tests.unit.engine.render.speech_files import INPUTS, PHONEMES, onnx_bytes, weights, write_recognizer, write_voice


def models(home: Path, *folders: Path, missing: tuple[str, ...] = ()) -> SpeechModels:
    (home / "engine").mkdir(parents=True, exist_ok=True)
    return SpeechModels(OwnFolders(home, folders), taken=is_taken, missing=lambda _: missing)


def reason(speech: SpeechModels, path: Path) -> str:
    return str((speech.look().problems or {}).get(str(path), ""))


# -- one voice


def test_what_is_read_of_a_voice(tmp_path: Path) -> None:
    voice = read_voice(write_voice(tmp_path))
    assert (voice.id, voice.language, voice.rate, voice.speaker) == ("en_US-some-low", "en-us", 22_050, None)
    assert voice.scales == Scales(0.6, 1.1, 0.7)
    assert (voice.durations, voice.inner, voice.hop) == ("w_ceil", True, 256)
    telling = read_voice(write_voice(tmp_path, "telling", onnx_bytes(outputs=("output", "lengths")), hop_length=300))
    assert (telling.durations, telling.inner, telling.hop) == ("lengths", False, 300)
    assert read_voice(write_voice(tmp_path, "two", onnx_bytes(ceils=("a", "b")))).durations is None
    several = read_voice(write_voice(tmp_path, "several", onnx_bytes((*INPUTS, "sid")),
                                     speaker_id_map={"Ann": 0, "Bob": 1, "odd": "x"}))
    assert (several.speaker, dict(several.speakers)) == (0, {"Ann": 0, "Bob": 1})
    assert read_voice(write_voice(tmp_path, "letters", phoneme_type="text")).spells
    silly = write_voice(tmp_path, "silly", inference={"noise_scale": "much", "length_scale": 0})
    assert read_voice(silly).scales == Scales()


@pytest.mark.parametrize(("described", "words"), [
    ({"phoneme_id_map": {**PHONEMES, "a": ["1"]}}, "not what it should be"), ({"espeak": None}, "which of espeak-ng's"),
    ({"phoneme_id_map": {**PHONEMES, "a": [-1]}}, "not what it should be"), ({"audio": {"sample_rate": 2}}, "its rate is 2"),
    ({"phoneme_id_map": {"a": [1]}}, "lacks the signs"),
    ({"phoneme_id_map": None}, "lacks the signs"), ({"audio": None}, "no number audio.sample_rate"),
    ({"audio": {"sample_rate": True}}, "no number"), ({"espeak": {"voice": "../../x"}}, "which of espeak-ng's voices"),
    ({"phoneme_type": "pinyin"}, "spelled by pinyin"),
])
def test_descriptions_that_are_not_taken(tmp_path: Path, described: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableVoiceError, match=words):
        read_voice(write_voice(tmp_path, **described))


@pytest.mark.parametrize(("data", "words"), [
    (b"", "it is empty"), (b"PK\x03\x04 no model at all", "no ONNX model"), (onnx_bytes()[:-30], "cut off"),
    (b"\xff" * 50, "ONNX model"), (onnx_bytes(("x",)), "no piper voice"), (onnx_bytes(outputs=()), "no piper voice"),
    (onnx_bytes(elsewhere=True), "lie in another file"), (b"\x08\x09", "no ONNX model"),
])
def test_files_that_are_not_taken(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(UnusableVoiceError, match=words):
        read_voice(write_voice(tmp_path, data=data))


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda path: path.unlink(), "does not lie beside it"), (lambda path: path.write_bytes(b"{"), "is no JSON"),
    (lambda path: path.write_bytes(b"[]"), "no JSON object"), (lambda path: path.write_bytes(b"[" * 100_000), "is no JSON"),
    (lambda path: path.write_bytes(b" " * 2_000_001), "too large"), (lambda path: path.write_bytes(b"\xff"), "is no JSON"),
])
def test_a_description_that_cannot_be_read(tmp_path: Path, spoil: Callable[[Path], object], words: str) -> None:
    path = write_voice(tmp_path)
    spoil(Path(f"{path}.json"))
    with pytest.raises(UnusableVoiceError, match=words):
        read_voice(path)


def test_an_inner_value_becomes_an_output(tmp_path: Path) -> None:
    path = tmp_path / "more.onnx"
    path.write_bytes(with_output(onnx_bytes(), "w_ceil"))
    assert read_onnx(path).outputs == ("output", "w_ceil")
    path.write_bytes(onnx_bytes()[:20])
    with pytest.raises(NoOnnxError):
        read_onnx(path)


# -- how it is pronounced


def test_words_keep_their_places_whatever_becomes_of_them() -> None:
    text = "On top of the hill, Mr. Smith paid 3.50 for “two” hats; really?"
    with ClauseSession("en-us") as session:
        said = session.pronounce(text)
    assert [text[word.start : word.start + word.length] for word in said.words] == text.replace("—", "").split()
    firsts = [word.first for word in said.words]
    assert firsts == sorted(firsts)
    assert len(set(firsts)) >= len(firsts) - 1, "“of the” may be one"
    after = {text[word.start : word.start + word.length]: "".join(said.symbols[word.first :])[:4] for word in said.words}
    assert after["Smith"].startswith("smˈ")
    assert after["hill,"].startswith("hˈ")
    assert after["hats;"].startswith("hˈæ")
    assert "".join(said.symbols).count(",") == 1
    assert said.symbols[-1] == "?"
    assert "." not in said.symbols, "a full stop within a sentence is that of an abbreviation"


def test_letters_for_voices_that_read() -> None:
    said = spelled("Ça va")
    assert said.symbols[:3] == ("C", "\u0327", "a")
    assert [word.first for word in said.words] == [0, 4]


def test_numbers_with_pauses_between_begin_and_end(tmp_path: Path) -> None:
    voice = read_voice(write_voice(tmp_path, phoneme_id_map={"_": [0], "^": [1], "$": [2], "a": [3], "b": [4, 5]}))
    found = numbers_of(("a", "?", "b"), voice)
    assert found.numbers == (1, 0, 3, 0, 4, 5, 0, 2)
    assert found.places == (2, 4, 4)


# -- one recognizer


def test_what_is_read_of_a_recognizer(tmp_path: Path) -> None:
    found = read_recognizer(write_recognizer(tmp_path / "faster whisper (tiny)"))
    assert (found.name, found.size) == ("faster-whisper-tiny", len(weights()))
    entry = tmp_path / "models--Somebody--faster-whisper-small"
    snapshot = write_recognizer(entry / "snapshots" / "0123456789abcdef")
    assert read_recognizer(snapshot).name == "faster-whisper-small"


@pytest.mark.parametrize(("data", "without", "words"), [
    (weights(b"TransformerSpec\0"), (), "holds a TransformerSpec and no Whisper"), (b"", (), "CTranslate2's form"),
    (weights(form=1), (), "CTranslate2's form"), (b"PK\x03\x04" * 10, (), "CTranslate2's form"),
    (None, ("tokenizer.json",), "no tokenizer.json"), (None, ("vocabulary.json",), "no vocabulary"),
    (None, ("config.json",), "no config.json"),
])
def test_recognizers_that_are_not_taken(tmp_path: Path, data: bytes | None, without: tuple[str, ...], words: str) -> None:
    with pytest.raises(UnusableRecognizerError, match=words):
        read_recognizer(write_recognizer(tmp_path / "one", data, without=without))


# -- all of them


def test_voices_and_recognizers_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "my models"
    write_voice(folder / "en" / "en_US" / "some" / "low")
    write_voice(folder, "de_DE-pair-low", onnx_bytes((*INPUTS, "sid")), speaker_id_map={"A B": 0, "c": 1})
    small, large = write_recognizer(folder / "small"), write_recognizer(folder / "large", weights(size=9000))
    speech = models(tmp_path / "home", folder)
    found = speech.look()
    assert found.voice_ids == ("de_DE-pair-low", "de_DE-pair-low:A B", "de_DE-pair-low:c", "en_US-some-low")
    assert [one.folder for one in found.recognizers] == [large, small]
    assert found.problems == {}
    voice = speech.voice(" EN-us_some-LOW ")
    assert voice is not None
    assert voice.id == "en_US-some-low"
    second = speech.voice("de-de-pair-low:C")
    assert second is not None
    assert second.speaker == 1
    assert speech.voice("de-de-pair-low:nobody") is speech.voice("narrator") is speech.voice(None) is None
    chosen = speech.recognizer()
    assert chosen is not None
    assert chosen.folder == large
    (large / "model.bin").write_bytes(b"cut")
    chosen = speech.recognizer()
    assert chosen is not None
    assert chosen.folder == small
    assert "CTranslate2's form" in reason(speech, large)
    (folder / "de_DE-pair-low.onnx").unlink()
    assert speech.look().voice_ids == ("en_US-some-low",)


def test_names_that_stand_for_something_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = write_voice(tmp_path / "a", "same"), write_voice(tmp_path / "b", "Same")
    robot, german = write_voice(tmp_path / "b", "robot"), write_voice(tmp_path / "b", "de")
    speech = models(tmp_path / "home", tmp_path / "a", tmp_path / "b")
    with caplog.at_level(logging.WARNING):
        assert speech.look().voice_ids == ("same",)
        assert speech.look().voice_ids == ("same",)
    assert "same name" in reason(speech, second)
    assert "already" in reason(speech, robot)
    assert "already" in reason(speech, german)
    assert len([one for one in caplog.records if str(second) in one.getMessage()]) == 1
    assert first.exists()


def test_without_the_extras_there_are_none_and_a_reason(tmp_path: Path) -> None:
    voice, recognizer = write_voice(tmp_path / "v"), write_recognizer(tmp_path / "r")
    speech = models(tmp_path / "home", tmp_path / "v", tmp_path / "r", missing=("something",))
    assert speech.look().voices == ()
    assert speech.recognizer() is None
    assert "the extra “piper”" in reason(speech, voice)
    assert "the extra “whisper”" in reason(speech, recognizer)
    wrong = speech.fault("narration.generate", {"voice_id": "en-us-some-low"})
    assert wrong is not None
    assert wrong[0] == "voice_id"
    assert "needs something" in wrong[1]
    assert speech.fault("narration.generate", {"voice_id": "narrator"}) is None
    assert speech.fault("music.generate", {"voice_id": "en-us-some-low"}) is None


def test_a_folder_with_speech_is_no_empty_one(tmp_path: Path) -> None:
    assert holds_speech(write_voice(tmp_path / "v").parent)
    assert holds_speech(write_recognizer(tmp_path / "deep" / "r").parent)
    (tmp_path / "v" / "other.onnx").write_bytes(b"")
    (tmp_path / "e").mkdir()
    assert not holds_speech(tmp_path / "e")
    assert not holds_speech(tmp_path / "gone")
    hidden = tmp_path / "h"
    write_voice(hidden / ".git")
    assert not holds_speech(hidden)


def test_a_voice_that_is_gone_when_the_job_begins(tmp_path: Path) -> None:
    def run(path: Path) -> RenderRefusedError:
        task = RenderTask("cannon:narration.generate", {"text": "Hello.", "voice_id": path.stem}, {}, str(tmp_path),
                          model=str(path))
        with pytest.raises(RenderRefusedError) as caught:
            render_narration(task, RenderControl(tmp_path))
        return caught.value

    path = write_voice(tmp_path)
    said = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
    Path(f"{path}.json").write_text(json.dumps({**said, "phoneme_id_map": {}}), encoding="utf-8")
    assert "lacks the signs" in run(path).message
    path.unlink()
    gone = run(path)
    assert "cannot be read" in gone.message
    assert gone.field_name == "voice_id"
