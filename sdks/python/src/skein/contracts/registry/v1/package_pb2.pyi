import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.registry.v1 import agent_pb2 as _agent_pb2_1
from skein.contracts.registry.v1 import deployment_pb2 as _deployment_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PackageManifest(_message.Message):
    __slots__ = ("name", "version", "description", "agent_type", "capabilities", "skills", "labels", "template", "endpoints", "replicas", "config_schema", "secrets", "routing")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SecretsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    description: str
    agent_type: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    skills: _containers.RepeatedCompositeFieldContainer[_agent_pb2.Skill]
    labels: _containers.ScalarMap[str, str]
    template: _deployment_pb2.InstanceTemplate
    endpoints: PackageEndpoints
    replicas: int
    config_schema: _struct_pb2.Struct
    secrets: _containers.ScalarMap[str, str]
    routing: _agent_pb2_1.RoutingPolicy
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., description: _Optional[str] = ..., agent_type: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., skills: _Optional[_Iterable[_Union[_agent_pb2.Skill, _Mapping]]] = ..., labels: _Optional[_Mapping[str, str]] = ..., template: _Optional[_Union[_deployment_pb2.InstanceTemplate, _Mapping]] = ..., endpoints: _Optional[_Union[PackageEndpoints, _Mapping]] = ..., replicas: _Optional[int] = ..., config_schema: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., secrets: _Optional[_Mapping[str, str]] = ..., routing: _Optional[_Union[_agent_pb2_1.RoutingPolicy, _Mapping]] = ...) -> None: ...

class PackageEndpoints(_message.Message):
    __slots__ = ("protocol", "endpoints")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    ENDPOINTS_FIELD_NUMBER: _ClassVar[int]
    protocol: _agent_pb2_1.AgentProtocol
    endpoints: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, protocol: _Optional[_Union[_agent_pb2_1.AgentProtocol, str]] = ..., endpoints: _Optional[_Iterable[str]] = ...) -> None: ...

class Package(_message.Message):
    __slots__ = ("namespace", "manifest", "digest", "size_bytes", "file_count", "key_id", "trusted", "yanked", "published_at")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    TRUSTED_FIELD_NUMBER: _ClassVar[int]
    YANKED_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    manifest: PackageManifest
    digest: str
    size_bytes: int
    file_count: int
    key_id: str
    trusted: bool
    yanked: bool
    published_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., manifest: _Optional[_Union[PackageManifest, _Mapping]] = ..., digest: _Optional[str] = ..., size_bytes: _Optional[int] = ..., file_count: _Optional[int] = ..., key_id: _Optional[str] = ..., trusted: _Optional[bool] = ..., yanked: _Optional[bool] = ..., published_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TrustedKey(_message.Message):
    __slots__ = ("namespace", "key_id", "public_key", "publisher", "created_at")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    PUBLISHER_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    key_id: str
    public_key: str
    publisher: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., key_id: _Optional[str] = ..., public_key: _Optional[str] = ..., publisher: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class InstallPolicy(_message.Message):
    __slots__ = ("namespace", "require_signature", "allowed_key_ids", "updated_at")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_KEY_IDS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    require_signature: bool
    allowed_key_ids: _containers.RepeatedScalarFieldContainer[str]
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., require_signature: _Optional[bool] = ..., allowed_key_ids: _Optional[_Iterable[str]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
