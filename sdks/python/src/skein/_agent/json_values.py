"""JSON values, as Python has them and as the contract carries them."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from google.protobuf import struct_pb2

if TYPE_CHECKING:
    from typing import Union

    JsonValue = Union[bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None]
else:
    # A handler's annotations are looked at when it runs, and this one means any of them.
    JsonValue = Any

# Beyond it a double does not hold every integer.
_MAX_EXACT = 2**53


def plain(value: Any) -> JsonValue:
    """What a handler's value is in JSON. Raises a TypeError for what JSON cannot hold."""
    if isinstance(value, enum.Enum):  # Before str and int: an enumeration may be one.
        return plain(value.value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if abs(value) > _MAX_EXACT:
            raise TypeError(f"{value} is beyond 2^53: integers of that size travel as strings")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"{value} is no JSON number")
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain(member) for key, member in value.items()}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        return [plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} is no JSON value")


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"the keys of a JSON object are texts, not {key!r}")


def well_formed(text: str) -> str:
    """The text with lone surrogates replaced, which UTF-8 does not have."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def to_value(value: JsonValue) -> struct_pb2.Value:
    """As the contract carries it."""
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=well_formed(value))
    if isinstance(value, list):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[to_value(item) for item in value]))
    return struct_pb2.Value(struct_value=to_struct(value))


def to_struct(members: Mapping[str, JsonValue]) -> struct_pb2.Struct:
    """An object as the contract carries it."""
    return struct_pb2.Struct(fields={well_formed(name): to_value(member) for name, member in members.items()})


def from_value(value: struct_pb2.Value) -> JsonValue:
    """As Python has it. Whole numbers are integers: the wire has doubles alone."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return from_struct(value.struct_value)
    if kind == "list_value":
        return [from_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) <= _MAX_EXACT else number
    if kind == "string_value":
        return value.string_value
    return value.bool_value if kind == "bool_value" else None


def from_struct(struct: struct_pb2.Struct) -> dict[str, JsonValue]:
    """An object as Python has it."""
    return {name: from_value(member) for name, member in struct.fields.items()}
