import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from skein.contracts.eventlog.v1 import event_service_pb2 as _event_service_pb2
from skein.contracts.eventlog.v1 import message_pb2 as _message_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SendMessageRequest(_message.Message):
    __slots__ = ("namespace", "message", "to_agent", "to_session", "reply_timeout")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TO_AGENT_FIELD_NUMBER: _ClassVar[int]
    TO_SESSION_FIELD_NUMBER: _ClassVar[int]
    REPLY_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    message: _message_pb2.OutgoingMessage
    to_agent: str
    to_session: str
    reply_timeout: _duration_pb2.Duration
    def __init__(self, namespace: _Optional[str] = ..., message: _Optional[_Union[_message_pb2.OutgoingMessage, _Mapping]] = ..., to_agent: _Optional[str] = ..., to_session: _Optional[str] = ..., reply_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class SendMessageResponse(_message.Message):
    __slots__ = ("message", "created", "reply")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    message: _message_pb2.AgentMessage
    created: bool
    reply: _message_pb2.AgentMessage
    def __init__(self, message: _Optional[_Union[_message_pb2.AgentMessage, _Mapping]] = ..., created: _Optional[bool] = ..., reply: _Optional[_Union[_message_pb2.AgentMessage, _Mapping]] = ...) -> None: ...

class ReceiveMessagesRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "session_id", "timeout", "max_messages", "visibility_timeout", "cursor")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    session_id: str
    timeout: _duration_pb2.Duration
    max_messages: int
    visibility_timeout: _duration_pb2.Duration
    cursor: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., session_id: _Optional[str] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_messages: _Optional[int] = ..., visibility_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., cursor: _Optional[str] = ...) -> None: ...

class ReceiveMessagesResponse(_message.Message):
    __slots__ = ("messages", "cursor")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[_message_pb2.AgentMessage]
    cursor: str
    def __init__(self, messages: _Optional[_Iterable[_Union[_message_pb2.AgentMessage, _Mapping]]] = ..., cursor: _Optional[str] = ...) -> None: ...

class AcknowledgeMessagesRequest(_message.Message):
    __slots__ = ("namespace", "message_ids")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_IDS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    message_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, namespace: _Optional[str] = ..., message_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class AcknowledgeMessagesResponse(_message.Message):
    __slots__ = ("acknowledged_count",)
    ACKNOWLEDGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    acknowledged_count: int
    def __init__(self, acknowledged_count: _Optional[int] = ...) -> None: ...

class PublishMessageRequest(_message.Message):
    __slots__ = ("namespace", "message", "topic")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    message: _message_pb2.OutgoingMessage
    topic: str
    def __init__(self, namespace: _Optional[str] = ..., message: _Optional[_Union[_message_pb2.OutgoingMessage, _Mapping]] = ..., topic: _Optional[str] = ...) -> None: ...

class PublishMessageResponse(_message.Message):
    __slots__ = ("message", "created")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    message: _message_pb2.AgentMessage
    created: bool
    def __init__(self, message: _Optional[_Union[_message_pb2.AgentMessage, _Mapping]] = ..., created: _Optional[bool] = ...) -> None: ...

class SubscribeMessagesRequest(_message.Message):
    __slots__ = ("namespace", "topic", "cursor", "from_now")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    FROM_NOW_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    topic: str
    cursor: str
    from_now: bool
    def __init__(self, namespace: _Optional[str] = ..., topic: _Optional[str] = ..., cursor: _Optional[str] = ..., from_now: _Optional[bool] = ...) -> None: ...

class SubscribeMessagesResponse(_message.Message):
    __slots__ = ("message", "keep_alive", "cursor")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    KEEP_ALIVE_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    message: _message_pb2.AgentMessage
    keep_alive: _event_service_pb2.KeepAlive
    cursor: str
    def __init__(self, message: _Optional[_Union[_message_pb2.AgentMessage, _Mapping]] = ..., keep_alive: _Optional[_Union[_event_service_pb2.KeepAlive, _Mapping]] = ..., cursor: _Optional[str] = ...) -> None: ...

class BroadcastMessageRequest(_message.Message):
    __slots__ = ("namespace", "message", "to_agents", "to_participants")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TO_AGENTS_FIELD_NUMBER: _ClassVar[int]
    TO_PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    message: _message_pb2.OutgoingMessage
    to_agents: _containers.RepeatedScalarFieldContainer[str]
    to_participants: bool
    def __init__(self, namespace: _Optional[str] = ..., message: _Optional[_Union[_message_pb2.OutgoingMessage, _Mapping]] = ..., to_agents: _Optional[_Iterable[str]] = ..., to_participants: _Optional[bool] = ...) -> None: ...

class BroadcastMessageResponse(_message.Message):
    __slots__ = ("broadcast_id", "results")
    BROADCAST_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    broadcast_id: str
    results: _containers.RepeatedCompositeFieldContainer[BroadcastResult]
    def __init__(self, broadcast_id: _Optional[str] = ..., results: _Optional[_Iterable[_Union[BroadcastResult, _Mapping]]] = ...) -> None: ...

class BroadcastResult(_message.Message):
    __slots__ = ("to_agent", "message_id", "sent", "failure")
    TO_AGENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    to_agent: str
    message_id: str
    sent: bool
    failure: _error_pb2.Failure
    def __init__(self, to_agent: _Optional[str] = ..., message_id: _Optional[str] = ..., sent: _Optional[bool] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ...) -> None: ...

class ListMessagesRequest(_message.Message):
    __slots__ = ("namespace", "run_id", "session_id", "agent_id", "topic", "page_size", "page_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    session_id: str
    agent_id: str
    topic: str
    page_size: int
    page_token: str
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., session_id: _Optional[str] = ..., agent_id: _Optional[str] = ..., topic: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMessagesResponse(_message.Message):
    __slots__ = ("messages", "next_page_token")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[_message_pb2.AgentMessage]
    next_page_token: str
    def __init__(self, messages: _Optional[_Iterable[_Union[_message_pb2.AgentMessage, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetMessageRequest(_message.Message):
    __slots__ = ("namespace", "message_id")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    message_id: str
    def __init__(self, namespace: _Optional[str] = ..., message_id: _Optional[str] = ...) -> None: ...

class GetMessageResponse(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: _message_pb2.AgentMessage
    def __init__(self, message: _Optional[_Union[_message_pb2.AgentMessage, _Mapping]] = ...) -> None: ...
