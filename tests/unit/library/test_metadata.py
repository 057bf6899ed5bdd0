"""Recipes in files: the coded media stay byte for byte, what is written is found again, and nothing private goes along."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from studio.contracts import operations
from studio.domain.asset import Recipe
from studio.library.metadata import RecipeFacts, embed_in_place, embed_recipe, read_recipe, recipe_record, strip_metadata
from studio.library.recipe_record import SHOWN, read_record, record_of
from tests.hostile_media import chunk, write_tone
from tests.media_files import write_clip, write_picture

INPUT_HASH, PARENT = "ab" * 32, "cd" * 32
WORDS = "A “quiet” harbour <b> & gulls, 日本 ]]> -- 'x'"
GIVEN: dict[str, object] = {"prompt": WORDS, "image_url": f"{INPUT_HASH}.png", "seed": 7, "duration": 5}
RECIPE = Recipe("image.generate", "cannon-studio", GIVEN, "draft", 7, "job_1", ("asset_0",))
FACTS = RecipeFacts(datetime(2026, 11, 21, 14, tzinfo=UTC), (PARENT,))
WANTED = Recipe(RECIPE.operation, RECIPE.service, RECIPE.input, "draft", 7, None, (PARENT, INPUT_HASH))
KINDS = ["plain.png", "plain.jpg", "turned.jpg", "plain.webp", "lossless.webp", "clear.webp", "tagged.webp", "clip.mp4",
         "front.mp4", "tone.mp3", "tone.m4a"]
CANARIES = ["cs_live_canary0123456789", "whsec_canarycanary", "sk-proj-canary123456", "/home/anna/secret/plan.png",
            "C:\\Users\\anna\\secret.png", "\\\\nas\\anna\\secret.png", "file:///home/anna/secret.png", "~/secret/plan.png",
            "https://host.example/x.png?X-Amz-Signature=canary", "data:image/png;base64,canarycanary",
            "/Users/anna/plan.png"]
PACKET = (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
          b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>private</dc:source>'
          b"</rdf:Description></rdf:RDF></x:xmpmeta>")


def make(folder: Path, name: str) -> Path:
    path = folder / name
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    if name == "front.mp4":
        _front(write_clip(folder / "back.mp4", seconds=0.5, sound=True), path)
    elif path.suffix == ".mp4":
        write_clip(path, seconds=0.5, sound=True)
    elif path.suffix in (".mp3", ".m4a"):
        write_tone(path, {".mp3": "libmp3lame", ".m4a": "aac"}[path.suffix])
    else:
        picture = Image.open(write_picture(folder / "base.png"))
        settings: dict[str, dict[str, Any]] = {
            "lossless.webp": {"lossless": True}, "turned.jpg": {"exif": exif, "comment": b"private"},
            "tagged.webp": {"exif": exif, "xmp": PACKET},
        }
        if name == "clear.webp":
            picture.putalpha(Image.linear_gradient("L").resize(picture.size))
        picture.save(path, **settings.get(name, {}))
    return path


def _front(source: Path, target: Path) -> None:
    """The same with the index in front, and a tag of its own."""
    with av.open(str(source)) as reader, av.open(str(target), "w", options={"movflags": "+faststart"}) as writer:
        writer.metadata["comment"] = "private"
        kept = {stream.index: writer.add_stream_from_template(stream) for stream in reader.streams}
        for packet in reader.demux():
            if packet.dts is not None:
                packet.stream = kept[packet.stream.index]
                writer.mux(packet)


def coded(path: Path) -> str:
    """Of what is decoded from a picture, or of the coded streams of a video or sound."""
    if path.suffix in (".mp4", ".mp3", ".m4a"):
        with av.open(str(path)) as container:
            packets = [(packet.stream.index, bytes(packet), packet.pts, packet.duration) for packet in container.demux()]
        return hashlib.sha256(repr(packets).encode()).hexdigest()
    with Image.open(path) as image:
        return hashlib.sha256(image.mode.encode() + np.asarray(image).tobytes()).hexdigest()


@pytest.mark.parametrize("name", KINDS)
def test_a_recipe_goes_in_and_comes_out_and_the_media_stay(name: str, tmp_path: Path) -> None:
    source = make(tmp_path, name)
    before = source.read_bytes()
    once, twice, bare = (tmp_path / f"{word} {name}" for word in ("once", "twice", "bare"))
    assert read_recipe(source) is None
    assert embed_recipe(source, once, RECIPE, FACTS)
    assert read_recipe(once) == WANTED
    found = recipe_record(once)
    assert found is not None
    assert (found.made_at, found.version, found.program[:6]) == (FACTS.made_at, 1, "Studio")
    assert embed_recipe(once, twice, Recipe("x.y", "local", {"prompt": "another"}))
    assert read_recipe(twice) == Recipe("x.y", "local", {"prompt": "another"}), "the second takes the place of the first"
    assert strip_metadata(twice, bare)
    assert read_recipe(bare) is None
    assert coded(source) == coded(once) == coded(twice) == coded(bare)
    for left in (b"recipe", b"private", b"A camera"):
        assert left not in bare.read_bytes()
    assert source.read_bytes() == before


def test_what_turns_a_picture_survives_stripping(tmp_path: Path) -> None:
    for name in ("turned.jpg", "tagged.webp"):
        assert strip_metadata(make(tmp_path, name), tmp_path / f"bare {name}")
        with Image.open(tmp_path / f"bare {name}") as image:
            assert dict(image.getexif()) == {0x0112: 6}


def test_an_index_in_front_stays_in_front(tmp_path: Path) -> None:
    embed_recipe(make(tmp_path, "front.mp4"), tmp_path / "out.mp4", RECIPE)
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert json.loads(container.metadata["recipe"])["operation"] == "image.generate"
        assert container.metadata["comment"] == "private", "other tags stay"


@pytest.mark.parametrize("name", ["plain.png", "plain.jpg", "plain.webp"])
def test_xmp_of_other_programs_stays(name: str, tmp_path: Path) -> None:
    source = make(tmp_path, name)
    with Image.open(tmp_path / "base.png") as image:
        image.load()
    if source.suffix == ".png":
        data = source.read_bytes()
        source.write_bytes(data[:33] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET) + data[33:])
    else:
        image.save(source, xmp=PACKET)
    assert embed_recipe(source, tmp_path / f"out {name}", RECIPE)
    data = (tmp_path / f"out {name}").read_bytes()
    assert data.count(b"<x:xmpmeta") == 1
    told = ElementTree.fromstring(data[data.index(b"<x:xmpmeta") : data.index(b"</x:xmpmeta>") + 12])  # noqa: S314  ours
    assert [(one.text or "")[:10] for one in told.iterfind("./*/*/*")] == ["private", '{"version"']


@pytest.mark.parametrize("name", ["signed.png", "signed.jpg", "signed.webp", "signed.mp4"])
def test_a_service_s_content_credentials_are_not_broken(name: str, tmp_path: Path) -> None:
    source = make(tmp_path, name.replace("signed", "plain"))
    data = source.read_bytes()
    jumb = b"\0\0\0\x38jumb" + bytes(48)
    signed = {
        ".png": data[:33] + chunk(b"caBX", jumb) + data[33:],
        ".jpg": data[:2] + b"\xff\xeb" + (len(jumb) + 10).to_bytes(2, "big") + b"JP\0\1\0\0\0\1" + jumb + data[2:],
        ".webp": data[:4] + (len(data) + len(jumb)).to_bytes(4, "little") + data[8:] + b"C2PA\x38\0\0\0" + jumb,
        ".mp4": data + b"\0\0\0\x50uuid" + bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + jumb,
    }[source.suffix]
    source.write_bytes(signed)
    assert not embed_recipe(source, tmp_path / "out", RECIPE)
    assert not (tmp_path / "out").exists()
    assert strip_metadata(source, tmp_path / "bare")
    assert b"jumb" not in (tmp_path / "bare").read_bytes()


@pytest.mark.parametrize("ending", [".gif", ".wav", ".flac", ".ogg"])
def test_other_kinds_are_stripped_only(ending: str, tmp_path: Path) -> None:
    source = tmp_path / f"source{ending}"
    if ending == ".gif":
        second = Image.open(write_picture(tmp_path / "b.png", hue=3))
        Image.open(write_picture(tmp_path / "a.png")).save(source, comment=b"private", save_all=True, duration=40, loop=3,
                                                           append_images=[second])
    else:
        with av.open(str(write_tone(tmp_path / "t.m4a", "aac"))) as reader, av.open(str(source), "w") as writer:
            writer.metadata["comment"] = "private"
            stream = writer.add_stream({".wav": "pcm_s16le", ".flac": "flac", ".ogg": "libopus"}[ending], rate=48_000)
            assert isinstance(stream, av.AudioStream)
            resampler = av.AudioResampler("s16", "mono", 48_000)
            for frame in reader.decode(audio=0):
                for piece in resampler.resample(frame):
                    writer.mux(stream.encode(piece))
            writer.mux(stream.encode(None))
    assert b"private" in source.read_bytes()
    assert not embed_recipe(source, tmp_path / "out", RECIPE)
    assert strip_metadata(source, tmp_path / f"bare{ending}")
    bare = tmp_path / f"bare{ending}"
    assert b"private" not in bare.read_bytes()
    if ending == ".gif":
        with Image.open(source) as first, Image.open(bare) as other:
            shown = [[(one.convert("RGB").tobytes(), one.info["duration"]) for one in ImageSequence.Iterator(image)]
                     for image in (first, other)]
            assert other.info["loop"] == 3
        assert shown[0] == shown[1]
        return
    with av.open(str(source)) as before, av.open(str(bare)) as after:
        assert [bytes(packet) for packet in before.demux()] == [bytes(packet) for packet in after.demux()]


def test_no_key_and_no_private_path_gets_in(tmp_path: Path) -> None:
    given: dict[str, object] = {f"unknown_{number}": canary for number, canary in enumerate(CANARIES)}
    given |= {"prompt": "A harbour like " + ", ".join(CANARIES), "callback_url": "https://me.example/hook?token=canary",
              "file_name": "secret.png", "character_ids": ["secret"], "api_key": "canary", "voice_id": CANARIES[0],
              "reference_images": [*CANARIES, f"{PARENT}.jpg"], "camera_control": {"zoom": 3, "note": CANARIES[3]},
              "image_url": CANARIES[8]}
    recipe = Recipe("image.generate", "cannon-studio", given, CANARIES[2], None, "job_secret", ("asset_secret",))
    line = record_of(recipe, RecipeFacts(parents=("/home/anna/secret.png", PARENT)))
    assert line is not None
    for hint in ("canary", "secret", "anna", "job_", "asset_", "Signature"):
        assert hint not in line, hint
    assert json.loads(line)["input"]["reference_images"] == [f"{PARENT}.jpg"]
    assert "A harbour like" in line
    target = tmp_path / "out.png"
    embed_recipe(make(tmp_path, "plain.png"), target, recipe)
    assert b"canary" not in target.read_bytes()


def test_the_allow_list_is_made_of_fields_that_exist() -> None:
    known = {
        field.alias or name
        for table in (operations.CANNON, operations.CANVAS, operations.LOCAL_EXTRAS)
        for operation in table
        for name, field in operation.model.model_fields.items()
    }
    left_out = {"character_ids", "content_type", "file_name", "persona_id", "sora_video_id"}
    assert known - SHOWN == left_out, "chosen, not forgotten"
    assert SHOWN - known == {"at_s"}, "of a grabbed frame"


@pytest.mark.parametrize("line", ["", "[]", "null", '{"version":2,"operation":"a","service":"b"}', "{" * 9000,
                                  '{"version":1}', '{"version":1,"operation":["a"],"service":"b"}'])
def test_what_is_no_record_of_this_version_is_none(line: str) -> None:
    assert read_record(line) is None


def test_a_record_from_anywhere_is_read_as_strictly_as_it_is_written() -> None:
    found = read_record(json.dumps({
        "version": 1, "operation": "a.b", "service": "local", "seed": "7", "model": 3, "made_at": "?",
        "input": {"prompt": ["x"], "image_url": "/etc/passwd", "evil": 1, "duration": 5}, "parents": ["../x", 3, PARENT],
    }))
    assert found is not None
    assert found.recipe == Recipe("a.b", "local", {"duration": 5}, None, None, None, (PARENT,))
    assert found.made_at is None


def test_a_recipe_that_is_too_long_stays_outside(tmp_path: Path) -> None:
    assert not embed_recipe(make(tmp_path, "plain.png"), tmp_path / "out.png", Recipe("a.b", "c", {"prompt": "x" * 70_000}))


def test_in_place_replaces_the_whole_file(tmp_path: Path) -> None:
    source = make(tmp_path, "plain.jpg")
    assert embed_in_place(source, RECIPE, FACTS)
    assert read_recipe(source) == WANTED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.png", "plain.jpg"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_reads_them_and_finds_nothing_wrong(tmp_path: Path) -> None:
    for name in KINDS:
        assert embed_recipe(make(tmp_path, name), tmp_path / f"out {name}", RECIPE, FACTS)
    command = ["exiftool", "-j", "-validate", "-Recipe", "-UserDefinedText", *sorted(map(str, tmp_path.glob("out *")))]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert len(told) == len(KINDS)
    for one in told:
        spare = ("turned.jpg", "tagged.webp")  # their camera data lack fields that a camera would write
        assert one["Validate"].startswith("OK") or one["SourceFile"].endswith(spare), one
        text = one.get("Recipe") or one["UserDefinedText"].removeprefix("(recipe) ")
        assert (text if isinstance(text, dict) else json.loads(text))["input"]["prompt"] == WORDS
