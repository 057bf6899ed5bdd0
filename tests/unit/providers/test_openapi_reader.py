"""A service's own document: what is read from it, and what a bad or hostile one cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.operation import MediaKind
from studio.providers.discovered import DiscoveredOperation
from studio.providers.openapi_reader import MOST_OPERATIONS, guess_kind, is_operation_name, read_document
from studio.providers.schema_reader import DocumentError
from tests.unit.providers.documents import LOCATION, body, document

PLAIN = {"x-source": "service", "description": ""}


def only(read: Any) -> DiscoveredOperation:
    (found,) = read_document(read).operations
    return found


def field(schema: Any, name: str = "thing", **beside: Any) -> dict[str, Any]:
    """What is read of one field. `beside`: components of the document."""
    whole = document(body("a.b", {name: schema})) | beside
    return dict(only(whole).properties[name])


def test_an_operation_with_its_fields() -> None:
    found = only(document(LOCATION))
    assert (found.id, found.title, found.kind) == ("three_d.location.generate", "Generate 3D Location", MediaKind.IMAGE)
    assert found.schema["required"] == ["prompt"]
    assert found.schema["additionalProperties"] is False
    fields = found.properties
    assert fields["prompt"] == {"x-source": "service", "description": "What the place ‹b›is‹/b›.", "type": "string",
                                "maxLength": 100, "x-multiline": True}
    assert (fields["size"]["minimum"], fields["size"]["maximum"], fields["size"]["default"]) == (1, 8, 2)
    assert fields["reference_image_url"]["x-media"] == ["image"]
    assert (fields["detail"]["enum"], fields["detail"]["default"]) == (["coarse", "fine"], "fine")
    assert "x-media" not in fields["webhook_url"]


@pytest.mark.parametrize(("schema", "expected"), [
    ({"type": ["string", "null"], "minLength": 2}, {"type": "string", "minLength": 2}),
    ({"anyOf": [{"type": "integer", "maximum": 5}, {"type": "null"}], "default": None}, {"type": "integer", "maximum": 5}),
    ({"oneOf": [{"const": "a"}, {"const": "b"}]}, {"enum": ["a", "b"]}),
    ({"anyOf": [{"type": "string"}, {"type": "string", "enum": ["x"]}]}, {"type": "string"}),
    ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {}),
    ({"allOf": [{"type": "number"}, {"minimum": 1}], "maximum": 2}, {"type": "number", "minimum": 1, "maximum": 2}),
    ({"type": "integer", "minimum": 9, "maximum": 1}, {"type": "integer"}),
    ({"type": "integer", "minimum": "1", "maximum": True}, {"type": "integer"}),
    ({"type": "number", "default": 1}, {"type": "number", "default": 1}),
    ({"type": "integer", "maximum": 3, "default": 7}, {"type": "integer", "maximum": 3}),
    ({"type": "string", "default": 7, "minLength": -3}, {"type": "string"}),
    ({"type": "string", "pattern": "(a+)+$"}, {"type": "string"}),
    ({"type": "string", "enum": ["a", "a", None, {"b": 1}, "x" * 300, "tab\t"]}, {"type": "string", "enum": ["a"]}),
    ({"type": "string", "example": "one", "examples": ["two", ["three"]]}, {"type": "string", "examples": ["two", "one"]}),
    ({"type": "dragon", "description": 5, "title": ["x"]}, {}),
    ("words", {}), (None, {}), (5, {}), ([], {}),
    ({"allOf": [{"type": "object", "properties": {"a": {}}, "required": ["a"]},
                {"properties": {"b": {}}, "required": ["b"]}]},
     {"type": "object", "properties": {"a": PLAIN, "b": PLAIN}, "required": ["a", "b"], "additionalProperties": False}),
    ({"type": "array", "items": {"type": "integer", "minimum": 1}},
     {"type": "array", "items": {**PLAIN, "type": "integer", "minimum": 1}}),
    ({"$ref": "#/components/schemas/A~1B", "description": "Here."}, {"type": "boolean"}),
    ({"$ref": "https://evil.example/schema.json"}, {}),
    ({"$ref": "file:///etc/passwd"}, {}),
    ({"type": "string", "x-unit": "s", "x-label": "How\nlong", "x-advanced": True, "x-media": ["hologram"]},
     {"type": "string", "x-unit": "s", "x-label": "How long", "x-advanced": True}),
])
def test_a_field(schema: Any, expected: dict[str, Any]) -> None:
    found = field(schema, components={"schemas": {"A/B": {"type": "boolean"}}})
    assert found.pop("x-source") == "service"
    assert isinstance(found.pop("description"), str)
    assert found == expected


@pytest.mark.parametrize(("name", "schema", "kinds"), [
    ("image_url", {"type": "string"}, ["image"]), ("startFrameUrl", {"type": "string"}, ["image"]),
    ("clip_urls", {"type": "array", "items": {"type": "string"}}, ["video"]), ("voice_url", {"type": "string"}, ["audio"]),
    ("file_url", {"type": "string"}, ["image", "video", "audio"]), ("source", {"type": "string", "format": "uri"},
                                                                   ["image", "video", "audio"]),
    ("callback_url", {"type": "string"}, None), ("image", {"type": "string"}, None),
    ("image_url", {"type": "integer"}, None),
    ("video_url", {"type": "string", "enum": ["https://a.example/"]}, None),
])
def test_what_an_address_leads_to(name: str, schema: dict[str, Any], kinds: list[str] | None) -> None:
    assert field(schema, name).get("x-media") == kinds


def test_where_operations_are_named_in_other_ways() -> None:
    by_discriminator = document()
    new = {"properties": {"input": {"properties": {"a": {"type": "string"}}}}}
    by_discriminator["components"] = {"schemas": {"New": new}}
    media = by_discriminator["paths"]["/api/v1/requests"]["post"]["requestBody"]["content"]["application/json"]
    media["schema"] = {"oneOf": [{"$ref": "#/components/schemas/New"}],
                       "discriminator": {"propertyName": "operation", "mapping": {"new.thing": "#/components/schemas/New"}}}
    assert (only(by_discriminator).id, list(only(by_discriminator).properties)) == ("new.thing", ["a"])
    example = {"operation": "music.remix", "input": {"prompt": "p", "tempo": 90, "n": None, "loud": True}}
    listed = document(examples={"x": {"value": example}})
    media = listed["paths"]["/api/v1/requests"]["post"]["requestBody"]["content"]["application/json"]
    media["schema"] = {"properties": {"operation": {"enum": ["music.remix", "plain.thing"]}, "input": {"type": "object"}}}
    remix, plain = read_document(listed).operations
    assert {name: one["type"] for name, one in remix.properties.items()} == {
        "prompt": "string", "tempo": "integer", "loud": "boolean",
    }
    assert (remix.kind, remix.title, remix.schema["required"]) == (MediaKind.AUDIO, "Music Remix", [])
    assert plain.schema["additionalProperties"] is True


@pytest.mark.parametrize(("words", "kind"), [
    (("three_d.model.generate",), MediaKind.IMAGE), (("video.reframe",), MediaKind.VIDEO),
    (("song.split",), MediaKind.AUDIO), (("image.to.video",), MediaKind.VIDEO), (("video_to_audio",), MediaKind.AUDIO),
    (("prompt.enhance.music",), MediaKind.PROMPT),
    (("magic.do", "Clean a Portrait"), MediaKind.IMAGE), (("magic.do", "Describe it"), MediaKind.PROMPT),
])
def test_what_an_operation_makes_by_its_name(words: tuple[str, ...], kind: MediaKind) -> None:
    assert guess_kind(*words) is kind


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "a b", "", ".", "a..b", "video.generate\n", "a" * 101, "a?b=1",
                                  "ä.b", "<script>"])
def test_names_that_are_none(name: str) -> None:
    assert not is_operation_name(name)
    read = read_document(document(body(name, {}), body("good.one", {})))
    assert [one.id for one in read.operations] == ["good.one"]
    assert "left out" in read.notes[0]
    assert "<" not in read.notes[0]


def test_names_that_collide() -> None:
    read = read_document(document(body("a.b", {"x": {"type": "string"}}), body("A.B", {}), body("a.b", {})))
    assert [(one.id, list(one.properties)) for one in read.operations] == [("a.b", ["x"])]
    assert len(read.notes) == 2
    fields = only(document(body("a.b", {"good": {}, "../x": {}, "a b": {}, "__proto__": {}, "": {}, "9": {}})))
    assert set(fields.properties) == {"good", "__proto__"}


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        made = {"type": "object", "properties": {"x": made}}
    return made


def test_deep_and_recursive_ones_are_cut_off() -> None:
    assert len(json.dumps(field(deep(80)))) < 3000
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}, "name": {"type": "string"}}}
    assert len(json.dumps(field({"$ref": "#/components/schemas/Tree"}, components={"schemas": {"Tree": tree}}))) < 3000
    nested: Any = {"type": "string"}
    for _ in range(200):
        nested = {"anyOf": [nested, {"type": "null"}]}
    assert "type" not in field(nested)


ROUND = {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}}
LAUGHS: dict[str, Any] = {"L0": {"type": "string"}}
for level in range(1, 9):
    LAUGHS[f"L{level}"] = {"allOf": [{"$ref": f"#/components/schemas/L{level - 1}"}] * 50}


@pytest.mark.slow
@pytest.mark.parametrize(("read", "words"), [
    ({}, "no paths"), ({"paths": []}, "no paths"), ({"paths": {}}, "how a request is created"),
    ({"paths": {"/api/v1/requests": {"get": {}}}}, "how a request is created"),
    (document(), "names no operation"), (document({"type": "object"}), "names no operation"),
    (document(body("..", {})), "names no operation"), (document(5, None, "x"), "names no operation"),
    (document({"$ref": "#/components/schemas/A"}) | {"components": ROUND}, "circle"),
    (document({"$ref": "#/nowhere"}), "not in it"),
    (document(body("a.b", {"x": {"$ref": "#/components/schemas/A"}})) | {"components": ROUND}, "circle"),
    (document(body("a.b", {f"f{i}": {"$ref": "#/components/schemas/L8"} for i in range(50)}))
     | {"components": {"schemas": LAUGHS}}, "intricate"),
    ({"paths": {"/api/v1/requests": {"$ref": "#/paths/~1api~1v1~1requests"}}}, "circle"),
])
def test_what_cannot_be_used_is_told(read: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        read_document(read)


def test_large_ones_are_cut_off() -> None:
    many = read_document(document(*(body(f"a.b{number}", {}) for number in range(MOST_OPERATIONS))))
    assert len(many.operations) == MOST_OPERATIONS
    names = [[f"{word}.b{number}" for number in range(MOST_OPERATIONS)] for word in ("a", "c")]
    listed = [{"properties": {"operation": {"enum": some}, "input": {"type": "object"}}} for some in names]
    more = read_document(document(*listed))
    assert [one.id for one in more.operations] == names[0]
    assert more.notes == (f"Only the first {MOST_OPERATIONS} operations are read.",)
    wide = only(document(body("a.b", {f"f{number}": {"type": "string", "enum": [str(n) for n in range(1000)],
                                                     "description": "x" * 10_000} for number in range(500)})))
    assert len(wide.properties) == 100
    assert all(len(one["enum"]) == 200 and len(one["description"]) == 500 for one in wide.properties.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["#/paths", "#/components/schemas/A", "string", "object", "array", "image_url"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["$ref", "type", "properties", "operation", "input", "oneOf", "anyOf", "allOf", "enum", "const",
                         "items", "required", "default", "examples", "description", "x-media", "minimum", "maximum"])
        | st.text(max_size=5),
        inner, max_size=5),
    max_leaves=25,
)


@pytest.mark.slow
@given(JSON, JSON, JSON)
def test_no_document_breaks_it(schema: Any, properties: Any, components: Any) -> None:
    """Either it is read or refused in words; what is read is small plain JSON."""
    given_properties = properties if isinstance(properties, dict) else {"x": properties}
    for read in (document(schema, body("a.b", given_properties)), document(schema), {"paths": schema}):
        read["components"] = {"schemas": {"A": components}}
        try:
            found = read_document(read)
        except DocumentError as error:
            assert str(error).endswith(".")  # noqa: PT017  either outcome is right
            continue
        text = json.dumps([dict(one.schema) for one in found.operations], allow_nan=False)
        assert '"$ref":' not in text
