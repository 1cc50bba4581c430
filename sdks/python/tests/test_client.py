"""The client, against a platform that says what a test wants."""

import unittest
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from skein import Context, Skein, SkeinError, agent, work
from skein._agent.json_values import to_value
from skein.contracts.event.v1 import run_event_pb2
from skein.contracts.eventlog.v1 import event_service_pb2, event_service_pb2_grpc
from skein.contracts.scheduler.v1 import (
    run_pb2,
    run_service_pb2,
    run_service_pb2_grpc,
    workflow_service_pb2,
    workflow_service_pb2_grpc,
)
from skein.contracts.worker.v1 import worker_service_pb2_grpc
from skein.contracts.workflow.v1.workflow_definition_pb2 import WorkflowDefinition

Reply = Callable[[Any, Any], Awaitable[Any]]


class Runs(run_service_pb2_grpc.RunServiceServicer):
    def __init__(self, reply: Reply) -> None:
        self.requests: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self._reply = reply

    async def _answer(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        self.headers.append(dict(context.invocation_metadata()))
        return await self._reply(request, context)

    async def StartRun(self, request: Any, context: Any) -> Any:
        return await self._answer(request, context)

    async def GetRun(self, request: Any, context: Any) -> Any:
        return await self._answer(request, context)

    async def AwaitRun(self, request: Any, context: Any) -> Any:
        return await self._answer(request, context)

    async def SignalRun(self, request: Any, context: Any) -> Any:
        return await self._answer(request, context)


class Events(event_service_pb2_grpc.EventServiceServicer):
    """Three events, and a stream that breaks after each."""

    async def SubscribeEvents(self, request: Any, context: Any) -> AsyncIterator[Any]:
        seq = int(request.cursor or 0) + 1
        event = run_event_pb2.RunEvent(seq=seq)
        (event.run_done if seq == 3 else event.run_started).SetInParent()
        yield event_service_pb2.SubscribeEventsResponse(run_event=event, cursor=str(seq))
        yield event_service_pb2.SubscribeEventsResponse(keep_alive={}, cursor=str(seq))
        await context.abort(grpc.StatusCode.UNAVAILABLE, "cut")


class Workers(worker_service_pb2_grpc.WorkerServiceServicer):
    async def Connect(self, _requests: Any, context: Any) -> AsyncIterator[Any]:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no such namespace")
        yield None


class Workflows(workflow_service_pb2_grpc.WorkflowServiceServicer):
    def __init__(self) -> None:
        self.requests: list[Any] = []

    async def ApplyWorkflow(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        return workflow_service_pb2.ApplyWorkflowResponse(workflow={"version": len(self.requests)})


@asynccontextmanager
async def platform(runs: Runs, workflows: Workflows | None = None) -> AsyncIterator[str]:
    server = grpc.aio.server()
    workflow_service_pb2_grpc.add_WorkflowServiceServicer_to_server(workflows or Workflows(), server)
    run_service_pb2_grpc.add_RunServiceServicer_to_server(runs, server)
    event_service_pb2_grpc.add_EventServiceServicer_to_server(Events(), server)
    worker_service_pb2_grpc.add_WorkerServiceServicer_to_server(Workers(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"http://127.0.0.1:{port}"
    await server.stop(0)


def run(state: str, **more: Any) -> Any:
    return {"run": run_pb2.Run(run_id="r", state=f"RUN_STATE_{state}", **more)}


class ClientTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_start_is_made_again_under_the_same_id_where_its_answer_was_lost(self) -> None:
        async def reply(request: Any, context: Any) -> Any:
            if len(runs.requests) < 3:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
            return run_service_pb2.StartRunResponse(**run("DONE", output=to_value({"n": 1})))

        runs = Runs(reply)
        async with (
            platform(runs) as api,
            Skein(api=api, namespace="acme", headers={"Authorization": "Bearer x"}) as skein,
        ):
            self.assertEqual(await skein.invoke("echo", {"text": "hi"}, skill="shout"), {"n": 1})
        ids = {request.request_id for request in runs.requests}
        self.assertEqual((len(runs.requests), len(ids), "" in ids), (3, 1, False))
        request = runs.requests[0]
        self.assertEqual((request.namespace, request.agent.agent_id, request.agent.skill_id), ("acme", "echo", "shout"))
        self.assertEqual(runs.headers[0]["authorization"], "Bearer x")

    async def test_a_definition_is_text_an_object_or_a_message(self) -> None:
        async def reply(_request: Any, _context: Any) -> Any:
            raise AssertionError("no run is asked for")

        workflows = Workflows()
        built = WorkflowDefinition(id="refund", nodes=[{"id": "pay", "agent": {"agent_id": "refunder"}}])
        async with platform(Runs(reply), workflows) as api, Skein(api=api, namespace="acme") as skein:
            versions = [await skein.apply_workflow(each) for each in ("id: a", {"id": "b"}, built)]
        self.assertEqual(versions, [1, 2, 3])
        text, object_, message = workflows.requests
        self.assertEqual((text.source, object_.object["id"], message.typed), ("id: a", "b", built))
        self.assertEqual({request.namespace for request in workflows.requests}, {"acme"})

    async def test_an_error_says_reason_place_remedy_and_fields(self) -> None:
        async def reply(_request: Any, context: Any) -> Any:
            info = error_details_pb2.ErrorInfo(
                reason="RUN_NOT_FOUND", domain="skein.dev", metadata={"place": "runs.r", "remedy": "look again"}
            )
            fields = error_details_pb2.BadRequest(field_violations=[{"field": "run_id", "description": "is none"}])
            details = [any_pb2.Any(), any_pb2.Any()]
            for packed, detail in zip(details, (info, fields)):
                packed.Pack(detail)
            status = status_pb2.Status(code=5, message="there is no run r", details=details)
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no run r")

        async with platform(Runs(reply)) as api, Skein(api=api) as skein:
            with self.assertRaises(SkeinError) as raised:
                await skein.runs.get("r")
        error = raised.exception
        self.assertEqual(
            (error.code, error.reason, error.place, error.remedy),
            ("NOT_FOUND", "RUN_NOT_FOUND", "runs.r", "look again"),
        )
        self.assertEqual([(each.field, each.description) for each in error.violations], [("run_id", "is none")])

    async def test_a_run_that_failed_raises_why(self) -> None:
        async def reply(request: Any, _context: Any) -> Any:
            failure = {"code": "NEGATIVE", "message": "give me more", "place": "nodes.a"}
            if isinstance(request, run_service_pb2.StartRunRequest):
                return run_service_pb2.StartRunResponse(**run("RUNNING"))
            return run_service_pb2.AwaitRunResponse(**run("FAILED", failure=failure))

        async with platform(Runs(reply)) as api, Skein(api=api) as skein:
            with self.assertRaises(SkeinError) as raised:
                await skein.run_workflow("w")
        self.assertEqual(
            (raised.exception.code, raised.exception.reason, raised.exception.place), ("FAILED", "NEGATIVE", "nodes.a")
        )

    async def test_waiting_has_an_end_where_it_is_given_one(self) -> None:
        async def reply(_request: Any, _context: Any) -> Any:
            return run_service_pb2.AwaitRunResponse(**run("RUNNING"))

        async with platform(Runs(reply)) as api, Skein(api=api) as skein:
            with self.assertRaises(SkeinError) as raised:
                await skein.runs.wait("r", timeout_s=0.01)
        self.assertEqual(raised.exception.reason, "TIMEOUT")

    async def test_a_signal_without_an_id_is_sent_once(self) -> None:
        async def reply(_request: Any, context: Any) -> Any:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")

        runs = Runs(reply)
        async with platform(runs) as api, Skein(api=api) as skein:
            with self.assertRaises(SkeinError):
                await skein.runs.signal("r", "go")
        self.assertEqual(len(runs.requests), 1)

    async def test_events_go_on_behind_the_last_cursor_and_end_with_the_run(self) -> None:
        async with platform(Runs(lambda *_: self.fail())) as api, Skein(api=api) as skein:
            updates = [(update.cursor, update.name) async for update in skein.runs.events("r")]
        self.assertEqual(updates, [("1", "run_started"), ("2", "run_started"), ("3", "run_done")])

    async def test_a_platform_that_is_away_is_unavailable(self) -> None:
        async with platform(Runs(lambda *_: self.fail())) as api:
            pass
        async with Skein(api=api) as skein:
            with self.assertRaises(SkeinError) as raised:
                await skein.runs.signal("r", "go")
        self.assertEqual((raised.exception.code, raised.exception.reason), ("UNAVAILABLE", "SERVICE_UNAVAILABLE"))

    async def test_a_worker_that_is_refused_says_why(self) -> None:
        @agent("refused", version="1.0.0")
        def refused(_given: Any, _ctx: Context) -> None:
            return None

        async with platform(Runs(lambda *_: self.fail())) as api:
            async with work(refused, api=api, log=lambda _message, _facts: None) as worker:
                for waits in (worker.wait_registered, worker.wait_closed):
                    with self.assertRaises(SkeinError) as raised:
                        await waits()
                    self.assertEqual(raised.exception.reason, "INVALID_FIELD")

    def test_an_address_that_is_none_is_refused(self) -> None:
        for api in ("127.0.0.1:8080", "ftp://host", "http://host/api"):
            with self.assertRaises(ValueError):
                Skein(api=api)

    async def test_a_run_is_of_one_thing(self) -> None:
        async with Skein() as skein:
            wrongs: tuple[dict[str, Any], ...] = ({}, {"agent": "a", "workflow": "w"})
            for wrong in wrongs:
                with self.assertRaises(ValueError):
                    await skein.runs.start(**wrong)


if __name__ == "__main__":
    unittest.main()
