import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.registry.v1 import agent_pb2 as _agent_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeploymentPhase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEPLOYMENT_PHASE_UNSPECIFIED: _ClassVar[DeploymentPhase]
    DEPLOYMENT_PHASE_READY: _ClassVar[DeploymentPhase]
    DEPLOYMENT_PHASE_PROGRESSING: _ClassVar[DeploymentPhase]
    DEPLOYMENT_PHASE_STALLED: _ClassVar[DeploymentPhase]
    DEPLOYMENT_PHASE_DELETING: _ClassVar[DeploymentPhase]

class AssignmentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ASSIGNMENT_STATE_UNSPECIFIED: _ClassVar[AssignmentState]
    ASSIGNMENT_STATE_STARTING: _ClassVar[AssignmentState]
    ASSIGNMENT_STATE_RUNNING: _ClassVar[AssignmentState]
    ASSIGNMENT_STATE_RESTARTING: _ClassVar[AssignmentState]
    ASSIGNMENT_STATE_STOPPING: _ClassVar[AssignmentState]
    ASSIGNMENT_STATE_STOPPED: _ClassVar[AssignmentState]
DEPLOYMENT_PHASE_UNSPECIFIED: DeploymentPhase
DEPLOYMENT_PHASE_READY: DeploymentPhase
DEPLOYMENT_PHASE_PROGRESSING: DeploymentPhase
DEPLOYMENT_PHASE_STALLED: DeploymentPhase
DEPLOYMENT_PHASE_DELETING: DeploymentPhase
ASSIGNMENT_STATE_UNSPECIFIED: AssignmentState
ASSIGNMENT_STATE_STARTING: AssignmentState
ASSIGNMENT_STATE_RUNNING: AssignmentState
ASSIGNMENT_STATE_RESTARTING: AssignmentState
ASSIGNMENT_STATE_STOPPING: AssignmentState
ASSIGNMENT_STATE_STOPPED: AssignmentState

class Deployment(_message.Message):
    __slots__ = ("namespace", "deployment_id", "replicas", "template", "rollout", "status", "created_at", "updated_at")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    deployment_id: str
    replicas: int
    template: InstanceTemplate
    rollout: RolloutPolicy
    status: DeploymentStatus
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., deployment_id: _Optional[str] = ..., replicas: _Optional[int] = ..., template: _Optional[_Union[InstanceTemplate, _Mapping]] = ..., rollout: _Optional[_Union[RolloutPolicy, _Mapping]] = ..., status: _Optional[_Union[DeploymentStatus, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class InstanceTemplate(_message.Message):
    __slots__ = ("agent_id", "version", "protocol", "process", "env", "secret_env", "config", "health", "restart", "stop_timeout")
    class EnvEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SecretEnvEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    SECRET_ENV_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    RESTART_FIELD_NUMBER: _ClassVar[int]
    STOP_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: str
    protocol: _agent_pb2.AgentProtocol
    process: ProcessRuntime
    env: _containers.ScalarMap[str, str]
    secret_env: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    health: HealthCheck
    restart: RestartPolicy
    stop_timeout: _duration_pb2.Duration
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[str] = ..., protocol: _Optional[_Union[_agent_pb2.AgentProtocol, str]] = ..., process: _Optional[_Union[ProcessRuntime, _Mapping]] = ..., env: _Optional[_Mapping[str, str]] = ..., secret_env: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., health: _Optional[_Union[HealthCheck, _Mapping]] = ..., restart: _Optional[_Union[RestartPolicy, _Mapping]] = ..., stop_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ProcessRuntime(_message.Message):
    __slots__ = ("command", "args", "working_directory")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    command: str
    args: _containers.RepeatedScalarFieldContainer[str]
    working_directory: str
    def __init__(self, command: _Optional[str] = ..., args: _Optional[_Iterable[str]] = ..., working_directory: _Optional[str] = ...) -> None: ...

class HealthCheck(_message.Message):
    __slots__ = ("path", "interval", "timeout", "unhealthy_threshold", "start_timeout")
    PATH_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    UNHEALTHY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    START_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    path: str
    interval: _duration_pb2.Duration
    timeout: _duration_pb2.Duration
    unhealthy_threshold: int
    start_timeout: _duration_pb2.Duration
    def __init__(self, path: _Optional[str] = ..., interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., unhealthy_threshold: _Optional[int] = ..., start_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class RestartPolicy(_message.Message):
    __slots__ = ("initial_backoff", "max_backoff", "reset_after")
    INITIAL_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    MAX_BACKOFF_FIELD_NUMBER: _ClassVar[int]
    RESET_AFTER_FIELD_NUMBER: _ClassVar[int]
    initial_backoff: _duration_pb2.Duration
    max_backoff: _duration_pb2.Duration
    reset_after: _duration_pb2.Duration
    def __init__(self, initial_backoff: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_backoff: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., reset_after: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class RolloutPolicy(_message.Message):
    __slots__ = ("max_unavailable", "max_surge", "progress_deadline", "no_automatic_rollback", "min_ready")
    MAX_UNAVAILABLE_FIELD_NUMBER: _ClassVar[int]
    MAX_SURGE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_DEADLINE_FIELD_NUMBER: _ClassVar[int]
    NO_AUTOMATIC_ROLLBACK_FIELD_NUMBER: _ClassVar[int]
    MIN_READY_FIELD_NUMBER: _ClassVar[int]
    max_unavailable: int
    max_surge: int
    progress_deadline: _duration_pb2.Duration
    no_automatic_rollback: bool
    min_ready: _duration_pb2.Duration
    def __init__(self, max_unavailable: _Optional[int] = ..., max_surge: _Optional[int] = ..., progress_deadline: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., no_automatic_rollback: _Optional[bool] = ..., min_ready: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class DeploymentStatus(_message.Message):
    __slots__ = ("phase", "revision", "complete_revision", "ready_replicas", "updated_replicas", "detail", "assignments")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_REVISION_FIELD_NUMBER: _ClassVar[int]
    READY_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    phase: DeploymentPhase
    revision: int
    complete_revision: int
    ready_replicas: int
    updated_replicas: int
    detail: str
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    def __init__(self, phase: _Optional[_Union[DeploymentPhase, str]] = ..., revision: _Optional[int] = ..., complete_revision: _Optional[int] = ..., ready_replicas: _Optional[int] = ..., updated_replicas: _Optional[int] = ..., detail: _Optional[str] = ..., assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ...) -> None: ...

class Assignment(_message.Message):
    __slots__ = ("assignment_id", "revision", "executor_id", "state", "wanted", "endpoint", "pid", "restarts", "failure", "created_at", "ready_at")
    ASSIGNMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    READY_AT_FIELD_NUMBER: _ClassVar[int]
    assignment_id: str
    revision: int
    executor_id: str
    state: AssignmentState
    wanted: bool
    endpoint: str
    pid: int
    restarts: int
    failure: str
    created_at: _timestamp_pb2.Timestamp
    ready_at: _timestamp_pb2.Timestamp
    def __init__(self, assignment_id: _Optional[str] = ..., revision: _Optional[int] = ..., executor_id: _Optional[str] = ..., state: _Optional[_Union[AssignmentState, str]] = ..., wanted: _Optional[bool] = ..., endpoint: _Optional[str] = ..., pid: _Optional[int] = ..., restarts: _Optional[int] = ..., failure: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ready_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
