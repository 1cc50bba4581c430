"""The agent contract over the attempts of one agent.

Owns which delivery listens to which attempt. An attempt ends when its last listener leaves: a call that was cancelled, or
lost its connection, has nobody who reads the answer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import grpc

from .._agent.agent import Agent
from .._agent.attempt import Attempt
from .._agent.attempt_book import AttemptBook
from .._agent.context import LogSink
from .._agent.perform import start
from ..contracts.agent.v1 import agent_service_pb2, agent_service_pb2_grpc


class AgentServicer(agent_service_pb2_grpc.AgentServiceServicer):
    """AgentService for one agent."""

    def __init__(self, agent: Agent, log: LogSink) -> None:
        self._agent = agent
        self._log = log
        self._book = AttemptBook()
        self._by_task: dict[str, Attempt] = {}
        self._listeners: Counter[Attempt] = Counter()
        self._works: set[asyncio.Task[None]] = set()

    def abort_all(self, reason: str) -> None:
        for attempt in self._book.working:
            attempt.abort(reason)

    async def GetCard(self, _request: agent_service_pb2.GetCardRequest, _context: Any) -> Any:
        return agent_service_pb2.GetCardResponse(card=self._agent.card)

    async def Cancel(self, request: agent_service_pb2.CancelRequest, _context: Any) -> Any:
        attempt = self._by_task.get(request.task_id)
        if attempt is not None:
            attempt.abort(request.reason or "cancelled")
        return agent_service_pb2.CancelResponse()

    async def Invoke(
        self, request: agent_service_pb2.InvokeRequest, context: Any
    ) -> AsyncIterator[agent_service_pb2.InvokeResponse]:
        attempt, is_new = self._book.take(request.idempotency_key)
        self._by_task[request.task_id] = attempt
        self._listeners[attempt] += 1
        if is_new:
            traceparent = dict(context.invocation_metadata() or ()).get("traceparent", "")
            work = start(self._agent, request, traceparent, attempt, self._log)
            self._works.add(work)
            work.add_done_callback(self._works.discard)
        try:
            async for step in _steps(attempt):
                yield step
        finally:
            if self._by_task.get(request.task_id) is attempt:
                del self._by_task[request.task_id]
            self._listeners[attempt] -= 1
            if self._listeners[attempt] <= 0:
                del self._listeners[attempt]
                attempt.abort("nobody waits for the answer")
        if not attempt.has_answered:
            await context.abort(grpc.StatusCode.CANCELLED, "the task was cancelled")


async def _steps(attempt: Attempt) -> AsyncIterator[agent_service_pb2.InvokeResponse]:
    """Every step of an attempt, until it is over."""
    news = asyncio.Event()
    leave = attempt.listen(news.set)
    try:
        seq = 0
        while True:
            while seq < len(attempt.steps):
                seq += 1
                yield attempt.steps[seq - 1]
            if attempt.is_over:
                return
            news.clear()
            await news.wait()
    finally:
        leave()
