"""What an input or an output must look like, from the types of a handler.

A type is both: the JSON Schema that the agent's card shows, and the reading of a value into it. They agree because one
table makes them.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Reads a JSON value found at a place into the type; what does not fit is added to the problems.
Read = Callable[[Any, str, "list[str]"], Any]


@dataclass(frozen=True)
class Shape:
    """A type, ready for use. ``schema`` is empty for any JSON value."""

    schema: dict[str, Any]
    read: Read

    @property
    def takes_anything(self) -> bool:
        return not self.schema


def shape_of(annotation: Any) -> Shape:
    """Of a type: JSON's own, dataclasses, TypedDicts, enumerations, literals, unions, and lists, tuples and dictionaries of
    those. Raises a TypeError for others, and for a type that holds itself."""
    return _shape(annotation, ())


def _shape(annotation: Any, within: tuple[Any, ...]) -> Shape:
    if annotation in within:
        raise TypeError(f"{_name(annotation)} holds itself, which an input or output cannot: take Any there")
    plain_one = _PLAIN.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None
    if plain_one is not None:
        return plain_one
    if typing.is_typeddict(annotation) or _is_dataclass(annotation):
        return _object(annotation, (*within, annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _one_of([member.value for member in annotation], annotation)
    if hasattr(annotation, "__supertype__"):
        return _shape(annotation.__supertype__, within)
    return _generic(annotation, within)


def _generic(annotation: Any, within: tuple[Any, ...]) -> Shape:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated or str(origin).endswith(("Required", "NotRequired", "ReadOnly")):
        return _shape(arguments[0], within)
    if origin in (typing.Union, types.UnionType):
        return _union([_shape(each, within) for each in arguments])
    if origin is typing.Literal:
        return _one_of(list(arguments), lambda value: value)
    if annotation in (list, tuple) or origin in (list, collections.abc.Sequence):
        return _array(_shape(arguments[0], within) if arguments else ANYTHING, list)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _array(_shape(arguments[0], within), tuple)
    if annotation is dict or origin in (dict, collections.abc.Mapping):
        if arguments and arguments[0] is not str:
            raise TypeError("the keys of a JSON object are texts: dict[str, …]")
        return _dictionary(_shape(arguments[1], within) if arguments else ANYTHING)
    raise TypeError(f"{_name(annotation)} is no type of a JSON value")


def _plain(schema: dict[str, Any], fits: Callable[[Any], bool], convert: Callable[[Any], Any]) -> Shape:
    def read(value: Any, place: str, problems: list[str]) -> Any:
        if fits(value):
            return convert(value)
        problems.append(f"{place} must be {schema['type']}")
        return None

    return Shape(schema, read)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


def _is_dataclass(annotation: Any) -> bool:
    return isinstance(annotation, type) and dataclasses.is_dataclass(annotation)


def _name(annotation: Any) -> str:
    return getattr(annotation, "__name__", str(annotation))


ANYTHING = Shape({}, lambda value, _place, _problems: value)

_NONE = _plain({"type": "null"}, lambda value: value is None, lambda value: value)
_PLAIN: dict[Any, Shape] = {
    Any: ANYTHING,
    object: ANYTHING,
    None: _NONE,
    type(None): _NONE,
    bool: _plain({"type": "boolean"}, lambda value: isinstance(value, bool), lambda value: value),
    str: _plain({"type": "string"}, lambda value: isinstance(value, str), lambda value: value),
    int: _plain({"type": "integer"}, _is_whole, int),
    float: _plain({"type": "number"}, _is_number, float),
}


def _one_of(values: list[Any], convert: Callable[[Any], Any]) -> Shape:
    def read(value: Any, place: str, problems: list[str]) -> Any:
        # True is 1 in Python, and is not in JSON.
        if any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in values):
            return convert(value)
        problems.append(f"{place} must be one of {values}")
        return None

    return Shape({"enum": values}, read)


def _union(shapes: list[Shape]) -> Shape:
    if any(shape.takes_anything for shape in shapes):
        return ANYTHING

    def read(value: Any, place: str, problems: list[str]) -> Any:
        closest: list[str] | None = None
        for shape in shapes:
            found: list[str] = []
            result = shape.read(value, place, found)
            if not found:
                return result
            # The alternative that came closest is the one that was meant.
            if closest is None or len(found) < len(closest):
                closest = found
        problems.extend(closest or ())
        return None

    return Shape({"anyOf": [shape.schema for shape in shapes]}, read)


def _array(item: Shape, make: Callable[[list[Any]], Any]) -> Shape:
    def read(value: Any, place: str, problems: list[str]) -> Any:
        if isinstance(value, list):
            return make([item.read(each, f"{place}/{at}", problems) for at, each in enumerate(value)])
        problems.append(f"{place} must be array")
        return None

    return Shape({"type": "array"} if item.takes_anything else {"type": "array", "items": item.schema}, read)


def _dictionary(member: Shape) -> Shape:
    def read(value: Any, place: str, problems: list[str]) -> Any:
        if isinstance(value, dict):
            return {name: member.read(each, f"{place}/{name}", problems) for name, each in value.items()}
        problems.append(f"{place} must be object")
        return None

    schema: dict[str, Any] = {"type": "object"}
    return Shape(schema if member.takes_anything else {**schema, "additionalProperties": member.schema}, read)


def _object(annotation: Any, within: tuple[Any, ...]) -> Shape:
    hints = typing.get_type_hints(annotation)
    if _is_dataclass(annotation):
        fields = [field for field in dataclasses.fields(annotation) if field.init]
        missing = dataclasses.MISSING
        required = {each.name for each in fields if each.default is missing and each.default_factory is missing}
        hints = {each.name: hints[each.name] for each in fields}
        keeps_others = False
    else:
        required = set(annotation.__required_keys__)
        keeps_others = True  # A TypedDict is the dictionary itself.
    members = {name: _shape(hint, within) for name, hint in hints.items()}

    def read(value: Any, place: str, problems: list[str]) -> Any:
        if not isinstance(value, dict):
            problems.append(f"{place} must be object")
            return None
        absent = [name for name in members if name in required and name not in value]
        problems.extend(f"{place} must have the property {name}" for name in absent)
        known = {
            name: shape.read(value[name], f"{place}/{name}", problems)
            for name, shape in members.items()
            if name in value
        }
        if problems:
            return None
        return {**value, **known} if keeps_others else annotation(**known)

    schema: dict[str, Any] = {"type": "object", "properties": {name: shape.schema for name, shape in members.items()}}
    if required:
        schema["required"] = [name for name in members if name in required]
    return Shape(schema, read)
