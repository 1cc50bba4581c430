"""The streams of a worker, one after the other.

Owns the connection, the session and the stop. Does not own tasks: they outlive streams.

L1. It connects again after every break, until it is closed and has nothing in hand, or is refused for good.
L2. It says something at least twice in a heartbeat interval.
L3. Closing drains: no more tasks come, those in hand are answered and acknowledged; after ``grace_s`` they are aborted.
"""

from __future__ import annotations

import asyncio
import random

import grpc
import grpc.aio

from .._agent.agent import Agent
from .._agent.context import LogSink
from .._client.channel import open_channel
from .._client.skein_error import SkeinError
from ..contracts.worker.v1 import worker_service_pb2 as worker_pb2
from ..contracts.worker.v1 import worker_service_pb2_grpc
from .tasks import WorkerTasks

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
# A connection that answers no ping for this long is broken; a worker has 10 s to come back.
_PING_MS = 2_000
_OPTIONS = [
    ("grpc.keepalive_time_ms", _PING_MS),
    ("grpc.keepalive_timeout_ms", _PING_MS),
    ("grpc.http2.max_pings_without_data", 0),
]
# Refusals that the next try would meet again.
_FINAL = frozenset(
    {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "UNIMPLEMENTED",
        "FAILED_PRECONDITION",
    }
)

Outgoing = asyncio.Queue["worker_pb2.ConnectRequest | None"]


class WorkerLoop:
    """``register`` is who it is; the tasks it is at are added."""

    def __init__(
        self,
        agent: Agent,
        api: str,
        register: worker_pb2.Register,
        concurrency: int,
        grace_s: float,
        log: LogSink,
    ) -> None:
        self._api = api
        self._register = register
        self._grace_s = grace_s
        self._log = log
        self._tasks = WorkerTasks(agent, concurrency, log, self._end_if_done)
        self._session = ""
        self._failures = 0
        self._outgoing: Outgoing | None = None
        self._call: grpc.aio.StreamStreamCall | None = None
        self._is_draining = False
        self._is_over = False
        self._over = asyncio.Event()
        self.registered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        try:
            while not self._is_over and not self._is_done:
                await self._stream()
                if self._is_done:
                    break
                await self._pause()
            if not self.registered.done():
                self.registered.set_exception(RuntimeError("the worker was closed before it was registered"))
        except SkeinError as error:
            if not self.registered.done():
                self.registered.set_exception(error)
            raise
        finally:
            await self._tasks.end("the worker stops")
            if self.registered.done():
                self.registered.exception()  # Whoever does not look at it is told by `closed`.

    def close(self) -> None:
        """Begins to stop; ``run`` ends when it has."""
        if self._is_draining:
            return
        self._is_draining = True
        self._tasks.drain()
        self._say(worker_pb2.ConnectRequest(drain=worker_pb2.Drain()))
        self._end_if_done()
        asyncio.get_running_loop().call_later(self._grace_s, self._cut)

    def _cut(self) -> None:
        """The grace is over."""
        self._is_over = True
        self._over.set()
        if self._call is not None:
            self._call.cancel()

    @property
    def _is_done(self) -> bool:
        return self._is_draining and self._tasks.is_idle

    async def _stream(self) -> None:
        """One connection, to its end. A channel of its own: a new one waits for nothing that an old one came to."""
        self._outgoing = outgoing = Outgoing()
        register = worker_pb2.Register()
        register.CopyFrom(self._register)
        register.running.extend(self._tasks.running())
        self._say(worker_pb2.ConnectRequest(register=register))
        metadata = (("skein-session", self._session),) if self._session else ()
        beat: asyncio.Task[None] | None = None
        channel = open_channel(self._api, _OPTIONS)
        self._call = call = worker_service_pb2_grpc.WorkerServiceStub(channel).Connect(metadata=metadata)
        writing = asyncio.create_task(_write(call, outgoing))
        try:
            async for message in call:
                if message.HasField("registered"):
                    beat = beat or self._welcome(message.registered)
                else:
                    self._take(message)
        except grpc.aio.AioRpcError as error:
            self._broken(SkeinError.of_call(error))
        except asyncio.CancelledError:
            if not self._is_over:  # Else it is the call that was cancelled, by `_cut`.
                raise
        finally:
            if beat is not None:
                beat.cancel()
            writing.cancel()
            self._call = None
            self._outgoing = None
            self._tasks.disconnect()
            await channel.close()

    def _welcome(self, registered: worker_pb2.Registered) -> asyncio.Task[None]:
        self._session = registered.session
        self._failures = 0
        if not self.registered.done():
            self.registered.set_result(None)
            self._log("registered", {"worker_id": self._register.worker_id, "agent": self._register.card.agent_id})
        if self._is_draining:
            self._say(worker_pb2.ConnectRequest(drain=worker_pb2.Drain()))
        self._tasks.connect(registered.resumed, self._say)
        self._end_if_done()
        interval_s = registered.heartbeat_interval.ToNanoseconds() / 1e9 or 10.0
        return asyncio.create_task(self._beat(max(0.001, interval_s / 2)))  # L2

    async def _beat(self, pause_s: float) -> None:
        while True:
            await asyncio.sleep(pause_s)
            self._say(worker_pb2.ConnectRequest(status=worker_pb2.WorkerStatus()))

    def _take(self, message: worker_pb2.ConnectResponse) -> None:
        kind = message.WhichOneof("message")
        if kind == "task":
            self._tasks.accept(message.task)
        elif kind == "cancel":
            self._tasks.cancel(message.cancel.task_id, message.cancel.reason)
        elif kind == "acknowledgements":
            for acknowledged in message.acknowledgements.tasks:
                self._tasks.acknowledge(acknowledged.task_id, acknowledged.seq)
        # A message of a newer contract is for newer workers.

    def _say(self, message: worker_pb2.ConnectRequest) -> None:
        if self._outgoing is not None:
            self._outgoing.put_nowait(message)

    def _end_if_done(self) -> None:
        """L3: the half-closed stream is the worker's last word."""
        if self._is_done and self._outgoing is not None:
            self._outgoing.put_nowait(None)

    def _broken(self, error: SkeinError) -> None:
        if self._is_over or self._is_done:
            return
        if error.code in _FINAL:
            raise error
        worker_id = self._register.worker_id
        self._log("the connection broke; it is made again", {"worker_id": worker_id, "error": error.message})

    async def _pause(self) -> None:
        full_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**self._failures)
        self._failures += 1
        # Half of it is random, so that workers that lost the same executor do not all come back at once.
        pause_s = full_s / 2 * (1 + random.random())
        try:
            await asyncio.wait_for(self._over.wait(), pause_s)
        except (asyncio.TimeoutError, TimeoutError):
            pass


async def _write(call: grpc.aio.StreamStreamCall, outgoing: Outgoing) -> None:
    """Says what is to be said, until None. Of a stream that breaks the reader tells."""
    try:
        while (message := await outgoing.get()) is not None:
            await call.write(message)
        await call.done_writing()
    except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
        pass
