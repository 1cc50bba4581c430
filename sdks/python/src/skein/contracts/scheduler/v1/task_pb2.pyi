import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from skein.contracts.type.v1 import payload_pb2 as _payload_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TaskRef(_message.Message):
    __slots__ = ("run_id", "node_id", "attempt", "dispatch")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    node_id: str
    attempt: int
    dispatch: int
    def __init__(self, run_id: _Optional[str] = ..., node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ...) -> None: ...

class Task(_message.Message):
    __slots__ = ("ref", "namespace", "agent", "llm", "rpc", "tool", "input", "start_to_close_timeout", "traceparent", "session_id", "idempotency_key", "workflow_id", "heartbeat_timeout", "resume_details", "at_most_once", "answer", "run_token")
    REF_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    RPC_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    START_TO_CLOSE_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    AT_MOST_ONCE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    RUN_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ref: TaskRef
    namespace: str
    agent: AgentCall
    llm: LlmCall
    rpc: RpcCall
    tool: ToolCall
    input: _payload_pb2.Payload
    start_to_close_timeout: _duration_pb2.Duration
    traceparent: str
    session_id: str
    idempotency_key: str
    workflow_id: str
    heartbeat_timeout: _duration_pb2.Duration
    resume_details: _payload_pb2.Payload
    at_most_once: bool
    answer: _agent_pb2.Answer
    run_token: str
    def __init__(self, ref: _Optional[_Union[TaskRef, _Mapping]] = ..., namespace: _Optional[str] = ..., agent: _Optional[_Union[AgentCall, _Mapping]] = ..., llm: _Optional[_Union[LlmCall, _Mapping]] = ..., rpc: _Optional[_Union[RpcCall, _Mapping]] = ..., tool: _Optional[_Union[ToolCall, _Mapping]] = ..., input: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., start_to_close_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., traceparent: _Optional[str] = ..., session_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., workflow_id: _Optional[str] = ..., heartbeat_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., resume_details: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., at_most_once: _Optional[bool] = ..., answer: _Optional[_Union[_agent_pb2.Answer, _Mapping]] = ..., run_token: _Optional[str] = ...) -> None: ...

class AgentCall(_message.Message):
    __slots__ = ("agent_id", "version", "skill_id", "config", "fallback")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: str
    skill_id: str
    config: _payload_pb2.Payload
    fallback: Fallback
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[str] = ..., skill_id: _Optional[str] = ..., config: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., fallback: _Optional[_Union[Fallback, _Mapping]] = ...) -> None: ...

class Fallback(_message.Message):
    __slots__ = ("agent_ids",)
    AGENT_IDS_FIELD_NUMBER: _ClassVar[int]
    agent_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, agent_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class LlmCall(_message.Message):
    __slots__ = ("model", "role")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    model: str
    role: str
    def __init__(self, model: _Optional[str] = ..., role: _Optional[str] = ...) -> None: ...

class RpcCall(_message.Message):
    __slots__ = ("service_id", "method")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    service_id: str
    method: str
    def __init__(self, service_id: _Optional[str] = ..., method: _Optional[str] = ...) -> None: ...

class ToolCall(_message.Message):
    __slots__ = ("tool_id",)
    TOOL_ID_FIELD_NUMBER: _ClassVar[int]
    tool_id: str
    def __init__(self, tool_id: _Optional[str] = ...) -> None: ...

class TaskReport(_message.Message):
    __slots__ = ("ref", "started", "succeeded", "failed", "heartbeat", "asked", "waiting", "facts")
    REF_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    ref: TaskRef
    started: TaskStarted
    succeeded: TaskSucceeded
    failed: TaskFailed
    heartbeat: TaskHeartbeat
    asked: _agent_pb2.Question
    waiting: TaskWaiting
    facts: CallFacts
    def __init__(self, ref: _Optional[_Union[TaskRef, _Mapping]] = ..., started: _Optional[_Union[TaskStarted, _Mapping]] = ..., succeeded: _Optional[_Union[TaskSucceeded, _Mapping]] = ..., failed: _Optional[_Union[TaskFailed, _Mapping]] = ..., heartbeat: _Optional[_Union[TaskHeartbeat, _Mapping]] = ..., asked: _Optional[_Union[_agent_pb2.Question, _Mapping]] = ..., waiting: _Optional[_Union[TaskWaiting, _Mapping]] = ..., facts: _Optional[_Union[CallFacts, _Mapping]] = ...) -> None: ...

class TaskHeartbeat(_message.Message):
    __slots__ = ("resume_details",)
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    resume_details: _payload_pb2.Payload
    def __init__(self, resume_details: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ...) -> None: ...

class CallFacts(_message.Message):
    __slots__ = ("target", "target_version", "started_at", "latency", "usage", "streamed_bytes", "prompt", "target_agent_id", "instances_tried")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_VERSION_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    STREAMED_BYTES_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    TARGET_AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    INSTANCES_TRIED_FIELD_NUMBER: _ClassVar[int]
    target: str
    target_version: str
    started_at: _timestamp_pb2.Timestamp
    latency: _duration_pb2.Duration
    usage: _payload_pb2.TokenUsage
    streamed_bytes: int
    prompt: PromptFacts
    target_agent_id: str
    instances_tried: int
    def __init__(self, target: _Optional[str] = ..., target_version: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., usage: _Optional[_Union[_payload_pb2.TokenUsage, _Mapping]] = ..., streamed_bytes: _Optional[int] = ..., prompt: _Optional[_Union[PromptFacts, _Mapping]] = ..., target_agent_id: _Optional[str] = ..., instances_tried: _Optional[int] = ...) -> None: ...

class PromptFacts(_message.Message):
    __slots__ = ("digest", "size_bytes", "turns")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    size_bytes: int
    turns: int
    def __init__(self, digest: _Optional[bytes] = ..., size_bytes: _Optional[int] = ..., turns: _Optional[int] = ...) -> None: ...

class TaskStarted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TaskWaiting(_message.Message):
    __slots__ = ("waiting_for",)
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    waiting_for: str
    def __init__(self, waiting_for: _Optional[str] = ...) -> None: ...

class TaskSucceeded(_message.Message):
    __slots__ = ("output",)
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    output: _payload_pb2.Payload
    def __init__(self, output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ...) -> None: ...

class TaskFailed(_message.Message):
    __slots__ = ("failure",)
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    failure: _error_pb2.Failure
    def __init__(self, failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ...) -> None: ...
