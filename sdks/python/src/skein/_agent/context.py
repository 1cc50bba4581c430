"""What a handler knows of its call, and what it can say before it answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, NoReturn

from ..contracts.agent.v1 import agent_service_pb2
from .agent_error import AgentError
from .json_values import JsonValue, from_struct, from_value, well_formed
from .question import Answer, QuestionAsked
from .steps import MAX_STREAMED_BYTES, Step, deltas, heartbeat, state_change

# Told of what a log should hold: a message, and facts.
LogSink = Callable[[str, "dict[str, Any]"], None]


def log_to_stderr(message: str, facts: dict[str, Any]) -> None:
    """One JSON object a line on stderr, where an agent's log belongs."""
    line = {"time": datetime.now(timezone.utc).isoformat(), "message": message, **facts}
    print(json.dumps(line, default=str), file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Delivery:
    """A call, and where its words go. ``say`` may be called from any thread."""

    request: agent_service_pb2.InvokeRequest
    traceparent: str
    say: Callable[[Step], None]
    abort_reason: Callable[[], str | None]
    log: LogSink


@dataclass
class _Counts:
    streamed_bytes: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class Context:
    """Handed to a handler with its input. Everything that it says may be said from any thread."""

    _delivery: Delivery = field(repr=False)
    _counts: _Counts = field(default_factory=_Counts, repr=False)

    @property
    def namespace(self) -> str:
        return self._request.namespace

    @property
    def run_id(self) -> str:
        return self._request.run_id

    @property
    def node_id(self) -> str:
        return self._request.node_id

    @property
    def session_id(self) -> str:
        """The conversation that the run belongs to. Empty: none."""
        return self._request.session_id

    @property
    def skill_id(self) -> str:
        """Which skill is asked for. Empty: the agent decides."""
        return self._request.skill_id

    @property
    def attempt(self) -> int:
        """From 1; one more after each failure of the node."""
        return self._request.attempt

    @property
    def dispatch(self) -> int:
        """From 1; one more each time that the same attempt had to be delivered again."""
        return self._request.dispatch

    @property
    def idempotency_key(self) -> str:
        """The same for every delivery of an attempt: pass it on to whatever has side effects."""
        return self._request.idempotency_key

    @property
    def task_id(self) -> str:
        """Names this delivery, for logs."""
        return self._request.task_id

    @property
    def config(self) -> dict[str, JsonValue]:
        """Settings of the workflow's author."""
        return from_struct(self._request.config)

    @property
    def resume_details(self) -> JsonValue:
        """What the last heartbeat of an earlier attempt or delivery said: where to go on. None: nothing."""
        return from_value(self._request.resume_details)

    @property
    def answer(self) -> Answer | None:
        """What the last question of this attempt was answered with. None: it has not asked."""
        if not self._request.HasField("answer"):
            return None
        given = self._request.answer
        return Answer(value=from_value(given.value), state=from_value(given.state), turn=given.turn)

    @property
    def run_token(self) -> str:
        """Starts runs as children of this one, while this attempt is at work: ``runs.start(..., run_token=ctx.run_token)``. A secret
        of this attempt. Empty: from an older platform."""
        return self._request.run_token

    @property
    def traceparent(self) -> str:
        """W3C traceparent of the call: pass it on to what you call. Empty: none."""
        return self._delivery.traceparent

    @property
    def cancelled(self) -> bool:
        """Nobody waits for the answer any more: cancelled, past its deadline, or the agent stops. A coroutine is besides
        cancelled as asyncio does it; a plain function looks here now and then, and returns."""
        return self._delivery.abort_reason() is not None

    def delta(self, text: str) -> None:
        """Streams text to whoever watches; 4 MiB in one call, then it raises an AgentError (PAYLOAD_TOO_LARGE)."""
        whole = well_formed(text)
        self._counts.streamed_bytes += len(whole.encode())
        if self._counts.streamed_bytes > MAX_STREAMED_BYTES:
            raise AgentError("PAYLOAD_TOO_LARGE", f"a call streams at most {MAX_STREAMED_BYTES} bytes")
        for step in deltas(whole):
            self._delivery.say(step)

    def state(self, state: str, detail: str = "") -> None:
        """Reports progress: a short machine-readable word, and a line for people."""
        self._delivery.say(state_change(state, detail))

    def heartbeat(self, resume_details: Any = None) -> None:
        """Says that the agent is alive and, where given, how far it has come: at most 64 KiB of JSON."""
        self._delivery.say(heartbeat(resume_details))

    def ask(
        self,
        message: str,
        *,
        schema: dict[str, Any] | None = None,
        state: Any = None,
        kind: Literal["input", "auth"] = "input",
    ) -> NoReturn:
        """Ends the call with a question to a person; when it is answered the handler is called again, with ``answer``.

        ``message`` has at most 4,096 characters. ``schema`` is the JSON Schema of the answer; default: any JSON value.
        ``state``, at most 64 KiB, is told again with the answer. ``kind`` ``auth`` asks for credentials or permission.
        """
        raise QuestionAsked(message, schema, state, kind)

    def usage(self, *, input_tokens: int = 0, output_tokens: int = 0) -> None:
        """What the answer consumed; counts add up."""
        self._counts.input_tokens += input_tokens
        self._counts.output_tokens += output_tokens

    def log(self, message: str, **facts: Any) -> None:
        """Writes to the agent's log, with the ids of the run."""
        ids = {"run_id": self.run_id, "node_id": self.node_id, "task_id": self.task_id}
        self._delivery.log(message, {**ids, **facts})

    @property
    def _request(self) -> agent_service_pb2.InvokeRequest:
        return self._delivery.request
