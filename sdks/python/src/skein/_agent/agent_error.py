"""A failure that an agent foresees."""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class AgentError(Exception):
    """Ends the call as it says. Anything else that a handler raises is retryable, under the code UNKNOWN.

    ``code`` is stable, UPPER_SNAKE_CASE, at most 64 characters (anything else is a ValueError); a node's
    ``retry.non_retryable`` is matched against it. ``message`` is for people; default: the code. ``retryable`` says whether
    the same call may succeed later. ``retry_after_s`` is the least time to wait before the next attempt, in seconds;
    default: the node's own backoff. ``details`` are free-form facts for whoever debugs, at most 64 KiB.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        if _CODE.fullmatch(code) is None:
            raise ValueError(f'an error code is UPPER_SNAKE_CASE, at most 64 characters, not "{code}"')
        super().__init__(message or code)
        self.code = code
        self.message = message or code
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.details = details
