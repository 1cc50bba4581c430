"""What an agent asks a person, and what it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .json_values import JsonValue


@dataclass(frozen=True)
class Answer:
    """What the last question of this attempt was answered with. ``state`` is that of the question, None where it had none;
    ``turn`` counts the answers of this attempt so far, from 1."""

    value: JsonValue
    state: JsonValue
    turn: int


class QuestionAsked(BaseException):
    """Ends the handler; raised by ``ctx.ask``, to be let through. No Exception, so that none who catches those keeps it."""

    def __init__(
        self, message: str, schema: dict[str, Any] | None, state: JsonValue, kind: Literal["input", "auth"]
    ) -> None:
        super().__init__(message)
        self.message = message
        self.schema = schema
        self.state = state
        self.kind = kind
