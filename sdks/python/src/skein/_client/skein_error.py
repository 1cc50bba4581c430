"""What the platform refused, or why a run failed: one error for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
import grpc.aio
from google.protobuf import any_pb2, duration_pb2, message
from google.rpc import error_details_pb2, status_pb2

from ..contracts.type.v1 import error_pb2

_DETAILS = "grpc-status-details-bin"
# Errors made below the platform (a refused connection, a deadline) have a reason that can be looked up too.
_DEFAULT_REASONS = {
    "INVALID_ARGUMENT": "INVALID_FIELD",
    "DEADLINE_EXCEEDED": "TIMEOUT",
    "CANCELLED": "CANCELLED",
    "UNAVAILABLE": "SERVICE_UNAVAILABLE",
}


@dataclass(frozen=True)
class FieldViolation:
    """One wrong field of a request. ``field`` is its path, such as ``nodes.route.input``."""

    field: str
    description: str


class SkeinError(Exception):
    """Everything that is not as it was asked for.

    ``code`` is the gRPC status it came with, such as ``NOT_FOUND``; ``FAILED`` for a run that did not end well. ``reason`` is stable: a
    value of skein.type.v1.ErrorReason such as ``RUN_NOT_FOUND``, or the code that an agent gave. ``place`` says where, ``remedy``
    what would mend it; empty: not known. ``retry_after_s`` is the least time to wait before a retry, in seconds; None: not
    said. ``violations`` are all wrong fields, in the request's order.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        reason: str,
        place: str = "",
        remedy: str = "",
        retry_after_s: float | None = None,
        violations: Sequence[FieldViolation] = (),
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.message = message
        self.code = code
        self.reason = reason
        self.place = place
        self.remedy = remedy
        self.retry_after_s = retry_after_s
        self.violations = tuple(violations)

    @classmethod
    def of_call(cls, error: grpc.aio.AioRpcError) -> SkeinError:
        """What a call came to."""
        code = error.code().name
        info = error_details_pb2.ErrorInfo()
        retry = error_details_pb2.RetryInfo()
        request = error_details_pb2.BadRequest()
        for detail in _details(error):
            for kind in (info, retry, request):
                detail.Unpack(kind)
        return cls(
            error.details() or code,
            code=code,
            reason=info.reason or _DEFAULT_REASONS.get(code, "INTERNAL"),
            place=info.metadata.get("place", ""),
            remedy=info.metadata.get("remedy", ""),
            retry_after_s=_seconds(retry.retry_delay) if retry.HasField("retry_delay") else None,
            violations=[FieldViolation(each.field, each.description) for each in request.field_violations],
        )

    @classmethod
    def of_failure(cls, failure: error_pb2.Failure) -> SkeinError:
        """Why a run did not end well."""
        return cls(
            failure.message,
            code="FAILED",
            reason=failure.code,
            place=failure.place,
            remedy=failure.remedy,
            retry_after_s=_seconds(failure.retry_after) if failure.HasField("retry_after") else None,
        )


def _details(error: grpc.aio.AioRpcError) -> Sequence[any_pb2.Any]:
    for name, value in error.trailing_metadata() or ():
        if name == _DETAILS:
            try:
                return status_pb2.Status.FromString(value).details  # type: ignore[no-any-return]
            except message.DecodeError:
                return ()
    return ()


def _seconds(duration: duration_pb2.Duration) -> float:
    return duration.ToNanoseconds() / 1e9
