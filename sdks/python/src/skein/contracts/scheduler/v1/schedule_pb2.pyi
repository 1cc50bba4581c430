import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from skein.contracts.scheduler.v1 import run_service_pb2 as _run_service_pb2
from skein.contracts.type.v1 import error_pb2 as _error_pb2
from skein.contracts.type.v1 import search_attribute_pb2 as _search_attribute_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OverlapPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OVERLAP_POLICY_UNSPECIFIED: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_SKIP: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_BUFFER_ONE: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_BUFFER_ALL: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_CANCEL_OTHER: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_TERMINATE_OTHER: _ClassVar[OverlapPolicy]
    OVERLAP_POLICY_ALLOW_ALL: _ClassVar[OverlapPolicy]

class FireKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIRE_KIND_UNSPECIFIED: _ClassVar[FireKind]
    FIRE_KIND_TIME: _ClassVar[FireKind]
    FIRE_KIND_TRIGGER: _ClassVar[FireKind]
    FIRE_KIND_BACKFILL: _ClassVar[FireKind]

class FireOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIRE_OUTCOME_UNSPECIFIED: _ClassVar[FireOutcome]
    FIRE_OUTCOME_STARTING: _ClassVar[FireOutcome]
    FIRE_OUTCOME_STARTED: _ClassVar[FireOutcome]
    FIRE_OUTCOME_BUFFERED: _ClassVar[FireOutcome]
    FIRE_OUTCOME_SKIPPED: _ClassVar[FireOutcome]
    FIRE_OUTCOME_FAILED: _ClassVar[FireOutcome]

class FireSkipReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIRE_SKIP_REASON_UNSPECIFIED: _ClassVar[FireSkipReason]
    FIRE_SKIP_REASON_OVERLAP: _ClassVar[FireSkipReason]
    FIRE_SKIP_REASON_BUFFER_FULL: _ClassVar[FireSkipReason]
    FIRE_SKIP_REASON_MISSED: _ClassVar[FireSkipReason]
OVERLAP_POLICY_UNSPECIFIED: OverlapPolicy
OVERLAP_POLICY_SKIP: OverlapPolicy
OVERLAP_POLICY_BUFFER_ONE: OverlapPolicy
OVERLAP_POLICY_BUFFER_ALL: OverlapPolicy
OVERLAP_POLICY_CANCEL_OTHER: OverlapPolicy
OVERLAP_POLICY_TERMINATE_OTHER: OverlapPolicy
OVERLAP_POLICY_ALLOW_ALL: OverlapPolicy
FIRE_KIND_UNSPECIFIED: FireKind
FIRE_KIND_TIME: FireKind
FIRE_KIND_TRIGGER: FireKind
FIRE_KIND_BACKFILL: FireKind
FIRE_OUTCOME_UNSPECIFIED: FireOutcome
FIRE_OUTCOME_STARTING: FireOutcome
FIRE_OUTCOME_STARTED: FireOutcome
FIRE_OUTCOME_BUFFERED: FireOutcome
FIRE_OUTCOME_SKIPPED: FireOutcome
FIRE_OUTCOME_FAILED: FireOutcome
FIRE_SKIP_REASON_UNSPECIFIED: FireSkipReason
FIRE_SKIP_REASON_OVERLAP: FireSkipReason
FIRE_SKIP_REASON_BUFFER_FULL: FireSkipReason
FIRE_SKIP_REASON_MISSED: FireSkipReason

class ScheduleSpec(_message.Message):
    __slots__ = ("description", "crons", "time_zone", "intervals", "jitter", "start_time", "end_time", "skip", "overlap", "catch_up_window", "action")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CRONS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    INTERVALS_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_FIELD_NUMBER: _ClassVar[int]
    CATCH_UP_WINDOW_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    description: str
    crons: _containers.RepeatedScalarFieldContainer[str]
    time_zone: str
    intervals: _containers.RepeatedCompositeFieldContainer[ScheduleInterval]
    jitter: _duration_pb2.Duration
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    skip: ScheduleSkip
    overlap: OverlapPolicy
    catch_up_window: _duration_pb2.Duration
    action: ScheduleAction
    def __init__(self, description: _Optional[str] = ..., crons: _Optional[_Iterable[str]] = ..., time_zone: _Optional[str] = ..., intervals: _Optional[_Iterable[_Union[ScheduleInterval, _Mapping]]] = ..., jitter: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., skip: _Optional[_Union[ScheduleSkip, _Mapping]] = ..., overlap: _Optional[_Union[OverlapPolicy, str]] = ..., catch_up_window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., action: _Optional[_Union[ScheduleAction, _Mapping]] = ...) -> None: ...

