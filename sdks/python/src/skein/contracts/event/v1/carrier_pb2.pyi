import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.event.v1 import run_event_pb2 as _run_event_pb2
from skein.contracts.event.v1 import task_event_pb2 as _task_event_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Transition(_message.Message):
    __slots__ = ("occurred_at", "events")
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    occurred_at: _timestamp_pb2.Timestamp
    events: _containers.RepeatedCompositeFieldContainer[_run_event_pb2.RunEvent]
    def __init__(self, occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., events: _Optional[_Iterable[_Union[_run_event_pb2.RunEvent, _Mapping]]] = ...) -> None: ...

class TransitionRecord(_message.Message):
    __slots__ = ("run_id", "first_seq", "event_count", "body")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQ_FIELD_NUMBER: _ClassVar[int]
    EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    first_seq: int
    event_count: int
    body: bytes
    def __init__(self, run_id: _Optional[str] = ..., first_seq: _Optional[int] = ..., event_count: _Optional[int] = ..., body: _Optional[bytes] = ...) -> None: ...

class EventBatch(_message.Message):
    __slots__ = ("batch_id", "namespace", "transitions", "part_count", "part_index")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TRANSITIONS_FIELD_NUMBER: _ClassVar[int]
    PART_COUNT_FIELD_NUMBER: _ClassVar[int]
    PART_INDEX_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    namespace: str
    transitions: _containers.RepeatedCompositeFieldContainer[TransitionRecord]
    part_count: int
    part_index: int
    def __init__(self, batch_id: _Optional[str] = ..., namespace: _Optional[str] = ..., transitions: _Optional[_Iterable[_Union[TransitionRecord, _Mapping]]] = ..., part_count: _Optional[int] = ..., part_index: _Optional[int] = ...) -> None: ...

class EventBatchConfirmation(_message.Message):
    __slots__ = ("parts",)
    PARTS_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[ConfirmedPart]
    def __init__(self, parts: _Optional[_Iterable[_Union[ConfirmedPart, _Mapping]]] = ...) -> None: ...

class ConfirmedPart(_message.Message):
    __slots__ = ("batch_id", "part_index", "part_count")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    PART_INDEX_FIELD_NUMBER: _ClassVar[int]
    PART_COUNT_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    part_index: int
    part_count: int
    def __init__(self, batch_id: _Optional[str] = ..., part_index: _Optional[int] = ..., part_count: _Optional[int] = ...) -> None: ...

class TaskEventBatch(_message.Message):
    __slots__ = ("events", "sent_at")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_task_event_pb2.TaskEvent]
    sent_at: _timestamp_pb2.Timestamp
    def __init__(self, events: _Optional[_Iterable[_Union[_task_event_pb2.TaskEvent, _Mapping]]] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
