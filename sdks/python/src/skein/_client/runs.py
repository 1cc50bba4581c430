"""Runs of one namespace."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from google.protobuf import duration_pb2

from .._agent.json_values import plain, to_value
from ..contracts.eventlog.v1 import event_service_pb2_grpc
from ..contracts.scheduler.v1 import run_service_pb2 as run_pb2
from ..contracts.scheduler.v1 import run_service_pb2_grpc
from .retry import once, repeatable
from .run_events import RunUpdate, follow_run
from .run_view import Run, run_view
from .skein_error import SkeinError

_LONGEST_WAIT_S = 60.0


class Runs:
    """Everything raises a SkeinError."""

    def __init__(
        self,
        namespace: str,
        runs: run_service_pb2_grpc.RunServiceStub,
        events: event_service_pb2_grpc.EventServiceStub,
    ) -> None:
        self._namespace = namespace
        self._runs = runs
        self._events = events

    async def start(
        self,
        *,
        workflow: str = "",
        version: int = 0,
        agent: str = "",
        skill: str = "",
        config: Mapping[str, Any] | None = None,
        llm: str = "",
        input: Any = None,
        request_id: str = "",
        session_id: str = "",
        labels: Mapping[str, str] | None = None,
        memo: Mapping[str, Any] | None = None,
        priority: int = 0,
        run_token: str = "",
    ) -> Run:
        """Starts a run of a ``workflow`` (``version`` 0: the latest), of one ``agent``, with its ``skill`` and ``config``, or of one model,
        ``llm``: one of the three, else it is a ValueError. When it answers, the run is durable.

        ``input`` is any JSON value; None: what the platform makes of no input. The same ``request_id`` again, within 24 hours, is
        the same run; default: a random one, so that a lost answer starts nothing twice. ``session_id`` is the conversation that
        the run belongs to. ``memo`` is free-form, shown and never searched. ``priority`` is 1 (first) to 5; 0: the definition's.
        ``run_token`` is that of the call that an agent works on: the run is a child of the call's run, and ends with its node at
        the latest.
        """
        if [bool(workflow), bool(agent), bool(llm)].count(True) != 1:
            raise ValueError("a run is one of a workflow, an agent or an llm")
        request = run_pb2.StartRunRequest(
            namespace=self._namespace,
            request_id=request_id or str(uuid.uuid4()),
            session_id=session_id,
            labels=dict(labels or {}),
            priority=priority,
            run_token=run_token,
        )
        if workflow:
            request.workflow.CopyFrom(run_pb2.WorkflowTarget(workflow_id=workflow, version=version))
        elif agent:
            request.agent.CopyFrom(run_pb2.AgentTarget(agent_id=agent, skill_id=skill))
            if config is not None:
                request.agent.config.CopyFrom(to_value(plain(config)).struct_value)
        else:
            request.llm.CopyFrom(run_pb2.LlmTarget(model=llm))
        if input is not None:
            request.input.CopyFrom(to_value(plain(input)))
        if memo is not None:
            request.memo.CopyFrom(to_value(plain(memo)).struct_value)
        return run_view((await repeatable(lambda: self._runs.StartRun(request))).run)

    async def get(self, run_id: str) -> Run:
        request = run_pb2.GetRunRequest(namespace=self._namespace, run_id=run_id)
        return run_view((await repeatable(lambda: self._runs.GetRun(request))).run)

    async def wait(self, run_id: str, *, timeout_s: float | None = None) -> Run:
        """Waits for the end of a run, whatever it is. After ``timeout_s`` (default: never) it raises TIMEOUT, and the run goes on. A
        platform that is away for a moment is waited for too."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            left_s = _LONGEST_WAIT_S if deadline_s is None else min(_LONGEST_WAIT_S, deadline_s - time.monotonic())
            if left_s <= 0:
                raise SkeinError(
                    f"run {run_id} has not ended within {timeout_s} s; it goes on",
                    code="DEADLINE_EXCEEDED",
                    reason="TIMEOUT",
                    place=f"runs.{run_id}",
                    remedy="wait again, or cancel it",
                )
            request = run_pb2.AwaitRunRequest(namespace=self._namespace, run_id=run_id, timeout=_duration(left_s))
            run = run_view((await repeatable(partial(self._runs.AwaitRun, request))).run)
            if run.has_ended:
                return run

    async def cancel(self, run_id: str, reason: str = "") -> Run:
        """Asks a run to end; what it did is undone first, where its workflow says so."""
        request = run_pb2.CancelRunRequest(namespace=self._namespace, run_id=run_id, reason=reason)
        return run_view((await repeatable(lambda: self._runs.CancelRun(request))).run)

    async def signal(self, run_id: str, signal_name: str, payload: Any = None, *, signal_id: str = "") -> Run:
        """Sends a signal. With a ``signal_id`` the same one counts once; without, an answer that was lost is an error."""
        request = run_pb2.SignalRunRequest(
            namespace=self._namespace,
            run_id=run_id,
            signal_name=signal_name,
            signal_id=signal_id,
            payload=to_value(plain(payload)),
        )
        how = repeatable if signal_id else once
        return run_view((await how(lambda: self._runs.SignalRun(request))).run)

    async def answer(self, run_id: str, value: Any, *, node_id: str = "", question_seq: int = 0) -> Run:
        """Answers the question of an agent; the first answer counts. ``node_id`` is the node whose agent asks; default: the only one
        that does. ``question_seq`` is the seq of its ``input_required`` event: the answer then counts for no later question."""
        request = run_pb2.ProvideInputRequest(
            namespace=self._namespace,
            run_id=run_id,
            node_id=node_id,
            question_seq=question_seq,
            value=to_value(plain(value)),
        )
        return run_view((await once(lambda: self._runs.ProvideInput(request))).run)

    def events(self, run_id: str, *, cursor: str = "", task_events: bool = False) -> AsyncIterator[RunUpdate]:
        """Follows a run to its end, without a gap. ``cursor`` is that of the last update that is known; default: from the first.
        ``task_events``: streamed text and progress of agents are wanted too."""
        return follow_run(self._events, self._namespace, run_id, cursor, task_events)


def _duration(seconds: float) -> duration_pb2.Duration:
    duration = duration_pb2.Duration()
    duration.FromMilliseconds(max(1, round(seconds * 1000)))
    return duration
