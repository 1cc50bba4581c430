import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentProtocol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_PROTOCOL_UNSPECIFIED: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_GRPC: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_HTTP_PROCESS: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_HTTP_INVOKE_SSE: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_IN_PROCESS: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_A2A: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_HTTP_EXECUTE: _ClassVar[AgentProtocol]
    AGENT_PROTOCOL_PULL: _ClassVar[AgentProtocol]

class InstanceHealth(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INSTANCE_HEALTH_UNSPECIFIED: _ClassVar[InstanceHealth]
    INSTANCE_HEALTH_HEALTHY: _ClassVar[InstanceHealth]
    INSTANCE_HEALTH_UNHEALTHY: _ClassVar[InstanceHealth]
    INSTANCE_HEALTH_DEGRADED: _ClassVar[InstanceHealth]

class AgentSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_SOURCE_UNSPECIFIED: _ClassVar[AgentSource]
    AGENT_SOURCE_CONFIG: _ClassVar[AgentSource]
    AGENT_SOURCE_WELL_KNOWN: _ClassVar[AgentSource]

class RoutingStrategy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTING_STRATEGY_UNSPECIFIED: _ClassVar[RoutingStrategy]
    ROUTING_STRATEGY_LEAST_LOADED: _ClassVar[RoutingStrategy]
    ROUTING_STRATEGY_ROUND_ROBIN: _ClassVar[RoutingStrategy]
    ROUTING_STRATEGY_RANDOM: _ClassVar[RoutingStrategy]
    ROUTING_STRATEGY_LATENCY_BASED: _ClassVar[RoutingStrategy]

class BreakerState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BREAKER_STATE_UNSPECIFIED: _ClassVar[BreakerState]
    BREAKER_STATE_CLOSED: _ClassVar[BreakerState]
    BREAKER_STATE_OPEN: _ClassVar[BreakerState]
    BREAKER_STATE_HALF_OPEN: _ClassVar[BreakerState]
AGENT_PROTOCOL_UNSPECIFIED: AgentProtocol
AGENT_PROTOCOL_GRPC: AgentProtocol
AGENT_PROTOCOL_HTTP_PROCESS: AgentProtocol
AGENT_PROTOCOL_HTTP_INVOKE_SSE: AgentProtocol
AGENT_PROTOCOL_IN_PROCESS: AgentProtocol
AGENT_PROTOCOL_A2A: AgentProtocol
AGENT_PROTOCOL_HTTP_EXECUTE: AgentProtocol
AGENT_PROTOCOL_PULL: AgentProtocol
INSTANCE_HEALTH_UNSPECIFIED: InstanceHealth
INSTANCE_HEALTH_HEALTHY: InstanceHealth
INSTANCE_HEALTH_UNHEALTHY: InstanceHealth
INSTANCE_HEALTH_DEGRADED: InstanceHealth
AGENT_SOURCE_UNSPECIFIED: AgentSource
AGENT_SOURCE_CONFIG: AgentSource
AGENT_SOURCE_WELL_KNOWN: AgentSource
ROUTING_STRATEGY_UNSPECIFIED: RoutingStrategy
ROUTING_STRATEGY_LEAST_LOADED: RoutingStrategy
ROUTING_STRATEGY_ROUND_ROBIN: RoutingStrategy
ROUTING_STRATEGY_RANDOM: RoutingStrategy
ROUTING_STRATEGY_LATENCY_BASED: RoutingStrategy
BREAKER_STATE_UNSPECIFIED: BreakerState
BREAKER_STATE_CLOSED: BreakerState
BREAKER_STATE_OPEN: BreakerState
BREAKER_STATE_HALF_OPEN: BreakerState

class Agent(_message.Message):
    __slots__ = ("namespace", "agent_id", "version", "name", "description", "agent_type", "capabilities", "protocol", "labels", "config", "timeout", "instances", "created_at", "updated_at", "routing", "versions", "credentials")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    version: str
    name: str
    description: str
    agent_type: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    protocol: AgentProtocol
    labels: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    timeout: _duration_pb2.Duration
    instances: _containers.RepeatedCompositeFieldContainer[Instance]
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    routing: RoutingPolicy
    versions: _containers.RepeatedCompositeFieldContainer[AgentVersion]
    credentials: AgentCredentials
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., version: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., agent_type: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., protocol: _Optional[_Union[AgentProtocol, str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., instances: _Optional[_Iterable[_Union[Instance, _Mapping]]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., routing: _Optional[_Union[RoutingPolicy, _Mapping]] = ..., versions: _Optional[_Iterable[_Union[AgentVersion, _Mapping]]] = ..., credentials: _Optional[_Union[AgentCredentials, _Mapping]] = ...) -> None: ...

class AgentCredentials(_message.Message):
    __slots__ = ("secret", "header")
    SECRET_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    secret: str
    header: str
    def __init__(self, secret: _Optional[str] = ..., header: _Optional[str] = ...) -> None: ...

class AgentVersion(_message.Message):
    __slots__ = ("version", "name", "description", "agent_type", "capabilities", "protocol", "labels", "config", "timeout", "skills", "probe", "created_at", "updated_at", "credentials")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    version: str
    name: str
    description: str
    agent_type: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    protocol: AgentProtocol
    labels: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    timeout: _duration_pb2.Duration
    skills: _containers.RepeatedCompositeFieldContainer[_agent_pb2.Skill]
    probe: ProbePolicy
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    credentials: AgentCredentials
    def __init__(self, version: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., agent_type: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., protocol: _Optional[_Union[AgentProtocol, str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., skills: _Optional[_Iterable[_Union[_agent_pb2.Skill, _Mapping]]] = ..., probe: _Optional[_Union[ProbePolicy, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., credentials: _Optional[_Union[AgentCredentials, _Mapping]] = ...) -> None: ...

class ProbePolicy(_message.Message):
    __slots__ = ("interval", "timeout", "unhealthy_threshold", "healthy_threshold", "disabled")
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    UNHEALTHY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    HEALTHY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    interval: _duration_pb2.Duration
    timeout: _duration_pb2.Duration
    unhealthy_threshold: int
    healthy_threshold: int
    disabled: bool
    def __init__(self, interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., unhealthy_threshold: _Optional[int] = ..., healthy_threshold: _Optional[int] = ..., disabled: _Optional[bool] = ...) -> None: ...

class RoutingPolicy(_message.Message):
    __slots__ = ("strategy", "session_affinity", "circuit_breaker", "outlier_ejection", "max_instances_tried", "fallback_agent_ids", "limit")
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    SESSION_AFFINITY_FIELD_NUMBER: _ClassVar[int]
    CIRCUIT_BREAKER_FIELD_NUMBER: _ClassVar[int]
    OUTLIER_EJECTION_FIELD_NUMBER: _ClassVar[int]
    MAX_INSTANCES_TRIED_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_AGENT_IDS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    strategy: RoutingStrategy
    session_affinity: bool
    circuit_breaker: CircuitBreakerPolicy
    outlier_ejection: OutlierEjectionPolicy
    max_instances_tried: int
    fallback_agent_ids: _containers.RepeatedScalarFieldContainer[str]
    limit: CallLimit
    def __init__(self, strategy: _Optional[_Union[RoutingStrategy, str]] = ..., session_affinity: _Optional[bool] = ..., circuit_breaker: _Optional[_Union[CircuitBreakerPolicy, _Mapping]] = ..., outlier_ejection: _Optional[_Union[OutlierEjectionPolicy, _Mapping]] = ..., max_instances_tried: _Optional[int] = ..., fallback_agent_ids: _Optional[_Iterable[str]] = ..., limit: _Optional[_Union[CallLimit, _Mapping]] = ...) -> None: ...

class CallLimit(_message.Message):
    __slots__ = ("max_concurrency", "rate_limit", "rate_per")
    MAX_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    RATE_PER_FIELD_NUMBER: _ClassVar[int]
    max_concurrency: int
    rate_limit: int
    rate_per: _duration_pb2.Duration
    def __init__(self, max_concurrency: _Optional[int] = ..., rate_limit: _Optional[int] = ..., rate_per: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CircuitBreakerPolicy(_message.Message):
    __slots__ = ("failure_threshold", "reset_timeout")
    FAILURE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    RESET_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    failure_threshold: int
    reset_timeout: _duration_pb2.Duration
    def __init__(self, failure_threshold: _Optional[int] = ..., reset_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class OutlierEjectionPolicy(_message.Message):
    __slots__ = ("failure_ratio", "max_ejected_ratio")
    FAILURE_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_EJECTED_RATIO_FIELD_NUMBER: _ClassVar[int]
    failure_ratio: float
    max_ejected_ratio: float
    def __init__(self, failure_ratio: _Optional[float] = ..., max_ejected_ratio: _Optional[float] = ...) -> None: ...

class Instance(_message.Message):
    __slots__ = ("instance_id", "endpoint", "health", "health_detail", "last_healthy_at", "version", "drained", "drain_reason", "lease_expires_at", "load")
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    HEALTH_DETAIL_FIELD_NUMBER: _ClassVar[int]
    LAST_HEALTHY_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DRAINED_FIELD_NUMBER: _ClassVar[int]
    DRAIN_REASON_FIELD_NUMBER: _ClassVar[int]
    LEASE_EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    instance_id: str
    endpoint: str
    health: InstanceHealth
    health_detail: str
    last_healthy_at: _timestamp_pb2.Timestamp
    version: str
    drained: bool
    drain_reason: str
    lease_expires_at: _timestamp_pb2.Timestamp
    load: InstanceLoad
    def __init__(self, instance_id: _Optional[str] = ..., endpoint: _Optional[str] = ..., health: _Optional[_Union[InstanceHealth, str]] = ..., health_detail: _Optional[str] = ..., last_healthy_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., version: _Optional[str] = ..., drained: _Optional[bool] = ..., drain_reason: _Optional[str] = ..., lease_expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., load: _Optional[_Union[InstanceLoad, _Mapping]] = ...) -> None: ...

class InstanceLoad(_message.Message):
    __slots__ = ("load", "in_flight", "latency_ms", "breaker", "reported_at")
    LOAD_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    BREAKER_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    load: float
    in_flight: int
    latency_ms: float
    breaker: BreakerState
    reported_at: _timestamp_pb2.Timestamp
    def __init__(self, load: _Optional[float] = ..., in_flight: _Optional[int] = ..., latency_ms: _Optional[float] = ..., breaker: _Optional[_Union[BreakerState, str]] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
