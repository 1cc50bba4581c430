"""What an agent is: its card, and a handler for each of its skills."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..contracts.agent.v1 import agent_pb2
from .json_values import to_struct
from .shape import ANYTHING, Shape, shape_of

_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Handler:
    """What is done with one piece of work: a function of the input, or of the input and a Context; a coroutine function, or a
    plain one, which gets a thread of its own. What it returns is the output, what it raises the failure."""

    function: Callable[..., Any]
    input: Shape
    output: Shape
    takes_context: bool


@dataclass(frozen=True)
class _Skill:
    skill_id: str
    description: str
    tags: Sequence[str]
    handler: Handler


class Agent:
    """An agent, ready to be served or to dial in. Made by ``@agent``."""

    def __init__(self, agent_id: str, version: str, name: str, description: str, handler: Handler) -> None:
        if _VERSION.fullmatch(version) is None:
            raise ValueError(f'the version of an agent is like 1.4.0, not "{version}"')
        self._handler = handler
        self._skills: dict[str, _Skill] = {}
        self._identity = {"agent_id": _checked_id(agent_id), "version": version, "name": name}
        self._description = description

    @property
    def agent_id(self) -> str:
        return self._identity["agent_id"]

    @property
    def skill_ids(self) -> list[str]:
        """Those that have a name."""
        return [skill.skill_id for skill in self._shown()]

    @property
    def card(self) -> agent_pb2.AgentCard:
        """What it says about itself."""
        skills = [_card_of(skill) for skill in self._shown()]
        return agent_pb2.AgentCard(**self._identity, description=self._description, skills=skills)

    def skill(
        self, skill_id: str, *, description: str = "", tags: Sequence[str] = ()
    ) -> Callable[[Function], Function]:
        """Adds a skill, with a handler and types of its own. ``skill_id`` is ``[A-Za-z0-9_.-]{1,128}``; the description's default
        is the function's docstring. Raises a ValueError for an id that is none, or known."""

        def add(function: Function) -> Function:
            if _checked_id(skill_id) in self._skills:
                raise ValueError(f"there is a skill {skill_id} already")
            text = description or inspect.getdoc(function) or ""
            self._skills[skill_id] = _Skill(skill_id, text, tags, handler_of(function))
            return function

        return add

    def handler_for(self, skill_id: str) -> Handler | None:
        """None: no skill of this agent. The empty id is always one."""
        if not skill_id:
            return self._handler
        return next((skill.handler for skill in self._shown() if skill.skill_id == skill_id), None)

    def _shown(self) -> list[_Skill]:
        """A card shows schemas with skills alone: an agent that has types and no skills has one of its own name."""
        typed = not (self._handler.input.takes_anything and self._handler.output.takes_anything)
        if self._skills or not typed:
            return list(self._skills.values())
        return [_Skill(self.agent_id, self._description, (), self._handler)]


def agent(
    agent_id: str, *, version: str, name: str = "", description: str = ""
) -> Callable[[Callable[..., Any]], Agent]:
    """Makes an agent of a function. ``agent_id`` is ``[A-Za-z0-9_.-]{1,128}``, ``version`` a semantic one; the description's
    default is the function's docstring.

    The types of the function's first parameter and of what it returns are what the agent takes and answers: an input that
    does not fit is INVALID_INPUT and never reaches the function, an output that does not is OUTPUT_SCHEMA_VIOLATION. No
    annotation: any JSON value. Raises a ValueError for ids and versions, and a TypeError for types, that are none.
    """

    def make(function: Callable[..., Any]) -> Agent:
        return Agent(agent_id, version, name, description or inspect.getdoc(function) or "", handler_of(function))

    return make


def handler_of(function: Callable[..., Any]) -> Handler:
    parameters = list(inspect.signature(function).parameters.values())
    if not 1 <= len(parameters) <= 2:
        raise TypeError(f"{function.__name__} takes the input, or the input and the Context")
    try:
        hints = typing.get_type_hints(function)
    except NameError as missing:
        raise TypeError(f"the types of {function.__name__} must be known where it is defined: {missing}") from missing
    given = shape_of(hints[parameters[0].name]) if parameters[0].name in hints else ANYTHING
    output = shape_of(hints["return"]) if "return" in hints else ANYTHING
    return Handler(function, given, output, takes_context=len(parameters) == 2)


def _checked_id(given: str) -> str:
    if _ID.fullmatch(given) is None:
        raise ValueError(f'an id has 1 to 128 of A-Z a-z 0-9 _ . -, not "{given}"')
    return given


def _card_of(skill: _Skill) -> agent_pb2.Skill:
    card = agent_pb2.Skill(skill_id=skill.skill_id, description=skill.description, tags=skill.tags)
    if not skill.handler.input.takes_anything:
        card.input_schema.CopyFrom(to_struct(skill.handler.input.schema))
    if not skill.handler.output.takes_anything:
        card.output_schema.CopyFrom(to_struct(skill.handler.output.schema))
    return card
