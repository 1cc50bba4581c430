"""The standard health service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_KNOWN = frozenset({"", "skein.agent.v1.AgentService"})


class HealthServicer(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Serving until ``stop``. Whoever watches is told of the stop; then the watch ends, so that it does not hold up the stop."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def Check(self, request: Any, context: Any) -> Any:
        if request.service not in _KNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no service {request.service} here")
        return self._answer(request.service)

    async def Watch(self, request: Any, _context: Any) -> AsyncIterator[Any]:
        yield self._answer(request.service)
        await self._stopping.wait()
        yield self._answer(request.service)

    def _answer(self, service: str) -> Any:
        status = health_pb2.HealthCheckResponse.ServingStatus
        if service not in _KNOWN:
            return health_pb2.HealthCheckResponse(status=status.SERVICE_UNKNOWN)
        word = status.NOT_SERVING if self._stopping.is_set() else status.SERVING
        return health_pb2.HealthCheckResponse(status=word)
