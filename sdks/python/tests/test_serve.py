"""An agent that is called, over gRPC."""

import asyncio
import threading
import unittest
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from skein import Agent, AgentError, Context, agent, serve
from skein._agent.json_values import from_value, to_struct, to_value
from skein.contracts.agent.v1 import agent_service_pb2, agent_service_pb2_grpc


def quiet(_message: str, _facts: dict[str, Any]) -> None:
    """No log."""


class Client:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.agent = agent_service_pb2_grpc.AgentServiceStub(channel)
        self.health = health_pb2_grpc.HealthStub(channel)

    def call(self, value: Any, **more: Any) -> Any:
        metadata = more.pop("metadata", ())
        request = agent_service_pb2.InvokeRequest(**{"task_id": "task", "input": to_value(value), **more})
        return self.agent.Invoke(request, metadata=metadata)

    async def invoke(self, value: Any, **more: Any) -> list[Any]:
        return [step async for step in self.call(value, **more)]

    async def output(self, value: Any, **more: Any) -> Any:
        return from_value((await self.invoke(value, **more))[-1].result.output)

    async def error(self, value: Any, **more: Any) -> Any:
        return (await self.invoke(value, **more))[-1].error


@asynccontextmanager
async def started(served: Agent, grace_s: float = 0.2) -> AsyncIterator[Client]:
    async with serve(served, grace_s=grace_s, log=quiet) as server:
        async with grpc.aio.insecure_channel(server.address) as channel:
            yield Client(channel)


@dataclass
class Ticket:
    text: str


