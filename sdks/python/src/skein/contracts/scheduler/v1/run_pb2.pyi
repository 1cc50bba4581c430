import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.event.v1 import run_event_pb2 as _run_event_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from skein.contracts.type.v1 import search_attribute_pb2 as _search_attribute_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RUN_STATE_UNSPECIFIED: _ClassVar[RunState]
    RUN_STATE_CREATED: _ClassVar[RunState]
    RUN_STATE_RUNNING: _ClassVar[RunState]
    RUN_STATE_WAITING: _ClassVar[RunState]
    RUN_STATE_PAUSED: _ClassVar[RunState]
    RUN_STATE_DONE: _ClassVar[RunState]
    RUN_STATE_FAILED: _ClassVar[RunState]
    RUN_STATE_CANCELLED: _ClassVar[RunState]
    RUN_STATE_TERMINATED: _ClassVar[RunState]
    RUN_STATE_FAILING: _ClassVar[RunState]
    RUN_STATE_CANCELLING: _ClassVar[RunState]

class NodeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NODE_STATE_UNSPECIFIED: _ClassVar[NodeState]
    NODE_STATE_PENDING: _ClassVar[NodeState]
    NODE_STATE_READY: _ClassVar[NodeState]
    NODE_STATE_RUNNING: _ClassVar[NodeState]
    NODE_STATE_WAITING: _ClassVar[NodeState]
    NODE_STATE_SUCCEEDED: _ClassVar[NodeState]
    NODE_STATE_FAILED: _ClassVar[NodeState]
    NODE_STATE_SKIPPED: _ClassVar[NodeState]
    NODE_STATE_CANCELLED: _ClassVar[NodeState]
RUN_STATE_UNSPECIFIED: RunState
RUN_STATE_CREATED: RunState
RUN_STATE_RUNNING: RunState
RUN_STATE_WAITING: RunState
RUN_STATE_PAUSED: RunState
RUN_STATE_DONE: RunState
RUN_STATE_FAILED: RunState
RUN_STATE_CANCELLED: RunState
RUN_STATE_TERMINATED: RunState
RUN_STATE_FAILING: RunState
RUN_STATE_CANCELLING: RunState
NODE_STATE_UNSPECIFIED: NodeState
NODE_STATE_PENDING: NodeState
NODE_STATE_READY: NodeState
NODE_STATE_RUNNING: NodeState
NODE_STATE_WAITING: NodeState
NODE_STATE_SUCCEEDED: NodeState
NODE_STATE_FAILED: NodeState
NODE_STATE_SKIPPED: NodeState
NODE_STATE_CANCELLED: NodeState

class Run(_message.Message):
    __slots__ = ("namespace", "run_id", "workflow_id", "workflow_version", "state", "input", "output", "failure", "failed_node_id", "created_at", "ended_at", "last_seq", "nodes", "labels", "session_id", "waiting_for", "parent", "body_path", "forked_from", "pause_reason", "search_attributes", "memo", "next_timer_at")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SearchAttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _search_attribute_pb2.SearchAttribute
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_search_attribute_pb2.SearchAttribute, _Mapping]] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    FAILED_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_PATH_FIELD_NUMBER: _ClassVar[int]
    FORKED_FROM_FIELD_NUMBER: _ClassVar[int]
    PAUSE_REASON_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    MEMO_FIELD_NUMBER: _ClassVar[int]
    NEXT_TIMER_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    workflow_id: str
    workflow_version: int
    state: RunState
    input: _struct_pb2.Value
    output: _struct_pb2.Value
    failure: _error_pb2.Failure
    failed_node_id: str
    created_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    last_seq: int
    nodes: _containers.RepeatedCompositeFieldContainer[NodeRun]
    labels: _containers.ScalarMap[str, str]
    session_id: str
    waiting_for: str
    parent: _run_event_pb2.ParentLink
    body_path: str
    forked_from: _run_event_pb2.ForkOrigin
    pause_reason: str
    search_attributes: _containers.MessageMap[str, _search_attribute_pb2.SearchAttribute]
    memo: _struct_pb2.Struct
    next_timer_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., workflow_id: _Optional[str] = ..., workflow_version: _Optional[int] = ..., state: _Optional[_Union[RunState, str]] = ..., input: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., output: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., failed_node_id: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_seq: _Optional[int] = ..., nodes: _Optional[_Iterable[_Union[NodeRun, _Mapping]]] = ..., labels: _Optional[_Mapping[str, str]] = ..., session_id: _Optional[str] = ..., waiting_for: _Optional[str] = ..., parent: _Optional[_Union[_run_event_pb2.ParentLink, _Mapping]] = ..., body_path: _Optional[str] = ..., forked_from: _Optional[_Union[_run_event_pb2.ForkOrigin, _Mapping]] = ..., pause_reason: _Optional[str] = ..., search_attributes: _Optional[_Mapping[str, _search_attribute_pb2.SearchAttribute]] = ..., memo: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., next_timer_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NodeRun(_message.Message):
    __slots__ = ("node_id", "node_type", "state", "attempt", "dispatch", "output", "failure", "scheduled_at", "ended_at", "waiting_for", "target", "children", "due_at", "paused", "retry_at", "attempts_left", "first_scheduled_at", "lost_dispatches", "question", "question_seq")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_LEFT_FIELD_NUMBER: _ClassVar[int]
    FIRST_SCHEDULED_AT_FIELD_NUMBER: _ClassVar[int]
    LOST_DISPATCHES_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    QUESTION_SEQ_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    node_type: str
    state: NodeState
    attempt: int
    dispatch: int
    output: _struct_pb2.Value
    failure: _error_pb2.Failure
    scheduled_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    waiting_for: str
    target: str
    children: ChildRuns
    due_at: _timestamp_pb2.Timestamp
    paused: bool
    retry_at: _timestamp_pb2.Timestamp
    attempts_left: int
    first_scheduled_at: _timestamp_pb2.Timestamp
    lost_dispatches: int
    question: _agent_pb2.Question
    question_seq: int
    def __init__(self, node_id: _Optional[str] = ..., node_type: _Optional[str] = ..., state: _Optional[_Union[NodeState, str]] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., output: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., scheduled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., waiting_for: _Optional[str] = ..., target: _Optional[str] = ..., children: _Optional[_Union[ChildRuns, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., paused: _Optional[bool] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., attempts_left: _Optional[int] = ..., first_scheduled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lost_dispatches: _Optional[int] = ..., question: _Optional[_Union[_agent_pb2.Question, _Mapping]] = ..., question_seq: _Optional[int] = ...) -> None: ...

class ChildRuns(_message.Message):
    __slots__ = ("total", "succeeded", "failed", "open_run_ids")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    OPEN_RUN_IDS_FIELD_NUMBER: _ClassVar[int]
    total: int
    succeeded: int
    failed: int
    open_run_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, total: _Optional[int] = ..., succeeded: _Optional[int] = ..., failed: _Optional[int] = ..., open_run_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class NodeInput(_message.Message):
    __slots__ = ("node_id", "attempt", "input", "input_digest", "input_seqs", "prompt_digest", "prompt_size_bytes")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    INPUT_SEQS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    PROMPT_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    input: _struct_pb2.Value
    input_digest: bytes
    input_seqs: _containers.RepeatedScalarFieldContainer[int]
    prompt_digest: bytes
    prompt_size_bytes: int
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., input: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., input_digest: _Optional[bytes] = ..., input_seqs: _Optional[_Iterable[int]] = ..., prompt_digest: _Optional[bytes] = ..., prompt_size_bytes: _Optional[int] = ...) -> None: ...
