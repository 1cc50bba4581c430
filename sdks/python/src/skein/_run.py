"""Runs agents until the process is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Protocol


class Service(Protocol):
    """A served agent, or one that has dialled in."""

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def wait_closed(self) -> None: ...


def run(*services: Service) -> None:
    """Runs them until SIGINT or SIGTERM, or until each has ended by itself, and closes them in order: no more work comes, what
    is in hand is answered, the rest is cut after its grace. Raises what ended one of them. For more than this there is
    ``async with``."""
    asyncio.run(_run(services))


async def _run(services: tuple[Service, ...]) -> None:
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # A loop that cannot (on Windows) has KeyboardInterrupt instead, which cancels this.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    ended: asyncio.Task[None] | None = None
    try:
        for service in services:
            await service.start()
        ended = asyncio.create_task(_all_closed(services))
        stop = asyncio.create_task(told.wait())
        await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
    finally:
        await asyncio.gather(*(service.close() for service in services))
    await ended


async def _all_closed(services: tuple[Service, ...]) -> None:
    await asyncio.gather(*(service.wait_closed() for service in services))
