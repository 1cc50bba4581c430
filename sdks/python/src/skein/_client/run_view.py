"""A run, as it was when the platform answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone

from .._agent.json_values import JsonValue, from_value
from ..contracts.scheduler.v1 import run_pb2
from .skein_error import SkeinError

_PREFIX = "RUN_STATE_"
_ENDED = frozenset({"DONE", "FAILED", "CANCELLED", "TERMINATED"})


@dataclass(frozen=True)
class Run:
    """``workflow_version`` 0: a run of one agent or one model, without a stored workflow. ``state`` is such as ``RUNNING``.
    ``has_ended``: it will not change any more. ``output`` is None where it did not end in state DONE; ``error`` says why then.
    ``last_seq`` is the number of its last event. ``message`` is all that the contract says."""

    run_id: str
    workflow_id: str
    workflow_version: int
    state: str
    has_ended: bool
    input: JsonValue
    output: JsonValue
    error: SkeinError | None
    session_id: str
    created_at: datetime | None
    last_seq: int
    message: run_pb2.Run = field(repr=False)


def run_view(message: run_pb2.Run) -> Run:
    state = _state(message)
    return Run(
        run_id=message.run_id,
        workflow_id=message.workflow_id,
        workflow_version=message.workflow_version,
        state=state,
        has_ended=state in _ENDED,
        input=from_value(message.input),
        output=from_value(message.output),
        error=_error(message, state),
        session_id=message.session_id,
        created_at=message.created_at.ToDatetime(timezone.utc) if message.HasField("created_at") else None,
        last_seq=message.last_seq,
        message=message,
    )


def output_of(run: Run) -> JsonValue:
    """The output of a run that ended well. Raises why it did not."""
    if run.error is not None:
        raise run.error
    return run.output


def _state(message: run_pb2.Run) -> str:
    known = run_pb2.RunState.DESCRIPTOR.values_by_number.get(message.state)
    # A state of a newer platform, whose name is not known here, counts as RUNNING: it is not an end that is known.
    return "RUNNING" if known is None else str(known.name).removeprefix(_PREFIX)


def _error(message: run_pb2.Run, state: str) -> SkeinError | None:
    if state not in _ENDED or state == "DONE":
        return None
    if message.HasField("failure"):
        return SkeinError.of_failure(message.failure)
    place = f"nodes.{message.failed_node_id}" if message.failed_node_id else f"runs.{message.run_id}"
    text = f"run {message.run_id} ended in state {state}"
    return SkeinError(text, code="FAILED", reason=state, place=place)
