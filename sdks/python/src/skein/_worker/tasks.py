"""The tasks of a worker: what it is at, and what it has answered and nobody has acknowledged.

Owns tasks from their arrival until their last event is acknowledged, they are cancelled, or another task takes over their
work. They outlive the streams that they came by.

K1. Events of a task are the steps of its attempt, under the same numbers: what was not acknowledged is sent again from there.
K2. A task with the key of an attempt that is known is that attempt, heard from 1; the task that had it before is forgotten.
K3. A task that nobody waits for after a new connection (not among ``resumed``) goes on, and is silent.
K4. At most ``concurrency`` handlers run. Credits are granted for as many tasks as somebody waits for; a task that is taken
    over may have to wait for one that nobody waits for any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .._agent.agent import Agent
from .._agent.attempt import Attempt
from .._agent.attempt_book import AttemptBook
from .._agent.context import LogSink
from .._agent.perform import start
from ..contracts.worker.v1 import worker_service_pb2 as worker_pb2

Say = Callable[[worker_pb2.ConnectRequest], None]


@dataclass(eq=False)
class _InHand:
    task_id: str
    attempt: Attempt
    release: Callable[[], None]
    heard_seq: int = 0
    sent_seq: int = 0
    is_wanted: bool = True  # K3
    holds_credit: bool = True


class WorkerTasks:
    """``on_idle`` is told when nothing that somebody waits for is left."""

    def __init__(self, agent: Agent, concurrency: int, log: LogSink, on_idle: Callable[[], None]) -> None:
        self._agent = agent
        self._concurrency = concurrency
        self._log = log
        self._on_idle = on_idle
        self._book = AttemptBook()
        self._gate = asyncio.Semaphore(concurrency)
        self._in_hand: dict[str, _InHand] = {}
        self._works: set[asyncio.Task[None]] = set()
        self._say: Say | None = None
        self._is_draining = False

    @property
    def is_idle(self) -> bool:
        """Nobody waits for anything that is in hand."""
        return not any(task.is_wanted for task in self._in_hand.values())

    def running(self) -> list[worker_pb2.RunningTask]:
        """For ``register.running``."""
        return [
            worker_pb2.RunningTask(task_id=task.task_id, idempotency_key=task.attempt.idempotency_key)
            for task in self._in_hand.values()
        ]

    def connect(self, resumed: Iterable[worker_pb2.Acknowledgement], say: Say) -> None:
        """There is a stream: goes on behind what was heard (K1), and asks for more."""
        self._say = say
        heard = {acknowledged.task_id: acknowledged.seq for acknowledged in resumed}
        for task in self._in_hand.values():
            task.is_wanted = task.task_id in heard
            task.heard_seq = task.sent_seq = heard.get(task.task_id, 0)
            task.holds_credit = task.is_wanted and not task.attempt.is_over
        self._grant(self._concurrency - sum(task.holds_credit for task in self._in_hand.values()))
        for task in list(self._in_hand.values()):
            self._send(task)

    def disconnect(self) -> None:
        self._say = None

    def drain(self) -> None:
        """No more credits."""
        self._is_draining = True

    def accept(self, given: worker_pb2.Task) -> None:
        task_id = given.task_id
        if not given.HasField("request") or task_id in self._in_hand:
            return
        attempt, is_new = self._book.take(given.request.idempotency_key)
        if not is_new:
            for other in [task for task in self._in_hand.values() if task.attempt is attempt]:
                self._forget(other)  # K2
        leave = attempt.listen(lambda: self._changed(task))
        loop = asyncio.get_running_loop()
        deadline = None
        if given.HasField("timeout"):
            timeout_s = given.timeout.ToNanoseconds() / 1e9
            deadline = loop.call_later(timeout_s, self.cancel, task_id, "deadline exceeded")

        def release() -> None:
            leave()
            if deadline is not None:
                deadline.cancel()

        task = _InHand(task_id, attempt, release)
        self._in_hand[task_id] = task
        if is_new:
            self._begin(attempt, given)
        self._send(task)

    def acknowledge(self, task_id: str, seq: int) -> None:
        task = self._in_hand.get(task_id)
        if task is None:
            return
        task.heard_seq = max(task.heard_seq, seq)
        if task.attempt.has_answered and task.heard_seq >= len(task.attempt.steps):
            self._forget(task)

    def cancel(self, task_id: str, reason: str) -> None:
        task = self._in_hand.get(task_id)
        if task is None:
            return
        self._forget(task)
        task.attempt.abort(reason or "cancelled")

    async def end(self, reason: str) -> None:
        """Ends everything, and waits for the handlers to notice."""
        for task_id in list(self._in_hand):
            self.cancel(task_id, reason)
        if self._works:
            await asyncio.wait(self._works, timeout=1)

    def _begin(self, attempt: Attempt, given: worker_pb2.Task) -> None:
        request = given.request
        request.task_id = given.task_id

        async def work() -> None:
            async with self._gate:  # K4
                if not attempt.is_over:
                    await start(self._agent, request, given.traceparent, attempt, self._log)

        working = asyncio.create_task(work())
        self._works.add(working)
        working.add_done_callback(self._works.discard)

    def _changed(self, task: _InHand) -> None:
        if task.attempt.is_aborted:
            self._forget(task)
        else:
            self._send(task)

    def _send(self, task: _InHand) -> None:
        """K1."""
        if self._say is None or not task.is_wanted:
            return
        steps = task.attempt.steps
        while task.sent_seq < len(steps):
            task.sent_seq += 1
            event = worker_pb2.TaskEvent(task_id=task.task_id, seq=task.sent_seq, event=steps[task.sent_seq - 1])
            self._say(worker_pb2.ConnectRequest(event=event))
        if task.attempt.has_answered:
            self._release(task)

    def _forget(self, task: _InHand) -> None:
        task.release()
        if self._in_hand.pop(task.task_id, None) is None:
            return
        self._release(task)
        if self.is_idle:
            self._on_idle()

    def _release(self, task: _InHand) -> None:
        """There is room for another one."""
        if task.holds_credit:
            task.holds_credit = False
            self._grant(1)

    def _grant(self, count: int) -> None:
        if count > 0 and not self._is_draining and self._say is not None:
            self._say(worker_pb2.ConnectRequest(credits=worker_pb2.Credits(count=count)))
