"""Agents for Skein, called or dialling in, and a client of its API."""

from ._agent.agent import Agent, agent
from ._agent.agent_error import AgentError
from ._agent.context import Context, LogSink
from ._agent.json_values import JsonValue
from ._agent.question import Answer
from ._client.messages import Message, Messages, Received, Sent
from ._client.run_events import RunUpdate
from ._client.run_view import Run
from ._client.runs import Runs
from ._client.skein import Skein
from ._client.skein_error import FieldViolation, SkeinError
from ._run import run
from ._serve.serve import ServedAgent, serve
from ._worker.work import WorkingAgent, work

__all__ = [
    "Agent",
    "AgentError",
    "Answer",
    "Context",
    "FieldViolation",
    "JsonValue",
    "LogSink",
    "Message",
    "Messages",
    "Received",
    "Run",
    "RunUpdate",
    "Runs",
    "Sent",
    "ServedAgent",
    "Skein",
    "SkeinError",
    "WorkingAgent",
    "agent",
    "run",
    "serve",
    "work",
]
