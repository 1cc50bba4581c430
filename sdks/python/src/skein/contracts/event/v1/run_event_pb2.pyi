import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.agent.v1 import agent_pb2 as _agent_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from skein.contracts.type.v1 import payload_pb2 as _payload_pb2
from skein.contracts.type.v1 import search_attribute_pb2 as _search_attribute_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OutputCollection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTPUT_COLLECTION_UNSPECIFIED: _ClassVar[OutputCollection]
    OUTPUT_COLLECTION_OUTPUTS: _ClassVar[OutputCollection]
    OUTPUT_COLLECTION_OUTCOMES: _ClassVar[OutputCollection]
OUTPUT_COLLECTION_UNSPECIFIED: OutputCollection
OUTPUT_COLLECTION_OUTPUTS: OutputCollection
OUTPUT_COLLECTION_OUTCOMES: OutputCollection

class RunEvent(_message.Message):
    __slots__ = ("namespace", "run_id", "seq", "occurred_at", "run_started", "user_input", "node_scheduled", "agent_invoke_started", "agent_invoke_done", "llm_call_started", "llm_call_done", "node_succeeded", "node_retry_scheduled", "node_failed", "node_skipped", "task_dispatch_lost", "run_done", "run_failed", "run_cancelled", "rpc_call_started", "rpc_call_done", "tool_call_created", "tool_call_done", "node_cancelled", "child_runs_started", "child_run_ended", "wait_started", "signal_awaited", "signal_received", "approval_required", "approval_escalated", "approval_decided", "result_reused", "run_paused", "run_resumed", "run_failing", "run_cancelling", "run_terminated", "run_admitted", "task_heartbeat", "input_required", "input_provided")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RUN_STARTED_FIELD_NUMBER: _ClassVar[int]
    USER_INPUT_FIELD_NUMBER: _ClassVar[int]
    NODE_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    AGENT_INVOKE_STARTED_FIELD_NUMBER: _ClassVar[int]
    AGENT_INVOKE_DONE_FIELD_NUMBER: _ClassVar[int]
    LLM_CALL_STARTED_FIELD_NUMBER: _ClassVar[int]
    LLM_CALL_DONE_FIELD_NUMBER: _ClassVar[int]
    NODE_SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    NODE_RETRY_SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    NODE_FAILED_FIELD_NUMBER: _ClassVar[int]
    NODE_SKIPPED_FIELD_NUMBER: _ClassVar[int]
    TASK_DISPATCH_LOST_FIELD_NUMBER: _ClassVar[int]
    RUN_DONE_FIELD_NUMBER: _ClassVar[int]
    RUN_FAILED_FIELD_NUMBER: _ClassVar[int]
    RUN_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    RPC_CALL_STARTED_FIELD_NUMBER: _ClassVar[int]
    RPC_CALL_DONE_FIELD_NUMBER: _ClassVar[int]
    TOOL_CALL_CREATED_FIELD_NUMBER: _ClassVar[int]
    TOOL_CALL_DONE_FIELD_NUMBER: _ClassVar[int]
    NODE_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    CHILD_RUNS_STARTED_FIELD_NUMBER: _ClassVar[int]
    CHILD_RUN_ENDED_FIELD_NUMBER: _ClassVar[int]
    WAIT_STARTED_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_AWAITED_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_ESCALATED_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_DECIDED_FIELD_NUMBER: _ClassVar[int]
    RESULT_REUSED_FIELD_NUMBER: _ClassVar[int]
    RUN_PAUSED_FIELD_NUMBER: _ClassVar[int]
    RUN_RESUMED_FIELD_NUMBER: _ClassVar[int]
    RUN_FAILING_FIELD_NUMBER: _ClassVar[int]
    RUN_CANCELLING_FIELD_NUMBER: _ClassVar[int]
    RUN_TERMINATED_FIELD_NUMBER: _ClassVar[int]
    RUN_ADMITTED_FIELD_NUMBER: _ClassVar[int]
    TASK_HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    INPUT_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    INPUT_PROVIDED_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    run_id: str
    seq: int
    occurred_at: _timestamp_pb2.Timestamp
    run_started: RunStarted
    user_input: UserInput
    node_scheduled: NodeScheduled
    agent_invoke_started: AgentInvokeStarted
    agent_invoke_done: AgentInvokeDone
    llm_call_started: LlmCallStarted
    llm_call_done: LlmCallDone
    node_succeeded: NodeSucceeded
    node_retry_scheduled: NodeRetryScheduled
    node_failed: NodeFailed
    node_skipped: NodeSkipped
    task_dispatch_lost: TaskDispatchLost
    run_done: RunDone
    run_failed: RunFailed
    run_cancelled: RunCancelled
    rpc_call_started: RpcCallStarted
    rpc_call_done: RpcCallDone
    tool_call_created: ToolCallCreated
    tool_call_done: ToolCallDone
    node_cancelled: NodeCancelled
    child_runs_started: ChildRunsStarted
    child_run_ended: ChildRunEnded
    wait_started: WaitStarted
    signal_awaited: SignalAwaited
    signal_received: SignalReceived
    approval_required: ApprovalRequired
    approval_escalated: ApprovalEscalated
    approval_decided: ApprovalDecided
    result_reused: ResultReused
    run_paused: RunPaused
    run_resumed: RunResumed
    run_failing: RunFailing
    run_cancelling: RunCancelling
    run_terminated: RunTerminated
    run_admitted: RunAdmitted
    task_heartbeat: TaskHeartbeat
    input_required: InputRequired
    input_provided: InputProvided
    def __init__(self, namespace: _Optional[str] = ..., run_id: _Optional[str] = ..., seq: _Optional[int] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., run_started: _Optional[_Union[RunStarted, _Mapping]] = ..., user_input: _Optional[_Union[UserInput, _Mapping]] = ..., node_scheduled: _Optional[_Union[NodeScheduled, _Mapping]] = ..., agent_invoke_started: _Optional[_Union[AgentInvokeStarted, _Mapping]] = ..., agent_invoke_done: _Optional[_Union[AgentInvokeDone, _Mapping]] = ..., llm_call_started: _Optional[_Union[LlmCallStarted, _Mapping]] = ..., llm_call_done: _Optional[_Union[LlmCallDone, _Mapping]] = ..., node_succeeded: _Optional[_Union[NodeSucceeded, _Mapping]] = ..., node_retry_scheduled: _Optional[_Union[NodeRetryScheduled, _Mapping]] = ..., node_failed: _Optional[_Union[NodeFailed, _Mapping]] = ..., node_skipped: _Optional[_Union[NodeSkipped, _Mapping]] = ..., task_dispatch_lost: _Optional[_Union[TaskDispatchLost, _Mapping]] = ..., run_done: _Optional[_Union[RunDone, _Mapping]] = ..., run_failed: _Optional[_Union[RunFailed, _Mapping]] = ..., run_cancelled: _Optional[_Union[RunCancelled, _Mapping]] = ..., rpc_call_started: _Optional[_Union[RpcCallStarted, _Mapping]] = ..., rpc_call_done: _Optional[_Union[RpcCallDone, _Mapping]] = ..., tool_call_created: _Optional[_Union[ToolCallCreated, _Mapping]] = ..., tool_call_done: _Optional[_Union[ToolCallDone, _Mapping]] = ..., node_cancelled: _Optional[_Union[NodeCancelled, _Mapping]] = ..., child_runs_started: _Optional[_Union[ChildRunsStarted, _Mapping]] = ..., child_run_ended: _Optional[_Union[ChildRunEnded, _Mapping]] = ..., wait_started: _Optional[_Union[WaitStarted, _Mapping]] = ..., signal_awaited: _Optional[_Union[SignalAwaited, _Mapping]] = ..., signal_received: _Optional[_Union[SignalReceived, _Mapping]] = ..., approval_required: _Optional[_Union[ApprovalRequired, _Mapping]] = ..., approval_escalated: _Optional[_Union[ApprovalEscalated, _Mapping]] = ..., approval_decided: _Optional[_Union[ApprovalDecided, _Mapping]] = ..., result_reused: _Optional[_Union[ResultReused, _Mapping]] = ..., run_paused: _Optional[_Union[RunPaused, _Mapping]] = ..., run_resumed: _Optional[_Union[RunResumed, _Mapping]] = ..., run_failing: _Optional[_Union[RunFailing, _Mapping]] = ..., run_cancelling: _Optional[_Union[RunCancelling, _Mapping]] = ..., run_terminated: _Optional[_Union[RunTerminated, _Mapping]] = ..., run_admitted: _Optional[_Union[RunAdmitted, _Mapping]] = ..., task_heartbeat: _Optional[_Union[TaskHeartbeat, _Mapping]] = ..., input_required: _Optional[_Union[InputRequired, _Mapping]] = ..., input_provided: _Optional[_Union[InputProvided, _Mapping]] = ...) -> None: ...

