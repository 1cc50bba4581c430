"""A client of one platform in one namespace."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeVar

from .._agent.json_values import JsonValue, plain, to_value
from ..contracts.eventlog.v1 import event_service_pb2_grpc, message_service_pb2_grpc
from ..contracts.scheduler.v1 import run_service_pb2_grpc, workflow_service_pb2, workflow_service_pb2_grpc
from ..contracts.workflow.v1.workflow_definition_pb2 import WorkflowDefinition
from .channel import DEFAULT_API, open_channel
from .messages import Messages
from .retry import repeatable
from .run_view import output_of
from .runs import Runs

Stub = TypeVar("Stub")


class Skein:
    """The platform's API: ``async with Skein() as skein``.

    ``api`` is the base URL of the platform; ``headers`` are sent with every call, such as ``authorization``.
    """

    def __init__(
        self, *, api: str = DEFAULT_API, namespace: str = "default", headers: Mapping[str, str] | None = None
    ) -> None:
        self.namespace = namespace
        self._channel = open_channel(api, headers=headers or {})
        self.runs = Runs(
            namespace,
            self.stub(run_service_pb2_grpc.RunServiceStub),
            self.stub(event_service_pb2_grpc.EventServiceStub),
        )
        self.messages = Messages(namespace, self.stub(message_service_pb2_grpc.MessageServiceStub))
        self._workflows = self.stub(workflow_service_pb2_grpc.WorkflowServiceStub)

    def stub(self, stub: type[Stub]) -> Stub:
        """A generated stub of ``skein.contracts``, for everything that the SDK has no word of its own for. It raises grpc's errors."""
        return stub(self._channel)  # type: ignore[call-arg]

    async def apply_workflow(self, definition: str | Mapping[str, Any] | WorkflowDefinition) -> int:
        """Stores a definition: YAML or JSON text, an object, or a message of ``skein.contracts.workflow``. Answers the version
        that now is the latest."""
        request = workflow_service_pb2.ApplyWorkflowRequest(namespace=self.namespace)
        if isinstance(definition, str):
            request.source = definition
        elif isinstance(definition, WorkflowDefinition):
            request.typed.CopyFrom(definition)
        else:
            request.object.CopyFrom(to_value(plain(definition)).struct_value)
        answer = await repeatable(lambda: self._workflows.ApplyWorkflow(request))
        return int(answer.workflow.version)

    async def run_workflow(
        self, workflow: str, input: Any = None, *, timeout_s: float | None = None, **options: Any
    ) -> JsonValue:
        """Runs a stored workflow to its end; answers its output. Raises a SkeinError that says why it did not end well.
        ``options`` are those of ``runs.start``."""
        return await self._call(timeout_s, workflow=workflow, input=input, **options)

    async def invoke(
        self, agent: str, input: Any = None, *, timeout_s: float | None = None, **options: Any
    ) -> JsonValue:
        """Calls a registered agent, durably, and answers its output. Raises a SkeinError that says why there is none.
        ``options`` are those of ``runs.start``."""
        return await self._call(timeout_s, agent=agent, input=input, **options)

    async def _call(self, timeout_s: float | None, **start: Any) -> JsonValue:
        run = await self.runs.start(**start)
        return output_of(run if run.has_ended else await self.runs.wait(run.run_id, timeout_s=timeout_s))

    async def close(self) -> None:
        """Closes its connection."""
        await self._channel.close()

    async def __aenter__(self) -> Skein:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()
