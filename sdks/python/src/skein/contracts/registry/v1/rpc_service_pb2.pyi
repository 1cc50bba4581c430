import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RpcProtocol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RPC_PROTOCOL_UNSPECIFIED: _ClassVar[RpcProtocol]
    RPC_PROTOCOL_GRPC: _ClassVar[RpcProtocol]
    RPC_PROTOCOL_CONNECT: _ClassVar[RpcProtocol]
    RPC_PROTOCOL_GRPC_WEB: _ClassVar[RpcProtocol]
RPC_PROTOCOL_UNSPECIFIED: RpcProtocol
RPC_PROTOCOL_GRPC: RpcProtocol
RPC_PROTOCOL_CONNECT: RpcProtocol
RPC_PROTOCOL_GRPC_WEB: RpcProtocol

class RpcService(_message.Message):
    __slots__ = ("namespace", "service_id", "description", "protocol", "addresses", "tls", "descriptor_digest", "service_names", "created_at", "updated_at")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    TLS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTOR_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SERVICE_NAMES_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    service_id: str
    description: str
    protocol: RpcProtocol
    addresses: _containers.RepeatedScalarFieldContainer[str]
    tls: bool
    descriptor_digest: bytes
    service_names: _containers.RepeatedScalarFieldContainer[str]
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, namespace: _Optional[str] = ..., service_id: _Optional[str] = ..., description: _Optional[str] = ..., protocol: _Optional[_Union[RpcProtocol, str]] = ..., addresses: _Optional[_Iterable[str]] = ..., tls: _Optional[bool] = ..., descriptor_digest: _Optional[bytes] = ..., service_names: _Optional[_Iterable[str]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RpcMethod(_message.Message):
    __slots__ = ("method", "input_type", "output_type", "streaming")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    INPUT_TYPE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TYPE_FIELD_NUMBER: _ClassVar[int]
    STREAMING_FIELD_NUMBER: _ClassVar[int]
    method: str
    input_type: str
    output_type: str
    streaming: bool
    def __init__(self, method: _Optional[str] = ..., input_type: _Optional[str] = ..., output_type: _Optional[str] = ..., streaming: _Optional[bool] = ...) -> None: ...
