from google.protobuf import struct_pb2 as _struct_pb2
from skein.contracts.scheduler.v1 import replay_pb2 as _replay_pb2
from skein.contracts.scheduler.v1 import workflow_pb2 as _workflow_pb2
from skein.contracts.workflow.v1 import workflow_definition_pb2 as _workflow_definition_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ApplyWorkflowRequest(_message.Message):
    __slots__ = ("namespace", "source", "object", "typed")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    source: str
    object: _struct_pb2.Struct
    typed: _workflow_definition_pb2.WorkflowDefinition
    def __init__(self, namespace: _Optional[str] = ..., source: _Optional[str] = ..., object: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., typed: _Optional[_Union[_workflow_definition_pb2.WorkflowDefinition, _Mapping]] = ...) -> None: ...

class ApplyWorkflowResponse(_message.Message):
    __slots__ = ("workflow", "created", "warnings")
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    workflow: _workflow_pb2.WorkflowVersion
    created: bool
    warnings: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowProblem]
    def __init__(self, workflow: _Optional[_Union[_workflow_pb2.WorkflowVersion, _Mapping]] = ..., created: _Optional[bool] = ..., warnings: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowProblem, _Mapping]]] = ...) -> None: ...

class ValidateWorkflowRequest(_message.Message):
    __slots__ = ("namespace", "source", "object", "typed", "against_runs")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    AGAINST_RUNS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    source: str
    object: _struct_pb2.Struct
    typed: _workflow_definition_pb2.WorkflowDefinition
    against_runs: int
    def __init__(self, namespace: _Optional[str] = ..., source: _Optional[str] = ..., object: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., typed: _Optional[_Union[_workflow_definition_pb2.WorkflowDefinition, _Mapping]] = ..., against_runs: _Optional[int] = ...) -> None: ...

class ValidateWorkflowResponse(_message.Message):
    __slots__ = ("valid", "problems", "definition", "replays")
    VALID_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    REPLAYS_FIELD_NUMBER: _ClassVar[int]
    valid: bool
    problems: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowProblem]
    definition: _struct_pb2.Struct
    replays: _containers.RepeatedCompositeFieldContainer[_replay_pb2.RunReplay]
    def __init__(self, valid: _Optional[bool] = ..., problems: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowProblem, _Mapping]]] = ..., definition: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., replays: _Optional[_Iterable[_Union[_replay_pb2.RunReplay, _Mapping]]] = ...) -> None: ...

class GetWorkflowRequest(_message.Message):
    __slots__ = ("namespace", "workflow_id", "version", "typed")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    version: int
    typed: bool
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., version: _Optional[int] = ..., typed: _Optional[bool] = ...) -> None: ...

class GetWorkflowResponse(_message.Message):
    __slots__ = ("workflow", "typed_definition")
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    TYPED_DEFINITION_FIELD_NUMBER: _ClassVar[int]
    workflow: _workflow_pb2.WorkflowVersion
    typed_definition: _workflow_definition_pb2.WorkflowDefinition
    def __init__(self, workflow: _Optional[_Union[_workflow_pb2.WorkflowVersion, _Mapping]] = ..., typed_definition: _Optional[_Union[_workflow_definition_pb2.WorkflowDefinition, _Mapping]] = ...) -> None: ...

class ListWorkflowsRequest(_message.Message):
    __slots__ = ("namespace", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWorkflowsResponse(_message.Message):
    __slots__ = ("workflows", "next_page_token")
    WORKFLOWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    workflows: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowVersion]
    next_page_token: str
    def __init__(self, workflows: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListWorkflowVersionsRequest(_message.Message):
    __slots__ = ("namespace", "workflow_id", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListWorkflowVersionsResponse(_message.Message):
    __slots__ = ("versions", "next_page_token")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowVersion]
    next_page_token: str
    def __init__(self, versions: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowVersion, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DiffWorkflowsRequest(_message.Message):
    __slots__ = ("namespace", "workflow_id", "from_version", "to_version", "source", "typed")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_VERSION_FIELD_NUMBER: _ClassVar[int]
    TO_VERSION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TYPED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    from_version: int
    to_version: int
    source: str
    typed: _workflow_definition_pb2.WorkflowDefinition
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., from_version: _Optional[int] = ..., to_version: _Optional[int] = ..., source: _Optional[str] = ..., typed: _Optional[_Union[_workflow_definition_pb2.WorkflowDefinition, _Mapping]] = ...) -> None: ...

class DiffWorkflowsResponse(_message.Message):
    __slots__ = ("to", "changes", "open_runs")
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    OPEN_RUNS_FIELD_NUMBER: _ClassVar[int]
    to: _workflow_pb2.WorkflowVersion
    changes: _containers.RepeatedCompositeFieldContainer[_workflow_pb2.WorkflowChange]
    open_runs: _containers.RepeatedCompositeFieldContainer[_replay_pb2.RunReplay]
    def __init__(self, to: _Optional[_Union[_workflow_pb2.WorkflowVersion, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[_workflow_pb2.WorkflowChange, _Mapping]]] = ..., open_runs: _Optional[_Iterable[_Union[_replay_pb2.RunReplay, _Mapping]]] = ..., **kwargs) -> None: ...

class DeprecateWorkflowVersionRequest(_message.Message):
    __slots__ = ("namespace", "workflow_id", "version", "reason", "undo")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNDO_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    version: int
    reason: str
    undo: bool
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., version: _Optional[int] = ..., reason: _Optional[str] = ..., undo: _Optional[bool] = ...) -> None: ...

class DeprecateWorkflowVersionResponse(_message.Message):
    __slots__ = ("workflow",)
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    workflow: _workflow_pb2.WorkflowVersion
    def __init__(self, workflow: _Optional[_Union[_workflow_pb2.WorkflowVersion, _Mapping]] = ...) -> None: ...
