import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkflowPart(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKFLOW_PART_UNSPECIFIED: _ClassVar[WorkflowPart]
    WORKFLOW_PART_SETTING: _ClassVar[WorkflowPart]
    WORKFLOW_PART_SCHEMA: _ClassVar[WorkflowPart]
    WORKFLOW_PART_NODE: _ClassVar[WorkflowPart]
    WORKFLOW_PART_EDGE: _ClassVar[WorkflowPart]

class WorkflowChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WORKFLOW_CHANGE_KIND_UNSPECIFIED: _ClassVar[WorkflowChangeKind]
    WORKFLOW_CHANGE_KIND_ADDED: _ClassVar[WorkflowChangeKind]
    WORKFLOW_CHANGE_KIND_REMOVED: _ClassVar[WorkflowChangeKind]
    WORKFLOW_CHANGE_KIND_CHANGED: _ClassVar[WorkflowChangeKind]

class ProblemSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROBLEM_SEVERITY_UNSPECIFIED: _ClassVar[ProblemSeverity]
    PROBLEM_SEVERITY_ERROR: _ClassVar[ProblemSeverity]
    PROBLEM_SEVERITY_WARNING: _ClassVar[ProblemSeverity]
WORKFLOW_PART_UNSPECIFIED: WorkflowPart
WORKFLOW_PART_SETTING: WorkflowPart
WORKFLOW_PART_SCHEMA: WorkflowPart
WORKFLOW_PART_NODE: WorkflowPart
WORKFLOW_PART_EDGE: WorkflowPart
WORKFLOW_CHANGE_KIND_UNSPECIFIED: WorkflowChangeKind
WORKFLOW_CHANGE_KIND_ADDED: WorkflowChangeKind
WORKFLOW_CHANGE_KIND_REMOVED: WorkflowChangeKind
WORKFLOW_CHANGE_KIND_CHANGED: WorkflowChangeKind
PROBLEM_SEVERITY_UNSPECIFIED: ProblemSeverity
PROBLEM_SEVERITY_ERROR: ProblemSeverity
PROBLEM_SEVERITY_WARNING: ProblemSeverity

class WorkflowVersion(_message.Message):
    __slots__ = ("namespace", "workflow_id", "version", "digest", "name", "description", "definition", "created_at", "node_count", "deprecated_at", "deprecation_reason")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    NODE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DEPRECATED_AT_FIELD_NUMBER: _ClassVar[int]
    DEPRECATION_REASON_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    version: int
    digest: str
    name: str
    description: str
    definition: _struct_pb2.Struct
    created_at: _timestamp_pb2.Timestamp
    node_count: int
    deprecated_at: _timestamp_pb2.Timestamp
    deprecation_reason: str
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., version: _Optional[int] = ..., digest: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., definition: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., node_count: _Optional[int] = ..., deprecated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deprecation_reason: _Optional[str] = ...) -> None: ...

class WorkflowChange(_message.Message):
    __slots__ = ("part", "kind", "path", "before", "after")
    PART_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    part: WorkflowPart
    kind: WorkflowChangeKind
    path: str
    before: _struct_pb2.Value
    after: _struct_pb2.Value
    def __init__(self, part: _Optional[_Union[WorkflowPart, str]] = ..., kind: _Optional[_Union[WorkflowChangeKind, str]] = ..., path: _Optional[str] = ..., before: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., after: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class WorkflowProblem(_message.Message):
    __slots__ = ("severity", "code", "path", "message", "remedy", "line", "column")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    severity: ProblemSeverity
    code: str
    path: str
    message: str
    remedy: str
    line: int
    column: int
    def __init__(self, severity: _Optional[_Union[ProblemSeverity, str]] = ..., code: _Optional[str] = ..., path: _Optional[str] = ..., message: _Optional[str] = ..., remedy: _Optional[str] = ..., line: _Optional[int] = ..., column: _Optional[int] = ...) -> None: ...