class ScheduleInterval(_message.Message):
    __slots__ = ("every", "offset")
    EVERY_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    every: _duration_pb2.Duration
    offset: _duration_pb2.Duration
    def __init__(self, every: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., offset: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ScheduleSkip(_message.Message):
    __slots__ = ("dates", "crons")
    DATES_FIELD_NUMBER: _ClassVar[int]
    CRONS_FIELD_NUMBER: _ClassVar[int]
    dates: _containers.RepeatedCompositeFieldContainer[SkippedDates]
    crons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, dates: _Optional[_Iterable[_Union[SkippedDates, _Mapping]]] = ..., crons: _Optional[_Iterable[str]] = ...) -> None: ...

class SkippedDates(_message.Message):
    __slots__ = ("first", "last")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    first: str
    last: str
    def __init__(self, first: _Optional[str] = ..., last: _Optional[str] = ...) -> None: ...

class ScheduleAction(_message.Message):
    __slots__ = ("workflow", "agent", "llm", "tool", "input", "labels", "session_id", "search_attributes", "memo", "priority", "fairness_key")
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
    WORKFLOW_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    LLM_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SEARCH_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    MEMO_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    FAIRNESS_KEY_FIELD_NUMBER: _ClassVar[int]
    workflow: _run_service_pb2.WorkflowTarget
    agent: _run_service_pb2.AgentTarget
    llm: _run_service_pb2.LlmTarget
    tool: _run_service_pb2.ToolTarget
    input: _struct_pb2.Value
    labels: _containers.ScalarMap[str, str]
    session_id: str
    search_attributes: _containers.MessageMap[str, _search_attribute_pb2.SearchAttribute]
    memo: _struct_pb2.Struct
    priority: int
    fairness_key: str
    def __init__(self, workflow: _Optional[_Union[_run_service_pb2.WorkflowTarget, _Mapping]] = ..., agent: _Optional[_Union[_run_service_pb2.AgentTarget, _Mapping]] = ..., llm: _Optional[_Union[_run_service_pb2.LlmTarget, _Mapping]] = ..., tool: _Optional[_Union[_run_service_pb2.ToolTarget, _Mapping]] = ..., input: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., labels: _Optional[_Mapping[str, str]] = ..., session_id: _Optional[str] = ..., search_attributes: _Optional[_Mapping[str, _search_attribute_pb2.SearchAttribute]] = ..., memo: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., priority: _Optional[int] = ..., fairness_key: _Optional[str] = ...) -> None: ...

class Schedule(_message.Message):
    __slots__ = ("namespace", "schedule_id", "spec", "revision", "paused", "pause_reason", "created_at", "updated_at", "next_fire_times", "recent_fires", "running_run_ids", "buffered_count", "backfill_count")
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    PAUSE_REASON_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIRE_TIMES_FIELD_NUMBER: _ClassVar[int]
    RECENT_FIRES_FIELD_NUMBER: _ClassVar[int]
    RUNNING_RUN_IDS_FIELD_NUMBER: _ClassVar[int]
    BUFFERED_COUNT_FIELD_NUMBER: _ClassVar[int]
    BACKFILL_COUNT_FIELD_NUMBER: _ClassVar[int]
    namespace: str
    schedule_id: str
    spec: ScheduleSpec
    revision: int
    paused: bool
    pause_reason: str
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    next_fire_times: _containers.RepeatedCompositeFieldContainer[_timestamp_pb2.Timestamp]
    recent_fires: _containers.RepeatedCompositeFieldContainer[ScheduleFire]
    running_run_ids: _containers.RepeatedScalarFieldContainer[str]
    buffered_count: int
    backfill_count: int
    def __init__(self, namespace: _Optional[str] = ..., schedule_id: _Optional[str] = ..., spec: _Optional[_Union[ScheduleSpec, _Mapping]] = ..., revision: _Optional[int] = ..., paused: _Optional[bool] = ..., pause_reason: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_fire_times: _Optional[_Iterable[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]]] = ..., recent_fires: _Optional[_Iterable[_Union[ScheduleFire, _Mapping]]] = ..., running_run_ids: _Optional[_Iterable[str]] = ..., buffered_count: _Optional[int] = ..., backfill_count: _Optional[int] = ...) -> None: ...

class ScheduleFire(_message.Message):
    __slots__ = ("fire_time", "kind", "outcome", "decided_at", "run_id", "skip_reason", "failure", "missed_until")
    FIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    SKIP_REASON_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    MISSED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    fire_time: _timestamp_pb2.Timestamp
    kind: FireKind
    outcome: FireOutcome
    decided_at: _timestamp_pb2.Timestamp
    run_id: str
    skip_reason: FireSkipReason
    failure: _error_pb2.Failure
    missed_until: _timestamp_pb2.Timestamp
    def __init__(self, fire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[FireKind, str]] = ..., outcome: _Optional[_Union[FireOutcome, str]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., run_id: _Optional[str] = ..., skip_reason: _Optional[_Union[FireSkipReason, str]] = ..., failure: _Optional[_Union[_error_pb2.Failure, _Mapping]] = ..., missed_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
