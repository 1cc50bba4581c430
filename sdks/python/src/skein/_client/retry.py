"""Calls, and when they are made again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import grpc.aio

from .skein_error import SkeinError

_MAX_TRIES = 5
_FIRST_PAUSE_S = 0.1
TRANSIENT = frozenset({"UNAVAILABLE", "ABORTED"})

Answer = TypeVar("Answer")


async def once(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Makes a call once. Raises a SkeinError."""
    try:
        return await call()
    except grpc.aio.AioRpcError as error:
        raise SkeinError.of_call(error) from error


async def repeatable(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Makes a call that may be made twice; again, at most four times, where the platform was not reached. Raises a SkeinError."""
    for tries in range(_MAX_TRIES):
        try:
            return await once(call)
        except SkeinError as error:
            if error.code not in TRANSIENT or tries == _MAX_TRIES - 1:
                raise
            await asyncio.sleep(_FIRST_PAUSE_S * 2**tries if error.retry_after_s is None else error.retry_after_s)
    raise AssertionError("the last try answers or raises")
