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

class ImagePullPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMAGE_PULL_POLICY_UNSPECIFIED: _ClassVar[ImagePullPolicy]
    IMAGE_PULL_POLICY_IF_ABSENT: _ClassVar[ImagePullPolicy]
    IMAGE_PULL_POLICY_ALWAYS: _ClassVar[ImagePullPolicy]
    IMAGE_PULL_POLICY_NEVER: _ClassVar[ImagePullPolicy]

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
IMAGE_PULL_POLICY_UNSPECIFIED: ImagePullPolicy
IMAGE_PULL_POLICY_IF_ABSENT: ImagePullPolicy
IMAGE_PULL_POLICY_ALWAYS: ImagePullPolicy
IMAGE_PULL_POLICY_NEVER: ImagePullPolicy
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
    __slots__ = ("namespace", "deployment_id", "replicas", "template", "rollout", "status", "created_at", "updated_at", "autoscale")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    AUTOSCALE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    deployment_id: str
    replicas: int
    template: InstanceTemplate
    rollout: RolloutPolicy
    status: DeploymentStatus
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    autoscale: AutoscalePolicy
    def __init__(self, namespace: _Optional[str] = ..., deployment_id: _Optional[str] = ..., replicas: _Optional[int] = ..., template: _Optional[_Union[InstanceTemplate, _Mapping]] = ..., rollout: _Optional[_Union[RolloutPolicy, _Mapping]] = ..., status: _Optional[_Union[DeploymentStatus, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., autoscale: _Optional[_Union[AutoscalePolicy, _Mapping]] = ...) -> None: ...

class AutoscalePolicy(_message.Message):
    __slots__ = ("min_replicas", "max_replicas", "target_load", "scale_up_threshold", "scale_down_threshold", "scale_up_stabilization", "scale_down_stabilization", "calls_per_instance", "idle_timeout")
    MIN_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    MAX_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    TARGET_LOAD_FIELD_NUMBER: _ClassVar[int]
    SCALE_UP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SCALE_DOWN_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SCALE_UP_STABILIZATION_FIELD_NUMBER: _ClassVar[int]
    SCALE_DOWN_STABILIZATION_FIELD_NUMBER: _ClassVar[int]
    CALLS_PER_INSTANCE_FIELD_NUMBER: _ClassVar[int]
    IDLE_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    min_replicas: int
    max_replicas: int
    target_load: float
    scale_up_threshold: float
    scale_down_threshold: float
    scale_up_stabilization: _duration_pb2.Duration
    scale_down_stabilization: _duration_pb2.Duration
    calls_per_instance: int
    idle_timeout: _duration_pb2.Duration
    def __init__(self, min_replicas: _Optional[int] = ..., max_replicas: _Optional[int] = ..., target_load: _Optional[float] = ..., scale_up_threshold: _Optional[float] = ..., scale_down_threshold: _Optional[float] = ..., scale_up_stabilization: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., scale_down_stabilization: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., calls_per_instance: _Optional[int] = ..., idle_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class InstanceTemplate(_message.Message):
    __slots__ = ("agent_id", "version", "protocol", "process", "container", "kubernetes", "external", "in_process", "env", "secret_env", "config", "health", "restart", "stop_timeout", "resources", "package")
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
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    KUBERNETES_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_FIELD_NUMBER: _ClassVar[int]
    IN_PROCESS_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    SECRET_ENV_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    RESTART_FIELD_NUMBER: _ClassVar[int]
    STOP_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: str
    protocol: _agent_pb2.AgentProtocol
    process: ProcessRuntime
    container: ContainerRuntime
    kubernetes: KubernetesRuntime
    external: ExternalRuntime
    in_process: InProcessRuntime
    env: _containers.ScalarMap[str, str]
    secret_env: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    health: HealthCheck
    restart: RestartPolicy
    stop_timeout: _duration_pb2.Duration
    resources: Resources
    package: PackageReference
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[str] = ..., protocol: _Optional[_Union[_agent_pb2.AgentProtocol, str]] = ..., process: _Optional[_Union[ProcessRuntime, _Mapping]] = ..., container: _Optional[_Union[ContainerRuntime, _Mapping]] = ..., kubernetes: _Optional[_Union[KubernetesRuntime, _Mapping]] = ..., external: _Optional[_Union[ExternalRuntime, _Mapping]] = ..., in_process: _Optional[_Union[InProcessRuntime, _Mapping]] = ..., env: _Optional[_Mapping[str, str]] = ..., secret_env: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., health: _Optional[_Union[HealthCheck, _Mapping]] = ..., restart: _Optional[_Union[RestartPolicy, _Mapping]] = ..., stop_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resources: _Optional[_Union[Resources, _Mapping]] = ..., package: _Optional[_Union[PackageReference, _Mapping]] = ...) -> None: ...

class PackageReference(_message.Message):
    __slots__ = ("name", "version", "digest")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    digest: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class Resources(_message.Message):
    __slots__ = ("cpu_millis", "memory_bytes")
    CPU_MILLIS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    cpu_millis: int
    memory_bytes: int
    def __init__(self, cpu_millis: _Optional[int] = ..., memory_bytes: _Optional[int] = ...) -> None: ...

class ProcessRuntime(_message.Message):
    __slots__ = ("command", "args", "working_directory")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    command: str
    args: _containers.RepeatedScalarFieldContainer[str]
    working_directory: str
    def __init__(self, command: _Optional[str] = ..., args: _Optional[_Iterable[str]] = ..., working_directory: _Optional[str] = ...) -> None: ...

class ContainerRuntime(_message.Message):
    __slots__ = ("image", "command", "args", "working_directory", "port", "pull", "user", "read_only_root", "network")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    PULL_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    READ_ONLY_ROOT_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    image: str
    command: str
    args: _containers.RepeatedScalarFieldContainer[str]
    working_directory: str
    port: int
    pull: ImagePullPolicy
    user: str
    read_only_root: bool
    network: str
    def __init__(self, image: _Optional[str] = ..., command: _Optional[str] = ..., args: _Optional[_Iterable[str]] = ..., working_directory: _Optional[str] = ..., port: _Optional[int] = ..., pull: _Optional[_Union[ImagePullPolicy, str]] = ..., user: _Optional[str] = ..., read_only_root: _Optional[bool] = ..., network: _Optional[str] = ...) -> None: ...

class KubernetesRuntime(_message.Message):
    __slots__ = ("image", "command", "args", "port", "secret_key_env", "image_pull_secrets", "service_account", "pod_autoscaler")
    class SecretKeyEnvEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    SECRET_KEY_ENV_FIELD_NUMBER: _ClassVar[int]
    IMAGE_PULL_SECRETS_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    POD_AUTOSCALER_FIELD_NUMBER: _ClassVar[int]
    image: str
    command: _containers.RepeatedScalarFieldContainer[str]
    args: _containers.RepeatedScalarFieldContainer[str]
    port: int
    secret_key_env: _containers.ScalarMap[str, str]
    image_pull_secrets: _containers.RepeatedScalarFieldContainer[str]
    service_account: str
    pod_autoscaler: bool
    def __init__(self, image: _Optional[str] = ..., command: _Optional[_Iterable[str]] = ..., args: _Optional[_Iterable[str]] = ..., port: _Optional[int] = ..., secret_key_env: _Optional[_Mapping[str, str]] = ..., image_pull_secrets: _Optional[_Iterable[str]] = ..., service_account: _Optional[str] = ..., pod_autoscaler: _Optional[bool] = ...) -> None: ...

class ExternalRuntime(_message.Message):
    __slots__ = ("endpoints",)
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, endpoints: _Optional[_Iterable[str]] = ...) -> None: ...

class InProcessRuntime(_message.Message):
    __slots__ = ("function",)
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    function: str
    def __init__(self, function: _Optional[str] = ...) -> None: ...

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
    __slots__ = ("phase", "revision", "complete_revision", "ready_replicas", "updated_replicas", "detail", "assignments", "autoscale")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_REVISION_FIELD_NUMBER: _ClassVar[int]
    READY_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    AUTOSCALE_FIELD_NUMBER: _ClassVar[int]
    phase: DeploymentPhase
    revision: int
    complete_revision: int
    ready_replicas: int
    updated_replicas: int
    detail: str
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    autoscale: AutoscaleStatus
    def __init__(self, phase: _Optional[_Union[DeploymentPhase, str]] = ..., revision: _Optional[int] = ..., complete_revision: _Optional[int] = ..., ready_replicas: _Optional[int] = ..., updated_replicas: _Optional[int] = ..., detail: _Optional[str] = ..., assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ..., autoscale: _Optional[_Union[AutoscaleStatus, _Mapping]] = ...) -> None: ...

class AutoscaleStatus(_message.Message):
    __slots__ = ("load", "desired_replicas", "reason", "scaled_at", "used_at")
    LOAD_FIELD_NUMBER: _ClassVar[int]
    DESIRED_REPLICAS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SCALED_AT_FIELD_NUMBER: _ClassVar[int]
    USED_AT_FIELD_NUMBER: _ClassVar[int]
    load: float
    desired_replicas: int
    reason: str
    scaled_at: _timestamp_pb2.Timestamp
    used_at: _timestamp_pb2.Timestamp
    def __init__(self, load: _Optional[float] = ..., desired_replicas: _Optional[int] = ..., reason: _Optional[str] = ..., scaled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., used_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Assignment(_message.Message):
    __slots__ = ("assignment_id", "revision", "executor_id", "state", "wanted", "endpoint", "pid", "restarts", "failure", "created_at", "ready_at", "container_id", "notice", "endpoints", "updated_replicas")
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
    CONTAINER_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_REPLICAS_FIELD_NUMBER: _ClassVar[int]
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
    container_id: str
    notice: str
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    updated_replicas: int
    def __init__(self, assignment_id: _Optional[str] = ..., revision: _Optional[int] = ..., executor_id: _Optional[str] = ..., state: _Optional[_Union[AssignmentState, str]] = ..., wanted: _Optional[bool] = ..., endpoint: _Optional[str] = ..., pid: _Optional[int] = ..., restarts: _Optional[int] = ..., failure: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ready_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., container_id: _Optional[str] = ..., notice: _Optional[str] = ..., endpoints: _Optional[_Iterable[str]] = ..., updated_replicas: _Optional[int] = ...) -> None: ...

class LogLine(_message.Message):
    __slots__ = ("assignment_id", "time", "text", "restarts", "skipped_lines", "number")
    ASSIGNMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_LINES_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    assignment_id: str
    time: _timestamp_pb2.Timestamp
    text: str
    restarts: int
    skipped_lines: int
    number: int
    def __init__(self, assignment_id: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., text: _Optional[str] = ..., restarts: _Optional[int] = ..., skipped_lines: _Optional[int] = ..., number: _Optional[int] = ...) -> None: ...
