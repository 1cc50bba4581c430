from skein.contracts.event.v1 import carrier_pb2 as _carrier_pb2
from skein.contracts.scheduler.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExchangeRequest(_message.Message):
    __slots__ = ("hello", "credits", "reports", "drain", "announcement", "refusals")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    CREDITS_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCEMENT_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    hello: ExecutorHello
    credits: Credits
    reports: TaskReports
    drain: Drain
    announcement: TaskAnnouncement
    refusals: TaskRefusals
    def __init__(self, hello: _Optional[_Union[ExecutorHello, _Mapping]] = ..., credits: _Optional[_Union[Credits, _Mapping]] = ..., reports: _Optional[_Union[TaskReports, _Mapping]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ..., announcement: _Optional[_Union[TaskAnnouncement, _Mapping]] = ..., refusals: _Optional[_Union[TaskRefusals, _Mapping]] = ...) -> None: ...

class ExecutorHello(_message.Message):
    __slots__ = ("executor_id", "running")
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    executor_id: str
    running: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, executor_id: _Optional[str] = ..., running: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class TaskAnnouncement(_message.Message):
    __slots__ = ("in_hand",)
    IN_HAND_FIELD_NUMBER: _ClassVar[int]
    in_hand: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, in_hand: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class TaskRefusals(_message.Message):
    __slots__ = ("refs",)
    REFS_FIELD_NUMBER: _ClassVar[int]
    refs: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, refs: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class Credits(_message.Message):
    __slots__ = ("count",)
    COUNT_FIELD_NUMBER: _ClassVar[int]
    count: int
    def __init__(self, count: _Optional[int] = ...) -> None: ...

class TaskReports(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskReport]
    def __init__(self, reports: _Optional[_Iterable[_Union[_task_pb2.TaskReport, _Mapping]]] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ExchangeResponse(_message.Message):
    __slots__ = ("welcome", "tasks", "acknowledgements", "cancellations", "members", "announcement_request", "claims")
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGEMENTS_FIELD_NUMBER: _ClassVar[int]
    CANCELLATIONS_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCEMENT_REQUEST_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    welcome: SchedulerWelcome
    tasks: Tasks
    acknowledgements: TaskAcknowledgements
    cancellations: TaskCancellations
    members: SchedulerMembers
    announcement_request: TaskAnnouncementRequest
    claims: TaskClaims
    def __init__(self, welcome: _Optional[_Union[SchedulerWelcome, _Mapping]] = ..., tasks: _Optional[_Union[Tasks, _Mapping]] = ..., acknowledgements: _Optional[_Union[TaskAcknowledgements, _Mapping]] = ..., cancellations: _Optional[_Union[TaskCancellations, _Mapping]] = ..., members: _Optional[_Union[SchedulerMembers, _Mapping]] = ..., announcement_request: _Optional[_Union[TaskAnnouncementRequest, _Mapping]] = ..., claims: _Optional[_Union[TaskClaims, _Mapping]] = ...) -> None: ...

class SchedulerWelcome(_message.Message):
    __slots__ = ("scheduler_id", "members")
    SCHEDULER_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    scheduler_id: str
    members: _containers.RepeatedCompositeFieldContainer[SchedulerMember]
    def __init__(self, scheduler_id: _Optional[str] = ..., members: _Optional[_Iterable[_Union[SchedulerMember, _Mapping]]] = ...) -> None: ...

class SchedulerMembers(_message.Message):
    __slots__ = ("members",)
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedCompositeFieldContainer[SchedulerMember]
    def __init__(self, members: _Optional[_Iterable[_Union[SchedulerMember, _Mapping]]] = ...) -> None: ...

class SchedulerMember(_message.Message):
    __slots__ = ("scheduler_id", "address")
    SCHEDULER_ID_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    scheduler_id: str
    address: str
    def __init__(self, scheduler_id: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class TaskAnnouncementRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TaskClaims(_message.Message):
    __slots__ = ("refs",)
    REFS_FIELD_NUMBER: _ClassVar[int]
    refs: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, refs: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class ForwardReportsRequest(_message.Message):
    __slots__ = ("executor_id", "reports")
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    executor_id: str
    reports: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskReport]
    def __init__(self, executor_id: _Optional[str] = ..., reports: _Optional[_Iterable[_Union[_task_pb2.TaskReport, _Mapping]]] = ...) -> None: ...

class ForwardReportsResponse(_message.Message):
    __slots__ = ("acknowledged",)
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    acknowledged: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, acknowledged: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class Tasks(_message.Message):
    __slots__ = ("tasks",)
    TASKS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_task_pb2.Task]
    def __init__(self, tasks: _Optional[_Iterable[_Union[_task_pb2.Task, _Mapping]]] = ...) -> None: ...

class TaskAcknowledgements(_message.Message):
    __slots__ = ("refs",)
    REFS_FIELD_NUMBER: _ClassVar[int]
    refs: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskRef]
    def __init__(self, refs: _Optional[_Iterable[_Union[_task_pb2.TaskRef, _Mapping]]] = ...) -> None: ...

