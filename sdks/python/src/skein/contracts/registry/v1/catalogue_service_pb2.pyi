from google.protobuf import struct_pb2 as _struct_pb2
from skein.contracts.registry.v1 import agent_pb2 as _agent_pb2
from skein.contracts.registry.v1 import deployment_pb2 as _deployment_pb2
from skein.contracts.registry.v1 import package_pb2 as _package_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PublishPackageRequest(_message.Message):
    __slots__ = ("namespace", "archive")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    ARCHIVE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    archive: bytes
    def __init__(self, namespace: _Optional[str] = ..., archive: _Optional[bytes] = ...) -> None: ...

class PublishPackageResponse(_message.Message):
    __slots__ = ("package", "created")
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    package: _package_pb2.Package
    created: bool
    def __init__(self, package: _Optional[_Union[_package_pb2.Package, _Mapping]] = ..., created: _Optional[bool] = ...) -> None: ...

class SearchPackagesRequest(_message.Message):
    __slots__ = ("namespace", "text", "capability", "agent_type", "publisher", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    AGENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    PUBLISHER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    text: str
    capability: str
    agent_type: str
    publisher: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., text: _Optional[str] = ..., capability: _Optional[str] = ..., agent_type: _Optional[str] = ..., publisher: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class SearchPackagesResponse(_message.Message):
    __slots__ = ("packages", "next_page_token")
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    packages: _containers.RepeatedCompositeFieldContainer[_package_pb2.Package]
    next_page_token: str
    def __init__(self, packages: _Optional[_Iterable[_Union[_package_pb2.Package, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetPackageRequest(_message.Message):
    __slots__ = ("namespace", "name", "version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    version: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class GetPackageResponse(_message.Message):
    __slots__ = ("package",)
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    package: _package_pb2.Package
    def __init__(self, package: _Optional[_Union[_package_pb2.Package, _Mapping]] = ...) -> None: ...

class ListPackageVersionsRequest(_message.Message):
    __slots__ = ("namespace", "name")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class ListPackageVersionsResponse(_message.Message):
    __slots__ = ("packages",)
    PACKAGES_FIELD_NUMBER: _ClassVar[int]
    packages: _containers.RepeatedCompositeFieldContainer[_package_pb2.Package]
    def __init__(self, packages: _Optional[_Iterable[_Union[_package_pb2.Package, _Mapping]]] = ...) -> None: ...

class DownloadPackageRequest(_message.Message):
    __slots__ = ("namespace", "name", "version", "digest", "offset_bytes")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    OFFSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    version: str
    digest: str
    offset_bytes: int
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., digest: _Optional[str] = ..., offset_bytes: _Optional[int] = ...) -> None: ...

class DownloadPackageResponse(_message.Message):
    __slots__ = ("package", "data")
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    package: _package_pb2.Package
    data: bytes
    def __init__(self, package: _Optional[_Union[_package_pb2.Package, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class YankPackageRequest(_message.Message):
    __slots__ = ("namespace", "name", "version", "undo")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UNDO_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    version: str
    undo: bool
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., undo: _Optional[bool] = ...) -> None: ...

class YankPackageResponse(_message.Message):
    __slots__ = ("package",)
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    package: _package_pb2.Package
    def __init__(self, package: _Optional[_Union[_package_pb2.Package, _Mapping]] = ...) -> None: ...

class DeletePackageVersionRequest(_message.Message):
    __slots__ = ("namespace", "name", "version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    version: str
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class DeletePackageVersionResponse(_message.Message):
    __slots__ = ("deleted",)
    DELETED_FIELD_NUMBER: _ClassVar[int]
    deleted: bool
    def __init__(self, deleted: _Optional[bool] = ...) -> None: ...

class InstallPackageRequest(_message.Message):
    __slots__ = ("namespace", "name", "version", "agent_id", "replicas", "config", "env", "secret_env", "allow_untrusted")
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
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    REPLICAS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    ENV_FIELD_NUMBER: _ClassVar[int]
    SECRET_ENV_FIELD_NUMBER: _ClassVar[int]
    ALLOW_UNTRUSTED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    name: str
    version: str
    agent_id: str
    replicas: int
    config: _struct_pb2.Struct
    env: _containers.ScalarMap[str, str]
    secret_env: _containers.ScalarMap[str, str]
    allow_untrusted: bool
    def __init__(self, namespace: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[str] = ..., agent_id: _Optional[str] = ..., replicas: _Optional[int] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., env: _Optional[_Mapping[str, str]] = ..., secret_env: _Optional[_Mapping[str, str]] = ..., allow_untrusted: _Optional[bool] = ...) -> None: ...

class InstallPackageResponse(_message.Message):
    __slots__ = ("package", "deployment", "agent")
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENT_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    package: _package_pb2.Package
    deployment: _deployment_pb2.Deployment
    agent: _agent_pb2.Agent
    def __init__(self, package: _Optional[_Union[_package_pb2.Package, _Mapping]] = ..., deployment: _Optional[_Union[_deployment_pb2.Deployment, _Mapping]] = ..., agent: _Optional[_Union[_agent_pb2.Agent, _Mapping]] = ...) -> None: ...

class UninstallPackageRequest(_message.Message):
    __slots__ = ("namespace", "agent_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ...) -> None: ...

class UninstallPackageResponse(_message.Message):
    __slots__ = ("package",)
    PACKAGE_FIELD_NUMBER: _ClassVar[int]
    package: _deployment_pb2.PackageReference
    def __init__(self, package: _Optional[_Union[_deployment_pb2.PackageReference, _Mapping]] = ...) -> None: ...

class TrustKeyRequest(_message.Message):
    __slots__ = ("namespace", "public_key", "publisher")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    PUBLISHER_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    public_key: str
    publisher: str
    def __init__(self, namespace: _Optional[str] = ..., public_key: _Optional[str] = ..., publisher: _Optional[str] = ...) -> None: ...

class TrustKeyResponse(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: _package_pb2.TrustedKey
    def __init__(self, key: _Optional[_Union[_package_pb2.TrustedKey, _Mapping]] = ...) -> None: ...

class ListTrustedKeysRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ...) -> None: ...

class ListTrustedKeysResponse(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[_package_pb2.TrustedKey]
    def __init__(self, keys: _Optional[_Iterable[_Union[_package_pb2.TrustedKey, _Mapping]]] = ...) -> None: ...

class DistrustKeyRequest(_message.Message):
    __slots__ = ("namespace", "key_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KEY_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    key_id: str
    def __init__(self, namespace: _Optional[str] = ..., key_id: _Optional[str] = ...) -> None: ...

class DistrustKeyResponse(_message.Message):
    __slots__ = ("removed",)
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: bool
    def __init__(self, removed: _Optional[bool] = ...) -> None: ...

class GetInstallPolicyRequest(_message.Message):
    __slots__ = ("namespace",)
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    def __init__(self, namespace: _Optional[str] = ...) -> None: ...

class GetInstallPolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: _package_pb2.InstallPolicy
    def __init__(self, policy: _Optional[_Union[_package_pb2.InstallPolicy, _Mapping]] = ...) -> None: ...

class SetInstallPolicyRequest(_message.Message):
    __slots__ = ("namespace", "require_signature", "allowed_key_ids")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_KEY_IDS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    require_signature: bool
    allowed_key_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, namespace: _Optional[str] = ..., require_signature: _Optional[bool] = ..., allowed_key_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SetInstallPolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: _package_pb2.InstallPolicy
    def __init__(self, policy: _Optional[_Union[_package_pb2.InstallPolicy, _Mapping]] = ...) -> None: ...
