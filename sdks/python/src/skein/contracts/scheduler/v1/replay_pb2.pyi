from skein.contracts.scheduler.v1 import run_pb2 as _run_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RunReplay(_message.Message):
    __slots__ = ("run_id", "state", "workflow_version", "events", "divergences", "pruned")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    DIVERGENCES_FIELD_NUMBER: _ClassVar[int]
    PRUNED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    state: _run_pb2.RunState
    workflow_version: int
    events: int
    divergences: _containers.RepeatedCompositeFieldContainer[RunDivergence]
    pruned: bool
    def __init__(self, run_id: _Optional[str] = ..., state: _Optional[_Union[_run_pb2.RunState, str]] = ..., workflow_version: _Optional[int] = ..., events: _Optional[int] = ..., divergences: _Optional[_Iterable[_Union[RunDivergence, _Mapping]]] = ..., pruned: _Optional[bool] = ...) -> None: ...

class RunDivergence(_message.Message):
    __slots__ = ("code", "seq", "node_id", "recorded", "decided", "differences", "hint")
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    code: str
    seq: int
    node_id: str
    recorded: str
    decided: str
    differences: _containers.RepeatedCompositeFieldContainer[FieldDifference]
    hint: str
    def __init__(self, code: _Optional[str] = ..., seq: _Optional[int] = ..., node_id: _Optional[str] = ..., recorded: _Optional[str] = ..., decided: _Optional[str] = ..., differences: _Optional[_Iterable[_Union[FieldDifference, _Mapping]]] = ..., hint: _Optional[str] = ...) -> None: ...

class FieldDifference(_message.Message):
    __slots__ = ("field", "recorded", "decided")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    field: str
    recorded: str
    decided: str
    def __init__(self, field: _Optional[str] = ..., recorded: _Optional[str] = ..., decided: _Optional[str] = ...) -> None: ...
