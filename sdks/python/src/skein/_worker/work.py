"""An agent that dials in, behind NAT or on a laptop: nothing is registered by hand."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from .._agent.agent import Agent
from .._agent.context import LogSink, log_to_stderr
from .._agent.json_values import plain, to_value
from .._client.channel import DEFAULT_API
from ..contracts.worker.v1 import worker_service_pb2 as worker_pb2
from .loop import WorkerLoop

_MAX_CONCURRENCY = 10_000


class WorkingAgent:
    """An agent that works from ``start`` to ``close``; as an asynchronous context manager it does both by itself."""

    def __init__(
        self,
        agent: Agent,
        api: str,
        register: worker_pb2.Register,
        concurrency: int,
        grace_s: float,
        log: LogSink,
    ) -> None:
        self._parts = (agent, api, register, concurrency, grace_s, log)
        self._loop: WorkerLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self.worker_id: str = register.worker_id

    async def start(self) -> None:
        """Begins to dial in, and goes on until it is closed."""
        self._loop = WorkerLoop(*self._parts)
        self._running = asyncio.create_task(self._loop.run())
        self._running.add_done_callback(lambda done: None if done.cancelled() else _seen(done))

    async def wait_registered(self) -> None:
        """Waits until it is registered for the first time. Raises a SkeinError where the platform refuses it for good."""
        if self._loop is not None:
            await asyncio.shield(self._loop.registered)

    async def wait_closed(self) -> None:
        """Waits until it has stopped. Raises a SkeinError where the platform refuses it for good."""
        if self._running is not None:
            await asyncio.shield(self._running)

    async def close(self) -> None:
        """Takes no more tasks, ends those in hand, and leaves. Again: the same."""
        if self._loop is None or self._running is None:
            return
        self._loop.close()
        # How it ended is for whoever looks at `wait_closed`.
        await asyncio.wait({self._running})

    async def __aenter__(self) -> WorkingAgent:
        await self.start()
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()


def _seen(done: asyncio.Task[None]) -> None:
    """Whoever does not look at how it ended is not told of it again."""
    done.exception()


def work(
    agent: Agent,
    *,
    api: str = DEFAULT_API,
    namespace: str = "",
    concurrency: int = 10,
    agent_type: str = "",
    labels: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    grace_s: float = 30,
    log: LogSink = log_to_stderr,
) -> WorkingAgent:
    """Has an agent dial in: ``run(work(agent))``, or ``async with work(agent) as worker``. It comes back by itself after a
    broken connection, for as long as it takes, and goes on where it was heard.

    ``api`` is the base URL of the platform. ``namespace`` defaults to ``default``. ``concurrency`` is how many tasks it takes at
    once, 1 to 10,000, else it is a ValueError. ``agent_type`` is a word for its role, at most 64 characters; ``labels`` are pairs
    to find it by, at most 64; ``config`` are settings that it gets with every task, under those of the node. ``grace_s`` is how
    long tasks in hand may take after it was told to stop, in seconds.
    """
    if not 1 <= concurrency <= _MAX_CONCURRENCY:
        raise ValueError(f"concurrency is 1 to {_MAX_CONCURRENCY}, not {concurrency}")
    register = worker_pb2.Register(
        namespace=namespace,
        worker_id=f"{agent.agent_id[:64]}.{uuid.uuid4()}",
        card=agent.card,
        agent_type=agent_type,
        labels=dict(labels or {}),
    )
    if config is not None:
        register.config.CopyFrom(to_value(plain(config)).struct_value)
    return WorkingAgent(agent, api, register, concurrency, grace_s, log)
