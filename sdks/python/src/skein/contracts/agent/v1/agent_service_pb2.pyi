from google.protobuf import struct_pb2 as _struct_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetCardRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCardResponse(_message.Message):
    __slots__ = ("card",)
    CARD_FIELD_NUMBER: _ClassVar[int]
    card: _agent_pb2.AgentCard
    def __init__(self, card: _Optional[_Union[_agent_pb2.AgentCard, _Mapping]] = ...) -> None: ...

class InvokeRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "task_id", "idempotency_key", "attempt", "dispatch", "run_id", "node_id", "session_id", "skill_id", "input", "config", "resume_details", "answer", "run_token")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SKILL_ID_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    RUN_TOKEN_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    task_id: str
    idempotency_key: str
    attempt: int
    dispatch: int
    run_id: str
    node_id: str
    session_id: str
    skill_id: str
    input: _struct_pb2.Value
    config: _struct_pb2.Struct
    resume_details: _struct_pb2.Value
    answer: _agent_pb2.Answer
    run_token: str
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., task_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., run_id: _Optional[str] = ..., node_id: _Optional[str] = ..., session_id: _Optional[str] = ..., skill_id: _Optional[str] = ..., input: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., resume_details: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., answer: _Optional[_Union[_agent_pb2.Answer, _Mapping]] = ..., run_token: _Optional[str] = ...) -> None: ...

class InvokeResponse(_message.Message):
    __slots__ = ("delta", "state", "result", "error", "heartbeat", "question")
    DELTA_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    delta: _agent_pb2.Delta
    state: _agent_pb2.StateChange
    result: _agent_pb2.Result
    error: _agent_pb2.InvokeError
    heartbeat: Heartbeat
    question: _agent_pb2.Question
    def __init__(self, delta: _Optional[_Union[_agent_pb2.Delta, _Mapping]] = ..., state: _Optional[_Union[_agent_pb2.StateChange, _Mapping]] = ..., result: _Optional[_Union[_agent_pb2.Result, _Mapping]] = ..., error: _Optional[_Union[_agent_pb2.InvokeError, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., question: _Optional[_Union[_agent_pb2.Question, _Mapping]] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("resume_details",)
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    resume_details: _struct_pb2.Value
    def __init__(self, resume_details: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ("task_id", "reason")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    reason: str
    def __init__(self, task_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
