"""Follows the events of one run.

E1. What is handed out has no gap and no repeat: a broken stream goes on behind the last cursor.
E2. It ends with the run's last event.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc.aio

from ..contracts.event.v1 import run_event_pb2, task_event_pb2
from ..contracts.eventlog.v1 import event_service_pb2, event_service_pb2_grpc
from .skein_error import SkeinError

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0
_MAX_TRIES_WITHOUT_NEWS = 8
_TRANSIENT = frozenset({"UNAVAILABLE", "UNKNOWN", "ABORTED", "INTERNAL"})
_LAST = frozenset({"run_done", "run_failed", "run_cancelled", "run_terminated"})


@dataclass(frozen=True)
class RunUpdate:
    """One thing that happened. ``cursor`` is where to go on after it. One of the others is there: an event of the run, what
    happened within one of its tasks, or the word that a node streams anew."""

    cursor: str
    run_event: run_event_pb2.RunEvent | None = None
    task_event: task_event_pb2.TaskEvent | None = None
    stream_reset: event_service_pb2.StreamReset | None = None

    @property
    def name(self) -> str:
        """Such as ``run_started``, ``agent_stream_delta`` or ``stream_reset``."""
        event = self.run_event or self.task_event
        return "stream_reset" if event is None else (event.WhichOneof("event") or "")


async def follow_run(
    events: event_service_pb2_grpc.EventServiceStub, namespace: str, run_id: str, cursor: str, task_events: bool
) -> AsyncIterator[RunUpdate]:
    """Yields every update in order. Raises a SkeinError where it cannot go on."""
    tries = 0
    while True:
        request = event_service_pb2.SubscribeEventsRequest(
            namespace=namespace, run_id=run_id, cursor=cursor, include_task_events=task_events
        )
        call = events.SubscribeEvents(request)
        try:
            async for response in call:
                cursor = response.cursor or cursor
                tries = 0
                update = _update(cursor, response)
                if update is None:
                    continue
                yield update
                if update.run_event is not None and update.name in _LAST:
                    return
        except grpc.aio.AioRpcError as raised:
            error = SkeinError.of_call(raised)
            if error.code not in _TRANSIENT or tries >= _MAX_TRIES_WITHOUT_NEWS:
                raise error from raised
        finally:
            call.cancel()
        tries += 1
        await asyncio.sleep(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**tries))


def _update(cursor: str, response: event_service_pb2.SubscribeEventsResponse) -> RunUpdate | None:
    kind = response.WhichOneof("item")
    if kind == "run_event":
        return RunUpdate(cursor, run_event=response.run_event)
    if kind == "task_event":
        return RunUpdate(cursor, task_event=response.task_event)
    return RunUpdate(cursor, stream_reset=response.stream_reset) if kind == "stream_reset" else None
