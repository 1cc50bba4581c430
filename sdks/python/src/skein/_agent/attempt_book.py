"""The attempts that an agent is at, and those it has answered, by their idempotency keys.

Owns attempts from their first delivery until they are forgotten.

B1. A delivery with the key of an attempt that is known is that attempt: its work is done once.
B2. An answered attempt is remembered for MEMORY_S, the latest MAX_REMEMBERED of them, and MAX_REMEMBERED_BYTES in all; one at
    work is never forgotten.
B3. An aborted one is forgotten at once: whoever asks again wants it done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .attempt import Attempt

MEMORY_S = 24 * 60 * 60
MAX_REMEMBERED = 1000
MAX_REMEMBERED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Remembered:
    attempt: Attempt
    size_bytes: int
    until_s: float


class AttemptBook:
    """``now`` is a clock in seconds that never goes back; it and the bounds are given by tests."""

    def __init__(
        self,
        *,
        max_remembered: int = MAX_REMEMBERED,
        max_remembered_bytes: int = MAX_REMEMBERED_BYTES,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_remembered = max_remembered
        self._max_remembered_bytes = max_remembered_bytes
        self._now = now
        self._working: dict[object, Attempt] = {}
        self._remembered: dict[str, _Remembered] = {}  # The oldest first.
        self._remembered_bytes = 0

    @property
    def working(self) -> Iterable[Attempt]:
        """Attempts at work."""
        return list(self._working.values())

    def take(self, idempotency_key: str) -> tuple[Attempt, bool]:
        """The attempt of a key, and whether it is new: then the work is for the caller to begin. An empty key is never known."""
        self._forget_old()
        if idempotency_key:
            known = self._working.get(idempotency_key)
            if known is None and idempotency_key in self._remembered:
                known = self._remembered[idempotency_key].attempt
            if known is not None:
                return known, False
        attempt = Attempt(idempotency_key)
        # Works without a key are told apart by what no key can be.
        key: object = idempotency_key or object()
        self._working[key] = attempt

        def changed() -> None:
            if not attempt.is_over:
                return
            leave()
            del self._working[key]
            if attempt.has_answered and idempotency_key:
                self._remember(attempt)

        leave = attempt.listen(changed)
        return attempt, True

    def _remember(self, attempt: Attempt) -> None:
        size_bytes = attempt.size_bytes
        self._remembered[attempt.idempotency_key] = _Remembered(attempt, size_bytes, self._now() + MEMORY_S)
        self._remembered_bytes += size_bytes
        self._forget_old()

    def _forget_old(self) -> None:
        now = self._now()
        while self._remembered:
            key, oldest = next(iter(self._remembered.items()))
            too_many = len(self._remembered) > self._max_remembered
            too_much = self._remembered_bytes > self._max_remembered_bytes
            if not too_many and not too_much and oldest.until_s > now:
                return
            del self._remembered[key]
            self._remembered_bytes -= oldest.size_bytes