class RunStarted(_message.Message):
    __slots__ = ("workflow_id", "workflow_version", "definition", "input", "labels", "session_id", "traceparent", "parent", "body_path", "forked_from", "search_attributes", "memo", "flow")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SearchAttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _search_attribute_pb2.SearchAttribute
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_search_attribute_pb2.SearchAttribute, _Mapping]] = ...) -> None: ...
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_VERSION_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_PATH_FIELD_NUMBER: _ClassVar[int]
    FORKED_FROM_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    MEMO_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    workflow_version: int
    definition: _payload_pb2.Payload
    input: _payload_pb2.Payload
    labels: _containers.ScalarMap[str, str]
    session_id: str
    traceparent: str
    parent: ParentLink
    body_path: str
    forked_from: ForkOrigin
    search_attributes: _containers.MessageMap[str, _search_attribute_pb2.SearchAttribute]
    memo: _payload_pb2.Payload
    flow: RunFlow
    def __init__(self, workflow_id: _Optional[str] = ..., workflow_version: _Optional[int] = ..., definition: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., input: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., session_id: _Optional[str] = ..., traceparent: _Optional[str] = ..., parent: _Optional[_Union[ParentLink, _Mapping]] = ..., body_path: _Optional[str] = ..., forked_from: _Optional[_Union[ForkOrigin, _Mapping]] = ..., search_attributes: _Optional[_Mapping[str, _search_attribute_pb2.SearchAttribute]] = ..., memo: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., flow: _Optional[_Union[RunFlow, _Mapping]] = ...) -> None: ...

