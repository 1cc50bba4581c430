import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TaskEvent(_message.Message):
    __slots__ = ("namespace", "run_id", "node_id", "attempt", "dispatch", "task_seq", "occurred_at", "agent_stream_delta", "agent_state")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    TASK_SEQ_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    AGENT_STREAM_DELTA_FIELD_NUMBER: _ClassVar[int]
    AGENT_STATE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    node_id: str
    attempt: int
    dispatch: int
    task_seq: int
    occurred_at: _timestamp_pb2.Timestamp
    agent_stream_delta: AgentStreamDelta
    agent_state: AgentState
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., task_seq: _Optional[int] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., agent_stream_delta: _Optional[_Union[AgentStreamDelta, _Mapping]] = ..., agent_state: _Optional[_Union[AgentState, _Mapping]] = ...) -> None: ...

class AgentStreamDelta(_message.Message):
    __slots__ = ("text", "offset_bytes")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    text: str
    offset_bytes: int
    def __init__(self, text: _Optional[str] = ..., offset_bytes: _Optional[int] = ...) -> None: ...

class AgentState(_message.Message):
    __slots__ = ("state", "detail")
    STATE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    state: str
    detail: str
    def __init__(self, state: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...
