import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgentMetricsGroup(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGENT_METRICS_GROUP_UNSPECIFIED: _ClassVar[AgentMetricsGroup]
    AGENT_METRICS_GROUP_VERSION: _ClassVar[AgentMetricsGroup]
    AGENT_METRICS_GROUP_INSTANCE: _ClassVar[AgentMetricsGroup]
AGENT_METRICS_GROUP_UNSPECIFIED: AgentMetricsGroup
AGENT_METRICS_GROUP_VERSION: AgentMetricsGroup
AGENT_METRICS_GROUP_INSTANCE: AgentMetricsGroup

class GetAgentMetricsRequest(_message.Message):
    __slots__ = ("namespace", "agent_id", "start_time", "end_time", "group_by")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    AGENT_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    agent_id: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    group_by: AgentMetricsGroup
    def __init__(self, namespace: _Optional[str] = ..., agent_id: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., group_by: _Optional[_Union[AgentMetricsGroup, str]] = ...) -> None: ...

class GetAgentMetricsResponse(_message.Message):
    __slots__ = ("metrics", "messages_sent", "messages_received")
    METRICS_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_SENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    metrics: _containers.RepeatedCompositeFieldContainer[AgentMetrics]
    messages_sent: int
    messages_received: int
    def __init__(self, metrics: _Optional[_Iterable[_Union[AgentMetrics, _Mapping]]] = ..., messages_sent: _Optional[int] = ..., messages_received: _Optional[int] = ...) -> None: ...

class AgentMetrics(_message.Message):
    __slots__ = ("agent_version", "instance_id", "call_count", "failed_count", "failures_by_code", "latency", "input_tokens", "output_tokens", "cost_micro_usd")
    class FailuresByCodeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    AGENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILURES_BY_CODE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COST_MICRO_USD_FIELD_NUMBER: _ClassVar[int]
    agent_version: str
    instance_id: str
    call_count: int
    failed_count: int
    failures_by_code: _containers.ScalarMap[str, int]
    latency: DurationSummary
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int
    def __init__(self, agent_version: _Optional[str] = ..., instance_id: _Optional[str] = ..., call_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., failures_by_code: _Optional[_Mapping[str, int]] = ..., latency: _Optional[_Union[DurationSummary, _Mapping]] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ..., cost_micro_usd: _Optional[int] = ...) -> None: ...

class GetWorkflowMetricsRequest(_message.Message):
    __slots__ = ("namespace", "workflow_id", "start_time", "end_time", "by_version")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    WORKFLOW_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    BY_VERSION_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    workflow_id: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    by_version: bool
    def __init__(self, namespace: _Optional[str] = ..., workflow_id: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., by_version: _Optional[bool] = ...) -> None: ...

class GetWorkflowMetricsResponse(_message.Message):
    __slots__ = ("metrics",)
    METRICS_FIELD_NUMBER: _ClassVar[int]
    metrics: _containers.RepeatedCompositeFieldContainer[WorkflowMetrics]
    def __init__(self, metrics: _Optional[_Iterable[_Union[WorkflowMetrics, _Mapping]]] = ...) -> None: ...

class WorkflowMetrics(_message.Message):
    __slots__ = ("workflow_version", "started_count", "done_count", "failed_count", "cancelled_count", "terminated_count", "duration")
    WORKFLOW_VERSION_FIELD_NUMBER: _ClassVar[int]
    STARTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DONE_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_COUNT_FIELD_NUMBER: _ClassVar[int]
    TERMINATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    workflow_version: int
    started_count: int
    done_count: int
    failed_count: int
    cancelled_count: int
    terminated_count: int
    duration: DurationSummary
    def __init__(self, workflow_version: _Optional[int] = ..., started_count: _Optional[int] = ..., done_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., cancelled_count: _Optional[int] = ..., terminated_count: _Optional[int] = ..., duration: _Optional[_Union[DurationSummary, _Mapping]] = ...) -> None: ...

class DurationSummary(_message.Message):
    __slots__ = ("count", "sum", "p50", "p95", "p99")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    SUM_FIELD_NUMBER: _ClassVar[int]
    P50_FIELD_NUMBER: _ClassVar[int]
    P95_FIELD_NUMBER: _ClassVar[int]
    P99_FIELD_NUMBER: _ClassVar[int]
    count: int
    sum: _duration_pb2.Duration
    p50: _duration_pb2.Duration
    p95: _duration_pb2.Duration
    p99: _duration_pb2.Duration
    def __init__(self, count: _Optional[int] = ..., sum: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p50: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p95: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., p99: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