class RunFlow(_message.Message):
    __slots__ = ("limits", "shared_keys", "priority", "fairness_key", "weight")
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SHARED_KEYS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    FAIRNESS_KEY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    limits: _containers.RepeatedCompositeFieldContainer[LimitClaim]
    shared_keys: _containers.RepeatedScalarFieldContainer[str]
    priority: int
    fairness_key: str
    weight: float
    def __init__(self, limits: _Optional[_Iterable[_Union[LimitClaim, _Mapping]]] = ..., shared_keys: _Optional[_Iterable[str]] = ..., priority: _Optional[int] = ..., fairness_key: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class LimitClaim(_message.Message):
    __slots__ = ("key", "max_concurrency", "rate")
    KEY_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    key: str
    max_concurrency: int
    rate: RateLimit
    def __init__(self, key: _Optional[str] = ..., max_concurrency: _Optional[int] = ..., rate: _Optional[_Union[RateLimit, _Mapping]] = ...) -> None: ...

class RateLimit(_message.Message):
    __slots__ = ("limit", "per")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    PER_FIELD_NUMBER: _ClassVar[int]
    limit: int
    per: _duration_pb2.Duration
    def __init__(self, limit: _Optional[int] = ..., per: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ParentLink(_message.Message):
    __slots__ = ("run_id", "node_id", "attempt", "index", "depth", "called")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    CALLED_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    node_id: str
    attempt: int
    index: int
    depth: int
    called: bool
    def __init__(self, run_id: _Optional[str] = ..., node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., index: _Optional[int] = ..., depth: _Optional[int] = ..., called: _Optional[bool] = ...) -> None: ...

class ForkOrigin(_message.Message):
    __slots__ = ("run_id", "seq", "redo_node_ids")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    REDO_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    seq: int
    redo_node_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, run_id: _Optional[str] = ..., seq: _Optional[int] = ..., redo_node_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class UserInput(_message.Message):
    __slots__ = ("message",)
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: _payload_pb2.Payload
    def __init__(self, message: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ...) -> None: ...

class NodeScheduled(_message.Message):
    __slots__ = ("node_id", "attempt", "input_digest", "input_seqs")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    INPUT_SEQS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    input_digest: bytes
    input_seqs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., input_digest: _Optional[bytes] = ..., input_seqs: _Optional[_Iterable[int]] = ...) -> None: ...

class AgentInvokeStarted(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "agent_id", "agent_version", "instance_id", "executor_id", "started_at")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    agent_id: str
    agent_version: str
    instance_id: str
    executor_id: str
    started_at: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., agent_id: _Optional[str] = ..., agent_version: _Optional[str] = ..., instance_id: _Optional[str] = ..., executor_id: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AgentInvokeDone(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "output", "failure", "usage", "latency", "streamed_bytes", "target")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    STREAMED_BYTES_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    output: _payload_pb2.Payload
    failure: _error_pb2.Failure
    usage: _payload_pb2.TokenUsage
    latency: _duration_pb2.Duration
    streamed_bytes: int
    target: InvokeTarget
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., usage: _Optional[_Union[_payload_pb2.TokenUsage, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., streamed_bytes: _Optional[int] = ..., target: _Optional[_Union[InvokeTarget, _Mapping]] = ...) -> None: ...

class InputRequired(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "question", "usage", "latency", "streamed_bytes")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    STREAMED_BYTES_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    question: _agent_pb2.Question
    usage: _payload_pb2.TokenUsage
    latency: _duration_pb2.Duration
    streamed_bytes: int
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., question: _Optional[_Union[_agent_pb2.Question, _Mapping]] = ..., usage: _Optional[_Union[_payload_pb2.TokenUsage, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., streamed_bytes: _Optional[int] = ...) -> None: ...

class InputProvided(_message.Message):
    __slots__ = ("node_id", "value", "provided_by")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PROVIDED_BY_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    value: _payload_pb2.Payload
    provided_by: str
    def __init__(self, node_id: _Optional[str] = ..., value: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., provided_by: _Optional[str] = ...) -> None: ...

class InvokeTarget(_message.Message):
    __slots__ = ("agent_id", "agent_version", "instance_id")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    agent_version: str
    instance_id: str
    def __init__(self, agent_id: _Optional[str] = ..., agent_version: _Optional[str] = ..., instance_id: _Optional[str] = ...) -> None: ...

class LlmCallStarted(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "model", "started_at", "executor_id", "prompt")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    model: str
    started_at: _timestamp_pb2.Timestamp
    executor_id: str
    prompt: LlmPrompt
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., model: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., executor_id: _Optional[str] = ..., prompt: _Optional[_Union[LlmPrompt, _Mapping]] = ...) -> None: ...

class LlmPrompt(_message.Message):
    __slots__ = ("digest", "size_bytes", "role")
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    size_bytes: int
    role: str
    def __init__(self, digest: _Optional[bytes] = ..., size_bytes: _Optional[int] = ..., role: _Optional[str] = ...) -> None: ...

class LlmCallDone(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "model", "output", "failure", "usage", "latency", "streamed_bytes", "prompt", "turns")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    STREAMED_BYTES_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    TURNS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    model: str
    output: _payload_pb2.Payload
    failure: _error_pb2.Failure
    usage: _payload_pb2.TokenUsage
    latency: _duration_pb2.Duration
    streamed_bytes: int
    prompt: LlmPrompt
    turns: int
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., model: _Optional[str] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., usage: _Optional[_Union[_payload_pb2.TokenUsage, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., streamed_bytes: _Optional[int] = ..., prompt: _Optional[_Union[LlmPrompt, _Mapping]] = ..., turns: _Optional[int] = ...) -> None: ...

class RpcCallStarted(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "service_id", "method", "address", "executor_id", "started_at")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    service_id: str
    method: str
    address: str
    executor_id: str
    started_at: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., service_id: _Optional[str] = ..., method: _Optional[str] = ..., address: _Optional[str] = ..., executor_id: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RpcCallDone(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "output", "failure", "latency")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    output: _payload_pb2.Payload
    failure: _error_pb2.Failure
    latency: _duration_pb2.Duration
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ToolCallCreated(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "tool_id", "target", "executor_id", "started_at")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    TOOL_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EXECUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    tool_id: str
    target: str
    executor_id: str
    started_at: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., tool_id: _Optional[str] = ..., target: _Optional[str] = ..., executor_id: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ToolCallDone(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "tool_id", "output", "failure", "latency")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    TOOL_ID_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    tool_id: str
    output: _payload_pb2.Payload
    failure: _error_pb2.Failure
    latency: _duration_pb2.Duration
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., tool_id: _Optional[str] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., latency: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class NodeSucceeded(_message.Message):
    __slots__ = ("node_id", "attempt", "output", "output_seq", "next_node_ids", "missing_paths", "output_collection")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SEQ_FIELD_NUMBER: _ClassVar[int]
    NEXT_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    MISSING_PATHS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_COLLECTION_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    output: _payload_pb2.Payload
    output_seq: int
    next_node_ids: _containers.RepeatedScalarFieldContainer[str]
    missing_paths: _containers.RepeatedScalarFieldContainer[str]
    output_collection: OutputCollection
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., output_seq: _Optional[int] = ..., next_node_ids: _Optional[_Iterable[str]] = ..., missing_paths: _Optional[_Iterable[str]] = ..., output_collection: _Optional[_Union[OutputCollection, str]] = ...) -> None: ...

class NodeCancelled(_message.Message):
    __slots__ = ("node_id", "reason")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    reason: str
    def __init__(self, node_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ChildRunsStarted(_message.Message):
    __slots__ = ("node_id", "attempt", "first_index", "child_run_ids", "total", "sequential")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    CHILD_RUN_IDS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    SEQUENTIAL_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    first_index: int
    child_run_ids: _containers.RepeatedScalarFieldContainer[str]
    total: int
    sequential: bool
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., first_index: _Optional[int] = ..., child_run_ids: _Optional[_Iterable[str]] = ..., total: _Optional[int] = ..., sequential: _Optional[bool] = ...) -> None: ...

class ChildRunEnded(_message.Message):
    __slots__ = ("node_id", "attempt", "index", "child_run_id", "output", "failure")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    CHILD_RUN_ID_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    index: int
    child_run_id: str
    output: _payload_pb2.Payload
    failure: _error_pb2.Failure
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., index: _Optional[int] = ..., child_run_id: _Optional[str] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ...) -> None: ...

class TaskHeartbeat(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "resume_details")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    RESUME_DETAILS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    resume_details: _payload_pb2.Payload
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., resume_details: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ...) -> None: ...

