"""Tasks of a worker over streams that come and go, without a network."""

import asyncio
import unittest
from typing import Any

from skein import Context, agent
from skein._agent.json_values import to_value
from skein._worker.tasks import WorkerTasks
from skein.contracts.agent.v1 import agent_service_pb2
from skein.contracts.worker.v1 import worker_service_pb2 as worker_pb2


class Stream:
    """What a worker said on one stream, in short."""

    def __init__(self) -> None:
        self.words: list[Any] = []
        self._news = asyncio.Event()

    def say(self, message: worker_pb2.ConnectRequest) -> None:
        if message.HasField("credits"):
            self.words.append(message.credits.count)
        else:
            event = message.event
            self.words.append((event.task_id, event.seq, event.event.WhichOneof("event")))
        self._news.set()

    async def until(self, count: int) -> list[Any]:
        while len(self.words) < count:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 5)
        return self.words


def task(task_id: str, key: str = "", value: Any = None) -> worker_pb2.Task:
    request = agent_service_pb2.InvokeRequest(idempotency_key=key or task_id, input=to_value(value))
    return worker_pb2.Task(task_id=task_id, request=request)


def heard(task_id: str, seq: int) -> worker_pb2.Acknowledgement:
    return worker_pb2.Acknowledgement(task_id=task_id, seq=seq)


class WorkerTasksTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.release = asyncio.Event()
        self.begun: list[str] = []
        self.stopped: asyncio.Queue[str] = asyncio.Queue()
        self.idle = 0

        @agent("speaker", version="1.0.0")
        async def speaker(given: Any, ctx: Context) -> Any:
            self.begun.append(ctx.idempotency_key)
            ctx.delta("a")
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                self.stopped.put_nowait(ctx.idempotency_key)
                raise
            return given

        def on_idle() -> None:
            self.idle += 1

        self.tasks = WorkerTasks(speaker, 2, lambda _message, _facts: None, on_idle)
        self.stream = Stream()
        self.tasks.connect([], self.stream.say)

    async def asyncTearDown(self) -> None:
        await self.tasks.end("the test is over")

    def reconnect(self, *resumed: worker_pb2.Acknowledgement) -> Stream:
        self.tasks.disconnect()
        stream = Stream()
        self.tasks.connect(resumed, stream.say)
        return stream

    async def test_a_task_is_answered_once_and_forgotten_when_it_was_heard(self) -> None:
        self.tasks.accept(task("t"))
        self.tasks.accept(task("t"))
        self.release.set()
        self.assertEqual(await self.stream.until(4), [2, ("t", 1, "delta"), ("t", 2, "result"), 1])
        self.assertFalse(self.tasks.is_idle)
        self.tasks.acknowledge("t", 1)
        self.assertEqual([each.task_id for each in self.tasks.running()], ["t"])
        self.tasks.acknowledge("t", 2)
        self.assertEqual((self.tasks.running(), self.tasks.is_idle, self.idle), ([], True, 1))
        self.assertEqual(self.begun, ["t"])

    async def test_k1_what_was_not_heard_is_said_again_under_its_number(self) -> None:
        self.tasks.accept(task("t"))
        await self.stream.until(2)
        self.tasks.disconnect()
        self.release.set()
        while not self.tasks.running():
            await asyncio.sleep(0)
        stream = self.reconnect(heard("t", 1))
        self.assertEqual((await stream.until(2))[:2], [1, ("t", 2, "result")])
        stream = self.reconnect(heard("t", 0))
        self.assertEqual(stream.words, [2, ("t", 1, "delta"), ("t", 2, "result")])

    async def test_k2_work_that_is_known_is_taken_over_from_its_first_event(self) -> None:
        self.tasks.accept(task("t/1", "key"))
        await self.stream.until(2)
        stream = self.reconnect()
        self.tasks.accept(task("t/2", "key"))
        self.release.set()
        self.assertEqual((await stream.until(4))[:3], [2, ("t/2", 1, "delta"), ("t/2", 2, "result")])
        self.assertEqual([each.task_id for each in self.tasks.running()], ["t/2"])
        self.assertEqual(self.begun, ["key"])

    async def test_k3_what_nobody_waits_for_goes_on_in_silence(self) -> None:
        self.tasks.accept(task("t"))
        await self.stream.until(2)
        stream = self.reconnect()
        self.assertTrue(self.tasks.is_idle)
        self.release.set()
        await asyncio.sleep(0)
        self.assertEqual(stream.words, [2])
        self.assertEqual([each.task_id for each in self.tasks.running()], ["t"])

    async def test_k4_at_most_so_many_handlers_run(self) -> None:
        for name in "abc":
            self.tasks.accept(task(name))
        await self.stream.until(3)
        self.assertEqual(self.begun, ["a", "b"])
        self.tasks.cancel("a", "")
        self.assertEqual(await self.stopped.get(), "a")
        await self.stream.until(5)
        self.assertEqual(self.begun, ["a", "b", "c"])

    async def test_a_deadline_ends_the_work(self) -> None:
        given = task("t")
        given.timeout.FromMilliseconds(20)
        self.tasks.accept(given)
        self.assertEqual(await self.stopped.get(), "t")
        self.assertEqual((self.tasks.running(), self.stream.words[-1]), ([], 1))

    async def test_one_that_drains_grants_no_more(self) -> None:
        self.tasks.accept(task("t"))
        self.tasks.drain()
        self.release.set()
        await self.stream.until(3)
        self.tasks.acknowledge("t", 2)
        self.assertEqual(self.stream.words, [2, ("t", 1, "delta"), ("t", 2, "result")])


if __name__ == "__main__":
    unittest.main()
