import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.agent.v1 import agent_service_pb2 as _agent_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ConnectRequest(_message.Message):
    __slots__ = ("register", "credits", "event", "status", "drain")
    REGISTER_FIELD_NUMBER: _ClassVar[int]
    CREDITS_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    register: Register
    credits: Credits
    event: TaskEvent
    status: WorkerStatus
    drain: Drain
    def __init__(self, register: _Optional[_Union[Register, _Mapping]] = ..., credits: _Optional[_Union[Credits, _Mapping]] = ..., event: _Optional[_Union[TaskEvent, _Mapping]] = ..., status: _Optional[_Union[WorkerStatus, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ...) -> None: ...

class ConnectResponse(_message.Message):
    __slots__ = ("registered", "task", "cancel", "acknowledgements")
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGEMENTS_FIELD_NUMBER: _ClassVar[int]
    registered: Registered
    task: Task
    cancel: Cancel
    acknowledgements: Acknowledgements
    def __init__(self, registered: _Optional[_Union[Registered, _Mapping]] = ..., task: _Optional[_Union[Task, _Mapping]] = ..., cancel: _Optional[_Union[Cancel, _Mapping]] = ..., acknowledgements: _Optional[_Union[Acknowledgements, _Mapping]] = ...) -> None: ...

class Register(_message.Message):
    __slots__ = ("namespace", "worker_id", "card", "agent_type", "labels", "config", "running")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    worker_id: str
    card: _agent_pb2.AgentCard
    agent_type: str
    labels: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    running: _containers.RepeatedCompositeFieldContainer[RunningTask]
    def __init__(self, namespace: _Optional[str] = ..., worker_id: _Optional[str] = ..., card: _Optional[_Union[_agent_pb2.AgentCard, _Mapping]] = ..., agent_type: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., running: _Optional[_Iterable[_Union[RunningTask, _Mapping]]] = ...) -> None: ...

class RunningTask(_message.Message):
    __slots__ = ("task_id", "idempotency_key")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    idempotency_key: str
    def __init__(self, task_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class Credits(_message.Message):
    __slots__ = ("count",)
    COUNT_FIELD_NUMBER: _ClassVar[int]
    count: int
    def __init__(self, count: _Optional[int] = ...) -> None: ...

class TaskEvent(_message.Message):
    __slots__ = ("task_id", "seq", "event")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    seq: int
    event: _agent_service_pb2.InvokeResponse
    def __init__(self, task_id: _Optional[str] = ..., seq: _Optional[int] = ..., event: _Optional[_Union[_agent_service_pb2.InvokeResponse, _Mapping]] = ...) -> None: ...

class WorkerStatus(_message.Message):
    __slots__ = ("load",)
    LOAD_FIELD_NUMBER: _ClassVar[int]
    load: float
    def __init__(self, load: _Optional[float] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Registered(_message.Message):
    __slots__ = ("session", "heartbeat_interval", "resumed")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    session: str
    heartbeat_interval: _duration_pb2.Duration
    resumed: _containers.RepeatedCompositeFieldContainer[Acknowledgement]
    def __init__(self, session: _Optional[str] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resumed: _Optional[_Iterable[_Union[Acknowledgement, _Mapping]]] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("task_id", "request", "timeout", "traceparent")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    request: _agent_service_pb2.InvokeRequest
    timeout: _duration_pb2.Duration
    traceparent: str
    def __init__(self, task_id: _Optional[str] = ..., request: _Optional[_Union[_agent_service_pb2.InvokeRequest, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., traceparent: _Optional[str] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ("task_id", "reason")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    reason: str
    def __init__(self, task_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Acknowledgements(_message.Message):
    __slots__ = ("tasks",)
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[Acknowledgement]
    def __init__(self, tasks: _Optional[_Iterable[_Union[Acknowledgement, _Mapping]]] = ...) -> None: ...

class Acknowledgement(_message.Message):
    __slots__ = ("task_id", "seq")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    seq: int
    def __init__(self, task_id: _Optional[str] = ..., seq: _Optional[int] = ...) -> None: ...

class PollTasksRequest(_message.Message):
    __slots__ = ("namespace", "worker_id", "card", "max_tasks", "wait")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    MAX_TASKS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    worker_id: str
    card: _agent_pb2.AgentCard
    max_tasks: int
    wait: _duration_pb2.Duration
    def __init__(self, namespace: _Optional[str] = ..., worker_id: _Optional[str] = ..., card: _Optional[_Union[_agent_pb2.AgentCard, _Mapping]] = ..., max_tasks: _Optional[int] = ..., wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class PollTasksResponse(_message.Message):
    __slots__ = ("tasks",)
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[PolledTask]
    def __init__(self, tasks: _Optional[_Iterable[_Union[PolledTask, _Mapping]]] = ...) -> None: ...

class PolledTask(_message.Message):
    __slots__ = ("task_token", "task", "lease")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    task: Task
    lease: _duration_pb2.Duration
    def __init__(self, task_token: _Optional[str] = ..., task: _Optional[_Union[Task, _Mapping]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CompleteTaskRequest(_message.Message):
    __slots__ = ("task_token", "result")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    result: _agent_pb2.Result
    def __init__(self, task_token: _Optional[str] = ..., result: _Optional[_Union[_agent_pb2.Result, _Mapping]] = ...) -> None: ...

class CompleteTaskResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class FailTaskRequest(_message.Message):
    __slots__ = ("task_token", "error")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    error: _agent_pb2.InvokeError
    def __init__(self, task_token: _Optional[str] = ..., error: _Optional[_Union[_agent_pb2.InvokeError, _Mapping]] = ...) -> None: ...

class FailTaskResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class HeartbeatTaskRequest(_message.Message):
    __slots__ = ("task_token", "delta", "resume_details")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    delta: str
    resume_details: _struct_pb2.Value
    def __init__(self, task_token: _Optional[str] = ..., delta: _Optional[str] = ..., resume_details: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class HeartbeatTaskResponse(_message.Message):
    __slots__ = ("cancelled",)
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    cancelled: bool
    def __init__(self, cancelled: _Optional[bool] = ...) -> None: ...
