from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OnError(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_ERROR_UNSPECIFIED: _ClassVar[OnError]
    ON_ERROR_FAIL: _ClassVar[OnError]
    ON_ERROR_SKIP: _ClassVar[OnError]
    ON_ERROR_ROUTE: _ClassVar[OnError]

class Delivery(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_UNSPECIFIED: _ClassVar[Delivery]
    DELIVERY_AT_LEAST_ONCE: _ClassVar[Delivery]
    DELIVERY_AT_MOST_ONCE: _ClassVar[Delivery]

class Merge(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MERGE_UNSPECIFIED: _ClassVar[Merge]
    MERGE_BY_NODE: _ClassVar[Merge]
    MERGE_OBJECTS: _ClassVar[Merge]

class Join(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    JOIN_UNSPECIFIED: _ClassVar[Join]
    JOIN_ALL: _ClassVar[Join]
    JOIN_ANY: _ClassVar[Join]

class Branch(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BRANCH_UNSPECIFIED: _ClassVar[Branch]
    BRANCH_FIRST: _ClassVar[Branch]
    BRANCH_ALL: _ClassVar[Branch]

class OnItemError(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_ITEM_ERROR_UNSPECIFIED: _ClassVar[OnItemError]
    ON_ITEM_ERROR_FAIL: _ClassVar[OnItemError]
    ON_ITEM_ERROR_SKIP: _ClassVar[OnItemError]
    ON_ITEM_ERROR_COLLECT: _ClassVar[OnItemError]

class OnExpire(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_EXPIRE_UNSPECIFIED: _ClassVar[OnExpire]
    ON_EXPIRE_FAIL: _ClassVar[OnExpire]
    ON_EXPIRE_APPROVE: _ClassVar[OnExpire]
    ON_EXPIRE_REJECT: _ClassVar[OnExpire]

class OnReject(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_REJECT_UNSPECIFIED: _ClassVar[OnReject]
    ON_REJECT_FAIL: _ClassVar[OnReject]
    ON_REJECT_CONTINUE: _ClassVar[OnReject]

class LimitScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMIT_SCOPE_UNSPECIFIED: _ClassVar[LimitScope]
    LIMIT_SCOPE_WORKFLOW: _ClassVar[LimitScope]
    LIMIT_SCOPE_NAMESPACE: _ClassVar[LimitScope]

class EdgeOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EDGE_OUTCOME_UNSPECIFIED: _ClassVar[EdgeOutcome]
    EDGE_OUTCOME_SUCCESS: _ClassVar[EdgeOutcome]
    EDGE_OUTCOME_ERROR: _ClassVar[EdgeOutcome]
ON_ERROR_UNSPECIFIED: OnError
ON_ERROR_FAIL: OnError
ON_ERROR_SKIP: OnError
ON_ERROR_ROUTE: OnError
DELIVERY_UNSPECIFIED: Delivery
DELIVERY_AT_LEAST_ONCE: Delivery
DELIVERY_AT_MOST_ONCE: Delivery
MERGE_UNSPECIFIED: Merge
MERGE_BY_NODE: Merge
MERGE_OBJECTS: Merge
JOIN_UNSPECIFIED: Join
JOIN_ALL: Join
JOIN_ANY: Join
BRANCH_UNSPECIFIED: Branch
BRANCH_FIRST: Branch
BRANCH_ALL: Branch
ON_ITEM_ERROR_UNSPECIFIED: OnItemError
ON_ITEM_ERROR_FAIL: OnItemError
ON_ITEM_ERROR_SKIP: OnItemError
ON_ITEM_ERROR_COLLECT: OnItemError
ON_EXPIRE_UNSPECIFIED: OnExpire
ON_EXPIRE_FAIL: OnExpire
ON_EXPIRE_APPROVE: OnExpire
ON_EXPIRE_REJECT: OnExpire
ON_REJECT_UNSPECIFIED: OnReject
ON_REJECT_FAIL: OnReject
ON_REJECT_CONTINUE: OnReject
LIMIT_SCOPE_UNSPECIFIED: LimitScope
LIMIT_SCOPE_WORKFLOW: LimitScope
LIMIT_SCOPE_NAMESPACE: LimitScope
EDGE_OUTCOME_UNSPECIFIED: EdgeOutcome
EDGE_OUTCOME_SUCCESS: EdgeOutcome
EDGE_OUTCOME_ERROR: EdgeOutcome

class WorkflowDefinition(_message.Message):
    __slots__ = ("id", "name", "description", "version", "input_schema", "output", "search_attributes", "nodes", "edges", "defaults", "concurrency", "rate", "priority", "fairness", "metadata", "schema_url")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    INPUT_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    DEFAULTS_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    FAIRNESS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_URL_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    description: str
    version: str
    input_schema: _struct_pb2.Value
    output: _struct_pb2.Value
    search_attributes: _struct_pb2.Struct
    nodes: _containers.RepeatedCompositeFieldContainer[NodeDefinition]
    edges: _containers.RepeatedCompositeFieldContainer[EdgeDefinition]
    defaults: NodeDefaults
    concurrency: _containers.RepeatedCompositeFieldContainer[ConcurrencyDefinition]
    rate: _containers.RepeatedCompositeFieldContainer[RateDefinition]
    priority: _struct_pb2.Value
    fairness: FairnessDefinition
    metadata: _struct_pb2.Struct
    schema_url: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., version: _Optional[str] = ..., input_schema: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., output: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., search_attributes: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., nodes: _Optional[_Iterable[_Union[NodeDefinition, _Mapping]]] = ..., edges: _Optional[_Iterable[_Union[EdgeDefinition, _Mapping]]] = ..., defaults: _Optional[_Union[NodeDefaults, _Mapping]] = ..., concurrency: _Optional[_Iterable[_Union[ConcurrencyDefinition, _Mapping]]] = ..., rate: _Optional[_Iterable[_Union[RateDefinition, _Mapping]]] = ..., priority: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., fairness: _Optional[_Union[FairnessDefinition, _Mapping]] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., schema_url: _Optional[str] = ...) -> None: ...

class NodeDefaults(_message.Message):
    __slots__ = ("timeouts", "retry", "on_error", "delivery", "merge")
    TIMEOUTS_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    ON_ERROR_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    MERGE_FIELD_NUMBER: _ClassVar[int]
    timeouts: TimeoutsDefinition
    retry: RetryDefinition
    on_error: OnError
    delivery: Delivery
    merge: Merge
    def __init__(self, timeouts: _Optional[_Union[TimeoutsDefinition, _Mapping]] = ..., retry: _Optional[_Union[RetryDefinition, _Mapping]] = ..., on_error: _Optional[_Union[OnError, str]] = ..., delivery: _Optional[_Union[Delivery, str]] = ..., merge: _Optional[_Union[Merge, str]] = ...) -> None: ...

class TimeoutsDefinition(_message.Message):
    __slots__ = ("schedule_to_start", "start_to_close", "heartbeat", "schedule_to_close")
    SCHEDULE_TO_START_FIELD_NUMBER: _ClassVar[int]
    START_TO_CLOSE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_TO_CLOSE_FIELD_NUMBER: _ClassVar[int]
    schedule_to_start: str
    start_to_close: str
    heartbeat: str
    schedule_to_close: str
    def __init__(self, schedule_to_start: _Optional[str] = ..., start_to_close: _Optional[str] = ..., heartbeat: _Optional[str] = ..., schedule_to_close: _Optional[str] = ...) -> None: ...

class RetryDefinition(_message.Message):
    __slots__ = ("max_attempts", "initial", "multiplier", "max", "jitter", "non_retryable")
    MAX_ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    INITIAL_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    NON_RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    max_attempts: int
    initial: str
    multiplier: float
    max: str
    jitter: float
    non_retryable: TextList
    def __init__(self, max_attempts: _Optional[int] = ..., initial: _Optional[str] = ..., multiplier: _Optional[float] = ..., max: _Optional[str] = ..., jitter: _Optional[float] = ..., non_retryable: _Optional[_Union[TextList, _Mapping]] = ...) -> None: ...

class TextList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class NodeDefinition(_message.Message):
    __slots__ = ("id", "name", "description", "input", "when", "join", "join_count", "branch", "timeouts", "retry", "on_error", "delivery", "merge", "compensate", "metadata", "config", "agent", "llm", "rpc", "tool", "decision", "transform", "entry", "exit", "map", "loop", "subworkflow", "wait", "signal", "approval")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    WHEN_FIELD_NUMBER: _ClassVar[int]
    JOIN_FIELD_NUMBER: _ClassVar[int]
    JOIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    TIMEOUTS_FIELD_NUMBER: _ClassVar[int]
    RETRY_FIELD_NUMBER: _ClassVar[int]
    ON_ERROR_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    MERGE_FIELD_NUMBER: _ClassVar[int]
    COMPENSATE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    RPC_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    EXIT_FIELD_NUMBER: _ClassVar[int]
    MAP_FIELD_NUMBER: _ClassVar[int]
    LOOP_FIELD_NUMBER: _ClassVar[int]
    SUBWORKFLOW_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    APPROVAL_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    description: str
    input: _struct_pb2.Value
    when: str
    join: Join
    join_count: int
    branch: Branch
    timeouts: TimeoutsDefinition
    retry: RetryDefinition
    on_error: OnError
    delivery: Delivery
    merge: Merge
    compensate: NodeDefinition
    metadata: _struct_pb2.Struct
    config: _struct_pb2.Struct
    agent: AgentNode
    llm: LlmNode
    rpc: RpcNode
    tool: ToolNode
    decision: DecisionNode
    transform: TransformNode
    entry: PassNode
    exit: PassNode
    map: MapNode
    loop: LoopNode
    subworkflow: SubworkflowNode
    wait: WaitNode
    signal: SignalNode
    approval: ApprovalNode
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., input: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., when: _Optional[str] = ..., join: _Optional[_Union[Join, str]] = ..., join_count: _Optional[int] = ..., branch: _Optional[_Union[Branch, str]] = ..., timeouts: _Optional[_Union[TimeoutsDefinition, _Mapping]] = ..., retry: _Optional[_Union[RetryDefinition, _Mapping]] = ..., on_error: _Optional[_Union[OnError, str]] = ..., delivery: _Optional[_Union[Delivery, str]] = ..., merge: _Optional[_Union[Merge, str]] = ..., compensate: _Optional[_Union[NodeDefinition, _Mapping]] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., config: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., agent: _Optional[_Union[AgentNode, _Mapping]] = ..., llm: _Optional[_Union[LlmNode, _Mapping]] = ..., rpc: _Optional[_Union[RpcNode, _Mapping]] = ..., tool: _Optional[_Union[ToolNode, _Mapping]] = ..., decision: _Optional[_Union[DecisionNode, _Mapping]] = ..., transform: _Optional[_Union[TransformNode, _Mapping]] = ..., entry: _Optional[_Union[PassNode, _Mapping]] = ..., exit: _Optional[_Union[PassNode, _Mapping]] = ..., map: _Optional[_Union[MapNode, _Mapping]] = ..., loop: _Optional[_Union[LoopNode, _Mapping]] = ..., subworkflow: _Optional[_Union[SubworkflowNode, _Mapping]] = ..., wait: _Optional[_Union[WaitNode, _Mapping]] = ..., signal: _Optional[_Union[SignalNode, _Mapping]] = ..., approval: _Optional[_Union[ApprovalNode, _Mapping]] = ...) -> None: ...

class AgentNode(_message.Message):
    __slots__ = ("agent_id", "version", "skill", "fallback")
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SKILL_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FIELD_NUMBER: _ClassVar[int]
    agent_id: str
    version: str
    skill: str
    fallback: TextList
    def __init__(self, agent_id: _Optional[str] = ..., version: _Optional[str] = ..., skill: _Optional[str] = ..., fallback: _Optional[_Union[TextList, _Mapping]] = ...) -> None: ...

class LlmNode(_message.Message):
    __slots__ = ("model", "system", "prompt", "messages", "role", "output_schema", "repair_turns", "context_budget", "temperature", "max_tokens")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SYSTEM_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    REPAIR_TURNS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_BUDGET_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    model: str
    system: str
    prompt: str
    messages: _struct_pb2.Value
    role: str
    output_schema: _struct_pb2.Value
    repair_turns: int
    context_budget: ContextBudget
    temperature: float
    max_tokens: int
    def __init__(self, model: _Optional[str] = ..., system: _Optional[str] = ..., prompt: _Optional[str] = ..., messages: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., role: _Optional[str] = ..., output_schema: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., repair_turns: _Optional[int] = ..., context_budget: _Optional[_Union[ContextBudget, _Mapping]] = ..., temperature: _Optional[float] = ..., max_tokens: _Optional[int] = ...) -> None: ...

class ContextBudget(_message.Message):
    __slots__ = ("tokens", "bytes")
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    tokens: int
    bytes: int
    def __init__(self, tokens: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...

class RpcNode(_message.Message):
    __slots__ = ("service_id", "method", "request_metadata")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_METADATA_FIELD_NUMBER: _ClassVar[int]
    service_id: str
    method: str
    request_metadata: _struct_pb2.Struct
    def __init__(self, service_id: _Optional[str] = ..., method: _Optional[str] = ..., request_metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class ToolNode(_message.Message):
    __slots__ = ("tool_id",)
    TOOL_ID_FIELD_NUMBER: _ClassVar[int]
    tool_id: str
    def __init__(self, tool_id: _Optional[str] = ...) -> None: ...

class DecisionNode(_message.Message):
    __slots__ = ("conditions",)
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    conditions: TextList
    def __init__(self, conditions: _Optional[_Union[TextList, _Mapping]] = ...) -> None: ...

class TransformNode(_message.Message):
    __slots__ = ("expression",)
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    expression: str
    def __init__(self, expression: _Optional[str] = ...) -> None: ...

class PassNode(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BodyDefinition(_message.Message):
    __slots__ = ("nodes", "edges", "output")
    NODES_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[NodeDefinition]
    edges: _containers.RepeatedCompositeFieldContainer[EdgeDefinition]
    output: _struct_pb2.Value
    def __init__(self, nodes: _Optional[_Iterable[_Union[NodeDefinition, _Mapping]]] = ..., edges: _Optional[_Iterable[_Union[EdgeDefinition, _Mapping]]] = ..., output: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class MapNode(_message.Message):
    __slots__ = ("items", "body", "concurrency", "on_item_error")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    ON_ITEM_ERROR_FIELD_NUMBER: _ClassVar[int]
    items: _struct_pb2.Value
    body: BodyDefinition
    concurrency: int
    on_item_error: OnItemError
    def __init__(self, items: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., body: _Optional[_Union[BodyDefinition, _Mapping]] = ..., concurrency: _Optional[int] = ..., on_item_error: _Optional[_Union[OnItemError, str]] = ...) -> None: ...

class LoopNode(_message.Message):
    __slots__ = ("body", "until", "max_iterations")
    BODY_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    MAX_ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    body: BodyDefinition
    until: str
    max_iterations: int
    def __init__(self, body: _Optional[_Union[BodyDefinition, _Mapping]] = ..., until: _Optional[str] = ..., max_iterations: _Optional[int] = ...) -> None: ...

class SubworkflowNode(_message.Message):
    __slots__ = ("workflow_id", "version", "output_schema")
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    workflow_id: str
    version: int
    output_schema: _struct_pb2.Value
    def __init__(self, workflow_id: _Optional[str] = ..., version: _Optional[int] = ..., output_schema: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class WaitNode(_message.Message):
    __slots__ = ("duration", "until")
    DURATION_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    duration: _struct_pb2.Value
    until: str
    def __init__(self, duration: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., until: _Optional[str] = ...) -> None: ...

class SignalNode(_message.Message):
    __slots__ = ("signal_name", "payload_schema", "timeout")
    SIGNAL_NAME_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    signal_name: str
    payload_schema: _struct_pb2.Value
    timeout: str
    def __init__(self, signal_name: _Optional[str] = ..., payload_schema: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., timeout: _Optional[str] = ...) -> None: ...

class ApprovalNode(_message.Message):
    __slots__ = ("prompt", "approvers", "form_schema", "expires_in", "escalation", "on_expire", "on_reject")
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    APPROVERS_FIELD_NUMBER: _ClassVar[int]
    FORM_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    ESCALATION_FIELD_NUMBER: _ClassVar[int]
    ON_EXPIRE_FIELD_NUMBER: _ClassVar[int]
    ON_REJECT_FIELD_NUMBER: _ClassVar[int]
    prompt: str
    approvers: _containers.RepeatedScalarFieldContainer[str]
    form_schema: _struct_pb2.Value
    expires_in: str
    escalation: EscalationDefinition
    on_expire: OnExpire
    on_reject: OnReject
    def __init__(self, prompt: _Optional[str] = ..., approvers: _Optional[_Iterable[str]] = ..., form_schema: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., expires_in: _Optional[str] = ..., escalation: _Optional[_Union[EscalationDefinition, _Mapping]] = ..., on_expire: _Optional[_Union[OnExpire, str]] = ..., on_reject: _Optional[_Union[OnReject, str]] = ...) -> None: ...

class EscalationDefinition(_message.Message):
    __slots__ = ("after", "approvers")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    APPROVERS_FIELD_NUMBER: _ClassVar[int]
    after: str
    approvers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, after: _Optional[str] = ..., approvers: _Optional[_Iterable[str]] = ...) -> None: ...

class ConcurrencyDefinition(_message.Message):
    __slots__ = ("limit", "key", "scope")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    limit: int
    key: str
    scope: LimitScope
    def __init__(self, limit: _Optional[int] = ..., key: _Optional[str] = ..., scope: _Optional[_Union[LimitScope, str]] = ...) -> None: ...

class RateDefinition(_message.Message):
    __slots__ = ("limit", "key", "scope", "per")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    PER_FIELD_NUMBER: _ClassVar[int]
    limit: int
    key: str
    scope: LimitScope
    per: str
    def __init__(self, limit: _Optional[int] = ..., key: _Optional[str] = ..., scope: _Optional[_Union[LimitScope, str]] = ..., per: _Optional[str] = ...) -> None: ...

class FairnessDefinition(_message.Message):
    __slots__ = ("key", "weight")
    KEY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    key: str
    weight: float
    def __init__(self, key: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class EdgeDefinition(_message.Message):
    __slots__ = ("to", "condition", "on")
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    to: str
    condition: str
    on: EdgeOutcome
    def __init__(self, to: _Optional[str] = ..., condition: _Optional[str] = ..., on: _Optional[_Union[EdgeOutcome, str]] = ..., **kwargs) -> None: ...
