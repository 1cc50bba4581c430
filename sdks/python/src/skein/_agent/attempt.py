"""The work on one attempt, and everything that it has said.

Owns the steps, numbered from 1, and the word that ends the work. Does not own who listens.

T1. Steps are never taken back: a listener that comes late, or again, hears the same ones under the same numbers.
T2. It is over with its result, error or question, or when it is aborted; after that nothing is added.
T3. Of heartbeats only the latest keeps its details: they may be long, and say where to go on from, not what happened.
"""

from __future__ import annotations

from collections.abc import Callable

from .steps import Step, heartbeat, is_ending


class Attempt:
    """Belongs to one event loop, and is touched from there alone."""

    def __init__(self, idempotency_key: str) -> None:
        self.idempotency_key = idempotency_key
        self.steps: list[Step] = []
        self.has_answered = False
        # Why nobody wants the answer any more. None: somebody does.
        self.abort_reason: str | None = None
        self._listeners: dict[int, Callable[[], None]] = {}
        self._next_listener = 0
        self._latest_heartbeat: int | None = None

    @property
    def is_aborted(self) -> bool:
        return self.abort_reason is not None

    @property
    def is_over(self) -> bool:
        return self.has_answered or self.is_aborted

    @property
    def size_bytes(self) -> int:
        return sum(step.ByteSize() for step in self.steps)

    def say(self, step: Step) -> None:
        if self.is_over:
            return
        if step.WhichOneof("event") == "heartbeat":
            if self._latest_heartbeat is not None:
                self.steps[self._latest_heartbeat] = heartbeat()
            self._latest_heartbeat = len(self.steps)
        self.steps.append(step)
        self.has_answered = is_ending(step)
        self._tell()

    def abort(self, reason: str) -> None:
        if self.is_over:
            return
        self.abort_reason = reason
        self._tell()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls back after every change, until what is answered is called."""
        key = self._next_listener
        self._next_listener += 1
        self._listeners[key] = listener

        def leave() -> None:
            self._listeners.pop(key, None)

        return leave

    def _tell(self) -> None:
        for listener in list(self._listeners.values()):
            listener()