class TaskCancellations(_message.Message):
    __slots__ = ("cancellations",)
    CANCELLATIONS_FIELD_NUMBER: _ClassVar[int]
    cancellations: _containers.RepeatedCompositeFieldContainer[TaskCancellation]
    def __init__(self, cancellations: _Optional[_Iterable[_Union[TaskCancellation, _Mapping]]] = ...) -> None: ...

class TaskCancellation(_message.Message):
    __slots__ = ("ref", "reason")
    REF_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ref: _task_pb2.TaskRef
    reason: str
    def __init__(self, ref: _Optional[_Union[_task_pb2.TaskRef, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class TakeRunRequest(_message.Message):
    __slots__ = ("run_id",)
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    def __init__(self, run_id: _Optional[str] = ...) -> None: ...

class TakeRunResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRunEventsRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "after_seq", "page_size")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    after_seq: int
    page_size: int
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., after_seq: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class GetRunEventsResponse(_message.Message):
    __slots__ = ("transitions", "last_seq", "ended")
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    transitions: _containers.RepeatedCompositeFieldContainer[_carrier_pb2.TransitionRecord]
    last_seq: int
    ended: bool
    def __init__(self, transitions: _Optional[_Iterable[_Union[_carrier_pb2.TransitionRecord, _Mapping]]] = ..., last_seq: _Optional[int] = ..., ended: _Optional[bool] = ...) -> None: ...

class GetPayloadsRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "digests")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    DIGESTS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    digests: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., digests: _Optional[_Iterable[bytes]] = ...) -> None: ...

class GetPayloadsResponse(_message.Message):
    __slots__ = ("payloads",)
    PAYLOADS_FIELD_NUMBER: _ClassVar[int]
    payloads: _containers.RepeatedCompositeFieldContainer[StoredPayload]
    def __init__(self, payloads: _Optional[_Iterable[_Union[StoredPayload, _Mapping]]] = ...) -> None: ...

class StoredPayload(_message.Message):
    __slots__ = ("digest", "json")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    json: bytes
    def __init__(self, digest: _Optional[bytes] = ..., json: _Optional[bytes] = ...) -> None: ...

class ListRunDeletionsRequest(_message.Message):
    __slots__ = ("page_size",)
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    def __init__(self, page_size: _Optional[int] = ...) -> None: ...

class ListRunDeletionsResponse(_message.Message):
    __slots__ = ("deletions",)
    DELETIONS_FIELD_NUMBER: _ClassVar[int]
    deletions: _containers.RepeatedCompositeFieldContainer[RunDeletion]
    def __init__(self, deletions: _Optional[_Iterable[_Union[RunDeletion, _Mapping]]] = ...) -> None: ...

class RunDeletion(_message.Message):
    __slots__ = ("namespace", "run_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ...) -> None: ...

class ConfirmRunDeletionsRequest(_message.Message):
    __slots__ = ("run_ids",)
    RUN_IDS_FIELD_NUMBER: _ClassVar[int]
    run_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, run_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfirmRunDeletionsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