class WaitStarted(_message.Message):
    __slots__ = ("node_id", "due_at")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SignalAwaited(_message.Message):
    __slots__ = ("node_id", "name", "due_at")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    name: str
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., name: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SignalReceived(_message.Message):
    __slots__ = ("name", "payload", "signal_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    payload: _payload_pb2.Payload
    signal_id: str
    def __init__(self, name: _Optional[str] = ..., payload: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., signal_id: _Optional[str] = ...) -> None: ...

class ApprovalRequired(_message.Message):
    __slots__ = ("node_id", "prompt", "approvers", "expires_at", "escalate_at", "escalate_to")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    APPROVERS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_AT_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_TO_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    prompt: str
    approvers: _containers.RepeatedScalarFieldContainer[str]
    expires_at: _timestamp_pb2.Timestamp
    escalate_at: _timestamp_pb2.Timestamp
    escalate_to: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, node_id: _Optional[str] = ..., prompt: _Optional[str] = ..., approvers: _Optional[_Iterable[str]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalate_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., escalate_to: _Optional[_Iterable[str]] = ...) -> None: ...

class ApprovalEscalated(_message.Message):
    __slots__ = ("node_id",)
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    def __init__(self, node_id: _Optional[str] = ...) -> None: ...

class ApprovalDecided(_message.Message):
    __slots__ = ("node_id", "approved", "decided_by", "comment", "form")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    APPROVED_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    approved: bool
    decided_by: str
    comment: str
    form: _payload_pb2.Payload
    def __init__(self, node_id: _Optional[str] = ..., approved: _Optional[bool] = ..., decided_by: _Optional[str] = ..., comment: _Optional[str] = ..., form: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ...) -> None: ...

class ResultReused(_message.Message):
    __slots__ = ("node_id", "output", "from_seq")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    output: _payload_pb2.Payload
    from_seq: int
    def __init__(self, node_id: _Optional[str] = ..., output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., from_seq: _Optional[int] = ...) -> None: ...

class RunPaused(_message.Message):
    __slots__ = ("node_id", "reason")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    reason: str
    def __init__(self, node_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RunResumed(_message.Message):
    __slots__ = ("node_id",)
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    def __init__(self, node_id: _Optional[str] = ...) -> None: ...

class RunFailing(_message.Message):
    __slots__ = ("failure", "node_id")
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    failure: _error_pb2.Failure
    node_id: str
    def __init__(self, failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., node_id: _Optional[str] = ...) -> None: ...

class RunCancelling(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class RunTerminated(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class NodeRetryScheduled(_message.Message):
    __slots__ = ("node_id", "next_attempt", "retry_at", "failure")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    next_attempt: int
    retry_at: _timestamp_pb2.Timestamp
    failure: _error_pb2.Failure
    def __init__(self, node_id: _Optional[str] = ..., next_attempt: _Optional[int] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ...) -> None: ...

class NodeFailed(_message.Message):
    __slots__ = ("node_id", "attempt", "failure", "next_node_ids")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    NEXT_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    failure: _error_pb2.Failure
    next_node_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., next_node_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class NodeSkipped(_message.Message):
    __slots__ = ("node_id", "reason", "failure", "next_node_ids")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[NodeSkipped.Reason]
        REASON_NOT_REACHED: _ClassVar[NodeSkipped.Reason]
        REASON_CONDITION_FALSE: _ClassVar[NodeSkipped.Reason]
        REASON_ERROR_SKIPPED: _ClassVar[NodeSkipped.Reason]
    REASON_UNSPECIFIED: NodeSkipped.Reason
    REASON_NOT_REACHED: NodeSkipped.Reason
    REASON_CONDITION_FALSE: NodeSkipped.Reason
    REASON_ERROR_SKIPPED: NodeSkipped.Reason
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    NEXT_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    reason: NodeSkipped.Reason
    failure: _error_pb2.Failure
    next_node_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, node_id: _Optional[str] = ..., reason: _Optional[_Union[NodeSkipped.Reason, str]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., next_node_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class TaskDispatchLost(_message.Message):
    __slots__ = ("node_id", "attempt", "dispatch", "reason")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[TaskDispatchLost.Reason]
        REASON_EXECUTOR_LOST: _ClassVar[TaskDispatchLost.Reason]
        REASON_SCHEDULER_RESTARTED: _ClassVar[TaskDispatchLost.Reason]
    REASON_UNSPECIFIED: TaskDispatchLost.Reason
    REASON_EXECUTOR_LOST: TaskDispatchLost.Reason
    REASON_SCHEDULER_RESTARTED: TaskDispatchLost.Reason
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    attempt: int
    dispatch: int
    reason: TaskDispatchLost.Reason
    def __init__(self, node_id: _Optional[str] = ..., attempt: _Optional[int] = ..., dispatch: _Optional[int] = ..., reason: _Optional[_Union[TaskDispatchLost.Reason, str]] = ...) -> None: ...

class RunDone(_message.Message):
    __slots__ = ("output", "output_seq")
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SEQ_FIELD_NUMBER: _ClassVar[int]
    output: _payload_pb2.Payload
    output_seq: int
    def __init__(self, output: _Optional[_Union[_payload_pb2.Payload, _Mapping]] = ..., output_seq: _Optional[int] = ...) -> None: ...

class RunFailed(_message.Message):
    __slots__ = ("failure", "node_id")
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    failure: _error_pb2.Failure
    node_id: str
    def __init__(self, failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., node_id: _Optional[str] = ...) -> None: ...

class RunCancelled(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class RunAdmitted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
