"""Types of handlers: what the card shows, and what reaches the handler."""

import enum
import unittest
from dataclasses import dataclass, field
from typing import Any, Literal, Optional, TypedDict

from skein import JsonValue
from skein._agent.shape import shape_of


class Kind(enum.Enum):
    BILLING = "billing"
    OTHER = "other"


@dataclass
class Line:
    text: str
    weight: float = 1.0


@dataclass
class Ticket:
    subject: str
    lines: list[Line] = field(default_factory=list)
    kind: Kind = Kind.OTHER
    due: Optional[int] = None
    tags: dict[str, str] | None = None


class Reply(TypedDict, total=False):
    text: str
    score: float


@dataclass
class Tree:
    below: "list[Tree]"


def read(annotation: Any, value: Any) -> Any:
    problems: list[str] = []
    result = shape_of(annotation).read(value, "", problems)
    return problems or result


class ShapeTest(unittest.TestCase):
    def test_a_dataclass_is_an_object_with_defaults(self) -> None:
        schema = shape_of(Ticket).schema
        self.assertEqual(schema["required"], ["subject"])
        self.assertEqual(schema["properties"]["lines"]["items"]["required"], ["text"])
        self.assertEqual(schema["properties"]["kind"], {"enum": ["billing", "other"]})
        self.assertEqual(schema["properties"]["due"], {"anyOf": [{"type": "integer"}, {"type": "null"}]})
        given = {"subject": "s", "lines": [{"text": "a"}, {"text": "b", "weight": 2}], "kind": "billing", "more": 1}
        lines = [Line("a"), Line("b", 2.0)]
        self.assertEqual(read(Ticket, given), Ticket("s", lines, Kind.BILLING))

    def test_every_problem_is_named_with_its_place(self) -> None:
        given = {"lines": [{"text": 1}, 2], "kind": "strange", "due": "soon"}
        self.assertEqual(
            read(Ticket, given),
            [
                " must have the property subject",
                "/lines/0/text must be string",
                "/lines/1 must be object",
                "/kind must be one of ['billing', 'other']",
                "/due must be integer",
            ],
        )

    def test_a_typed_dictionary_keeps_what_it_does_not_name(self) -> None:
        self.assertEqual(read(Reply, {"score": 1, "more": [1]}), {"score": 1.0, "more": [1]})
        self.assertEqual(read(Reply, {"text": 1}), ["/text must be string"])
        self.assertNotIn("required", shape_of(Reply).schema)

    def test_json_has_its_own_ideas_of_numbers(self) -> None:
        self.assertEqual(read(int, 3.0), 3)
        for wrong in (3.5, True, "3", None):
            self.assertEqual(read(int, wrong), [" must be integer"])
        self.assertEqual(read(float, True), [" must be number"])
        self.assertEqual(read(Literal[1, "a"], True), [" must be one of [1, 'a']"])

    def test_unions_lists_and_tuples(self) -> None:
        self.assertEqual(read(str | list[str], ["a"]), ["a"])
        self.assertEqual(read(str | list[str], ["a", 1]), [" must be string"])
        self.assertEqual(read(tuple[int, ...], [1, 2]), (1, 2))
        self.assertEqual(read(dict[str, bool], {"a": 1}), ["/a must be boolean"])

    def test_any_json_value_has_no_schema(self) -> None:
        for annotation in (Any, object, JsonValue, Optional[Any]):
            self.assertTrue(shape_of(annotation).takes_anything)
            self.assertEqual(read(annotation, [1]), [1])

    def test_types_that_json_has_not_are_refused(self) -> None:
        for annotation in (bytes, set[int], dict[int, str], Tree):
            with self.assertRaises(TypeError):
                shape_of(annotation)


if __name__ == "__main__":
    unittest.main()
