import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.event.v1 import run_event_pb2 as _run_event_pb2
from skein.contracts.event.v1 import task_event_pb2 as _task_event_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NodeActivity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NODE_ACTIVITY_UNSPECIFIED: _ClassVar[NodeActivity]
    NODE_ACTIVITY_QUEUED: _ClassVar[NodeActivity]
    NODE_ACTIVITY_RUNNING: _ClassVar[NodeActivity]
    NODE_ACTIVITY_BACKOFF: _ClassVar[NodeActivity]
    NODE_ACTIVITY_WAITING: _ClassVar[NodeActivity]
    NODE_ACTIVITY_CHILDREN: _ClassVar[NodeActivity]
NODE_ACTIVITY_UNSPECIFIED: NodeActivity
NODE_ACTIVITY_QUEUED: NodeActivity
NODE_ACTIVITY_RUNNING: NodeActivity
NODE_ACTIVITY_BACKOFF: NodeActivity
NODE_ACTIVITY_WAITING: NodeActivity
NODE_ACTIVITY_CHILDREN: NodeActivity

class ListEventsRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "after_seq", "event_names", "include_task_events", "page_size", "page_token", "min_seq")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    EVENT_NAMES_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_TASK_EVENTS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_SEQ_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    after_seq: int
    event_names: _containers.RepeatedScalarFieldContainer[str]
    include_task_events: bool
    page_size: int
    page_token: str
    min_seq: int
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., after_seq: _Optional[int] = ..., event_names: _Optional[_Iterable[str]] = ..., include_task_events: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_seq: _Optional[int] = ...) -> None: ...

class ListEventsResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[EventEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[EventEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class EventEntry(_message.Message):
    __slots__ = ("run_event", "task_event")
    RUN_EVENT_FIELD_NUMBER: _ClassVar[int]
    TASK_EVENT_FIELD_NUMBER: _ClassVar[int]
    run_event: _run_event_pb2.RunEvent
    task_event: _task_event_pb2.TaskEvent
    def __init__(self, run_event: _Optional[_Union[_run_event_pb2.RunEvent, _Mapping]] = ..., task_event: _Optional[_Union[_task_event_pb2.TaskEvent, _Mapping]] = ...) -> None: ...

class SubscribeEventsRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "cursor", "include_task_events")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_TASK_EVENTS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    cursor: str
    include_task_events: bool
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., cursor: _Optional[str] = ..., include_task_events: _Optional[bool] = ...) -> None: ...

class SubscribeEventsResponse(_message.Message):
    __slots__ = ("run_event", "task_event", "stream_reset", "keep_alive", "cursor")
    RUN_EVENT_FIELD_NUMBER: _ClassVar[int]
    TASK_EVENT_FIELD_NUMBER: _ClassVar[int]
    STREAM_RESET_FIELD_NUMBER: _ClassVar[int]
    KEEP_ALIVE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    run_event: _run_event_pb2.RunEvent
    task_event: _task_event_pb2.TaskEvent
    stream_reset: StreamReset
    keep_alive: KeepAlive
    cursor: str
    def __init__(self, run_event: _Optional[_Union[_run_event_pb2.RunEvent, _Mapping]] = ..., task_event: _Optional[_Union[_task_event_pb2.TaskEvent, _Mapping]] = ..., stream_reset: _Optional[_Union[StreamReset, _Mapping]] = ..., keep_alive: _Optional[_Union[KeepAlive, _Mapping]] = ..., cursor: _Optional[str] = ...) -> None: ...

class StreamReset(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ...) -> None: ...

class KeepAlive(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AppendTaskEventsRequest(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_task_event_pb2.TaskEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[_task_event_pb2.TaskEvent, _Mapping]]] = ...) -> None: ...

class AppendTaskEventsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRunTimelineRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "min_seq")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_SEQ_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    min_seq: int
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., min_seq: _Optional[int] = ...) -> None: ...

class GetRunTimelineResponse(_message.Message):
    __slots__ = ("timeline",)
    TIMELINE_FIELD_NUMBER: _ClassVar[int]
    timeline: RunTimeline
    def __init__(self, timeline: _Optional[_Union[RunTimeline, _Mapping]] = ...) -> None: ...

class RunTimeline(_message.Message):
    __slots__ = ("run_id", "workflow_id", "started_at", "ended_at", "outcome", "last_seq", "nodes")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    workflow_id: str
    started_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    outcome: str
    last_seq: int
    nodes: _containers.RepeatedCompositeFieldContainer[NodeTimeline]
    def __init__(self, run_id: _Optional[str] = ..., workflow_id: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., last_seq: _Optional[int] = ..., nodes: _Optional[_Iterable[_Union[NodeTimeline, _Mapping]]] = ...) -> None: ...

class NodeTimeline(_message.Message):
    __slots__ = ("node_id", "first_at", "ended_at", "outcome", "attempts", "spans")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    first_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    outcome: str
    attempts: int
    spans: _containers.RepeatedCompositeFieldContainer[NodeSpan]
    def __init__(self, node_id: _Optional[str] = ..., first_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[str] = ..., attempts: _Optional[int] = ..., spans: _Optional[_Iterable[_Union[NodeSpan, _Mapping]]] = ...) -> None: ...

class NodeSpan(_message.Message):
    __slots__ = ("activity", "to", "duration", "attempt", "failure")
    ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    activity: NodeActivity
    to: _timestamp_pb2.Timestamp
    duration: _duration_pb2.Duration
    attempt: int
    failure: _error_pb2.Failure
    def __init__(self, activity: _Optional[_Union[NodeActivity, str]] = ..., to: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., attempt: _Optional[int] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., **kwargs) -> None: ...