class ServeTest(unittest.IsolatedAsyncioTestCase):
    async def test_deltas_progress_and_heartbeats_come_before_the_one_result(self) -> None:
        @agent("all", version="1.2.3")
        async def everything(given: Any, ctx: Context) -> Any:
            """Says all."""
            ctx.delta("half \ud800")
            ctx.state("working", "on it")
            ctx.heartbeat({"page": 1})
            ctx.usage(input_tokens=3)
            ctx.usage(input_tokens=4, output_tokens=1)
            return [given, ctx.attempt, ctx.config, ctx.resume_details, ctx.traceparent]

        async with started(everything) as client:
            card = (await client.agent.GetCard(agent_service_pb2.GetCardRequest())).card
            self.assertEqual((card.agent_id, card.version, card.description), ("all", "1.2.3", "Says all."))
            self.assertEqual(len(card.skills), 0)
            more = {"attempt": 2, "config": to_struct({"tone": "dry"}), "resume_details": to_value(5)}
            steps = await client.invoke("hi", metadata=(("traceparent", "00-a-b-01"),), **more)
            self.assertEqual([s.WhichOneof("event") for s in steps], ["delta", "state", "heartbeat", "result"])
            self.assertEqual(steps[0].delta.text, "half \ufffd")
            self.assertEqual(from_value(steps[-1].result.output), ["hi", 2, {"tone": "dry"}, 5, "00-a-b-01"])
            self.assertEqual((steps[-1].result.usage.input_tokens, steps[-1].result.usage.output_tokens), (7, 1))

    async def test_inputs_outputs_and_skills_are_checked_by_their_types(self) -> None:
        calls = []

        @agent("typed", version="1.0.0")
        async def typed(ticket: Ticket) -> int:
            calls.append(ticket)
            return "no number" if ticket.text == "wrong" else len(ticket.text)  # type: ignore[return-value]

        @typed.skill("halve", tags=["math"])
        def halve(number: float) -> float:
            """Halves."""
            return number / 2

        async with started(typed) as client:
            card = (await client.agent.GetCard(agent_service_pb2.GetCardRequest())).card
            self.assertEqual(
                [(s.skill_id, s.description, list(s.tags)) for s in card.skills], [("halve", "Halves.", ["math"])]
            )
            self.assertEqual(await client.output({"text": "four"}), 4)
            self.assertEqual(await client.output(3, skill_id="halve"), 1.5)
            error = await client.error({"text": 4})
            self.assertEqual((error.code, error.retryable), ("INVALID_INPUT", False))
            self.assertIn("/text must be string", error.message)
            self.assertEqual((await client.error(None)).message, "the input does not fit: the value must be object")
            self.assertEqual((await client.error({"text": "wrong"})).code, "OUTPUT_SCHEMA_VIOLATION")
            unknown = await client.error({"text": ""}, skill_id="double")
            self.assertEqual(
                (unknown.code, unknown.message), ("UNKNOWN_SKILL", "typed has no skill double; it has halve")
            )
            self.assertEqual(calls, [Ticket("four"), Ticket("wrong")])

    async def test_a_failure_is_as_it_was_raised(self) -> None:
        @agent("failing", version="1.0.0")
        async def failing(how: str) -> Any:
            if how == "foreseen":
                raise AgentError("BUSY", "come back", retryable=True, retry_after_s=1.5, details={"queue": 7})
            if how == "unspeakable":
                return {"at": float("nan")}
            raise KeyError("oops")

        async with started(failing) as client:
            error = await client.error("foreseen")
            self.assertEqual((error.code, error.message, error.retryable), ("BUSY", "come back", True))
            self.assertEqual((error.retry_after.ToMilliseconds(), error.details["queue"]), (1500, 7))
            error = await client.error("unforeseen")
            self.assertEqual((error.code, error.message, error.retryable), ("UNKNOWN", "KeyError: 'oops'", True))
            self.assertEqual((await client.error("unspeakable")).code, "OUTPUT_SCHEMA_VIOLATION")

    async def test_a_question_ends_the_call_and_its_answer_comes_with_the_next(self) -> None:
        @agent("asker", version="1.0.0")
        def asker(item: str, ctx: Context) -> Any:
            if ctx.answer is None:
                ctx.ask("Which size?", schema={"type": "string"}, state={"item": item}, kind="auth")
            return [ctx.answer.value, ctx.answer.state, ctx.answer.turn]

        async with started(asker) as client:
            question = (await client.invoke("shirt"))[-1].question
            self.assertEqual((question.message, question.kind), ("Which size?", 2))
            self.assertEqual(dict(question.schema), {"type": "string"})
            answer = {"value": to_value("XL"), "state": question.state, "turn": 1}
            self.assertEqual(await client.output("shirt", answer=answer), ["XL", {"item": "shirt"}, 1])

    async def test_a_plain_function_speaks_in_order_from_its_thread(self) -> None:
        @agent("plain", version="1.0.0")
        def plain(count: int, ctx: Context) -> bool:
            for number in range(count):
                ctx.delta(f"{number} ")
            return threading.current_thread() is threading.main_thread()

        async with started(plain) as client:
            steps = await client.invoke(100)
            self.assertEqual("".join(s.delta.text for s in steps), "".join(f"{n} " for n in range(100)))
            self.assertFalse(steps[-1].result.output.bool_value)

    async def test_long_text_is_cut_into_deltas_and_too_much_of_it_refused(self) -> None:
        @agent("long", version="1.0.0")
        async def long(count: int, ctx: Context) -> None:
            ctx.delta("💸" * count)

        async with started(long) as client:
            steps = await client.invoke(70_000)
            self.assertEqual([len(s.delta.text) for s in steps], [65_536, 4_464, 0])
            self.assertEqual((await client.error(1_100_000)).code, "PAYLOAD_TOO_LARGE")

    async def test_the_work_of_an_attempt_is_done_once(self) -> None:
        release, calls = asyncio.Event(), []

        @agent("once", version="1.0.0")
        async def once(_given: Any, ctx: Context) -> int:
            calls.append(ctx.idempotency_key)
            ctx.delta("working")
            await release.wait()
            return len(calls)

        async with started(once) as client:
            first = asyncio.create_task(client.invoke(None, idempotency_key="k", task_id="1"))
            second = client.call(None, idempotency_key="k", task_id="2")
            self.assertEqual((await second.read()).delta.text, "working")
            release.set()
            both = [await first, await client.invoke(None, idempotency_key="k", task_id="3")]
            self.assertEqual([[s.WhichOneof("event") for s in steps] for steps in both], [["delta", "result"]] * 2)
            self.assertEqual(calls, ["k"])

    async def test_cancelled_work_is_stopped_and_done_again_when_asked_for_again(self) -> None:
        begun, ended = asyncio.Queue[str](), asyncio.Queue[str]()

        @agent("endless", version="1.0.0")
        async def endless(_given: Any, ctx: Context) -> None:
            begun.put_nowait(ctx.task_id)
            try:
                await asyncio.Event().wait()
            finally:
                ended.put_nowait(ctx.task_id)

        async with started(endless) as client:
            for how in ("the call is cancelled", "the task is", "the task is, again"):
                call = client.call(None, idempotency_key="k", task_id=how)
                reading = asyncio.create_task(call.read())
                self.assertEqual(await begun.get(), how)
                if how == "the call is cancelled":
                    call.cancel()
                else:
                    await client.agent.Cancel(agent_service_pb2.CancelRequest(task_id=how))
                self.assertEqual(await ended.get(), how)
                with self.assertRaises((grpc.aio.AioRpcError, asyncio.CancelledError)):
                    await reading

    async def test_a_stop_lets_calls_end_tells_who_watches_and_cuts_the_rest(self) -> None:
        begun: asyncio.Queue[None] = asyncio.Queue()
        release = asyncio.Event()

        @agent("slow", version="1.0.0")
        async def slow(how: str) -> str:
            begun.put_nowait(None)
            await (release if how == "ends" else asyncio.Event()).wait()
            return "done"

        served = serve(slow, grace_s=0.2, log=quiet)
        await served.start()
        async with grpc.aio.insecure_channel(served.address) as channel:
            client = Client(channel)
            check = health_pb2.HealthCheckRequest(service="skein.agent.v1.AgentService")
            watch = client.health.Watch(check)
            self.assertEqual((await watch.read()).status, health_pb2.HealthCheckResponse.SERVING)
            ends, cut = client.call("ends"), client.call("does not")
            reading = [asyncio.create_task(call.read()) for call in (ends, cut)]
            for _ in reading:
                await begun.get()
            closing = asyncio.create_task(served.close())
            self.assertEqual((await watch.read()).status, health_pb2.HealthCheckResponse.NOT_SERVING)
            release.set()
            self.assertEqual((await reading[0]).result.output.string_value, "done")
            with self.assertRaises(grpc.aio.AioRpcError) as raised:
                await reading[1]
            self.assertEqual(raised.exception.code(), grpc.StatusCode.CANCELLED)
            await closing
            await served.close()
            await served.wait_closed()

    async def test_a_port_that_is_taken_is_said_to_be(self) -> None:
        @agent("one", version="1.0.0")
        def one(given: Any) -> Any:
            return given

        async with serve(one, log=quiet) as served:
            with self.assertRaisesRegex(OSError, str(served.port)):
                await serve(one, port=served.port, log=quiet).start()

    def test_what_is_no_agent_is_refused_where_it_is_written(self) -> None:
        def good(given: Any) -> Any:
            return given

        for wrong in ({"agent_id": "no id"}, {"version": "one"}):
            with self.assertRaises(ValueError):
                agent(**{"agent_id": "id", "version": "1.0.0", **wrong})(good)
        with self.assertRaises(TypeError):
            agent("id", version="1.0.0")(lambda: None)
        with self.assertRaises(ValueError):
            AgentError("not a code")


if __name__ == "__main__":
    unittest.main()
