from skein.contracts.registry.v1 import rpc_service_pb2 as _rpc_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RegisterServiceRequest(_message.Message):
    __slots__ = ("namespace", "service_id", "description", "protocol", "addresses", "tls", "descriptor_set")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    TLS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    service_id: str
    description: str
    protocol: _rpc_service_pb2.RpcProtocol
    addresses: _containers.RepeatedScalarFieldContainer[str]
    tls: bool
    descriptor_set: bytes
    def __init__(self, namespace: _Optional[str] = ..., service_id: _Optional[str] = ..., description: _Optional[str] = ..., protocol: _Optional[_Union[_rpc_service_pb2.RpcProtocol, str]] = ..., addresses: _Optional[_Iterable[str]] = ..., tls: _Optional[bool] = ..., descriptor_set: _Optional[bytes] = ...) -> None: ...

class RegisterServiceResponse(_message.Message):
    __slots__ = ("service", "created")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    service: _rpc_service_pb2.RpcService
    created: bool
    def __init__(self, service: _Optional[_Union[_rpc_service_pb2.RpcService, _Mapping]] = ..., created: _Optional[bool] = ...) -> None: ...

class GetServiceRequest(_message.Message):
    __slots__ = ("namespace", "service_id", "include_descriptor_set")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    service_id: str
    include_descriptor_set: bool
    def __init__(self, namespace: _Optional[str] = ..., service_id: _Optional[str] = ..., include_descriptor_set: _Optional[bool] = ...) -> None: ...

class GetServiceResponse(_message.Message):
    __slots__ = ("service", "descriptor_set")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    service: _rpc_service_pb2.RpcService
    descriptor_set: bytes
    def __init__(self, service: _Optional[_Union[_rpc_service_pb2.RpcService, _Mapping]] = ..., descriptor_set: _Optional[bytes] = ...) -> None: ...

class ListServicesRequest(_message.Message):
    __slots__ = ("namespace", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListServicesResponse(_message.Message):
    __slots__ = ("services", "next_page_token")
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    services: _containers.RepeatedCompositeFieldContainer[_rpc_service_pb2.RpcService]
    next_page_token: str
    def __init__(self, services: _Optional[_Iterable[_Union[_rpc_service_pb2.RpcService, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteServiceRequest(_message.Message):
    __slots__ = ("namespace", "service_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    service_id: str
    def __init__(self, namespace: _Optional[str] = ..., service_id: _Optional[str] = ...) -> None: ...

class DeleteServiceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListMethodsRequest(_message.Message):
    __slots__ = ("namespace", "service_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    service_id: str
    def __init__(self, namespace: _Optional[str] = ..., service_id: _Optional[str] = ...) -> None: ...

class ListMethodsResponse(_message.Message):
    __slots__ = ("methods",)
    METHODS_FIELD_NUMBER: _ClassVar[int]
    methods: _containers.RepeatedCompositeFieldContainer[_rpc_service_pb2.RpcMethod]
    def __init__(self, methods: _Optional[_Iterable[_Union[_rpc_service_pb2.RpcMethod, _Mapping]]] = ...) -> None: ...
