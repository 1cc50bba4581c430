import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.registry.v1 import agent_pb2 as _agent_pb2_1
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RegisterAgentRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "version", "name", "description", "agent_type", "capabilities", "protocol", "endpoints", "labels", "config", "timeout", "routing", "lease_ttl", "probe", "skills", "replace_versions", "allow_downgrade", "create_only", "credentials")
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
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    LEASE_TTL_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    REPLACE_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DOWNGRADE_FIELD_NUMBER: _ClassVar[int]
    CREATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    version: str
    name: str
    description: str
    agent_type: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    protocol: _agent_pb2_1.AgentProtocol
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    config: _struct_pb2.Struct
    timeout: _duration_pb2.Duration
    routing: _agent_pb2_1.RoutingPolicy
    lease_ttl: _duration_pb2.Duration
    probe: _agent_pb2_1.ProbePolicy
    skills: _containers.RepeatedCompositeFieldContainer[_agent_pb2.Skill]
    replace_versions: bool
    allow_downgrade: bool
    create_only: bool
    credentials: _agent_pb2_1.AgentCredentials
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., version: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., agent_type: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., protocol: _Optional[_Union[_agent_pb2_1.AgentProtocol, str]] = ..., endpoints: _Optional[_Iterable[str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., routing: _Optional[_Union[_agent_pb2_1.RoutingPolicy, _Mapping]] = ..., lease_ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., probe: _Optional[_Union[_agent_pb2_1.ProbePolicy, _Mapping]] = ..., skills: _Optional[_Iterable[_Union[_agent_pb2.Skill, _Mapping]]] = ..., replace_versions: _Optional[bool] = ..., allow_downgrade: _Optional[bool] = ..., create_only: _Optional[bool] = ..., credentials: _Optional[_Union[_agent_pb2_1.AgentCredentials, _Mapping]] = ...) -> None: ...

class RegisterAgentResponse(_message.Message):
    __slots__ = ("agent", "created", "instance_ids", "heartbeat_interval")
    AGENT_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_IDS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    agent: _agent_pb2_1.Agent
    created: bool
    instance_ids: _containers.RepeatedScalarFieldContainer[str]
    heartbeat_interval: _duration_pb2.Duration
    def __init__(self, agent: _Optional[_Union[_agent_pb2_1.Agent, _Mapping]] = ..., created: _Optional[bool] = ..., instance_ids: _Optional[_Iterable[str]] = ..., heartbeat_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class UnregisterAgentRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    version: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class UnregisterAgentResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetAgentRequest(_message.Message):
    __slots__ = ("namespace", "agent_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class GetAgentResponse(_message.Message):
    __slots__ = ("agent",)
    AGENT_FIELD_NUMBER: _ClassVar[int]
    agent: _agent_pb2_1.Agent
    def __init__(self, agent: _Optional[_Union[_agent_pb2_1.Agent, _Mapping]] = ...) -> None: ...

class ListAgentsRequest(_message.Message):
    __slots__ = ("namespace", "capabilities", "agent_type", "health", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    agent_type: str
    health: _agent_pb2_1.InstanceHealth
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., agent_type: _Optional[str] = ..., health: _Optional[_Union[_agent_pb2_1.InstanceHealth, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAgentsResponse(_message.Message):
    __slots__ = ("agents", "next_page_token")
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    agents: _containers.RepeatedCompositeFieldContainer[_agent_pb2_1.Agent]
    next_page_token: str
    def __init__(self, agents: _Optional[_Iterable[_Union[_agent_pb2_1.Agent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DiscoverAgentsRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "agent_type", "capabilities", "labels", "version", "min_health", "page_size")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MIN_HEALTH_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    agent_type: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    labels: _containers.ScalarMap[str, str]
    version: str
    min_health: _agent_pb2_1.InstanceHealth
    page_size: int
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., agent_type: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., labels: _Optional[_Mapping[str, str]] = ..., version: _Optional[str] = ..., min_health: _Optional[_Union[_agent_pb2_1.InstanceHealth, str]] = ..., page_size: _Optional[int] = ...) -> None: ...

class DiscoverAgentsResponse(_message.Message):
    __slots__ = ("agents",)
    AGENTS_FIELD_NUMBER: _ClassVar[int]
    agents: _containers.RepeatedCompositeFieldContainer[DiscoveredAgent]
    def __init__(self, agents: _Optional[_Iterable[_Union[DiscoveredAgent, _Mapping]]] = ...) -> None: ...

class DiscoveredAgent(_message.Message):
    __slots__ = ("agent_id", "version", "instances", "source")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: _agent_pb2_1.AgentVersion
    instances: _containers.RepeatedCompositeFieldContainer[_agent_pb2_1.Instance]
    source: _agent_pb2_1.AgentSource
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[_Union[_agent_pb2_1.AgentVersion, _Mapping]] = ..., instances: _Optional[_Iterable[_Union[_agent_pb2_1.Instance, _Mapping]]] = ..., source: _Optional[_Union[_agent_pb2_1.AgentSource, str]] = ...) -> None: ...

class HeartbeatRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "instances")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    instances: _containers.RepeatedCompositeFieldContainer[InstanceHeartbeat]
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., instances: _Optional[_Iterable[_Union[InstanceHeartbeat, _Mapping]]] = ...) -> None: ...

class InstanceHeartbeat(_message.Message):
    __slots__ = ("instance_id", "health", "health_detail", "load", "in_flight", "latency_ms")
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    HEALTH_FIELD_NUMBER: _ClassVar[int]
    HEALTH_DETAIL_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    instance_id: str
    health: _agent_pb2_1.InstanceHealth
    health_detail: str
    load: float
    in_flight: int
    latency_ms: float
    def __init__(self, instance_id: _Optional[str] = ..., health: _Optional[_Union[_agent_pb2_1.InstanceHealth, str]] = ..., health_detail: _Optional[str] = ..., load: _Optional[float] = ..., in_flight: _Optional[int] = ..., latency_ms: _Optional[float] = ...) -> None: ...

class HeartbeatResponse(_message.Message):
    __slots__ = ("unknown_instance_ids",)
    UNKNOWN_INSTANCE_IDS_FIELD_NUMBER: _ClassVar[int]
    unknown_instance_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, unknown_instance_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class DrainInstanceRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "instance_id", "reason")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    instance_id: str
    reason: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., instance_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DrainInstanceResponse(_message.Message):
    __slots__ = ("instance",)
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    instance: _agent_pb2_1.Instance
    def __init__(self, instance: _Optional[_Union[_agent_pb2_1.Instance, _Mapping]] = ...) -> None: ...

class EnableInstanceRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "instance_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    instance_id: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., instance_id: _Optional[str] = ...) -> None: ...

class EnableInstanceResponse(_message.Message):
    __slots__ = ("instance",)
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    instance: _agent_pb2_1.Instance
    def __init__(self, instance: _Optional[_Union[_agent_pb2_1.Instance, _Mapping]] = ...) -> None: ...

class RemoveInstanceRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "instance_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    instance_id: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., instance_id: _Optional[str] = ...) -> None: ...

class RemoveInstanceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReportCallsRequest(_message.Message):
    __slots__ = ("executor_id", "instances")
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_FIELD_NUMBER: _ClassVar[int]
    executor_id: str
    instances: _containers.RepeatedCompositeFieldContainer[InstanceCalls]
    def __init__(self, executor_id: _Optional[str] = ..., instances: _Optional[_Iterable[_Union[InstanceCalls, _Mapping]]] = ...) -> None: ...

class InstanceCalls(_message.Message):
    __slots__ = ("namespace", "agent_id", "instance_id", "in_flight", "latency_ms", "breaker")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_MS_FIELD_NUMBER: _ClassVar[int]
    BREAKER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    instance_id: str
    in_flight: int
    latency_ms: float
    breaker: _agent_pb2_1.BreakerState
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., instance_id: _Optional[str] = ..., in_flight: _Optional[int] = ..., latency_ms: _Optional[float] = ..., breaker: _Optional[_Union[_agent_pb2_1.BreakerState, str]] = ...) -> None: ...

class ReportCallsResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchRoutesRequest(_message.Message):
    __slots__ = ("policies_only",)
    POLICIES_ONLY_FIELD_NUMBER: _ClassVar[int]
    policies_only: bool
    def __init__(self, policies_only: _Optional[bool] = ...) -> None: ...

class WatchRoutesResponse(_message.Message):
    __slots__ = ("upserted", "removed", "synced", "loads")
    UPSERTED_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    SYNCED_FIELD_NUMBER: _ClassVar[int]
    LOADS_FIELD_NUMBER: _ClassVar[int]
    upserted: _agent_pb2_1.Agent
    removed: AgentKey
    synced: Synced
    loads: InstanceLoads
    def __init__(self, upserted: _Optional[_Union[_agent_pb2_1.Agent, _Mapping]] = ..., removed: _Optional[_Union[AgentKey, _Mapping]] = ..., synced: _Optional[_Union[Synced, _Mapping]] = ..., loads: _Optional[_Union[InstanceLoads, _Mapping]] = ...) -> None: ...

class AgentKey(_message.Message):
    __slots__ = ("namespace", "agent_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class Synced(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InstanceLoads(_message.Message):
    __slots__ = ("loads",)
    class LoadsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _agent_pb2_1.InstanceLoad
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_agent_pb2_1.InstanceLoad, _Mapping]] = ...) -> None: ...
    LOADS_FIELD_NUMBER: _ClassVar[int]
    loads: _containers.MessageMap[str, _agent_pb2_1.InstanceLoad]
    def __init__(self, loads: _Optional[_Mapping[str, _agent_pb2_1.InstanceLoad]] = ...) -> None: ...
