from skein.contracts.registry.v1 import deployment_pb2 as _deployment_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WatchAssignmentsRequest(_message.Message):
    __slots__ = ("executor_id", "runtimes", "capacity", "address")
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    RUNTIMES_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    executor_id: str
    runtimes: _containers.RepeatedScalarFieldContainer[str]
    capacity: int
    address: str
    def __init__(self, executor_id: _Optional[str] = ..., runtimes: _Optional[_Iterable[str]] = ..., capacity: _Optional[int] = ..., address: _Optional[str] = ...) -> None: ...

class WatchAssignmentsResponse(_message.Message):
    __slots__ = ("instances",)
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    instances: _containers.RepeatedCompositeFieldContainer[AssignedInstance]
    def __init__(self, instances: _Optional[_Iterable[_Union[AssignedInstance, _Mapping]]] = ...) -> None: ...

class AssignedInstance(_message.Message):
    __slots__ = ("assignment_id", "namespace", "deployment_id", "template", "wanted", "revision", "replicas", "rollout", "autoscale")
    ASSIGNMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_FIELD_NUMBER: _ClassVar[int]
    AUTOSCALE_FIELD_NUMBER: _ClassVar[int]
    assignment_id: str
    namespace: str
    deployment_id: str
    template: _deployment_pb2.InstanceTemplate
    wanted: bool
    revision: int
    replicas: int
    rollout: _deployment_pb2.RolloutPolicy
    autoscale: _deployment_pb2.AutoscalePolicy
    def __init__(self, assignment_id: _Optional[str] = ..., namespace: _Optional[str] = ..., deployment_id: _Optional[str] = ..., template: _Optional[_Union[_deployment_pb2.InstanceTemplate, _Mapping]] = ..., wanted: _Optional[bool] = ..., revision: _Optional[int] = ..., replicas: _Optional[int] = ..., rollout: _Optional[_Union[_deployment_pb2.RolloutPolicy, _Mapping]] = ..., autoscale: _Optional[_Union[_deployment_pb2.AutoscalePolicy, _Mapping]] = ...) -> None: ...

class ReportAssignmentsRequest(_message.Message):
    __slots__ = ("executor_id", "reports", "leaving")
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    executor_id: str
    reports: _containers.RepeatedCompositeFieldContainer[AssignmentReport]
    leaving: bool
    def __init__(self, executor_id: _Optional[str] = ..., reports: _Optional[_Iterable[_Union[AssignmentReport, _Mapping]]] = ..., leaving: _Optional[bool] = ...) -> None: ...

class AssignmentReport(_message.Message):
    __slots__ = ("assignment_id", "state", "endpoint", "pid", "restarts", "failure", "container_id", "notice", "revision", "endpoints", "updated_replicas")
    ASSIGNMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    assignment_id: str
    state: _deployment_pb2.AssignmentState
    endpoint: str
    pid: int
    restarts: int
    failure: str
    container_id: str
    notice: str
    revision: int
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    updated_replicas: int
    def __init__(self, assignment_id: _Optional[str] = ..., state: _Optional[_Union[_deployment_pb2.AssignmentState, str]] = ..., endpoint: _Optional[str] = ..., pid: _Optional[int] = ..., restarts: _Optional[int] = ..., failure: _Optional[str] = ..., container_id: _Optional[str] = ..., notice: _Optional[str] = ..., revision: _Optional[int] = ..., endpoints: _Optional[_Iterable[str]] = ..., updated_replicas: _Optional[int] = ...) -> None: ...

class ReportAssignmentsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RequestInstanceRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    version: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class RequestInstanceResponse(_message.Message):
    __slots__ = ("deployment_ids", "kept_deployment_ids")
    DEPLOYMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    KEPT_DEPLOYMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    deployment_ids: _containers.RepeatedScalarFieldContainer[str]
    kept_deployment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, deployment_ids: _Optional[_Iterable[str]] = ..., kept_deployment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class FindGoneExecutorsRequest(_message.Message):
    __slots__ = ("executor_ids",)
    EXECUTOR_IDS_FIELD_NUMBER: _ClassVar[int]
    executor_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, executor_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class FindGoneExecutorsResponse(_message.Message):
    __slots__ = ("executor_ids",)
    EXECUTOR_IDS_FIELD_NUMBER: _ClassVar[int]
    executor_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, executor_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class StreamInstanceLogRequest(_message.Message):
    __slots__ = ("assignment_id", "tail_lines", "follow", "after_number")
    ASSIGNMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TAIL_LINES_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_FIELD_NUMBER: _ClassVar[int]
    AFTER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    assignment_id: str
    tail_lines: int
    follow: bool
    after_number: int
    def __init__(self, assignment_id: _Optional[str] = ..., tail_lines: _Optional[int] = ..., follow: _Optional[bool] = ..., after_number: _Optional[int] = ...) -> None: ...

class StreamInstanceLogResponse(_message.Message):
    __slots__ = ("line",)
    LINE_FIELD_NUMBER: _ClassVar[int]
    line: _deployment_pb2.LogLine
    def __init__(self, line: _Optional[_Union[_deployment_pb2.LogLine, _Mapping]] = ...) -> None: ...
