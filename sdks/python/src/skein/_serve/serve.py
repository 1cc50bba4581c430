"""An agent that is called: a gRPC server with the agent contract and the standard health service.

Owns the port and the attempts. Closing refuses new calls, lets those under way end, then cuts them.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

import grpc.aio
from grpc_health.v1 import health_pb2_grpc

from .._agent.agent import Agent
from .._agent.context import LogSink, log_to_stderr
from ..contracts.agent.v1 import agent_service_pb2_grpc
from .agent_servicer import AgentServicer
from .health_servicer import HealthServicer

# Inputs of 1 MiB that are lists of numbers take eleven times that on the wire.
_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_OPTIONS = [
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    # Without this option two servers may share a port, each getting half of the calls.
    ("grpc.so_reuseport", 0),
]


class ServedAgent:
    """An agent that takes calls from ``start`` to ``close``; as an asynchronous context manager it does both by itself."""

    def __init__(self, agent: Agent, host: str, port: int, grace_s: float, log: LogSink) -> None:
        self._agent = agent
        self._host = host
        self._asked_port = port
        self._grace_s = grace_s
        self._log = log
        self._server: grpc.aio.Server | None = None
        self._closing: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self.port = 0

    @property
    def address(self) -> str:
        """``host:port``, to be registered."""
        return f"{self._host}:{self.port}"

    async def start(self) -> None:
        """Listens. Raises an OSError where the port is taken."""
        self._health = HealthServicer()
        self._servicer = AgentServicer(self._agent, self._log)
        server = grpc.aio.server(options=_OPTIONS)
        agent_service_pb2_grpc.add_AgentServiceServicer_to_server(self._servicer, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        try:
            self.port = server.add_insecure_port(f"{self._host}:{self._asked_port}")
        except RuntimeError as problem:
            raise OSError(f"cannot listen at {self._host}:{self._asked_port}: {problem}") from problem
        await server.start()
        self._server = server
        self._log("listening", {"address": self.address, "agent": self._agent.agent_id})

    async def close(self) -> None:
        """Stops. Again: the same."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def wait_closed(self) -> None:
        """Waits until it has stopped."""
        await self._closed.wait()

    async def _close(self) -> None:
        if self._server is not None:
            self._health.stop()
            cut = asyncio.get_running_loop().call_later(self._grace_s, self._servicer.abort_all, "the agent stops")
            # Calls that are told to end are given a moment to say so.
            await self._server.stop(self._grace_s + 1)
            cut.cancel()
        self._closed.set()

    async def __aenter__(self) -> ServedAgent:
        await self.start()
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()


def serve(
    agent: Agent,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    grace_s: float = 30,
    log: LogSink = log_to_stderr,
) -> ServedAgent:
    """Has an agent take calls: ``run(serve(agent, port=7001))``, or ``async with serve(agent) as served``.

    ``port`` 0 is a free one; in a container ``host`` is ``0.0.0.0``. ``grace_s`` is how long calls under way may take after it
    was told to stop, in seconds.
    """
    return ServedAgent(agent, host, port, grace_s, log)
